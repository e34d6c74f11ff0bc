"""Runs without containers in a toolbox: the one that is named, or the one that a SoftwareRequirement needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from toolboxes.channel import Server
from toolboxes.conftest import channel, made  # noqa: F401 - fixtures

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import ContainerChoice, Run, RunLogQuery, RunRequest
from ellip_lab.runs.handle import RunHandle
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State
from ellip_lab.toolboxes.contract import ToolboxRequest

TOOL = """\
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [sh, -c, 'hello-eo "$0"; echo $HELLO_EO_VERSION']
inputs:
  who: {type: string, default: you, inputBinding: {}}
outputs:
  said: stdout
stdout: said.txt
"""
WORKFLOW = """\
cwlVersion: v1.2
class: Workflow
inputs: []
outputs:
  said: {type: File, outputSource: say/said}
steps:
  say:
    run: tool.cwl
    in: []
    out: [said]
"""


def needing(version: str = "", package: str = "hello-eo") -> str:
    versions = f", version: ['{version}']" if version else ""
    return f"{TOOL}hints:\n  SoftwareRequirement:\n    packages:\n    - {{package: {package}{versions}}}\n"


@pytest.fixture(scope="module")
def lab(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:  # noqa: F811
    """A hall with two toolboxes, each with a version of a command."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "root").mkdir()
    hall = Lab(Settings(state=folder / "state", root=folder / "root", container="none", task_limit=2))
    server = Server(made).start()
    works = [
        hall.toolboxes.install(
            ToolboxRequest(name=f"eo{version}", packages=(f"hello-eo {version}.*",), channels=(server.url,))
        )
        for version in (1, 2)
    ]
    for work in works:
        assert hall.tasks.wait(work.id, 60).state is State.DONE
    server.stop()
    return hall


def run(lab: Lab, text: str, *, workflow: bool = False, **more: object) -> RunHandle:
    folder = lab.settings.root
    (folder / "tool.cwl").write_text(text)
    (folder / "flow.cwl").write_text(WORKFLOW)
    document = folder / ("flow.cwl" if workflow else "tool.cwl")
    request = RunRequest.model_validate({"document": str(document), "container": "none", **more})
    return lab.runs.start(request)


def said(lab: Lab, handle: RunHandle) -> list[str]:
    assert handle.wait(60).show().state is State.DONE, lab.runs.log(handle.id, RunLogQuery(offset=0)).text
    shown: Run = handle.show()
    [output] = shown.outputs
    return Path(str(output.path)).read_text().splitlines()


def test_a_named_toolbox_is_active(lab: Lab) -> None:
    handle = run(lab, TOOL, toolbox="eo1")
    lines = said(lab, handle)
    prefix = lab.toolboxes.activation("eo1").prefix
    assert lines == [f"hello-eo 1.0 in {prefix}", f"data: {prefix}/share/hello-eo", "arguments: you", "1.0"]
    assert "toolbox eo1 is active" in lab.runs.log(handle.id, RunLogQuery(offset=0)).text
    assert handle.show().request.toolbox == "eo1"


def test_what_the_document_sets_itself_stands(lab: Lab) -> None:
    text = f"{TOOL}requirements:\n  EnvVarRequirement:\n    envDef: {{HELLO_EO_VERSION: mine}}\n"
    assert said(lab, run(lab, text, toolbox="eo1"))[-1] == "mine"


@pytest.mark.parametrize("version", ["1", "2.0"])
def test_the_toolbox_that_a_document_needs_is_found(lab: Lab, version: str) -> None:
    assert said(lab, run(lab, needing(version)))[-1] == f"{version[0]}.0"


def test_also_for_a_step_in_a_file_of_its_own(lab: Lab) -> None:
    assert said(lab, run(lab, needing("1.0"), workflow=True))[-1] == "1.0"


def test_a_program_that_no_toolbox_has_fails_with_what_would_have_it(lab: Lab) -> None:
    text = needing("3.8", "gdal").replace(
        "[sh, -c, 'hello-eo \"$0\"; echo $HELLO_EO_VERSION']", "gdal_of_nobody"
    )
    handle = run(lab, text).wait(60)
    failure = handle.show().failure
    assert failure
    assert failure.headline == "tool: gdal_of_nobody was not found"
    assert failure.hint == (
        "No toolbox has gdal 3.8. The catalogue has it: `ellip toolbox install gdal` (GDAL)."
    )


def test_what_is_only_a_hint_is_tried_without(lab: Lab) -> None:
    text = needing("3.8", "gdal").replace('hello-eo "$0"; echo $HELLO_EO_VERSION', "echo fine")
    assert said(lab, run(lab, text)) == ["fine"]


def test_a_toolbox_that_is_not_there_and_one_on_a_cluster(lab: Lab) -> None:
    with pytest.raises(NotFound, match="there is no toolbox none"):
        run(lab, TOOL, toolbox="none")
    with pytest.raises(Invalid, match="the cluster cannot see it"):
        run(lab, TOOL, toolbox="eo1", engine="calrissian", container=None)


def test_a_map_of_packages_and_iris(lab: Lab) -> None:
    text = f"{TOOL}hints:\n  - class: SoftwareRequirement\n    packages:\n      hi: [https://example.org/hello-eo]\n"
    (lab.settings.root / "tool.cwl").write_text(text)
    [found] = lab.cwl.software(lab.settings.root / "tool.cwl")
    assert (found.package, found.specs) == ("hi", ("https://example.org/hello-eo",))
    assert said(lab, run(lab, text))[0].startswith("hello-eo ")


def test_said_again_it_has_its_toolbox(lab: Lab) -> None:
    handle = run(lab, TOOL, toolbox="eo2", container=ContainerChoice.NONE)
    said(lab, handle)
    from ellip_lab.runs.contract import ScriptQuery

    assert "--toolbox eo2" in lab.runs.script(handle.id, ScriptQuery()).text
