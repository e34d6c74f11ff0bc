"""The verbs of room `stac`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.errors import Problem
from ellip_lab.settings import Settings
from ellip_lab.stac.contract import Catalogue

if TYPE_CHECKING:
    from ellip_lab.stac.comparing import Compared

LARGEST = 16 * 1024 * 1024
"""Bytes of a JSON file that may be a catalogue; a larger one is not looked at."""

PICTURES = {
    ".tif": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    ".tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    ".jp2": (b"\0\0\0\x0cjP  ", b"\xffO\xffQ"),
    ".png": (b"\x89PNG",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
}
"""The files a quicklook can be made of: how their names end, and how they begin."""


class StacService:
    """Reads and checks catalogues, and makes pictures of rasters."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def is_catalogue(self, folder: Path) -> bool:
        """Tells, without opening any library, whether a folder is a STAC catalogue (`catalog.json` at its root)."""
        return catalogue_file(folder) is not None

    def read(self, path: Path, limit: int = 200) -> Catalogue:
        """Reads a catalogue, given its folder or its file, and at most `limit` of its Items.

        `NotFound` when there is none, `Invalid` when what is there is no catalogue.
        """
        from ellip_lab.stac import pystac

        return pystac.read(path, limit)

    def validate(self, path: Path) -> tuple[Problem, ...]:
        """Checks a catalogue and everything below it with the schemas at hand; no network is used.

        Nothing of severity `error` means valid. An extension whose schema is not at hand is told as
        information; an asset on this disk that is missing is an error.
        """
        from ellip_lab.stac import pystac

        return pystac.validate(path)

    def compare(self, left: Path, right: Path) -> Compared | None:
        """Compares two catalogues, or two documents, by what they say; None when they are none.

        Files of assets are not opened: they are given as pairs (`Compared.pairs`).
        """
        from ellip_lab.stac.comparing import compare

        return compare(left, right)

    def same_raster(self, left: Path, right: Path) -> bool | None:
        """Tells whether two rasters show the same, whatever their bytes; None when nobody can tell."""
        from ellip_lab.stac.rasterio import same_raster

        return same_raster(left, right)

    def has_quicklook(self, path: Path) -> bool:
        """Tells from a file's name and first bytes whether a quicklook can be made of it."""
        beginnings = PICTURES.get(path.suffix.lower())
        if beginnings is None:
            return False
        try:
            with path.open("rb") as stream:
                return stream.read(12).startswith(beginnings)
        except OSError:
            return False

    def quicklook(self, path: Path, size: int = 512) -> bytes:
        """Gives a picture of a raster as PNG, its longer side at most `size` pixels.

        It is read from overviews or at reduced resolution, never whole. Without data is transparent; a
        colour table is used, other values are stretched from the 2nd to the 98th percentile.
        `NotFound`, `Invalid` when the file is no raster, `Unavailable` without the extra `raster`.
        """
        from ellip_lab.stac import riotiler

        return riotiler.quicklook(path, size)

    def draw(self, name: str, options: dict[str, str], size: int = 512) -> bytes:
        """Gives a picture, as PNG, of a raster that is elsewhere: GDAL's name of it, and GDAL's options to reach it.

        Only the pieces a picture needs are read. Options may be secret: they are in force for this picture alone,
        and in no error. `Invalid` when it is no raster, `Unavailable` when it cannot be reached.
        """
        from ellip_lab.stac import riotiler

        return riotiler.draw(name, options, size)


def catalogue_file(path: Path) -> Path | None:
    """Gives the catalogue's file for its folder or for itself; None when it is no catalogue."""
    place = path / "catalog.json" if path.is_dir() else path
    try:
        if place.stat().st_size > LARGEST:
            return None
        document = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    good = isinstance(document, dict) and document.get("type") in ("Catalog", "Collection")
    return place if good and "stac_version" in document else None
