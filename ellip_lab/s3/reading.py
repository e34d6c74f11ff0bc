"""Reads objects: what is known of one, and its bytes in pieces."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Conflict, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import check_key
from ellip_lab.s3.contract import ContentQuery, ObjectDetails, ObjectQuery
from ellip_lab.s3.refusals import html
from ellip_lab.s3.replies import code_of, etag, headers, quoted, raster_type, shown, text, where

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

PIECE = 2**20
"""Bytes of a piece at the most: what a reader holds at a time."""
ATTEMPTS = 4
"""How many times in a row a reading that was cut is taken up again without one byte more arriving."""
WAIT = 0.25
"""Seconds before such an attempt, doubled each time."""
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def show(known: Known, query: ObjectQuery) -> ObjectDetails:
    """Gives everything known of an object, or of one version of it."""
    reply = head(known, query)
    media_type = reply.get("ContentType") or None
    return ObjectDetails(
        key=query.key,
        size=reply["ContentLength"],
        modified=reply.get("LastModified"),
        etag=etag(reply.get("ETag")),
        # A store leaves the usual class out.
        storage_class=reply.get("StorageClass") or "STANDARD",
        address=where(known, query.bucket, query.key),
        media_type=media_type,
        encoding=_encoding(reply),
        version=reply.get("VersionId"),
        headers=headers(reply),
        metadata={name: text(value) for name, value in sorted(reply.get("Metadata", {}).items())},
        tags=tags(known, query),
        raster=raster_type(query.key, media_type) is not None,
    )


def head(known: Known, query: ObjectQuery) -> dict[str, Any]:
    """Asks for the headers of an object; `NotFound` tells a missing bucket from a missing object."""
    check_key(query.key)
    client = boto.client_of(known)
    named = _named(query)
    what = shown(known, query.bucket, query.key)
    try:
        with looked_for(what):
            found: dict[str, Any] = client.head_object(**named)
    except EllipError as error:
        if not code_of(error).isdigit():
            raise
        # A HEAD has no body to say why: the first byte has.
        with looked_for(what):
            client.get_object(**named, Range="bytes=0-0")["Body"].close()
        raise
    _refuse_web_page(found, what)
    return found


@contextmanager
def looked_for(what: str) -> Iterator[None]:
    """Turns boto3's errors into those of the tree; what a list may still show and is gone is said so."""
    try:
        with boto.translated(what):
            yield
    except NotFound as error:
        if error.hint or code_of(error) not in ("NoSuchKey", "404", "NotFound"):
            raise
        raise NotFound(
            error.detail, hint="It may have been removed since it was listed: list again."
        ) from error.__cause__


def tags(known: Known, query: ObjectQuery) -> dict[str, str] | None:
    """Gives the tags of an object; null when they may not be read, or the store has none."""
    try:
        with boto.translated(shown(known, query.bucket, query.key)):
            reply = boto.client_of(known).get_object_tagging(**_named(query))
    except EllipError:
        return None  # they are an extra: the object itself has been found
    return {tag["Key"]: tag["Value"] for tag in reply.get("TagSet", ())}


