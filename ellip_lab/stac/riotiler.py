"""The wrapper of rio-tiler: a picture of a raster, made from what is needed of it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ellip_lab.errors import Invalid, NotFound, Unavailable

MANY = 400_000_000
"""Pixels of a raster without overviews beyond which only its middle is shown: reading it all takes minutes."""
MIDDLE = 4096
"""Pixels of that middle, along each side."""


def quicklook(path: Path, size: int) -> bytes:
    """Gives a picture of a raster as PNG, its longer side at most `size` pixels."""
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
        from rio_tiler.errors import RioTilerError
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
            with Reader(str(path)) as reader:
                return _picture(reader, size)
    except (RasterioError, RioTilerError) as error:
        raise Invalid(f"{path.name} is no raster that can be shown: {error}") from error


def _picture(reader: Any, size: int) -> bytes:
    """Reads, stretches and renders; `reader` is an open rio_tiler Reader."""
    import numpy as np

    raster = reader.dataset
    bands = (1, 2, 3) if raster.count >= 3 else (1,)
    image = _read(reader, bands, size)
    data = np.ma.masked_invalid(np.abs(image.array) if np.iscomplexobj(image.array) else image.array)
    if len(bands) == 1 and reader.colormap:
        return bytes(image.apply_colormap(reader.colormap).render(img_format="PNG"))
    natural = raster.dtypes[0] == "uint8" and len(bands) == 3
    stretched = data.filled(0).astype("uint8") if natural else np.stack([_stretched(band) for band in data])
    unseen = np.ma.getmaskarray(data).any(axis=0)
    image.array = np.ma.MaskedArray(stretched, mask=np.broadcast_to(unseen, stretched.shape))
    return bytes(image.render(img_format="PNG"))


def _read(reader: Any, bands: tuple[int, ...], size: int) -> Any:
    """Reads a raster at reduced resolution; of a huge one without overviews, its middle."""
    raster = reader.dataset
    if raster.width * raster.height <= MANY or raster.overviews(1):
        return reader.preview(max_size=size, indexes=bands)
    from rasterio.windows import Window
    from rio_tiler.reader import read

    left, top = max(0, (raster.width - MIDDLE) // 2), max(0, (raster.height - MIDDLE) // 2)
    window = Window(left, top, min(MIDDLE, raster.width), min(MIDDLE, raster.height))
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
