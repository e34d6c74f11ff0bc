"""The demo as a whole: `ellip demo` in podman and without containers, and the same result from both."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from ellip_lab.lab import Lab
from ellip_lab.packages import demo
from ellip_lab.runs.contract import RunQuery
from ellip_lab.stac.service import StacService
from ellip_lab.tasks.contract import State

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def headless(house: Lab, container: str) -> tuple[Path, Path, str]:
    """Runs the command in a process of its own; gives the catalogue, the picture and what it said."""
    reply = subprocess.run(
        [sys.executable, "-m", "ellip_lab.cli", "demo", "--headless", "--container", container,
         "--dir", str(house.settings.root)],
        capture_output=True, text=True, timeout=800, check=False, env={**os.environ},
    )  # fmt: skip
    assert reply.returncode == 0, reply.stderr
    catalogue, picture = reply.stdout.splitlines()[-2:]
    return Path(catalogue), Path(picture), reply.stderr


@pytest.fixture(scope="module")
def bare(house: Lab) -> tuple[Path, Path, str]:
    return headless(house, "none")


@pytest.fixture(scope="module")
def contained(house: Lab) -> tuple[Path, Path, str]:
    return headless(house, "podman")


def checksums(catalogue: Path) -> dict[str, str]:
    folder = catalogue.parent
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".tif"
    }


def test_without_containers_it_gives_a_valid_catalogue_and_a_picture(
    house: Lab, bare: tuple[Path, Path, str]
) -> None:
    catalogue, picture, said = bare
    assert "none: the tools run as ordinary processes" in said
    assert StacService(house.settings).validate(catalogue) == ()
    whole = pystac.Catalog.from_file(str(catalogue))
    whole.validate()
    (item,) = whole.get_items(recursive=True)
    assert Path(str(item.assets["water"].get_absolute_href())).is_file()
    with (
        warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),
        rasterio.open(picture) as seen,
    ):
        red, green, blue = (int(value) for value in seen.read((1, 2, 3))[:, -5, -5])
    assert (red, green, blue) == (31, 111, 235)


@pytest.mark.podman
def test_podman_gives_the_same_result(
    bare: tuple[Path, Path, str], contained: tuple[Path, Path, str]
) -> None:
    assert "podman" in contained[2]
    assert checksums(contained[0]) == checksums(bare[0])
    tail = Path("L7_ETM_OLINDA-water/water.tif")
    with rasterio.open(contained[0].parent / tail) as one, rasterio.open(bare[0].parent / tail) as two:
        assert np.array_equal(one.read(), two.read())
        assert (one.transform, one.crs, one.nodata) == (two.transform, two.crs, two.nodata)
        assert one.colormap(1) == two.colormap(1)
        assert one.tags() == two.tags()


@pytest.mark.podman
def test_every_step_ran_where_it_should(house: Lab, contained: tuple[Path, Path, str]) -> None:
    newest = house.runs.list(RunQuery()).runs[0]
    record = house.runs.show(newest.id)
    assert (record.state, record.container) == (State.DONE, "podman")
    assert [(step.id, step.done, step.total) for step in record.steps] == [
        ("crop", 2, 2), ("norm_diff", 1, 1), ("otsu", 1, 1), ("stac", 1, 1),
    ]  # fmt: skip
    assert all(step.image == demo.IMAGE for step in record.steps)


@pytest.mark.podman
def test_the_image_is_not_made_twice(house: Lab, contained: tuple[Path, Path, str]) -> None:
    said: list[str] = []
    made = house.packages.demo_image(demo.SHIPPED, house.containers.find("podman"), said.append)
    assert made is False
    assert said == []


def test_a_package_that_does_not_run_ends_in_an_error(house: Lab, tmp_path: Path) -> None:
    workspace = tmp_path / "broken"
    shutil.copytree(demo.SHIPPED, workspace / "water-bodies")
    parameters = workspace / "water-bodies/olinda.yml"
    parameters.write_text(parameters.read_text() + "bands: [green, thermal]\n")
    reply = subprocess.run(
        [sys.executable, "-m", "ellip_lab.cli", "demo", "--headless", "--container", "none", "--dir", str(workspace)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert reply.returncode == 1
    assert reply.stdout == ""
    assert "no asset for the band thermal" in reply.stderr