class Content:
    """Is an object being read: what is known of it, and its bytes in pieces of at most a mebibyte.

    The pieces come as the store sends them; nothing more is held. A connection that is cut is taken up again at
    the byte where it was, of the same bytes: `Conflict` when the object has changed meanwhile.
    """

    def __init__(
        self,
        known: Known,
        query: ContentQuery,
        start: int | None = None,
        stop: int | None = None,
        if_match: str | None = None,
    ) -> None:
        check_key(query.key)
        self._known = known
        self._query = query
        self._what = shown(known, query.bucket, query.key)
        self._closed = threading.Event()
        if stop is not None and not 0 <= (start or 0) < stop:
            raise Invalid(f"no bytes of {self._what} were asked for")
        asked = _range(start, stop)
        reply = self._get(asked, quoted(if_match) if if_match else None)
        self._body: Any = reply["Body"]
        try:
            _refuse_web_page(reply, self._what)
        except EllipError:
            self.close()
            raise
        found = _RANGE.fullmatch(reply.get("ContentRange") or "")
        if asked and found is None:
            self.close()
            raise Unavailable(f"the store cannot give a part of {self._what}", hint="Read it whole.")
        self.content_range: str | None = reply.get("ContentRange")
        """As the header `Content-Range` has it; null when the whole object is read."""
        self.start = int(found[1]) if found else 0
        """The first byte that is read."""
        self.stop = int(found[2]) + 1 if found else int(reply["ContentLength"])
        """The byte after the last one that is read."""
        self.size = int(found[3]) if found else self.stop
        """Bytes of the whole object."""
        self.etag: str | None = etag(reply.get("ETag"))
        self.version: str | None = reply.get("VersionId")
        self.media_type: str = reply.get("ContentType") or "application/octet-stream"
        self.encoding: str | None = _encoding(reply)
        """How the bytes are packed (`gzip`), for the header `Content-Encoding`; they are given as they are stored."""
        self.modified: datetime | None = reply.get("LastModified")

    @property
    def length(self) -> int:
        """Gives how many bytes are read."""
        return self.stop - self.start

    def __iter__(self) -> Iterator[bytes]:
        """Gives the bytes, in order, once; fewer than `length` are never taken for all."""
        at = self.start
        idle = 0
        cause: Unavailable | None = None
        try:
            while at < self.stop and not self._closed.is_set():
                try:
                    body = self._body or self._again(at)
                    self._body = body
                    with boto.translated(self._what):
                        piece: bytes = body.read(min(PIECE, self.stop - at))
                except Unavailable as error:
                    piece, cause = b"", error
                if self._closed.is_set():
                    return
                if piece:
                    idle = 0
                    at += len(piece)
                    yield piece
                    continue
                self._drop()
                idle += 1
                if idle >= ATTEMPTS:
                    raise Unavailable(
                        f"{self._what}: the connection was cut after {at - self.start} of {self.length} bytes",
                        hint="Try again; check the network.",
                    ) from cause
                time.sleep(WAIT * 2**idle)
            if self._body is not None:
                with boto.translated(self._what):
                    self._body.read(1)  # the end: only now botocore compares the checksum
        finally:
            self.close()

    def read(self) -> bytes:
        """Gives all of the bytes at once; for what is known to be small."""
        return b"".join(self)

    def close(self) -> None:
        """Lets go of the connection; may be called at any time, also twice."""
        self._closed.set()
        self._drop()

    def __enter__(self) -> Content:
        """Gives itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()

    def _again(self, at: int) -> Any:
        """Asks for the rest; the same bytes or none."""
        reply = self._get(_range(at, self.stop), quoted(self.etag) if self.etag else None)
        found = _RANGE.fullmatch(reply.get("ContentRange") or "")
        if found is None or (int(found[1]), int(found[3])) != (at, self.size):
            reply["Body"].close()
            raise Conflict(f"{self._what} has changed while it was read", hint="Read it again.")
        return reply["Body"]

    def _get(self, asked: str | None, tag: str | None) -> dict[str, Any]:
        named = _named(self._query)
        if asked:
            named["Range"] = asked
        if tag:
            named["IfMatch"] = tag
        try:
            with looked_for(self._what):
                found: dict[str, Any] = boto.client_of(self._known).get_object(**named)
        except Conflict as error:
            if code_of(error) not in ("PreconditionFailed", "412"):
                raise
            raise Conflict(f"{self._what} has changed since it was opened", hint="Read it again.") from error
        return found


def _refuse_web_page(reply: dict[str, Any], what: str) -> None:
    """Raises `Unavailable` for the page of a portal: an object may be a web page too, but has an ETag."""
    if not reply.get("ETag") and "html" in (reply.get("ContentType") or ""):
        raise html(what)


def _range(start: int | None, stop: int | None) -> str | None:
    """Gives the header `Range` (RFC 9110, section 14.1.2); a negative start counts from the end."""
    if start is None and stop is None:
        return None
    if start is not None and start < 0:
        return f"bytes={start}"
    return f"bytes={start or 0}-{'' if stop is None else stop - 1}"


def _encoding(reply: dict[str, Any]) -> str | None:
    """Gives how an object is packed; `aws-chunked` is how it was once sent, and says nothing of its bytes."""
    said = [part.strip() for part in (reply.get("ContentEncoding") or "").split(",")]
    return ", ".join(part for part in said if part and part != "aws-chunked") or None


def _named(query: ObjectQuery) -> dict[str, Any]:
    named: dict[str, Any] = {"Bucket": query.bucket, "Key": query.key}
    if query.version is not None:
        named["VersionId"] = query.version
    return named
