#!/usr/bin/env python3
"""Maps surface water in an optical scene: the four tools of the package `water-bodies`.

    water-bodies crop ITEM --band=green --aoi=W,S,E,N --epsg=EPSG:4326 --output=green.tif
    water-bodies norm-diff green.tif nir.tif --output=ndwi.tif
    water-bodies otsu ndwi.tif --output=water.tif
    water-bodies stac water.tif --source=ITEM --output=water-bodies

It needs Python 3.11, numpy and rasterio with GDAL 3.6, no more, and gives the same pixels with any later
ones: windows are whole pixels, thresholds come from counts, and nothing written depends on the hour or on
the machine.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.shutil import copy as copy_raster
from rasterio.warp import transform_bounds, transform_geom
from rasterio.windows import Window, from_bounds

LOG = logging.getLogger("water-bodies")

BINS = 256
WATER, LAND, NOTHING = 1, 0, 255
PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"

# What a read over HTTP must not do: ask for neighbours of the file, or for anything that is not a TIFF.
REMOTE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif,.tiff,.TIF,.TIFF",
    "GDAL_HTTP_TIMEOUT": "60",
    "GDAL_HTTP_MAX_RETRY": "3",
}


class ToolError(Exception):
    """Says in one sentence why a tool cannot do its work."""


def main() -> int:
    """Runs one tool; exit code 1 and one line on standard error when it cannot."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    arguments = _parser().parse_args()
    try:
        with rasterio.Env(**REMOTE):
            arguments.tool(arguments)
    except (ToolError, RasterioError, OSError) as error:
        LOG.error("%s", error)  # noqa: TRY400 - one line for a person, no traceback
        return 1
    return 0


def crop(arguments: argparse.Namespace) -> None:
    """Reads, by HTTP range, the pixels of one band that cover the area of interest."""
    item = _read_item(arguments.item)
    url = _asset_url(item, arguments.item, arguments.band)
    west, south, east, north = _bounds(arguments.aoi)
    with rasterio.open(f"/vsicurl/{url}" if _is_remote(url) else url) as scene:
        if scene.crs is None:
            raise ToolError(f"{url} has no coordinate reference system")
        try:
            area = transform_bounds(arguments.epsg, scene.crs, west, south, east, north, densify_pts=21)
        except Exception as error:  # PROJ raises several kinds, all meaning the same
            raise ToolError(
                f"{arguments.aoi} cannot be brought from {arguments.epsg} to {scene.crs}: {error}"
            ) from error
        window = _whole_pixels(from_bounds(*area, transform=scene.transform), scene.width, scene.height)
        LOG.info("%s: %d x %d pixels of %s", arguments.band, window.width, window.height, url)
        pixels = scene.read(1, window=window)
        profile = _profile(scene.crs, scene.window_transform(window), pixels, scene.nodata)
    with rasterio.open(arguments.output, "w", **profile) as cropped:
        cropped.write(pixels, 1)
        cropped.set_band_description(1, arguments.band)
        # The item's identity travels with the raster, so that the last tool needs no network.
        cropped.update_tags(STAC_ITEM=item["id"], STAC_DATETIME=_datetime(item))


def norm_diff(arguments: argparse.Namespace) -> None:
    """Computes (first - second) / (first + second), not-a-number where that has no meaning."""
    with rasterio.open(arguments.first) as one, rasterio.open(arguments.second) as two:
        if (one.shape, one.transform, one.crs) != (two.shape, two.transform, two.crs):
            raise ToolError(f"{arguments.first} and {arguments.second} are not on the same grid")
        first, second = one.read(1), two.read(1)
        unseen = _unseen(first, one.nodata) | _unseen(second, two.nodata)
        tags, crs, transform = one.tags(), one.crs, one.transform
    above, below = first.astype("float32"), second.astype("float32")
    total = above + below
    index = np.full(total.shape, np.nan, dtype="float32")
    np.divide(above - below, total, out=index, where=~unseen & (total != 0))
    LOG.info("index of %d x %d pixels, %d without a value", *index.shape[::-1], int(np.isnan(index).sum()))
    with rasterio.open(arguments.output, "w", **_profile(crs, transform, index, float("nan"))) as raster:
        raster.write(index, 1)
        raster.update_tags(**_own_tags(tags))


