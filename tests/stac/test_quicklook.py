"""Pictures of rasters: what is on them is looked at, pixel by pixel."""

from __future__ import annotations

import subprocess
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin

import ellip_lab
from ellip_lab.errors import Invalid, NotFound
from ellip_lab.packages.demo import SHIPPED
from ellip_lab.settings import Settings
from ellip_lab.stac import riotiler
from ellip_lab.stac.service import StacService


@pytest.fixture
def rooms(settings: Settings) -> StacService:
    return StacService(settings)


def raster(
    path: Path, pixels: Any, colours: dict[int, tuple[int, ...]] | None = None, **profile: Any
) -> Path:
    pixels = pixels if pixels.ndim == 3 else pixels[np.newaxis]
    count, height, width = pixels.shape
    options = {"crs": "EPSG:32629", "transform": from_origin(5e5, 4e6, 10, 10), **profile}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=count,
            height=height,
            width=width,
            dtype=pixels.dtype.name,
            **options,
        ) as target:
            if colours:
                target.write_colormap(1, colours)
            target.write(pixels)
    return path


def looked_at(png: bytes) -> Any:
    """Gives a PNG's bands as rows, columns and (red, green, blue, alpha)."""
    assert png.startswith(b"\x89PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile(BytesIO(png).read()) as file, file.open() as picture:
            bands = picture.read()
    if len(bands) == 2:
        bands = np.stack([bands[0], bands[0], bands[0], bands[1]])
    return np.moveaxis(bands, 0, -1)


def test_values_are_stretched_and_what_is_not_there_is_clear(rooms: StacService, tmp_path: Path) -> None:
    pixels = np.linspace(1000, 3000, 100 * 50, dtype="uint16").reshape(50, 100)
    pixels[:10] = 0
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels, nodata=0), 512))
    assert seen.shape == (50, 100, 4)
    assert (seen[:10, :, 3] == 0).all()
    assert (seen[10:, :, 3] == 255).all()
    assert seen[11, 0, 0] < 5
    assert seen[-1, -1, 0] == 255


def test_the_longer_side_is_bounded(rooms: StacService, tmp_path: Path) -> None:
    path = raster(tmp_path / "a.tif", np.arange(400 * 100, dtype="float32").reshape(100, 400))
    assert looked_at(rooms.quicklook(path, 64)).shape == (16, 64, 4)


def test_a_colour_table_is_used(rooms: StacService, tmp_path: Path) -> None:
    pixels = np.array([[0, 1], [1, 255]], dtype="uint8").repeat(20, 0).repeat(20, 1)
    colours = {0: (222, 214, 196), 1: (31, 111, 235), 255: (0, 0, 0, 0)}
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels, colours, nodata=255)))
    assert tuple(seen[0, 0]) == (222, 214, 196, 255)
    assert tuple(seen[0, -1]) == (31, 111, 235, 255)
    assert seen[-1, -1, 3] == 0


def test_bytes_in_three_bands_are_colours_as_they_are(rooms: StacService, tmp_path: Path) -> None:
    pixels = np.zeros((3, 20, 20), dtype="uint8")
    pixels[0], pixels[1], pixels[2] = 10, 20, 30
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels)))
    assert (seen[..., :3] == (10, 20, 30)).all()


def test_reflectances_in_four_bands_are_stretched(rooms: StacService, tmp_path: Path) -> None:
    pixels = np.stack([np.linspace(100, 400, 400).reshape(20, 20) * factor for factor in (1, 2, 3, 9)])
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels.astype("uint16"))))
    assert seen[0, 0, :3].max() == 0
    assert (seen[-1, -1, :3] == 255).all()


@pytest.mark.parametrize("value", [7.0, 0.0])
def test_a_raster_of_one_value_is_grey(rooms: StacService, tmp_path: Path, value: float) -> None:
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", np.full((20, 20), value, dtype="float32"))))
    assert (seen[..., :3] == 128).all()


def test_nothing_but_holes_is_clear(rooms: StacService, tmp_path: Path) -> None:
    path = raster(tmp_path / "a.tif", np.full((20, 20), np.nan, dtype="float32"), nodata=float("nan"))
    assert (looked_at(rooms.quicklook(path))[..., 3] == 0).all()


def test_values_that_are_no_numbers_are_clear_without_being_declared(
    rooms: StacService, tmp_path: Path
) -> None:
    pixels = np.arange(400, dtype="float32").reshape(20, 20)
    pixels[0, 0], pixels[0, 1] = np.nan, np.inf
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels)))
    assert list(seen[0, :3, 3]) == [0, 0, 255]


def test_complex_values_are_shown_by_their_size(rooms: StacService, tmp_path: Path) -> None:
    pixels = (np.arange(400) * (1 + 1j)).reshape(20, 20).astype("complex64")
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels)))
    assert seen[0, 0, 0] < seen[10, 0, 0] < seen[19, 19, 0]


def test_without_coordinates_there_is_a_picture_all_the_same(rooms: StacService, tmp_path: Path) -> None:
    pixels = np.arange(400, dtype="uint8").reshape(20, 20)
    path = raster(tmp_path / "a.tif", pixels, crs=None, transform=None)
    assert looked_at(rooms.quicklook(path)).shape[:2] == (20, 20)


def test_of_a_huge_one_without_overviews_the_middle_is_shown(
    rooms: StacService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(riotiler, "MANY", 1000)
    monkeypatch.setattr(riotiler, "MIDDLE", 10)
    pixels = np.zeros((100, 100), dtype="float32")
    pixels[45:55, 45:55] = np.arange(100).reshape(10, 10)
    seen = looked_at(rooms.quicklook(raster(tmp_path / "a.tif", pixels), 512))
    assert seen.shape[:2] == (10, 10)
    assert seen[-1, -1, 0] == 255


def test_the_shipped_scene_makes_a_picture(rooms: StacService) -> None:
    seen = looked_at(rooms.quicklook(SHIPPED / "data/nir.tif", 128))
    assert max(seen.shape[:2]) == 128
    assert seen[..., 0].std() > 20


def test_what_is_no_raster_is_refused(rooms: StacService, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("not a raster")
    with pytest.raises(Invalid, match=r"a\.tif is no raster"):
        rooms.quicklook(tmp_path / "a.tif")
    with pytest.raises(NotFound):
        rooms.quicklook(tmp_path / "b.tif")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.tif", b"II*\0....", True),
        ("a.TIFF", b"MM\0*....", True),
        ("a.png", b"\x89PNG\r\n", True),
        ("a.tif", b"hello", False),
        ("a.tif", b"", False),
        ("a.txt", b"II*\0", False),
    ],
)
def test_a_picture_is_promised_by_name_and_first_bytes(
    rooms: StacService, tmp_path: Path, name: str, data: bytes, expected: bool
) -> None:
    (tmp_path / name).write_bytes(data)
    assert rooms.has_quicklook(tmp_path / name) is expected


def test_the_first_pictures_may_be_drawn_at_the_same_time() -> None:
    scene = Path(ellip_lab.__file__).parent / "packages/water-bodies/data/green.tif"
    program = """
import sys
sys.setswitchinterval(1e-5)
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from ellip_lab.stac import riotiler
with ThreadPoolExecutor(4) as threads:
    drawn = list(threads.map(lambda _: riotiler.quicklook(Path(sys.argv[1]), 64), range(4)))
print(sum(picture.startswith(b"\\x89PNG") for picture in drawn))
"""
    # Processes of their own: in this one everything is loaded already. Not every one would fall into the trap.
    for _ in range(4):
        done = subprocess.run(
            [sys.executable, "-c", program, str(scene)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.strip() == "4", done.stderr
