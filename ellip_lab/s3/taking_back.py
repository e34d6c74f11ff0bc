"""Takes back what a run has begun to publish: objects that are there, and files that are half sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import parse
from ellip_lab.s3.contract import Action, Policy, TransferRequest

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.transfers import Transfers


def take_back(connections: Connections, transfers: Transfers, address: str) -> None:
    """Removes everything below an address, which must name a folder and not a whole bucket."""
    place = parse(address)
    if not place.key or not place.many:
        raise Invalid(f"{address} is no folder of a bucket")
    client = boto.client_of(connections.get(place.connection))
    with boto.translated(address):
        pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=place.bucket, Prefix=place.key)
        for upload in (one for page in pages for one in page.get("Uploads", ())):
            client.abort_multipart_upload(Bucket=place.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    try:
        transfers.now(TransferRequest(action=Action.DELETE, sources=(address,), policy=Policy.REPLACE))
    except NotFound:
        return  # nothing had arrived
