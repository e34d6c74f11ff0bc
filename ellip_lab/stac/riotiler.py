"""The wrapper of rio-tiler: a picture of a raster, made from what is needed of it."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ellip_lab.errors import Invalid, NotFound, Unavailable

MANY = 400_000_000
"""Pixels of a raster without overviews beyond which only its middle is shown: reading it all takes minutes."""
MIDDLE = 4096
"""Pixels of that middle, along each side."""
FAR_MANY = 16_000_000
"""The same for a raster that is read over a network."""
FAR_MIDDLE = 2048
"""The same for a raster that is read over a network."""
DRIVERS = ("GTiff", "JP2OpenJPEG", "PNG", "JPEG", "WEBP")
"""What a raster from elsewhere may be: no format that names other files (VRT), which would be opened too."""
FIXED: dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # it must not wander to its neighbours
    "GDAL_CACHEMAX": 64,
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "GTIFF_IMPLICIT_JPEG_OVR": "NO",
}
"""GDAL's options that are none of the caller's business."""
UNREACHED = ("HTTP", "CURL", "curl", "imeout", "timed out", "AccessDenied")
"""What GDAL says when it failed for want of an answer, not of a raster."""
_turn = threading.BoundedSemaphore(4)
"""Pictures from elsewhere that are drawn at the same time, in this process."""
_loading = threading.Lock()
"""Held while the libraries are loaded: rio-tiler's modules import one another, and two threads at once get half of them."""


@dataclass(frozen=True)
class Limits:
    """Says how much of a raster without overviews is read."""

    many: int
    middle: int


def quicklook(path: Path, size: int) -> bytes:
    """Gives a picture of a raster as PNG, its longer side at most `size` pixels."""
    try:
        with _loading:
            import rasterio
            from rasterio.errors import NotGeoreferencedWarning, RasterioError
            from rio_tiler.errors import NoOverviewWarning, RioTilerError
            from rio_tiler.io import Reader
    except ImportError as error:
        raise Unavailable("pictures need rio-tiler", hint="pip install 'ellip-lab[raster]'") from error
    if not path.is_file():
        raise NotFound(f"{path} is not there")
    try:
        # A file without coordinates still makes a picture; and GDAL must not wander to its neighbours.
        with (
            warnings.catch_warnings(),
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_CACHEMAX=64),
        ):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            warnings.simplefilter("ignore", NoOverviewWarning)
            with Reader(str(path)) as reader:
                return _picture(reader, size, Limits(MANY, MIDDLE))
    except (RasterioError, RioTilerError) as error:
        raise Invalid(f"{path.name} is no raster that can be shown: {error}") from error


def draw(name: str, options: dict[str, str], size: int) -> bytes:
    """Gives a picture, as PNG, of a raster that GDAL reaches by `name` with `options`, some of which may be secret.

    They are set for a thread of their own, and gone with it: never for the process, where others would see them.
    `Invalid` when it is no raster, `Unavailable` when it cannot be read; GDAL's own words are not repeated, for
    they may hold a signature.
    """
    with _turn, ThreadPoolExecutor(1) as thread:
        return thread.submit(_drawn, name, options, size).result()


def _drawn(name: str, options: dict[str, str], size: int) -> bytes:
    try:
        with _loading:
            import rasterio
            from rasterio.errors import NotGeoreferencedWarning, RasterioError
            from rasterio.io import DatasetReader
            from rasterio.session import Session
            from rio_tiler.errors import NoOverviewWarning, RioTilerError
            from rio_tiler.io import Reader
    except ImportError as error:
        raise Unavailable("pictures need rio-tiler", hint="pip install 'ellip-lab[raster]'") from error

    class Given(Session):  # type: ignore[misc]
        """Brings options in by the only way rasterio lets keys in: it takes none as options."""

        def get_credential_options(self) -> dict[str, str]:
            return options

    # For good: to restore a filter is not safe while other threads do the same.
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    warnings.simplefilter("ignore", NoOverviewWarning)
    with ExitStack() as opened:
        opened.enter_context(rasterio.Env(session=Given(), **FIXED))
        try:
            raster = opened.enter_context(DatasetReader(name, driver=list(DRIVERS)))
            reader = opened.enter_context(Reader(None, dataset=raster))
        except (RasterioError, RioTilerError) as error:
            if any(word in str(error) for word in UNREACHED):
                raise Unavailable("it could not be read from where it is", hint="Try again.") from None
            raise Invalid("it is no raster that can be shown") from None
        try:
            return _picture(reader, size, Limits(FAR_MANY, FAR_MIDDLE))
        except (RasterioError, RioTilerError):
            raise Unavailable(
                "its pixels could not be read: the connection was cut, or it is damaged", hint="Try again."
            ) from None


def _picture(reader: Any, size: int, limits: Limits) -> bytes:
    """Reads, stretches and renders; `reader` is an open rio_tiler Reader."""
    import numpy as np

    raster = reader.dataset
    bands = (1, 2, 3) if raster.count >= 3 else (1,)
    image = _read(reader, bands, size, limits)
    data = np.ma.masked_invalid(np.abs(image.array) if np.iscomplexobj(image.array) else image.array)
    if len(bands) == 1 and reader.colormap:
        return bytes(image.apply_colormap(reader.colormap).render(img_format="PNG"))
    natural = raster.dtypes[0] == "uint8" and len(bands) == 3
    stretched = data.filled(0).astype("uint8") if natural else np.stack([_stretched(band) for band in data])
    unseen = np.ma.getmaskarray(data).any(axis=0)
    image.array = np.ma.MaskedArray(stretched, mask=np.broadcast_to(unseen, stretched.shape))
    return bytes(image.render(img_format="PNG"))


def _read(reader: Any, bands: tuple[int, ...], size: int, limits: Limits) -> Any:
    """Reads a raster at reduced resolution; of a huge one without overviews, its middle."""
    raster = reader.dataset
    if raster.width * raster.height <= limits.many or raster.overviews(1):
        return reader.preview(max_size=size, indexes=bands)
    from rasterio.windows import Window
    from rio_tiler.reader import read

    middle = limits.middle
    left, top = max(0, (raster.width - middle) // 2), max(0, (raster.height - middle) // 2)
    window = Window(left, top, min(middle, raster.width), min(middle, raster.height))
    return read(raster, window=window, max_size=size, indexes=bands)


def _stretched(band: Any) -> Any:
    """Spreads the middle 96 % of a band's values over 0 to 255; a band of one value becomes grey."""
    import numpy as np

    values = band.compressed().astype("float64")
    if values.size == 0:
        return np.zeros(band.shape, dtype="uint8")
    low, high = np.percentile(values, (2, 98))
    if low == high:
        low, high = values.min(), values.max()
    if low == high:
        return np.full(band.shape, 128, dtype="uint8")
    spread = (band.filled(low).astype("float64") - low) / (high - low)
    return (np.clip(spread, 0, 1) * 255).astype("uint8")