def otsu(arguments: argparse.Namespace) -> None:
    """Splits the index into water and land where the two classes are furthest apart."""
    with rasterio.open(arguments.raster) as raster:
        index, tags, crs, transform = raster.read(1), raster.tags(), raster.crs, raster.transform
    seen = ~np.isnan(index)
    threshold = _otsu(index[seen])
    mask = np.full(index.shape, NOTHING, dtype="uint8")
    mask[seen] = np.where(index[seen] > threshold, WATER, LAND)
    water = int((mask == WATER).sum())
    LOG.info("threshold %.4f: %d of %d pixels are water", threshold, water, int(seen.sum()))
    plain = Path(arguments.output).with_suffix(".plain.tif")
    profile = {**_profile(crs, transform, mask, NOTHING), "photometric": "palette"}
    with rasterio.open(plain, "w", **profile) as raster:
        raster.write_colormap(1, {LAND: (222, 214, 196), WATER: (31, 111, 235), NOTHING: (0, 0, 0, 0)})
        raster.write(mask, 1)
        raster.update_tags(**_own_tags(tags), THRESHOLD=f"{threshold:.6f}")
    copy_raster(
        plain, arguments.output, driver="COG", compress="DEFLATE", blocksize=512, resampling="NEAREST"
    )
    plain.unlink()


def stac(arguments: argparse.Namespace) -> None:
    """Writes a catalog with one item: the mask, where and when it is of, and what it was made from."""
    source = Path(arguments.raster)
    with rasterio.open(source) as raster:
        if raster.crs is None or raster.crs.to_epsg() is None:
            raise ToolError(f"{source} has no coordinate reference system with an EPSG code")
        tags, code, bounds = raster.tags(), raster.crs.to_epsg(), raster.bounds
        shape, transform = list(raster.shape), list(raster.transform)[:6]
        west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *bounds, densify_pts=21)
        corners = [(bounds.left, bounds.top), (bounds.left, bounds.bottom), (bounds.right, bounds.bottom),
                   (bounds.right, bounds.top), (bounds.left, bounds.top)]  # fmt: skip
        outline = {"type": "Polygon", "coordinates": [corners]}
        geometry = transform_geom(raster.crs, "EPSG:4326", outline, precision=7)
    if "STAC_ITEM" not in tags or "STAC_DATETIME" not in tags:
        raise ToolError(f"{source} does not say which item it was made from")
    name = f"{tags['STAC_ITEM']}-water".replace("/", "_")
    folder = Path(arguments.output)
    (folder / name).mkdir(parents=True)
    target = folder / name / "water.tif"
    target.write_bytes(source.read_bytes())
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [PROJECTION],
        "id": name,
        "geometry": {
            "type": "Polygon",
            "coordinates": [[list(point) for point in geometry["coordinates"][0]]],
        },
        "bbox": [round(value, 7) for value in (west, south, east, north)],
        "properties": {
            "title": f"Surface water in {tags['STAC_ITEM']}",
            "datetime": tags["STAC_DATETIME"],
            "proj:code": f"EPSG:{code}",
            "proj:shape": shape,
            "proj:transform": transform,
            "proj:bbox": list(bounds),
        },
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "../catalog.json", "type": "application/json"},
            {"rel": "derived_from", "href": arguments.source, "type": "application/geo+json"},
        ],
        "assets": {
            "water": {
                "href": "./water.tif",
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "title": "Water mask: 1 water, 0 land, 255 not seen",
                "roles": ["data"],
            }
        },
    }
    catalog = {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": "water-bodies",
        "title": "Water bodies",
        "description": f"Surface water found in {tags['STAC_ITEM']} by the package water-bodies.",
        "links": [
            {"rel": "root", "href": "./catalog.json", "type": "application/json"},
            {"rel": "item", "href": f"./{name}/{name}.json", "type": "application/geo+json", "title": name},
        ],
    }
    _write_json(folder / name / f"{name}.json", item)
    _write_json(folder / "catalog.json", catalog)
    LOG.info("catalog of %s written", name)


