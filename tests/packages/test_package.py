"""The package itself: what OGC 20-089r1 asks of it, and that its image holds what it calls."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ellip_lab.cwl.contract import DocumentQuery
from ellip_lab.cwl.service import CwlService
from ellip_lab.packages import demo
from ellip_lab.settings import Settings

DOCUMENT: dict[str, Any] = yaml.safe_load((demo.SHIPPED / demo.DOCUMENT).read_text())
WORKFLOW, *TOOLS = DOCUMENT["$graph"]


def test_it_is_valid_and_its_workflow_is_what_runs(settings: Settings) -> None:
    check = CwlService(settings).check(DocumentQuery(path=str(demo.SHIPPED / demo.DOCUMENT)))
    assert check.problems == ()
    assert check.valid
    assert (check.version, check.default_entry) == ("v1.2", "water-bodies")
    assert check.images == (demo.IMAGE,)


def test_it_is_one_workflow_and_four_tools() -> None:  # requirement 7
    assert WORKFLOW["class"] == "Workflow"
    assert [tool["id"] for tool in TOOLS] == ["crop", "norm_diff", "otsu", "stac"]
    assert {tool["class"] for tool in TOOLS} == {"CommandLineTool"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool["id"])
def test_every_tool_says_what_it_is_and_needs(tool: dict[str, Any]) -> None:  # requirement 8
    assert tool["label"]
    assert tool["doc"]
    assert tool["baseCommand"][0] == "water-bodies"
    assert tool["requirements"]["DockerRequirement"]["dockerPull"] == demo.IMAGE
    assert tool["requirements"]["ResourceRequirement"].keys() >= {"coresMin", "coresMax", "ramMin", "ramMax"}
    for port in (*tool["inputs"].values(), *tool["outputs"].values()):
        assert port["label"]
        assert port["doc"]


def test_only_the_tool_that_reads_the_scene_has_a_network() -> None:
    assert [tool["id"] for tool in TOOLS if "NetworkAccess" in tool["requirements"]] == ["crop"]


def test_the_workflow_and_its_inputs_are_described() -> None:  # requirements 9 and 10
    assert WORKFLOW["id"] == "water-bodies"
    for thing in (WORKFLOW, *WORKFLOW["inputs"].values(), *WORKFLOW["steps"].values()):
        assert thing["label"]
        assert thing["doc"]
    assert WORKFLOW["inputs"]["bands"]["default"] == ["green", "nir"]
    assert WORKFLOW["steps"]["crop"]["scatterMethod"] == "dotproduct"


def test_its_version_is_stated_and_is_the_images() -> None:  # requirement 11
    assert demo.IMAGE.endswith(":" + ".".join(DOCUMENT["s:softwareVersion"].split(".")[:2]))
    assert {"s:license", "s:author", "s:keywords", "s:dateCreated"} <= DOCUMENT.keys()


def test_the_result_is_a_folder() -> None:  # requirement 14
    assert [output["type"] for output in WORKFLOW["outputs"].values()] == ["Directory"]


def test_the_image_holds_the_program_that_is_called() -> None:
    packages, programs = demo.recipe(demo.SHIPPED)
    assert packages == ["ca-certificates", "python3", "python3-rasterio"]
    assert programs == {"/usr/local/bin/water-bodies": demo.SHIPPED / "water_bodies.py"}


def test_another_program_makes_another_image(tmp_path: Any) -> None:
    for name in ("Containerfile", "water_bodies.py"):
        (tmp_path / name).write_bytes((demo.SHIPPED / name).read_bytes())
    before = demo.source_digest(tmp_path)
    assert before == demo.source_digest(demo.SHIPPED)
    (tmp_path / "water_bodies.py").write_text("print()\n")
    assert demo.source_digest(tmp_path) != before


def test_the_licence_of_the_scene_is_stated() -> None:
    notice = (demo.SHIPPED / "data/NOTICE.md").read_text()
    assert "U.S. Geological Survey" in notice
    assert "public domain" in notice
    assert "r-cran-stars" in notice
