"""From use to request: what the tools of a document have used, and the edits that make it ask for that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.cwl.inserting import apply
from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Run, UsedQuery
from ellip_lab.runs.used import measured
from ellip_lab.runs.used_document import answer, asked_for
from ellip_lab.tasks.contract import State

MIB = 2**20
TOOL = """\
  class: CommandLineTool{more}
  baseCommand: [sleep, "1"]
  inputs: {{}}
  outputs: {{}}
"""


def graph(more: str = "", tail: str = "") -> str:
    """Gives a document with a workflow of two steps that run one tool, and a sub-workflow that runs another."""
    tool = TOOL.format(more=more)
    return (
        "cwlVersion: v1.2 # kept\n$graph:\n"
        "- id: main\n  class: Workflow\n  inputs: {}\n  outputs: {}\n  steps:\n"
        "    one: {run: '#work', in: {}, out: []}\n    two: {run: '#work', in: {}, out: []}\n"
        "    sub: {run: '#inner', in: {}, out: []}\n"
        "- id: inner\n  class: Workflow\n  inputs: {}\n  outputs: {}\n  steps:\n"
        "    deep: {run: '#other', in: {}, out: []}\n"
        f"- id: work{tail}\n{tool}- id: other\n{tool}"
    )


def step(memory: int | None, cores: float | None = None, jobs: int = 1) -> dict[str, Any]:
    """Gives what a run has measured of a step."""
    return {"memory": memory, "cores": cores, "jobs": jobs}


def used(text: str, *runs: dict[str, Any], path: str = "/nowhere/doc.cwl") -> dict[str, dict[str, Any]]:
    """Asks what the tools of a text have used; by their names."""
    found = answer({"path": path, "text": text, "runs": list(runs)})["tools"]
    return {tool["tool"]: tool for tool in found}


def test_the_highest_of_all_steps_and_runs_counts() -> None:
    found = used(
        graph(),
        {
            "entry": "main",
            "steps": {"one": step(100 * MIB, 0.5, 2), "two": step(690 * MIB), "sub/deep": step(10 * MIB)},
        },
        {
            "entry": None,
            "steps": {"one": step(300 * MIB, 1.9), "gone": step(9000 * MIB), "stage-in": step(5)},
        },
        {"entry": "inner", "steps": {"deep": step(20 * MIB)}},
        {"entry": "work", "steps": {"work": step(50 * MIB, 1.0), "stage-out": step(9000 * MIB)}},
    )
    work, other = found["work"], found["other"]
    assert (work["steps"], other["steps"]) == (["one", "two"], ["sub/deep"])
    assert (work["runs"], work["jobs"], work["memory"], work["cores"]) == (3, 5, 690 * MIB, 1.9)
    assert (work["ram_min"], work["cores_min"], work["margin"]) == (896, 2, 0.25)
    assert (other["runs"], other["memory"], other["ram_min"], other["cores_min"]) == (2, 20 * MIB, 64, None)


def test_nothing_measured_asks_for_nothing() -> None:
    found = used(graph())["work"]
    assert (found["runs"], found["jobs"], found["memory"], found["ram_min"]) == (0, 0, None, None)
    assert found["edits"] == []


@pytest.mark.parametrize(
    ("peak", "asked"),
    [
        (1, 64),
        (51 * MIB, 64),
        (52 * MIB, 128),
        (690 * MIB, 896),
        (3000 * MIB, 3840),
        (20_000 * MIB, 25_600),
        (None, None),
    ],
)
def test_what_is_asked_for_is_rounded_up(peak: int | None, asked: int | None) -> None:
    assert asked_for(peak) == asked
    assert asked is None or peak is None or asked * MIB >= peak * 1.25


REQUIREMENTS = {
    "none": ("", None),
    "map": ("\n  requirements:\n    # why\n    NetworkAccess: {networkAccess: true}", None),
    "list": ("\n  requirements:\n    - class: NetworkAccess\n      networkAccess: true # so", None),
    "braces": ("\n  requirements: {NetworkAccess: {networkAccess: true}}", None),
    "nothing": ("\n  requirements: []", None),
    "less": (
        "\n  requirements:\n    ResourceRequirement:\n      ramMin: 256 # too little\n      ramMax: 512",
        256,
    ),
    "hint": ("\n  hints:\n    - class: ResourceRequirement\n      ramMin: 2048", 2048),
    "expression": ("\n  requirements: {ResourceRequirement: {ramMin: $(inputs.x), coresMin: 4}}", None),
}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_the_edits_make_it_ask_for_what_it_used_and_leave_the_rest(name: str) -> None:
    more, asks = REQUIREMENTS[name]
    text = graph(more)
    run = {"entry": "main", "steps": {"one": step(690 * MIB, 1.7)}}
    found = used(text, run)["work"]
    assert found["asks_memory"] == asks
    new = apply(text, found["edits"])
    again = used(new, run)["work"]
    assert again["edits"] == []
    assert (again["asks_memory"], again["asks_cores"]) == (None if name == "expression" else 896, 2)
    assert used(new, run)["other"]["asks_memory"] == asks  # the other tool is as it was
    for comment in ("# kept", "# why", "# so", "# too little"):
        assert new.count(comment) == text.count(comment)
    if name == "less":
        assert "ramMax: 896" in new
    from ellip_lab.cwl.marked import Marked

    assert Marked(new)


def test_what_is_inherited_is_told_and_the_tool_gets_its_own() -> None:
    text = graph().replace(
        "  steps:\n    one", "  requirements: {ResourceRequirement: {ramMin: 64}}\n  steps:\n    one"
    )
    found = used(text, {"entry": "main", "steps": {"one": step(690 * MIB)}})["work"]
    assert found["asks_memory"] == 64
    new = apply(text, found["edits"])
    assert used(new, {"entry": "main", "steps": {"one": step(690 * MIB)}})["work"]["asks_memory"] == 896
    assert "{ResourceRequirement: {ramMin: 64}}" in new


def test_a_tool_of_another_file_is_edited_there(tmp_path: Path) -> None:
    (tmp_path / "work.cwl").write_text("cwlVersion: v1.2\n" + TOOL.format(more="").replace("\n  ", "\n")[2:])
    flow = "cwlVersion: v1.2\nclass: Workflow\ninputs: {}\noutputs: {}\nsteps:\n  one: {run: work.cwl, in: {}, out: []}\n"
    path = tmp_path / "flow.cwl"
    found = used(flow, {"entry": None, "steps": {"one": step(690 * MIB)}}, path=str(path))["one"]
    assert {edit["path"] for edit in found["edits"]} == {str(tmp_path / "work.cwl")}
    assert "ramMin: 896" in apply((tmp_path / "work.cwl").read_text(), found["edits"])


def test_a_text_that_is_being_typed_gets_no_edits() -> None:
    found = used(graph() + "\n  ]broken: [", {"entry": "main", "steps": {"one": step(690 * MIB)}})
    assert all(not tool["edits"] for tool in found.values())


def test_a_job_that_is_too_short_tells_no_cores() -> None:
    def job(name: str, seconds: float, **more: Any) -> list[dict[str, Any]]:
        ended = f"2026-01-01T00:00:{seconds:06.3f}+00:00"
        return [
            {"event": "job", "step": "one", "job": name, "at": "2026-01-01T00:00:00+00:00"},
            {"event": "job-ended", "step": "one", "job": name, "at": ended, **more},
        ]

    found = measured([*job("a", 0.1, memory=5, cpu=0.1), *job("b", 2.0, memory=3, cpu=3.0), *job("c", 2.0)])
    assert found == {"one": {"memory": 5, "cores": 1.5, "jobs": 2}}


def test_the_runs_of_a_document_are_looked_at(lab: Lab, perform: Callable[..., Run]) -> None:
    busy = "python3 -c 'x = bytearray(200_000_000); import time; time.sleep(0.8)'"
    run = perform("shell.cwl", {"command": busy})
    assert run.state is State.DONE, run.failure
    path = str(lab.settings.root / "shell.cwl")
    (tool,) = lab.runs.used(UsedQuery(path=path)).tools
    assert (tool.runs, tool.jobs) == (1, 1)
    assert tool.memory is not None
    assert 190e6 < tool.memory < 450e6
    assert tool.ram_min is not None
    assert tool.ram_min * MIB >= tool.memory * 1.25
    assert tool.edits
    other = lab.settings.root / "other.cwl"
    other.write_text(Path(path).read_text())
    assert lab.runs.used(UsedQuery(path=str(other))).tools[0].runs == 0
    with pytest.raises(NotFound):
        lab.runs.used(UsedQuery(path=str(lab.settings.root / "none.cwl")))
