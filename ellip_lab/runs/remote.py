"""Finds what of an input object is in an object store.

A File whose location is `s3://[NAME@]bucket/key` is one object, a Directory with such a location is everything
below that prefix; both may stand anywhere in the input object: in records and arrays, among `secondaryFiles`,
in a `listing`. Text is never looked at: an input of type string that begins with `s3://` is the tool's business.

The engine's process asks this of every run, so that nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

    from ellip_lab.s3.addresses import Place

SCHEME = "s3://"


@dataclass(frozen=True)
class Remote:
    """Is a File or Directory in an object store, where it stands in an input object."""

    field: str
    """`scene`, `scenes[1].bands[0]`."""
    value: dict[str, Any]
    """The File or Directory object itself."""
    address: str

    @property
    def folder(self) -> bool:
        """Tells whether it is a Directory."""
        return bool(self.value["class"] == "Directory")

    @property
    def place(self) -> Place:
        """Gives where it is; `Invalid` when the address says nothing, or not what the class wants."""
        from ellip_lab.errors import Invalid
        from ellip_lab.s3.addresses import Place, parse

        place = parse(self.address)
        if self.folder:
            return place if place.many else Place(place.connection, place.bucket, f"{place.key}/")
        if place.many:
            raise Invalid(
                f"{self.address} is a folder, not a File",
                hint="Give the key of an object, or `class: Directory`.",
            )
        return place

    @property
    def name(self) -> str:
        """Gives the name it has as a file: its last part, where that can be one."""
        place = self.place
        last = (place.key.rstrip("/").rpartition("/")[2]) or place.bucket
        safe = last not in (".", "..") and "\0" not in last and len(last.encode()) <= 255
        return last if safe else "object"


def remotes(value: Any, field: str = "") -> Iterator[Remote]:
    """Finds what of an input object is in an object store."""
    if isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from remotes(item, f"{field}[{number}]")
    elif isinstance(value, dict):
        address = _address(value)
        if address is not None:
            yield Remote(field, value, address)
        for name, item in value.items():
            yield from remotes(item, f"{field}.{name}" if field else str(name))


def _address(value: dict[str, Any]) -> str | None:
    if value.get("class") not in ("File", "Directory"):
        return None
    if value["class"] == "Directory" and isinstance(value.get("listing"), (list, tuple)):
        return None  # what is in it is said one by one
    named = value.get("location") or value.get("path")
    return named if isinstance(named, str) and named.startswith(SCHEME) else None
