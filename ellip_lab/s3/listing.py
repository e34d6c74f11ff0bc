"""Lists: buckets, and one page of what is below a prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ellip_lab.errors import EllipError, Unavailable
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.contract import Auth, BucketInfo, BucketList, ObjectInfo, ObjectPage, ObjectsQuery
from ellip_lab.s3.refusals import REFUSALS
from ellip_lab.s3.replies import code_of, etag

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

NOT_LISTABLE = REFUSALS | {"MethodNotAllowed", "405", "NotImplemented", "501"}
"""What a store says when buckets may not be listed, as opposed to keys it does not know."""


def buckets(known: Known) -> BucketList:
    """Lists the buckets of a connection, and those it names; these alone where they may not be listed."""
    connection = known.connection
    named = [BucketInfo(name=name) for name in connection.buckets]
    if connection.auth is Auth.ANONYMOUS:
        # Nobody owns no buckets: AWS answers such a question with a page about its product.
        return BucketList(connection=known.name, buckets=tuple(named), listed=False)
    try:
        found = _buckets(known)
    except EllipError as error:
        if code_of(error) not in NOT_LISTABLE:
            raise
        return BucketList(connection=known.name, buckets=tuple(named), listed=False)
    names = {bucket.name for bucket in found}
    return BucketList(
        connection=known.name, buckets=(*found, *(bucket for bucket in named if bucket.name not in names))
    )


def page(known: Known, query: ObjectsQuery) -> ObjectPage:
    """Lists one page: a single question to the store, of no more than what was asked for."""
    check_key(query.prefix)
    asked: dict[str, Any] = {"Bucket": query.bucket, "Prefix": query.prefix, "MaxKeys": query.limit}
    if not query.flat:
        asked["Delimiter"] = "/"
    if query.after:
        asked["ContinuationToken"] = query.after
    client = boto.client_of(known)
    with boto.translated(f"bucket {query.bucket!r}"):
        # botocore asks for keys in URL encoding and decodes them: XML cannot hold control characters.
        reply = client.list_objects_v2(**asked)
    after = reply.get("NextContinuationToken")
    if reply.get("IsTruncated") and not after:
        raise Unavailable(
            f"the store cuts the list of bucket {query.bucket!r} short and does not say how to go on"
        )
    return ObjectPage(
        connection=known.name,
        bucket=query.bucket,
        prefix=query.prefix,
        folders=tuple(found["Prefix"] for found in reply.get("CommonPrefixes", ())),
        objects=tuple(
            _object(found)
            for found in reply.get("Contents", ())
            # The mark that makes an empty folder is that folder, and not below it.
            if query.flat or found["Key"] != query.prefix or found["Size"]
        ),
        next=after if reply.get("IsTruncated") else None,
    )


def _buckets(known: Known) -> list[BucketInfo]:
    client = boto.client_of(known)
    found: list[BucketInfo] = []
    token: dict[str, str] = {}
    with boto.translated(f"the list of buckets of connection {known.name!r}"):
        while True:
            reply = client.list_buckets(**token)
            found += [
                BucketInfo(name=each["Name"], created=each.get("CreationDate"))
                for each in reply.get("Buckets", ())
            ]
            after = reply.get("ContinuationToken")
            if not after:
                return found
            token = {"ContinuationToken": after}


def _object(found: dict[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        key=found["Key"], size=found["Size"], modified=found.get("LastModified"),
        etag=etag(found.get("ETag")), storage_class=found.get("StorageClass"),
    )  # fmt: skip
