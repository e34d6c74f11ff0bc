"""Writes objects: in one piece, on a condition, and the mark of an empty folder."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.contract import ObjectQuery, WriteQuery, Written
from ellip_lab.s3.reading import head, tags
from ellip_lab.s3.replies import code_of, etag, quoted, shown, where

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

KEPT = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "Metadata")
"""What an object is besides its bytes, and stays when somebody edits it."""
CONDITIONS = ("NotImplemented", "501", "InvalidArgument", "InvalidRequest")
"""What a store says that knows no conditional writing (Amazon S3 has it since 2024, others not at all)."""
MEDIA_TYPES = {".geojson": "application/geo+json", ".cwl": "application/yaml", ".yaml": "application/yaml",
           ".yml": "application/yaml", ".jp2": "image/jp2", ".ipynb": "application/x-ipynb+json"}  # fmt: skip


def write(known: Known, query: WriteQuery, data: bytes) -> Written:
    """Writes an object in one piece; `Conflict` says what has happened when the condition does not hold."""
    what = shown(known, query.bucket, query.key)
    place: dict[str, Any] = {"Bucket": query.bucket, "Key": query.key}
    extra: dict[str, Any] = {}
    condition: dict[str, str] = {}
    check_key(query.key)
    if query.version is not None:
        raise Invalid(
            "a version of an object cannot be written, only a new one made", hint="Leave the version out."
        )
    if query.if_absent:
        refuse_present(known, query)
        condition = {"IfNoneMatch": "*"}
    elif query.if_match:
        # Looked at first: what the object is besides its bytes must stay, and not every store checks by itself.
        before = _unchanged(known, query, what)
        condition = {"IfMatch": quoted(query.if_match)}
        extra = {name: before[name] for name in (*KEPT, "ContentType") if before.get(name)}
        if before.get("TagCount"):
            extra["Tagging"] = urlencode(tags(known, query) or {})
    extra["ContentType"] = query.media_type or extra.get("ContentType") or media_type(query.key)
    # Whatever checksums a store knows, it knows this one: bytes that arrive damaged are refused.
    extra["ContentMD5"] = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
    client = boto.client_of(known)
    try:
        with boto.translated(what):
            reply = client.put_object(**place, Body=data, **extra, **condition)
    except EllipError as error:
        code = code_of(error)
        if condition and code in CONDITIONS:
            with boto.translated(what):
                reply = client.put_object(**place, Body=data, **extra)
        elif isinstance(error, Conflict):
            raise _changed(known, query, what) from error
        else:
            raise
    return Written(
        address=where(known, query.bucket, query.key),
        size=len(data),
        etag=etag(reply.get("ETag")),
        version=reply.get("VersionId"),
    )


def make_folder(known: Known, query: ObjectQuery) -> Written:
    """Makes the mark of an empty folder; `Conflict` when anything is there already."""
    key = query.key if query.key.endswith("/") else f"{query.key}/"
    what = shown(known, query.bucket, key)
    check_key(key)
    try:
        with boto.translated(what):
            found = boto.client_of(known).list_objects_v2(Bucket=query.bucket, Prefix=key, MaxKeys=1)
        taken = bool(found.get("Contents"))
    except EllipError as error:
        if error.kind != "denied":
            raise
        taken = False  # it may not be listed; the condition of the write still holds
    if taken:
        raise Conflict(f"{what} is there already", hint="Choose another name.")
    wanted = WriteQuery(
        connection=query.connection,
        bucket=query.bucket,
        key=key,
        media_type="application/x-directory",
        if_absent=True,
    )
    return write(known, wanted, b"")


def media_type(key: str) -> str:
    """Guesses the media type of an object by the end of its key."""
    suffix = "." + key.rpartition(".")[2].lower()
    return MEDIA_TYPES.get(suffix) or mimetypes.guess_type(f"a{suffix}")[0] or "application/octet-stream"


def refuse_present(known: Known, query: ObjectQuery) -> None:
    """Raises `Conflict` when there is such an object; one that may not be looked at is left to the store to check."""
    try:
        head(known, query)
    except EllipError as error:
        if error.kind == "denied" or (isinstance(error, NotFound) and code_of(error) != "NoSuchBucket"):
            return
        raise
    raise present(shown(known, query.bucket, query.key))


def present(what: str) -> Conflict:
    """Says that an object is there already."""
    return Conflict(f"{what} is there already", hint="Choose another name, or replace it.")


def _unchanged(known: Known, query: WriteQuery, what: str) -> dict[str, Any]:
    try:
        before = head(known, query)
    except NotFound as error:
        if code_of(error) == "NoSuchBucket":
            raise
        raise Conflict(
            f"{what} has been removed since it was opened", hint="Save it under a new name."
        ) from error
    if quoted(before.get("ETag", "")) != quoted(query.if_match or ""):
        raise _different(before, what)
    return before


def _changed(known: Known, query: WriteQuery, what: str) -> Conflict:
    """Says what somebody else has done between the look and the write."""
    if query.if_absent:
        return present(what)
    try:
        return _different(head(known, query), what)
    except EllipError:
        return Conflict(f"{what} has been changed or removed since it was opened", hint="Open it again.")


def _different(now: dict[str, Any], what: str) -> Conflict:
    when = now.get("LastModified")
    at = f", last on {when:%Y-%m-%d at %H:%M:%S} UTC" if when else ""
    return Conflict(
        f"{what} has been changed by somebody else since it was opened{at}; it has {now['ContentLength']} bytes now",
        hint="Open it again, or save under another name.",
    )
