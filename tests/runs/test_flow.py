"""Runs to their end: steps, jobs, logs, outputs, what is kept of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ellip_lab.errors import Conflict, Denied, Invalid, NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import (
    OutputKind,
    QuicklookQuery,
    RemoveQuery,
    RerunRequest,
    Run,
    RunLogQuery,
    RunQuery,
    StepState,
)
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, processes_of, scratch

Perform = Callable[..., Run]


def test_echo(lab: Lab, perform: Perform) -> None:
    run = perform("echo.cwl", {"message": "hello"})
    assert run.state is State.DONE
    assert run.exit_code == 0
    assert run.name == "echo"
    assert run.container == "none"
    assert run.progress.done == run.progress.total == 1
    (step,) = run.steps
    assert (step.id, step.state, step.total, step.done) == ("echo", StepState.DONE, 1, 1)
    (out,) = run.outputs
    assert out.kind is OutputKind.FILE
    assert out.workspace_path == f"results/echo/{run.id}/out.txt"
    assert Path(str(out.path)).read_text() == "hello\n"
    assert out.checksum == "sha1$f572d396fae9206628714fb2ce00f72e94f2258f"
    assert out.size == 6
    assert not scratch(lab)


@pytest.mark.parametrize("parallel", [True, False])
def test_workflow_steps_and_scatter(lab: Lab, perform: Perform, parallel: bool) -> None:
    run = perform("flow.cwl", {"words": ["a", "b", "c"]}, parallel=parallel)
    assert run.state is State.DONE, run.failure
    steps = {step.id: step for step in run.steps}
    order = list(steps)
    assert order.index("say") < order.index("join")
    assert order.index("inner") < order.index("inner/deep") < order.index("count")
    assert steps["join"].after == ("say",)
    assert steps["say"].label == "Say each word"
    assert (steps["say"].total, steps["say"].done, len(steps["say"].jobs)) == (3, 3, 3)
    assert (steps["inner"].total, steps["inner"].done) == (3, 3)
    assert (steps["inner/deep"].total, steps["inner/deep"].done) == (3, 3)
    assert steps["maybe"].state is StepState.SKIPPED
    assert {step.state for id_, step in steps.items() if id_ != "maybe"} == {StepState.DONE}
    assert run.output_object is not None
    assert run.output_object["number"] == 3
    assert run.output_object["maybe"] is None
    said = next(output for output in run.outputs if output.name == "said")
    assert said.count == 3
    # the three files have one name: each is found by the output object
    assert [Path(str(child.path)).read_text() for child in said.children] == ["a\n", "b\n", "c\n"]
    assert len({child.path for child in said.children}) == 3


def test_a_log_per_job_and_the_whole(lab: Lab, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["left", "right"]})
    jobs = next(step for step in run.steps if step.id == "say").jobs
    logs = [lab.runs.log(run.id, RunLogQuery(offset=0, job=job.id)).text for job in jobs]
    assert ["saying left" in log and "to err left" in log for log in logs].count(True) == 1
    assert not any("saying left" in log and "saying right" in log for log in logs)
    whole = lab.runs.log(run.id, RunLogQuery(offset=0)).text
    for line in whole.splitlines():
        assert line[2] == line[5] == ":", line
        assert "\x1b" not in line
        assert "Max memory used" not in line
    assert any(line.split()[2:] == ["saying", "left"] for line in whole.splitlines())
    with pytest.raises(NotFound):
        lab.runs.log(run.id, RunLogQuery(offset=0, job="nobody"))
    with pytest.raises(NotFound):
        lab.runs.log(run.id, RunLogQuery(offset=0, job="../run"))


def test_provenance_is_kept(lab: Lab, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["a"]})
    directory = lab.tasks.directory(run.id)
    packed = json.loads((directory / "document.json").read_bytes())
    assert packed["cwlVersion"] == "v1.2"
    assert {one["class"] for one in packed["$graph"]} == {"Workflow", "CommandLineTool", "ExpressionTool"}
    assert {"cwltool", "python", "node"} <= set(run.versions)
    assert json.loads((directory / "run.json").read_bytes())["inputs"] == {"words": ["a"]}


def test_the_handle_gives_paths_and_catalogues(lab: Lab, document: Callable[[str], Path]) -> None:
    import pystac

    handle = lab.runs.start(document("catalogue.cwl"), container="none").wait(PATIENCE)
    run = handle.show()
    assert run.state is State.DONE, run.failure
    catalogue = handle.outputs["catalog"]
    assert isinstance(catalogue, pystac.Catalog)
    assert [item.id for item in catalogue.get_items()] == ["one"]
    (output,) = run.outputs
    assert output.kind is OutputKind.CATALOGUE
    assert output.catalogue is not None
    assert output.catalogue["id"] == "made"
    assert [child.name for child in output.children] == ["catalog.json", "one.json", "picture.png"]
    assert output.size == sum(Path(str(child.path)).stat().st_size for child in output.children)
    picture = output.children[2]
    assert picture.picture
    first = lab.runs.quicklook(run.id, QuicklookQuery(path=str(picture.path), size=32))
    assert first.startswith(b"\x89PNG")
    assert lab.runs.quicklook(run.id, QuicklookQuery(path=str(picture.path), size=32)) == first
    assert len(list((lab.tasks.directory(run.id) / "quicklooks").iterdir())) == 1


def test_quicklook_only_of_the_runs_own_outputs(lab: Lab, perform: Perform, tmp_path: Path) -> None:
    run = perform("echo.cwl", {"message": "x"})
    with pytest.raises(Denied):
        lab.runs.quicklook(run.id, QuicklookQuery(path="/etc/passwd"))
    with pytest.raises(Denied):
        lab.runs.quicklook(run.id, QuicklookQuery(path=f"{run.outdir}/../../../echo.cwl"))
    with pytest.raises(Invalid):
        lab.runs.quicklook(run.id, QuicklookQuery(path=str(run.outputs[0].path)))
    elsewhere = tmp_path / "secret.txt"
    elsewhere.write_text("secret")
    Path(str(run.outputs[0].path)).unlink()
    Path(str(run.outputs[0].path)).symlink_to(elsewhere)
    with pytest.raises((Denied, Invalid)):
        lab.runs.quicklook(run.id, QuicklookQuery(path=str(elsewhere)))


def test_rerun_with_other_inputs(lab: Lab, perform: Perform) -> None:
    before = perform("echo.cwl", {"message": "first"})
    same = lab.runs.rerun(before.id, RerunRequest()).wait(PATIENCE).show()
    assert same.inputs == before.inputs
    assert same.rerun_of == before.id
    assert same.outdir != before.outdir
    other = lab.runs.rerun(same.id, RerunRequest(inputs={"message": "second"})).wait(PATIENCE).show()
    assert Path(str(other.outputs[0].path)).read_text() == "second\n"
    assert Path(str(before.outputs[0].path)).read_text() == "first\n"


def test_remove_leaves_the_outputs_unless_asked(lab: Lab, perform: Perform, tmp_path: Path) -> None:
    kept = perform("echo.cwl", {"message": "kept"})
    lab.runs.remove(kept.id, RemoveQuery())
    assert Path(str(kept.outputs[0].path)).exists()
    with pytest.raises(NotFound):
        lab.runs.show(kept.id)
    gone = perform("echo.cwl", {"message": "gone"})
    lab.runs.remove(gone.id, RemoveQuery(outputs=True))
    assert not Path(gone.outdir).exists()
    outside = perform("echo.cwl", {"message": "outside"}, outdir=tmp_path / "elsewhere")
    with pytest.raises(Denied):
        lab.runs.remove(outside.id, RemoveQuery(outputs=True))
    assert lab.runs.show(outside.id).state is State.DONE
    assert Path(str(outside.outputs[0].path)).exists()


def test_remove_needs_an_end(lab: Lab, document: Callable[[str], Path]) -> None:
    handle = lab.runs.start(document("shell.cwl"), {"command": "sleep 60"}, container="none")
    with pytest.raises(Conflict):
        lab.runs.remove(handle.id, RemoveQuery())
    handle.stop()
    assert handle.wait(PATIENCE).show().state is State.STOPPED
    assert not scratch(lab)
    assert not Path(handle.show().outdir).exists()


def test_the_list_is_paged_and_filtered(lab: Lab, perform: Perform) -> None:
    ids = [perform("echo.cwl", {"message": str(n)}, name=f"number {n}").id for n in range(3)]
    failed = perform("fails.cwl")
    page = lab.runs.list(RunQuery(limit=2))
    assert [run.id for run in page.runs] == [failed.id, ids[2]]
    assert page.runs[0].failed_step == "bad"
    rest = lab.runs.list(RunQuery(limit=2, before=page.next))
    assert [run.id for run in rest.runs] == [ids[1], ids[0]]
    assert [run.id for run in lab.runs.list(RunQuery(text="NUMBER 1")).runs] == [ids[1]]
    assert [run.id for run in lab.runs.list(RunQuery(state=State.FAILED)).runs] == [failed.id]


def test_an_existing_outdir_keeps_what_is_in_it(lab: Lab, perform: Perform, tmp_path: Path) -> None:
    outdir = tmp_path / "own"
    outdir.mkdir()
    (outdir / "mine.txt").write_text("mine")
    assert perform("echo.cwl", {"message": "x"}, outdir=outdir).state is State.DONE
    assert sorted(file.name for file in outdir.iterdir()) == ["mine.txt", "out.txt"]
    assert perform("fails.cwl", outdir=outdir).state is State.FAILED
    assert sorted(file.name for file in outdir.iterdir()) == ["mine.txt", "out.txt"]


def test_a_damaged_record_does_not_hide_the_others(lab: Lab, perform: Perform) -> None:
    good = perform("echo.cwl", {"message": "x"})
    bad = perform("echo.cwl", {"message": "y"})
    (lab.tasks.directory(bad.id) / "request.json").write_text("{")
    assert [run.id for run in lab.runs.list(RunQuery()).runs] == [bad.id, good.id]
    assert lab.runs.show(bad.id).document == "damaged"
    with pytest.raises(NotFound):
        lab.runs.rerun(bad.id, RerunRequest())


def test_a_process_left_behind_holds_nothing_up(lab: Lab, perform: Perform) -> None:
    began = time.monotonic()
    run = perform("shell.cwl", {"command": "sleep 100 & echo done > done.txt"}, check=False)
    assert run.state is State.DONE, run.failure
    assert time.monotonic() - began < 60
    until = time.monotonic() + 20
    while (alive := processes_of(run.id)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive
