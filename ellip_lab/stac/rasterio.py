"""The wrapper of rasterio: whether two rasters that differ in their bytes show the same."""

from __future__ import annotations

from pathlib import Path

ROWS = 1 << 24
"""Pixels of a band that are read at once, at the most, as whole rows."""


def same_raster(left: Path, right: Path) -> bool | None:
    """Tells whether two rasters have the same pixels, at the same place of the Earth, in the same type.

    None when one is no raster that can be read, or rasterio is not installed (extra `raster`).
    """
    import warnings

    try:
        import numpy as np
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
        from rasterio.windows import Window
    except ImportError:
        return None
    options = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": 64}
    try:
        with warnings.catch_warnings(), rasterio.Env(**options):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(left) as one, rasterio.open(right) as other:
                if any(
                    getattr(one, name) != getattr(other, name) for name in ("shape", "count", "dtypes", "crs")
                ) or not one.transform.almost_equals(other.transform):
                    return False
                if not np.array_equal(_numbers(one.nodatavals), _numbers(other.nodatavals), equal_nan=True):
                    return False
                rows = max(1, ROWS // max(1, one.width))
                for band in one.indexes:
                    for top in range(0, one.height, rows):
                        window = Window(0, top, one.width, min(rows, one.height - top))
                        pixels = one.read(band, window=window), other.read(band, window=window)
                        floating = pixels[0].dtype.kind in "fc"
                        if not np.array_equal(*pixels, equal_nan=floating):
                            return False
    except RasterioError:
        return None
    return True


def _numbers(values: tuple[float | None, ...]) -> list[float]:
    """Gives values without data as numbers; a band without one has infinity, which no file says."""
    return [float("inf") if value is None else float(value) for value in values]
