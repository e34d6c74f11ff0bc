"""Versions of an object: which there are, and making an older one the newest again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ellip_lab.errors import EllipError, Invalid, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.contract import ObjectQuery, Version, VersionList, Written
from ellip_lab.s3.reading import head, looked_for, tags
from ellip_lab.s3.replies import etag, shown, where
from ellip_lab.s3.writing import KEPT

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

MOST = 1000
"""Versions of one object that are listed."""
SINGLE = 5 * 2**30
"""Bytes that a store copies in one request (Amazon S3 API Reference, CopyObject)."""
PART = 2**30
"""Bytes of the parts in which it copies more."""
NEVER = "null"
"""The version of what was written while the bucket kept none."""


def versions(known: Known, query: ObjectQuery) -> VersionList:
    """Lists the versions of an object, newest first; `NotFound` when there never was one."""
    check_key(query.key)
    what = shown(known, query.bucket, query.key)
    client = boto.client_of(known)
    found: list[Version] = []
    asked: dict[str, Any] = {"Bucket": query.bucket, "Prefix": query.key, "MaxKeys": MOST}
    while len(found) < MOST:
        with looked_for(what):
            reply = client.list_object_versions(**asked)
        found += [_version(each) for each in reply.get("Versions", ()) if each["Key"] == query.key]
        found += [
            _version(each, deleted=True)
            for each in reply.get("DeleteMarkers", ())
            if each["Key"] == query.key
        ]
        # A longer key with this beginning comes after it: then there is no more of this one.
        if not reply.get("IsTruncated") or reply.get("NextKeyMarker") != query.key:
            break
        asked |= {
            "KeyMarker": reply["NextKeyMarker"],
            "VersionIdMarker": reply.get("NextVersionIdMarker") or "",
        }
    if not found:
        raise NotFound(f"{what} is not there, in no version")
    found.sort(
        key=lambda each: (each.latest, each.modified or datetime.min.replace(tzinfo=UTC)), reverse=True
    )
    return VersionList(versions=tuple(found[:MOST]), enabled=_kept(known, query.bucket, found))


def restore(known: Known, query: ObjectQuery) -> Written:
    """Makes an older version the newest one: by a copy, or where the newest is a deletion's mark, without that mark.

    What is newer stays as a version; nothing is lost. Restoring what is the newest already changes nothing.
    """
    if query.version is None:
        raise Invalid("no version is named", hint="List the versions, and name one.")
    what = shown(known, query.bucket, query.key)
    listed = versions(known, query).versions
    wanted = next((each for each in listed if each.version == query.version), None)
    if wanted is None:
        if len(listed) < MOST:
            raise NotFound(f"{what} has no version {query.version[:80]!r}", hint="List its versions again.")
        # Older than all that are listed: the store knows.
        wanted = Version(version=query.version, latest=False, size=head(known, query)["ContentLength"])
    client = boto.client_of(known)
    if wanted.deleted:
        if not wanted.latest:
            raise Invalid(
                f"version {query.version[:80]!r} of {what} is the mark of a deletion: it has no bytes",
                hint="Choose another version.",
            )
        with boto.translated(what):
            client.delete_object(Bucket=query.bucket, Key=query.key, VersionId=query.version)
    elif not wanted.latest:
        if (wanted.size or 0) > SINGLE:
            _copy_in_parts(known, query)
        else:
            source = {"Bucket": query.bucket, "Key": query.key, "VersionId": query.version}
            with boto.translated(what):
                client.copy_object(Bucket=query.bucket, Key=query.key, CopySource=source)
    now = head(known, query.model_copy(update={"version": None}))
    return Written(
        address=where(known, query.bucket, query.key),
        size=now["ContentLength"],
        etag=etag(now.get("ETag")),
        version=now.get("VersionId"),
    )


def _copy_in_parts(known: Known, query: ObjectQuery) -> None:
    """Copies a version inside the store, with what it is besides its bytes; no bytes pass through here."""
    what = shown(known, query.bucket, query.key)
    place = {"Bucket": query.bucket, "Key": query.key}
    source = {**place, "VersionId": query.version}
    old = head(known, query)
    size = old["ContentLength"]
    extra = {name: old[name] for name in (*KEPT, "ContentType", "StorageClass") if old.get(name)}
    labels = tags(known, query)
    if labels:
        extra["Tagging"] = urlencode(labels)
    client = boto.client_of(known)
    with boto.translated(what):
        upload = client.create_multipart_upload(**place, **extra)["UploadId"]

    def copy(number: int) -> dict[str, Any]:
        start = (number - 1) * PART
        stop = min(start + PART, size) - 1
        with boto.translated(what):
            reply = client.upload_part_copy(
                **place,
                UploadId=upload,
                PartNumber=number,
                CopySource=source,
                CopySourceRange=f"bytes={start}-{stop}",
            )
        return {"PartNumber": number, "ETag": reply["CopyPartResult"]["ETag"]}

    try:
        with ThreadPoolExecutor(4) as pool:
            parts = list(pool.map(copy, range(1, -(-size // PART) + 1)))
        with boto.translated(what):
            client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    except BaseException:
        with boto.translated(what):
            client.abort_multipart_upload(**place, UploadId=upload)
        raise


def _version(found: dict[str, Any], *, deleted: bool = False) -> Version:
    return Version(
        version=found["VersionId"], latest=found["IsLatest"], deleted=deleted, size=found.get("Size"),
        modified=found.get("LastModified"), etag=etag(found.get("ETag")),
    )  # fmt: skip


def _kept(known: Known, bucket: str, found: list[Version]) -> bool:
    """Tells whether a bucket keeps versions; by what is there, where that may not be asked."""
    try:
        with boto.translated(f"bucket {bucket!r}"):
            return bool(boto.client_of(known).get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled")
    except EllipError:
        return any(each.version != NEVER for each in found)
