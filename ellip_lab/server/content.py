"""The bytes of objects as HTTP has them: one range of them, whether they have changed, under which name."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from ellip_lab.contract import Empty
from ellip_lab.errors import Invalid
from ellip_lab.s3.contract import ContentQuery, ObjectQuery
from ellip_lab.server.route import BYTES, Call, Stream

if TYPE_CHECKING:
    from ellip_lab.s3.objects import Content

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""What a browser may do with an object that it opens as a page: show it, as nobody's, and nothing else."""
WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
MEDIA_TYPE = re.compile(rf"{WORD}/{WORD}( *;[\x20-\x7e]*)?")
CODINGS = re.compile(rf"{WORD}( *, *{WORD})*")
RANGE = re.compile(r" *bytes *= *(\d{0,18}) *- *(\d{0,18}) *", re.IGNORECASE)


class NoSuchRangeError(Invalid):
    """Says that an object has no byte of the range that is asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The object has {size} bytes, and none in this range")
        self.size = size


def opened(call: Call[ContentQuery, Empty]) -> Stream:
    """Opens an object as the headers of a request ask for it (RFC 9110: 13.1.2, 13.1.5 and 14.2)."""
    headers = call.headers
    span = range_of(headers.get("Range", ""))
    content = read(call, span)
    if span and not unchanged(headers.get("If-Range"), content):
        content.close()
        span = None
        content = read(call, span)
    found = {
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        **({"ETag": quoted(content.etag)} if content.etag else {}),
    }
    if content.modified:
        found["Last-Modified"] = format_datetime(content.modified.astimezone(UTC), usegmt=True)
    if content.etag and known(headers.get("If-None-Match", ""), content.etag):
        content.close()
        return Stream(HTTPStatus.NOT_MODIFIED, found)
    length = content.stop - content.start
    found |= {
        "Content-Type": media_type(content.media_type),
        "Content-Length": str(length),
        "Content-Disposition": disposition(call.query.key, download=call.query.download),
    }
    if content.encoding and CODINGS.fullmatch(content.encoding):
        found["Content-Encoding"] = content.encoding
    if span is None:
        return Stream(HTTPStatus.OK, found, content)
    found["Content-Range"] = f"bytes {content.start}-{content.stop - 1}/{content.size}"
    return Stream(HTTPStatus.PARTIAL_CONTENT, found, content)


def read(call: Call[ContentQuery, Empty], span: tuple[int, int | None] | None) -> Content:
    """Opens a stretch of an object; one that begins before 0 is counted from its end."""
    s3 = call.lab.s3
    if span is None:
        return s3.read(call.query)
    try:
        return s3.read(call.query, *span)
    except Invalid:
        size = s3.show_object(ObjectQuery(**call.query.model_dump(exclude={"download"}))).size
        if span[0] < size and size > 0:
            raise
        raise NoSuchRangeError(size) from None


def range_of(header: str) -> tuple[int, int | None] | None:
    """Gives the first byte and the one after the last; null where a server may send the whole (RFC 9110, 14.2).

    `-500`, the last 500 bytes, is a first byte of -500.
    """
    found = RANGE.fullmatch(header)
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return (-int(found[2]), None) if int(found[2]) else None
    first = int(found[1])
    stop = int(found[2]) + 1 if found[2] else None
    return None if stop is not None and stop <= first else (first, stop)


def unchanged(validator: str | None, content: Content) -> bool:
    """Tells whether an object is still what a range is to continue; a date is no proof of that."""
    return validator is None or (content.etag is not None and validator.strip() == quoted(content.etag))


def known(header: str, etag: str) -> bool:
    """Tells whether a caller has an object already."""
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return quoted(etag) in tags or header.strip() == "*"


def quoted(etag: str) -> str:
    """Gives an ETag as HTTP writes it."""
    return f'"{re.sub(r"[^!#-~]", "", etag)}"'


def media_type(said: str | None) -> str:
    """Gives what the store says an object is, when it can stand in a header."""
    return said if said and MEDIA_TYPE.fullmatch(said) else BYTES


def disposition(key: str, *, download: bool) -> str:
    """Gives the name of a file to keep: in ASCII for old programs, and whole (RFC 6266, RFC 8187)."""
    name = (
        re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "_", key.rstrip("/").rpartition("/")[2])
        or "object"
    )
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    kind = "attachment" if download else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
