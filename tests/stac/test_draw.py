"""Pictures of rasters that are elsewhere: GDAL's names and options, in a thread of their own."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.env import get_gdal_config
from rasterio.errors import NotGeoreferencedWarning

from ellip_lab.errors import Invalid, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.stac import riotiler
from ellip_lab.stac.service import StacService
from stac.test_quicklook import looked_at, raster


@pytest.fixture
def rooms(settings: Settings) -> StacService:
    return StacService(settings)


def test_a_picture_is_drawn_of_what_gdal_reaches_by_name(rooms: StacService, tmp_path: Path) -> None:
    path = raster(tmp_path / "a.tif", np.arange(400 * 100, dtype="float32").reshape(100, 400))
    assert looked_at(rooms.draw(str(path), {}, 64)).shape == (16, 64, 4)


def test_options_are_in_force_for_this_picture_alone(
    rooms: StacService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = raster(tmp_path / "a.tif", np.arange(400, dtype="uint8").reshape(20, 20))
    wall = threading.Barrier(4, timeout=60)
    seen: list[tuple[str, Any, Any]] = []
    real = riotiler._picture

    def looking(*args: Any) -> bytes:
        wall.wait()  # all four are at it now
        seen.append(
            (args[0].dataset.name, get_gdal_config("AWS_SECRET_ACCESS_KEY"), get_gdal_config("AWS_REGION"))
        )
        return real(*args)

    monkeypatch.setattr(riotiler, "_picture", looking)

    def drawn(number: int) -> bytes:
        return rooms.draw(
            str(path), {"AWS_SECRET_ACCESS_KEY": f"secret-{number}", "AWS_REGION": f"r{number}"}, 16
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(picture.startswith(b"\x89PNG") for picture in pool.map(drawn, range(4)))
    assert sorted(one[1:] for one in seen) == [(f"secret-{number}", f"r{number}") for number in range(4)]
    assert get_gdal_config("AWS_SECRET_ACCESS_KEY") is None
    assert get_gdal_config("AWS_REGION") is None


def test_a_raster_without_overviews_is_read_in_its_middle_sooner(
    rooms: StacService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(riotiler, "FAR_MANY", 1000)
    monkeypatch.setattr(riotiler, "FAR_MIDDLE", 10)
    pixels = np.zeros((100, 100), dtype="float32")
    pixels[45:55, 45:55] = np.arange(100).reshape(10, 10)
    path = raster(tmp_path / "a.tif", pixels)
    assert looked_at(rooms.draw(str(path), {}, 512)).shape[:2] == (10, 10)
    assert looked_at(rooms.quicklook(path, 512)).shape[:2] == (100, 100)


def test_what_is_no_raster_is_refused_without_gdals_words(rooms: StacService, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("not a raster")
    for name in ("a.tif", "missing.tif"):
        with pytest.raises(Invalid) as caught:
            rooms.draw(str(tmp_path / name), {"AWS_SECRET_ACCESS_KEY": "secret"}, 64)
        assert caught.value.detail == "it is no raster that can be shown"
        assert caught.value.__cause__ is None


def test_a_format_that_names_other_files_is_no_raster(rooms: StacService, tmp_path: Path) -> None:
    from rio_tiler.io import Reader

    path = raster(tmp_path / "a.tif", np.arange(400, dtype="uint8").reshape(20, 20))
    letter = tmp_path / "b.tif"
    letter.write_text(
        '<VRTDataset rasterXSize="20" rasterYSize="20"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f"<SourceFilename>{path}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with Reader(str(letter)) as reader:
            assert reader.dataset.driver == "VRT"
    with pytest.raises(Invalid):
        rooms.draw(str(letter), {}, 64)


def test_a_server_that_is_not_there_is_not_taken_for_a_damaged_file(rooms: StacService) -> None:
    options = {
        "AWS_S3_ENDPOINT": "127.0.0.1:9", "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_NO_SIGN_REQUEST": "YES",
        "GDAL_HTTP_PROXY": "", "CPL_VSIL_CURL_NON_CACHED": "/vsis3/",
    }  # fmt: skip
    with pytest.raises((Unavailable, Invalid)) as caught:
        rooms.draw("/vsis3/bucket/a.tif", options, 64)
    assert isinstance(caught.value, Unavailable), caught.value.detail
