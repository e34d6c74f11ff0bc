"""The example of the docs, as it stands there: a v1.0 tool, GDAL in a container, a raster read by range."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ellip_lab.errors import Unavailable
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import QuicklookQuery, RunLogQuery
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, scratch

pytestmark = [pytest.mark.podman, pytest.mark.slow, pytest.mark.timeout(900)]
HERE = Path(__file__).resolve().parents[2]
SCENE = HERE / "ellip_lab/packages/water-bodies/data/green.tif"
IMAGE = "docker.io/osgeo/gdal"


@pytest.fixture
def cog(lab: Lab) -> Iterator[str]:
    """A COG in an object store, to be read by anybody on this machine."""
    lab.s3.start_store()
    try:
        (stored,) = lab.s3.put("demo", "scene", (SCENE,), public=True)
        yield stored.url
    finally:
        lab.s3.stop_store()


def test_the_example_of_the_docs(lab: Lab, in_podman: Callable[..., str], cog: str) -> None:
    rasterio = pytest.importorskip("rasterio")
    pytest.importorskip("rasterio.warp")
    page = (HERE / "docs/crop.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", page, re.S)
    assert found
    document = lab.settings.root / "crop.cwl"
    document.write_text(found[1])
    assert IMAGE in found[1]
    engine = lab.containers.find("podman")
    try:
        lab.containers.image_from_debian(engine, IMAGE, ("gdal-bin",), lambda _: None)
    except Unavailable as error:
        pytest.skip(f"no GDAL image can be made here: {error.detail}")
    with rasterio.open(SCENE) as scene:
        west, south, east, north = rasterio.warp.transform_bounds(scene.crs, "EPSG:4326", *scene.bounds)
    x, y = (west + east) / 2, (south + north) / 2
    bbox = f"{x - 0.02},{y - 0.02},{x + 0.02},{y + 0.02}"
    run = lab.runs.start(document, {"cog": cog, "bbox": bbox}, container="podman").wait(PATIENCE).show()
    assert run.state is State.DONE, (run.failure, lab.runs.log(run.id, RunLogQuery()).text)
    (cropped,) = run.outputs
    assert Path(str(cropped.path)).name == "cropped.tif"
    with rasterio.open(str(cropped.path)) as raster, rasterio.open(SCENE) as scene:
        assert raster.crs == scene.crs
        assert raster.res == scene.res
        assert 50 < raster.width < scene.width
        assert raster.read(1).any()
    assert run.steps[0].image == IMAGE
    picture = lab.runs.quicklook(run.id, QuicklookQuery(path=str(cropped.path), size=128))
    assert picture.startswith(b"\x89PNG")
    assert not scratch(lab)
