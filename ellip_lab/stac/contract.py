"""The words of room `stac`."""

from __future__ import annotations

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
