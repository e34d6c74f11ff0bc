"""Addresses: `s3://[NAME@]bucket/key`, or a path.

A command has its transfer under way before it loads anything heavy: errors are loaded when there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ADDRESS = re.compile(r"s3://(?:(?P<name>[^@/]*)@)?(?P<bucket>[^/@]*)(?:/(?P<key>.*))?", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,62}")
KEY_BYTES = 1024
"""The longest key, in bytes of UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects")."""


@dataclass(frozen=True)
class Place:
    """Is an object, or with an empty key or one that ends in `/` everything below it."""

    connection: str | None
    """Null for the default connection."""
    bucket: str
    key: str

    @property
    def many(self) -> bool:
        """Tells whether it means everything below it."""
        return not self.key or self.key.endswith("/")

    def __str__(self) -> str:
        """Gives the address."""
        return address(self.bucket, self.key, self.connection)


def is_address(text: str) -> bool:
    """Tells whether a text names something in an object store."""
    return text.startswith("s3://")


def address(bucket: str, key: str = "", connection: str | None = None) -> str:
    """Gives the address of an object; the key stands in it as it is, nothing is quoted."""
    return f"s3://{f'{connection}@' if connection else ''}{bucket}/{key}"


def parse(text: str) -> Place:
    """Reads an address; `Invalid` says what is wrong with it.

    Everything after the bucket and its `/` is the key: `%`, `?`, `#` and spaces mean themselves.
    """
    from ellip_lab.errors import Invalid

    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise Invalid(
            f"{text[:200]!r} is not an address", hint="An address is s3://bucket/key or s3://NAME@bucket/key."
        )
    name, bucket, key = found["name"], found["bucket"], found["key"] or ""
    if name is not None and not _NAME.fullmatch(name):
        raise Invalid(
            f"{name[:80]!r} is not the name of a connection", hint="`ellip s3 connections` lists them."
        )
    if not _BUCKET.fullmatch(bucket):
        raise Invalid(
            f"{bucket[:80]!r} is not the name of a bucket",
            hint="A bucket has 3 to 63 letters, digits, dots and hyphens.",
        )
    check_key(key)
    return Place(name, bucket, key)


def check_key(key: str) -> None:
    """Refuses a key that no object can have: one of more than 1,024 bytes, or no Unicode."""
    from ellip_lab.errors import Invalid

    try:
        length = len(key.encode())
    except UnicodeEncodeError as error:
        raise Invalid("the key is not Unicode text") from error
    if length > KEY_BYTES:
        raise Invalid(
            f"the key has {length} bytes: {key[:40]!r}...",
            hint=f"A key has at most {KEY_BYTES} bytes of UTF-8.",
        )


def located(text: str) -> str:
    """Gives an address as it is, and a path from the current folder as an absolute one; the `/` at its end stays."""
    if is_address(text):
        return text
    place = str(Path(text).expanduser().absolute())
    return f"{place.rstrip('/')}/" if text.endswith("/") or text in (".", "..") else place