def _otsu(values: np.ndarray) -> float:
    """Gives Otsu's threshold of values in [-1, 1], from a histogram of whole counts."""
    if values.size == 0:
        raise ToolError("no pixel of the area has a value; choose an area inside the scene")
    bins = np.clip(((values.astype("float64") + 1.0) * (BINS / 2)).astype("int64"), 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    below = np.cumsum(counts)
    above = values.size - below
    moment = np.cumsum(counts * np.arange(BINS))
    apart = np.zeros(BINS)
    both = (below > 0) & (above > 0)
    if not both.any():
        raise ToolError("every pixel has the same value: there is nothing to split")
    mean_below = moment[both] / below[both]
    mean_above = (moment[-1] - moment[both]) / above[both]
    apart[both] = below[both].astype("float64") * above[both] * (mean_below - mean_above) ** 2
    return float((int(apart.argmax()) + 1) * 2 / BINS - 1)


def _read_item(url: str) -> dict[str, Any]:
    """Reads a STAC Item from a URL or a path."""
    try:
        if _is_remote(url):
            with urllib.request.urlopen(url, timeout=60) as reply:  # noqa: S310 - http(s) only, see _is_remote
                item = json.load(reply)
        else:
            item = json.loads(Path(url).read_text())
    except urllib.error.URLError as error:
        raise ToolError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from error
    except ValueError as error:
        raise ToolError(f"{url} is not JSON: {error}") from error
    if not isinstance(item, dict) or item.get("type") != "Feature" or "id" not in item:
        raise ToolError(f"{url} is not a STAC Item")
    return item


def _asset_url(item: dict[str, Any], url: str, band: str) -> str:
    """Finds the asset of a band: by its key, or by the common name it declares."""
    assets = item.get("assets", {})
    for key, asset in assets.items():
        names = {key}
        for declared in [*asset.get("eo:bands", []), *asset.get("bands", [])]:
            names |= {declared.get("common_name"), declared.get("eo:common_name")}
        if band in names:
            return urljoin(url, asset["href"]) if _is_remote(url) else str(Path(url).parent / asset["href"])
    raise ToolError(
        f"the item {item['id']} has no asset for the band {band}; it has {', '.join(assets) or 'none'}"
    )


def _datetime(item: dict[str, Any]) -> str:
    properties = item.get("properties", {})
    moment = properties.get("datetime") or properties.get("start_datetime")
    if not moment:
        raise ToolError(f"the item {item['id']} has no datetime")
    return str(moment)


def _bounds(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ToolError(f"the area of interest {text!r} is not four numbers: west,south,east,north") from None
    if west >= east or south >= north:
        raise ToolError(f"the area of interest {text!r} is empty: west < east and south < north are needed")
    return west, south, east, north


def _whole_pixels(window: Window, width: int, height: int) -> Window:
    """Gives the pixels whose centres lie in a window, cut at the edges of the scene.

    The nudge keeps the last digits of a coordinate, which differ between versions of PROJ, from choosing.
    """
    left, top = round(window.col_off + 1e-6), round(window.row_off + 1e-6)
    right = round(window.col_off + window.width + 1e-6)
    bottom = round(window.row_off + window.height + 1e-6)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        raise ToolError("the area of interest does not touch the scene")
    return Window(left, top, right - left, bottom - top)


def _unseen(pixels: np.ndarray, nodata: float | None) -> np.ndarray:
    if nodata is None:
        return np.zeros(pixels.shape, dtype=bool)
    return np.asarray(np.isnan(pixels) if np.isnan(nodata) else pixels == nodata)


def _profile(crs: object, transform: object, pixels: np.ndarray, nodata: float | None) -> dict[str, Any]:
    height, width = pixels.shape
    return {"driver": "GTiff", "crs": crs, "transform": transform, "height": height, "width": width,
            "count": 1, "dtype": pixels.dtype.name, "nodata": nodata, "compress": "DEFLATE"}  # fmt: skip


def _own_tags(tags: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tags.items() if key.startswith("STAC_")}


def _is_remote(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="water-bodies", description=__doc__.splitlines()[0])
    tools = parser.add_subparsers(required=True, metavar="TOOL")
    tool = tools.add_parser("crop", help="crop one band of a STAC Item")
    tool.set_defaults(tool=crop)
    tool.add_argument("item", help="URL or path of the STAC Item")
    tool.add_argument("--band", required=True, help="asset key or common name")
    tool.add_argument("--aoi", required=True, help="west,south,east,north")
    tool.add_argument("--epsg", default="EPSG:4326", help="coordinate reference system of the area")
    tool.add_argument("--output", required=True, help="GeoTIFF to write")
    tool = tools.add_parser("norm-diff", help="normalised difference of two rasters")
    tool.set_defaults(tool=norm_diff)
    tool.add_argument("first")
    tool.add_argument("second")
    tool.add_argument("--output", required=True, help="GeoTIFF to write")
    tool = tools.add_parser("otsu", help="water mask of an index")
    tool.set_defaults(tool=otsu)
    tool.add_argument("raster")
    tool.add_argument("--output", required=True, help="cloud-optimised GeoTIFF to write")
    tool = tools.add_parser("stac", help="STAC catalog of a mask")
    tool.set_defaults(tool=stac)
    tool.add_argument("raster")
    tool.add_argument("--source", required=True, help="URL of the item it was made from")
    tool.add_argument("--output", required=True, help="folder to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
