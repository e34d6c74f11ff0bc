"""The program of the package, tool by tool, on the shipped scene and on what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from ellip_lab.packages.demo import ITEM, SHIPPED

SCENE = SHIPPED / "data" / ITEM
AOI = "-34.905,-8.035,-34.828,-7.955"


def tool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SHIPPED / "water_bodies.py"), *words],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def done(folder: Path, *words: str) -> None:
    reply = tool(folder, *words)
    assert reply.returncode == 0, reply.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for band in ("green", "nir"):
        done(folder, "crop", str(SCENE), f"--band={band}", f"--aoi={AOI}", f"--output={band}.tif")
    done(folder, "norm-diff", "green.tif", "nir.tif", "--output=ndwi.tif")
    done(folder, "otsu", "ndwi.tif", "--output=water.tif")
    done(folder, "stac", "water.tif", "--source=http://example.org/item.json", "--output=out")
    return folder


def test_the_crop_is_the_scene_there(made: Path) -> None:
    with rasterio.open(made / "green.tif") as crop, rasterio.open(SHIPPED / "data/green.tif") as scene:
        assert crop.crs == scene.crs
        column, row = ~scene.transform @ (crop.transform.c, crop.transform.f)
        assert (column, row) == (pytest.approx(round(column)), pytest.approx(round(row)))
        whole, part = scene.read(1), crop.read(1)
        top, left = round(row), round(column)
        assert (whole[top : top + crop.height, left : left + crop.width] == part).all()
        assert 0 < crop.width < scene.width


def test_the_index_is_mcfeeters(made: Path) -> None:
    with (
        rasterio.open(made / "green.tif") as green,
        rasterio.open(made / "nir.tif") as nir,
        rasterio.open(made / "ndwi.tif") as ndwi,
    ):
        one, two, index = green.read(1).astype(float), nir.read(1).astype(float), ndwi.read(1)
        assert ndwi.transform == green.transform
    assert np.allclose(index, (one - two) / (one + two), atol=1e-6)


def test_the_threshold_is_otsus(made: Path) -> None:
    with rasterio.open(made / "ndwi.tif") as ndwi, rasterio.open(made / "water.tif") as water:
        index, mask, threshold = ndwi.read(1), water.read(1), float(water.tags()["THRESHOLD"])

    def apart(at: float) -> float:
        low, high = index[index <= at], index[index > at]
        return low.size * high.size * float(low.mean() - high.mean()) ** 2 if low.size and high.size else 0.0

    best = max(apart(at) for at in np.linspace(-0.4, 0.8, 600))
    assert apart(threshold) > 0.999 * best
    assert ((index > threshold) == (mask == 1)).all()
    assert 0.1 < (mask == 1).mean() < 0.25


def test_the_sea_is_water_and_the_city_is_not(made: Path) -> None:
    with rasterio.open(made / "water.tif") as water:
        mask = water.read(1)
    assert (mask[250:, 250:] == 1).mean() > 0.98
    assert (mask[:100, :150] == 1).mean() < 0.02


def test_the_mask_is_a_cog_with_colours(made: Path) -> None:
    valid, errors, _ = cog_validate(made / "out/L7_ETM_OLINDA-water/water.tif")
    assert valid, errors
    with rasterio.open(made / "water.tif") as water:
        assert water.colormap(1)[1] == (31, 111, 235, 255)
        assert water.nodata == 255


def test_the_item_says_where_and_when(made: Path) -> None:
    item = json.loads((made / "out/L7_ETM_OLINDA-water/L7_ETM_OLINDA-water.json").read_text())
    with rasterio.open(made / "water.tif") as water:
        assert item["properties"]["proj:shape"] == list(water.shape)
        assert item["properties"]["proj:transform"] == list(water.transform)[:6]
        assert item["properties"]["proj:bbox"] == list(water.bounds)
    assert item["properties"]["proj:code"] == "EPSG:31985"
    assert item["properties"]["datetime"] == "2000-01-01T00:00:00Z"
    assert item["bbox"] == pytest.approx([-34.905, -8.035, -34.828, -7.955], abs=1e-3)
    ring = item["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert all(-34.906 < x < -34.827 and -8.036 < y < -7.954 for x, y in ring)
    assert {"rel": "derived_from", "href": "http://example.org/item.json"}.items() <= item["links"][2].items()


def test_a_second_time_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    done(tmp_path, "otsu", str(made / "ndwi.tif"), "--output=water.tif")
    assert (tmp_path / "water.tif").read_bytes() == (made / "water.tif").read_bytes()


def test_a_band_is_found_by_its_common_name(tmp_path: Path) -> None:
    item = json.loads(SCENE.read_text())
    item["assets"] = {"B2": {**item["assets"]["green"], "href": str(SHIPPED / "data/green.tif")}}
    (tmp_path / "item.json").write_text(json.dumps(item))
    done(tmp_path, "crop", "item.json", "--band=green", f"--aoi={AOI}", "--output=a.tif")


def test_the_area_may_be_given_in_another_reference_system(made: Path, tmp_path: Path) -> None:
    with rasterio.open(made / "green.tif") as crop:
        bounds = crop.bounds
    area = ",".join(str(value) for value in bounds)
    done(tmp_path, "crop", str(SCENE), "--band=green", f"--aoi={area}", "--epsg=EPSG:31985", "--output=a.tif")
    with rasterio.open(tmp_path / "a.tif") as crop:
        assert crop.bounds == bounds


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--band=thermal", f"--aoi={AOI}"], "no asset for the band thermal; it has green, red, nir"),
        (["--band=green", "--aoi=1,2,3"], "not four numbers"),
        (["--band=green", "--aoi=3,2,1,4"], "is empty"),
        (["--band=green", "--aoi=10,10,11,11"], "does not touch the scene"),
        (["--band=green", f"--aoi={AOI}", "--epsg=EPSG:0"], "cannot be brought from EPSG:0"),
    ],
)
def test_what_is_wrong_with_a_request_is_one_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    reply = tool(tmp_path, "crop", str(SCENE), *words, "--output=a.tif")
    assert reply.returncode == 1
    assert said in reply.stderr
    assert "Traceback" not in reply.stderr
    assert not (tmp_path / "a.tif").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a STAC Item"),
        ('{"type": "Catalog", "id": "c"}', "is not a STAC Item"),
    ],
)
def test_what_is_no_item_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "item.json").write_text(text)
    reply = tool(tmp_path, "crop", "item.json", "--band=green", f"--aoi={AOI}", "--output=a.tif")
    assert (reply.returncode, said in reply.stderr) == (1, True), reply.stderr


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    reply = tool(
        tmp_path, "crop", "http://127.0.0.1:9/i.json", "--band=green", f"--aoi={AOI}", "--output=a.tif"
    )
    assert reply.returncode == 1
    assert "http://127.0.0.1:9/i.json cannot be read" in reply.stderr


def test_rasters_on_different_grids_are_refused(made: Path, tmp_path: Path) -> None:
    reply = tool(
        tmp_path, "norm-diff", str(made / "green.tif"), str(SHIPPED / "data/nir.tif"), "--output=a.tif"
    )
    assert reply.returncode == 1
    assert "not on the same grid" in reply.stderr


@pytest.mark.parametrize(("value", "said"), [(0.5, "nothing to split"), (np.nan, "no pixel of the area")])
def test_an_index_without_two_classes_is_told(made: Path, tmp_path: Path, value: float, said: str) -> None:
    with rasterio.open(made / "ndwi.tif") as ndwi:
        profile = ndwi.profile
    with rasterio.open(tmp_path / "flat.tif", "w", **profile) as flat:
        flat.write(np.full((profile["height"], profile["width"]), value, dtype="float32"), 1)
    reply = tool(tmp_path, "otsu", "flat.tif", "--output=a.tif")
    assert reply.returncode == 1
    assert said in reply.stderr
