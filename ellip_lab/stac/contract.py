"""The words of room `stac`."""

from __future__ import annotations

from enum import StrEnum

from ellip_lab.contract import Contract


class Asset(Contract):
    """Is a file an Item points to."""

    key: str
    href: str
    """Its absolute path, or its URL."""
    title: str | None = None
    media_type: str | None = None
    roles: tuple[str, ...] = ()


class Item(Contract):
    """Is one Item of a catalogue."""

    id: str
    path: str
    """Its file."""
    datetime: str | None = None
    """When, as RFC 3339; the start of an interval when it is one."""
    bbox: tuple[float, ...] | None = None
    """West, south, east, north in degrees (six numbers when it has heights)."""
    collection: str | None = None
    assets: tuple[Asset, ...] = ()


class Catalogue(Contract):
    """Is what is in a catalogue."""

    path: str
    """Its `catalog.json`."""
    id: str
    title: str | None = None
    description: str
    items: tuple[Item, ...] = ()
    """The first of its Items, those of its children too."""
    more: bool = False
    """There are more Items than these."""


class DifferenceKind(StrEnum):
    """Says in what way two things differ."""

    MISSING = "missing"
    """Only one side has it."""
    CLASS = "class"
    """It is something else: a file on one side, a folder or a value on the other."""
    NAME = "name"
    CONTENT = "content"
    """The bytes of a file, or the pixels of a raster."""
    VALUE = "value"
    METADATA = "metadata"
    """A field of a STAC document: geometry, time, a property, the media type of an asset."""
    GONE = "gone"
    """It is not there any more, so that nobody can tell."""


class Difference(Contract):
    """Is one thing in which two results differ."""

    place: str
    """Where: the output and the path below it (`catalog/mask.tif`); of a STAC document the field behind `#`
    (`catalog#scene-1/properties/water`)."""
    kind: DifferenceKind
    left: str | None = None
    """What is on the left, in short; null when there is nothing."""
    right: str | None = None
    words: str
    """What differs, in one sentence."""
