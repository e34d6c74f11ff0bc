"""Draws an output of a run; a drawing is kept in the run's directory."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Denied, Invalid, NotFound
from ellip_lab.runs.contract import QuicklookQuery
from ellip_lab.runs.outputs import places
from ellip_lab.shell import write_atomic

if TYPE_CHECKING:
    from ellip_lab.stac.service import StacService


def draw(directory: Path, outputs: JsonObject, query: QuicklookQuery, stac: StacService) -> bytes:
    """Gives the picture of one of the outputs as PNG.

    Raises
    ------
    Denied
        When the path is none of the outputs, nor below one; links are followed first.
    NotFound
        When it is not there any more.
    Invalid
        When no picture can be made of it.

    """
    path = Path(query.path)
    real = path.resolve()
    if not path.is_absolute() or not any(_holds(place, real) for place in places(outputs)):
        raise Denied(
            f"{query.path} is no output of this run", hint="Choose one of the outputs the run lists."
        )
    if not real.is_file():
        raise NotFound(f"{query.path} is not there any more")
    if not stac.has_quicklook(real):
        raise Invalid(
            f"{path.name} is no raster or image",
            hint="Pictures are made of GeoTIFF, JPEG 2000, PNG and JPEG.",
        )
    status = real.stat()
    key = f"{real}|{status.st_mtime_ns}|{status.st_size}|{query.size}"
    kept = directory / "quicklooks" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.png"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        picture = stac.quicklook(real, query.size)
    try:
        kept.parent.mkdir(exist_ok=True)
        write_atomic(kept, picture)
    except OSError:
        return picture  # the disk is full: the picture is drawn again the next time
    return picture


def _holds(place: Path, real: Path) -> bool:
    own = place.resolve()
    return real == own or (own.is_dir() and real.is_relative_to(own))
