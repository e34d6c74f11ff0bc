"""Buckets and objects, by connection name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, EllipError, Internal, Invalid
from ellip_lab.s3 import boto, listing, reading, versions, writing
from ellip_lab.s3 import contract as words
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.reading import Content
from ellip_lab.s3.replies import shown

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections, Known

__all__ = ["Content", "Objects"]


class Objects:
    """Does what is done with buckets and objects; a transfer of many is another thing."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def buckets(self, query: words.ConnectionQuery) -> words.BucketList:
        """Lists the buckets of a connection; those it names, where they may not be listed."""
        return listing.buckets(self._connections.get(query.connection))

    def make_bucket(self, request: words.BucketRequest) -> words.BucketInfo:
        """Makes a bucket in the region of the connection; `Conflict` when it is there already."""
        known = self._connections.get(request.connection)
        client = boto.client_of(known)
        region = boto.reach_of(known).region
        asked: dict[str, Any] = {"Bucket": request.bucket}
        if region != "us-east-1" and urlsplit(client.meta.endpoint_url).hostname.endswith(".amazonaws.com"):
            asked["CreateBucketConfiguration"] = {"LocationConstraint": region}
        with boto.translated(f"bucket {request.bucket!r}"):
            client.create_bucket(**asked)
        return words.BucketInfo(name=request.bucket, created=datetime.now(UTC))

    def remove_bucket(self, request: words.BucketRequest) -> Acknowledged:
        """Removes an empty bucket; `Conflict` when it is not empty.

        It is looked at first: there are stores that remove a bucket with everything in it.
        """
        known = self._connections.get(request.connection)
        client = boto.client_of(known)
        what = f"bucket {request.bucket!r}"
        with boto.translated(what):
            inside = client.list_objects_v2(Bucket=request.bucket, MaxKeys=1).get("Contents")
        if inside:
            raise Conflict(f"{what} is not empty", hint="Delete what is in it first.")
        if self._old_versions(client, request.bucket):
            raise Conflict(
                f"{what} still has versions of deleted objects", hint="Delete them first, for good."
            )
        with boto.translated(what):
            client.delete_bucket(Bucket=request.bucket)
        return Acknowledged(id=request.bucket)

    def page(self, query: words.ObjectsQuery) -> words.ObjectPage:
        """Lists one page of what is below a prefix."""
        return listing.page(self._connections.get(query.connection), query)

    def show(self, query: words.ObjectQuery) -> words.ObjectDetails:
        """Gives everything known of an object."""
        return reading.show(self._connections.get(query.connection), query)

    def versions(self, query: words.ObjectQuery) -> words.VersionList:
        """Lists the versions of an object."""
        return versions.versions(self._connections.get(query.connection), query)

    def restore(self, query: words.ObjectQuery) -> words.Written:
        """Makes an older version of an object the newest one again."""
        return versions.restore(self._connections.get(query.connection), query)

    def make_folder(self, query: words.ObjectQuery) -> words.Written:
        """Makes an empty folder."""
        return writing.make_folder(self._connections.get(query.connection), query)

    def presign(self, request: words.PresignRequest) -> words.Presigned:
        """Makes a URL that anybody may use until it expires; the store is not asked whether the object is there."""
        check_key(request.key)
        known = self._connections.get(request.connection)
        return presigned(known, request)

    def read(
        self,
        query: words.ContentQuery,
        start: int | None = None,
        stop: int | None = None,
        if_match: str | None = None,
    ) -> Content:
        """Opens an object: its headers are here at once, its bytes come as they are asked for.

        A negative `start` counts from the end; with `if_match`, another ETag is a `Conflict`. Errors that can be known are raised here, before the first byte.
        """
        return Content(self._connections.get(query.connection), query, start, stop, if_match)

    def write(self, query: words.WriteQuery, data: bytes) -> words.Written:
        """Writes an object in one piece."""
        return writing.write(self._connections.get(query.connection), query, data)

    def _old_versions(self, client: Any, bucket: str) -> bool:
        """Tells whether a bucket that looks empty keeps versions; where that may not be asked, the store decides."""
        try:
            with boto.translated(f"bucket {bucket!r}"):
                found = client.list_object_versions(Bucket=bucket, MaxKeys=1)
        except EllipError:
            return False
        return bool(found.get("Versions") or found.get("DeleteMarkers"))


def presigned(known: Known, request: words.PresignRequest) -> words.Presigned:
    """Makes a presigned URL (AWS Signature Version 4); it is good no longer than the credentials that sign it."""
    what = shown(known, request.bucket, request.key)
    if known.connection.auth is words.Auth.ANONYMOUS:
        raise Invalid(
            f"connection {known.name!r} is anonymous: nobody can sign",
            hint="Use the plain URL of the object.",
        )
    if {".", ".."} & set(request.key.split("/")):
        raise Invalid(
            f"no URL can be made of {what}: programs take `.` and `..` between slashes for folders",
            hint="Copy it under another key.",
        )
    if request.method == "PUT" and request.version is not None:
        raise Invalid("a version cannot be written", hint="Leave the version out.")
    params = {"Bucket": request.bucket, "Key": request.key}
    if request.version is not None:
        params["VersionId"] = request.version
    operation = "put_object" if request.method == "PUT" else "get_object"
    now = datetime.now(UTC).replace(microsecond=0)
    end = now + timedelta(seconds=request.expires)
    signing = boto.signing_of(known)
    if signing is not None and signing.expires is not None:
        end = min(end, signing.expires.astimezone(UTC))
    with boto.translated(what):
        url = boto.client_of(known).generate_presigned_url(
            operation, Params=params, ExpiresIn=request.expires
        )
    if "X-Amz-Signature=" not in url:
        raise Internal(f"the URL of {what} is not signed as it should be")
    return words.Presigned(url=url, expires=end)
