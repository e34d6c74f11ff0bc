"""Runs on a real cluster: the same result as here, live, stopped, taken up again, and nothing left."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Run, RunLogQuery, StepState
from ellip_lab.runs.handle import RunHandle
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.directory import read_or_none

from .conftest import DOCUMENTS, PATIENCE, Namespace, long, until

Start = Callable[..., RunHandle]
Perform = Callable[..., Run]


def texts(lab: Lab, count: int = 4) -> dict[str, Any]:
    for number in range(count):
        (lab.settings.root / f"t{number}.txt").write_text(f"word {number}\n")
    return {"texts": [lab.settings.root / f"t{number}.txt" for number in range(count)]}


def same(value: Any) -> Any:
    """Gives an output object without the places, which differ."""
    if isinstance(value, list):
        return [same(one) for one in value]
    if isinstance(value, dict):
        return {key: same(one) for key, one in value.items() if key not in ("location", "path")}
    return value


def first_tick(lab: Lab, run: RunHandle) -> str:
    def log() -> str:
        assert not run.show().state.final, run.show().failure
        try:
            return lab.runs.log(run.id, RunLogQuery(offset=0, job="ticks")).text
        except NotFound:
            return ""

    return str(until(lambda: "tick 1" in log() and log(), "the log grows while the step runs"))


def child_of(lab: Lab, run: str) -> int:
    beat = read_or_none(lab.tasks.directory(run) / "heartbeat")
    assert beat
    return int(beat["child"])


def test_a_scatter_and_a_join(lab: Lab, perform: Perform) -> None:
    run = perform("four.cwl", texts(lab))
    assert run.state is State.DONE, run.failure
    assert run.container == "kubernetes"
    assert [(step.id, step.state, step.done, step.total) for step in run.steps] == [
        ("shout", StepState.DONE, 4, 4),
        ("join", StepState.DONE, 1, 1),
    ]
    assert all(step.cpu_hours is not None for step in run.steps)
    for number, word in enumerate(("shout", "shout_2", "shout_3", "shout_4")):
        log = lab.runs.log(run.id, RunLogQuery(offset=0, job=word)).text
        assert f"t{number}.txt" in log
        assert log.endswith("end\n")
    assert Path(run.outdir, "joined.txt").read_text() == "WORD 0\nWORD 1\nWORD 2\nWORD 3\n"


@long
def test_the_result_is_cwltools(lab: Lab, perform: Perform, monkeypatch: pytest.MonkeyPatch) -> None:
    given = texts(lab)
    document = lab.settings.root / "here.cwl"
    text = (Path(__file__).parent / "documents" / "four.cwl").read_text()
    document.write_text(text.replace("DockerRequirement: {", "InlineJavascriptRequirement: {}\n      # {"))
    here = lab.runs.start(document, given, container="none").wait(PATIENCE).show()
    there = perform("four.cwl", given)
    assert same(there.output_object) == same(here.output_object)


@long
def test_equal_names_of_steps_and_of_outputs(lab: Lab, perform: Perform) -> None:
    given = {"words": ["a", "b", "c"]}
    document = lab.settings.root / "here.cwl"
    text = (DOCUMENTS / "twice.cwl").read_text()
    document.write_text(text.replace("DockerRequirement: {", "InlineJavascriptRequirement: {}\n      # {"))
    here = lab.runs.start(document, given, container="none").wait(PATIENCE).show()
    there = perform("twice.cwl", given)
    assert there.state is State.DONE, there.failure
    for step in ("one/say", "two/say"):
        [found] = [one for one in there.steps if one.id == step]
        assert (found.state, found.done, found.total) == (StepState.DONE, 3, 3), found
        for job in found.jobs:
            log = lab.runs.log(there.id, RunLogQuery(offset=0, job=job.id)).text
            assert f"{step.partition('/')[0]} says " in log, (job.id, log)
    assert [one.state for one in there.steps] == [StepState.DONE] * 4
    # a file is called as cwltool calls it where several have one name
    assert named(there) == named(here)
    assert {one.name for one in Path(there.outdir).iterdir()} == {
        one.name for one in Path(here.outdir).iterdir()
    }


def named(run: Run) -> dict[str, list[tuple[str, str]]]:
    assert run.output_object
    return {
        name: [(Path(one["path"]).name, Path(one["path"]).read_text()) for one in files]
        for name, files in run.output_object.items()
    }


@long
def test_files_folders_and_what_lies_beside(lab: Lab, perform: Perform) -> None:
    root = lab.settings.root
    (root / "a b").mkdir()
    scene = "scene " * 100_000  # too much to come along with the document
    (root / "a b/scene.tif").write_text(scene)
    (root / "a b/scene.tif.idx").write_text("index")
    (root / "folder/deep").mkdir(parents=True)
    (root / "folder/deep/one").write_text("1")
    run = perform("files.cwl", {"scene": root / "a b/scene.tif", "folder": root / "folder"})
    assert run.state is State.DONE, run.failure
    all_ = Path(run.outdir, "all")
    assert (all_ / "scene").read_text() == f"{scene}index"
    assert (all_ / "deep/one").read_text() == "1"
    assert (all_ / "word").read_text() == "none\n"


def test_where_this_machine_sees_the_volume(lab: Lab, perform: Perform, namespace: Namespace) -> None:
    claim = namespace.core.read_namespaced_persistent_volume_claim("calrissian", namespace.name)
    volume = namespace.core.read_persistent_volume(claim.spec.volume_name)
    place = volume.spec.host_path and Path(volume.spec.host_path.path)
    if not place or not place.is_dir():
        pytest.skip("this machine does not see the volume of the cluster")
    run = perform("four.cwl", texts(lab), cluster={"mounted_at": str(place)})
    assert run.state is State.DONE, run.failure
    assert Path(run.outdir, "joined.txt").read_text().startswith("WORD 0\n")
    until(lambda: not (place / run.id).exists(), "the folder on the volume is gone", 60)


def test_live_and_stopped(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("ticks.cwl", {"ticks": 500})
    first_tick(lab, run)
    [step] = run.show().steps
    assert step.state is StepState.RUNNING
    assert [job.state for job in step.jobs] == [StepState.RUNNING]
    assert lab.runs.stop(run.id)
    assert lab.runs.wait(run.id, 120) is State.STOPPED
    assert namespace.objects() == []


@pytest.mark.parametrize("victim", ["submitter", pytest.param("supervisor", marks=long)])
def test_taken_up_after_kill_9(lab: Lab, start: Start, victim: str) -> None:
    run = start("ticks.cwl", {"ticks": 40})
    first_tick(lab, run)
    for _ in range(2):
        file = lab.tasks.directory(run.id) / "supervisor.json"
        supervisor = until(lambda file=file: read_or_none(file), "it has a supervisor")
        until(lambda: run.show().state is State.RUNNING)
        pid = child_of(lab, run.id) if victim == "submitter" else int(supervisor["pid"])
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: not Path(f"/proc/{pid}").exists())
        Lab(lab.settings).runs.show(run.id)  # a server that starts looks, as whoever opens the panel does
        if victim == "submitter":
            until(lambda pid=pid: child_of(lab, run.id) != pid, "it is started again")
    ended = run.wait(PATIENCE).show()
    assert ended.state is State.DONE, ended.failure
    log = lab.runs.log(run.id, RunLogQuery(offset=0, job="ticks", limit=1_000_000)).text
    ticks = [line for line in log.splitlines() if line.startswith("tick")]
    assert ticks == [f"tick {number}" for number in range(40)], "every line, once"
    assert [(step.state, step.done, step.total) for step in ended.steps] == [(StepState.DONE, 1, 1)]


def test_a_run_whose_job_vanished_is_told_lost(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("ticks.cwl", {"ticks": 500})
    first_tick(lab, run)
    namespace.batch.delete_namespaced_job(f"ellip-{run.id}", namespace.name, propagation_policy="Foreground")
    ended = run.wait(PATIENCE).show()
    assert ended.state is State.FAILED
    assert ended.failure is not None
    assert ended.failure.cause == "lost", ended.failure


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_twenty_at_once(lab: Lab, start: Start, namespace: Namespace) -> None:
    runs = [start("ticks.cwl", {"ticks": 2}) for _ in range(20)]
    for run in runs:
        assert run.wait(600).show().state is State.DONE, run.show().failure
    assert len({run.show().outdir for run in runs}) == 20
    namespace.settled(300)
