"""What a store answers, in the words of the room."""

from __future__ import annotations

from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import EllipError
from ellip_lab.s3.addresses import address

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Known

RASTERS = ("image/tiff", "image/jp2", "image/jpx", "image/png", "image/jpeg", "image/webp")
"""Media types a quicklook can be made of."""
SUFFIXES = {
    ".tif": "image/tiff", ".tiff": "image/tiff", ".gtiff": "image/tiff", ".cog": "image/tiff", ".jp2": "image/jp2",
    ".j2k": "image/jp2", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
}  # fmt: skip
"""How the keys of rasters end."""
HIDDEN = ("x-amz-meta-", "x-amz-request-id", "x-amz-id-2", "x-amz-cf-", "x-request-id")
"""Headers that are told elsewhere, or say nothing about the object."""
NOT_OF_THE_OBJECT = {
    "date",
    "server",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "via",
    "vary",
    "set-cookie",
    "strict-transport-security",
}


def where(known: Known, bucket: str, key: str) -> str:
    """Gives the address of an object, with the name of its connection unless that is the default one."""
    return address(bucket, key, None if known.connection.default else known.name)


def shown(known: Known, bucket: str, key: str) -> str:
    """Gives the address of an object for a sentence: what no screen shows (control characters) is written out."""
    said = where(known, bucket, key)
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in said)


def etag(value: str | None) -> str | None:
    """Gives an entity tag without its quotes; null for none."""
    return value.strip('"') if value else None


def quoted(tag: str) -> str:
    """Gives an entity tag as a header has it."""
    return f'"{tag.removeprefix("W/").strip(chr(34))}"'


def raster_type(key: str, media_type: str | None) -> str | None:
    """Gives the media type of a raster by its own or by the end of its key; null when it is no raster.

    The end of the key counts also against its media type: many a TIFF was put there as `text/plain`.
    """
    said = (media_type or "").split(";")[0].strip().lower()
    return said if said in RASTERS else SUFFIXES.get(PurePosixPath(key).suffix.lower())


def headers(reply: dict[str, Any]) -> dict[str, str]:
    """Gives what a store says of an object as headers, without those of the connection or of the request."""
    found = reply["ResponseMetadata"].get("HTTPHeaders", {})
    return {
        name: text(value)
        for name, value in sorted(found.items())
        if name not in NOT_OF_THE_OBJECT and not name.startswith(HIDDEN)
    }


def text(value: str) -> str:
    """Reads the value of a header: UTF-8 where it is, or RFC 2047's encoded words, as S3 gives what is not ASCII."""
    with suppress(UnicodeError):  # then it is latin-1, or has been read already
        value = value.encode("latin-1").decode()
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, UnicodeError, LookupError):
        return value


def code_of(error: EllipError) -> str:
    """Gives the store's own word for its refusal (`NoSuchUpload`), or an empty text when it gave none."""
    reply = getattr(error.__cause__, "response", None)
    return str(reply.get("Error", {}).get("Code", "")) if isinstance(reply, dict) else ""
