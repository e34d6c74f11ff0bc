"""Puts files into a bucket of the store on this machine, made if need be: the demo's scene, a test's raster."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ellip_lab.s3 import boto
from ellip_lab.s3.contract import ObjectsQuery, Policy, Stored, TransferRequest

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.objects import Objects
    from ellip_lab.s3.transfers import Transfers

LOCAL = "local"
MOST = 1000
"""How many objects below the prefix are compared; of more, files are sent again."""


def make(connections: Connections, bucket: str, *, public: bool) -> str:
    """Makes a bucket unless it is there, and gives the URL of its store.

    Anybody who reaches a public bucket may read its objects: here, the users of this machine.
    """
    known = connections.get(LOCAL)
    _make_bucket(boto.client_of(known), bucket, public=public)
    return str(known.connection.endpoint)


def put(
    connections: Connections,
    objects: Objects,
    transfers: Transfers,
    target: tuple[str, str],
    files: tuple[Path, ...],
    *,
    public: bool,
) -> tuple[Stored, ...]:
    """Puts files below a bucket's prefix; what is there already, byte for byte, is not sent again."""
    bucket, prefix = target[0], f"{target[1].strip('/')}/"
    endpoint = make(connections, bucket, public=public)
    page = objects.page(ObjectsQuery(connection=LOCAL, bucket=bucket, prefix=prefix, limit=MOST))
    there = {found.key: (found.etag or "").strip('"') for found in page.objects}
    changed = tuple(str(file) for file in files if there.get(f"{prefix}{file.name}") != digest(file))
    if changed:
        transfers.now(
            TransferRequest(sources=changed, target=f"s3://{LOCAL}@{bucket}/{prefix}", policy=Policy.REPLACE)
        )
    return tuple(
        Stored(bucket=bucket, key=key, size=file.stat().st_size, url=f"{endpoint}/{bucket}/{quote(key)}")
        for file in files
        for key in (f"{prefix}{file.name}",)
    )


def digest(file: Path) -> str:
    """Gives the entity tag an object of these bytes has: their MD5, no secret depends on it."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _make_bucket(s3: Any, bucket: str, *, public: bool) -> None:
    """Makes a bucket unless it is there; a public one may be read, not listed, by anybody who reaches it."""
    with boto.translated(bucket):
        names = {found["Name"] for found in s3.list_buckets()["Buckets"]}
        if bucket not in names:
            s3.create_bucket(Bucket=bucket)
        if public:
            statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"],
                         "Resource": [f"arn:aws:s3:::{bucket}/*"]}  # fmt: skip
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            s3.put_bucket_policy(Bucket=bucket, Policy=policy)
