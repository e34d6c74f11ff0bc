"""What is made of an engine's records: steps of events, causes of errors, usage of the kernel's files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.runs.case import innermost, located
from ellip_lab.runs.contract import StepState
from ellip_lab.runs.engines import cleanup
from ellip_lab.runs.engines.record import Record, Tally, file_name
from ellip_lab.runs.events import Events
from ellip_lab.runs.kernel import Cgroup
from ellip_lab.runs.steps import failed_step, steps
from ellip_lab.runs.usage import Processes, Usage, watch
from ellip_lab.tasks.contract import State

OUTLINE: list[dict[str, Any]] = [{"id": "a", "after": []}, {"id": "b", "scatter": True, "after": ["a"]}]


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {"at": "2026-11-22T12:00:00Z", "event": name, **fields}


BEGUN = [
    event("document", steps=OUTLINE),
    event("expand", step="a", total=1),
    event("job", step="a", job="a"),
    event("job-ended", step="a", job="a", status="success", exit_code=0, memory=10, cpu=1.0),
    event("step-ended", step="a", status="success"),
    event("expand", step="b", total=3),
    event("job", step="b", job="b"),
    event("job", step="b", job="b_2"),
    event("job-ended", step="b", job="b", status="success", exit_code=0, memory=30, cpu=1.5),
]


def test_steps_on_their_way() -> None:
    a, b = steps(BEGUN, State.RUNNING, [])
    assert (a.state, a.total, a.done, a.memory) == (StepState.DONE, 1, 1, 10)
    assert (b.state, b.total, b.done, b.memory, b.cpu) == (StepState.RUNNING, 3, 1, 30, 1.5)
    assert [job.state for job in b.jobs] == [StepState.DONE, StepState.RUNNING]


def test_steps_of_a_run_that_was_cut_off() -> None:
    _, b = steps(BEGUN, State.LOST, [])
    assert b.state is StepState.STOPPED
    assert b.jobs[1].state is StepState.STOPPED


def test_steps_before_the_engine_has_begun() -> None:
    assert [step.state for step in steps([], State.QUEUED, OUTLINE)] == [StepState.WAITING, StepState.WAITING]
    assert [step.state for step in steps([], State.STOPPED, OUTLINE)] == [
        StepState.NOT_RUN,
        StepState.NOT_RUN,
    ]
    assert steps([], State.QUEUED, OUTLINE)[1].total is None


def test_a_failed_item_fails_its_step() -> None:
    events = [*BEGUN, event("job-ended", step="b", job="b_2", status="permanentFail", exit_code=1)]
    assert steps(events, State.RUNNING, [])[1].state is StepState.FAILED
    assert failed_step(events) == ("b", "b_2")


def test_progress_counts_items() -> None:
    tally = Tally()
    for one in BEGUN:
        tally.add(one["event"], one)
    assert tally.progress() == {"done": 1.333, "total": 2, "text": "b 2 of 3"}


def test_only_the_first_200_jobs_would_be_too_many() -> None:
    events = [event("job", step="b", job=f"b_{n}") for n in range(500)]
    shown = steps([*BEGUN, *events], State.RUNNING, [])[1].jobs
    assert len(shown) == 200
    assert shown[-1].id == "b_499"


def test_events_are_read_on(tmp_path: Path) -> None:
    reader = Events()
    assert reader.of(tmp_path) == []
    file = tmp_path / "events.jsonl"
    file.write_text('{"event": "a"}\n{"event": "b"}\n{"ev')
    assert [one["event"] for one in reader.of(tmp_path)] == ["a", "b"]
    with file.open("a") as stream:
        stream.write('ent": "c"}\nnonsense\n')
    assert [one["event"] for one in reader.of(tmp_path)] == ["a", "b", "c"]


def test_where_a_message_points() -> None:
    message = (
        "file:///w/doc.cwl:4:1: checking field `steps`\n"
        "file:///w/doc.cwl:5:3:   checking object `doc.cwl#s`\n"
        "file:///w/doc.cwl:6:5:     Field `run` contains undefined reference to `file:///w/gone.cwl`\n"
    )
    assert located(message) == ("/w/doc.cwl", 6, 5)
    assert innermost(message) == "Field `run` contains undefined reference to `file:///w/gone.cwl`"
    assert located("no place at all") is None


@pytest.mark.parametrize(
    ("job", "name"), [("crop_2", "crop_2"), ("../x", "_x"), ("a b/c", "a_b_c"), ("..", "job")]
)
def test_the_name_of_a_log(job: str, name: str) -> None:
    assert file_name(job) == name


def test_the_pump_cuts_lines_and_keeps_bytes(tmp_path: Path) -> None:
    import os

    read, write = os.pipe()
    record = Record(tmp_path, log=write)
    pump = record.pump("job")
    os.write(pump.stream.fileno(), b"\x1b[1;32m10%\x1b[0m\r20%\r\nplain \xff\n" + b"x" * 10_000 + b"\nlast")
    pump.close()
    assert (tmp_path / "steps/job.log").read_bytes().startswith(b"\x1b[1;32m10%\x1b[0m\r20%\r\nplain \xff\n")
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        lines = stream.read().decode().splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines[:3]] == ["10%", "20%", "plain \ufffd"]
    assert lines[-1].endswith(" last")
    assert max(map(len, lines)) < 5000


def test_a_process_is_measured() -> None:
    hungry = "import time; a = b'x' * 200_000_000; t = time.time() + 0.3\nwhile time.time() < t: pass"
    with subprocess.Popen([sys.executable, "-c", hungry], text=True) as process:
        usage = Usage()
        watch(process, Processes(process.pid, usage), usage)
        assert process.returncode == 0
    assert usage.memory is not None
    assert 200e6 < usage.memory < 400e6
    assert usage.cpu is not None
    assert 0.1 < usage.cpu < 5


def test_children_are_measured_too() -> None:
    inner = "import time; a = b'x' * 100_000_000; time.sleep(1)"
    outer = f"import subprocess, sys; [p.wait() for p in [subprocess.Popen([sys.executable, '-c', {inner!r}]) for _ in '12']]"
    with subprocess.Popen([sys.executable, "-c", outer], text=True) as process:
        usage = Usage()
        watch(process, Processes(process.pid, usage), usage)
    assert usage.memory is not None
    assert usage.memory > 200e6


def test_cgroup_v1_and_v2(tmp_path: Path) -> None:
    old = tmp_path / "v1"
    old.mkdir()
    (old / "cpuacct.usage").write_text("2500000000\n")
    (old / "memory.limit_in_bytes").write_text("67108864\n")
    (old / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    group = Cgroup(old, old, unified=False)
    assert (group.seconds(), group.limit(), group.killed()) == (2.5, 64 * 2**20, True)
    (old / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert group.limit() is None
    new = tmp_path / "v2"
    new.mkdir()
    (new / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (new / "memory.max").write_text("max\n")
    (new / "memory.events").write_text("low 0\noom 2\noom_kill 0\n")
    group = Cgroup(new, new, unified=True)
    assert (group.seconds(), group.limit(), group.killed()) == (1.5, None, False)
    gone = Cgroup(tmp_path / "gone", tmp_path / "gone", unified=True)
    assert (gone.seconds(), gone.limit(), gone.killed()) == (None, None, False)


def test_half_placed_outputs_are_taken_back(tmp_path: Path) -> None:
    import json

    outdir = tmp_path / "made" / "here"
    (outdir / "folder").mkdir(parents=True)
    (outdir / "folder/x").write_text("")
    (outdir / "file").write_text("")
    task = tmp_path / "task"
    task.mkdir()
    note = {"outdir": str(outdir), "made": str(tmp_path / "made"), "names": ["folder", "file", "never"]}
    (task / "placing.json").write_text(json.dumps(note))
    assert cleanup.take_back(task)
    assert not (tmp_path / "made").exists()
    assert not cleanup.take_back(task)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine").write_text("")
    (kept / "new").write_text("")
    (task / "placing.json").write_text(json.dumps({"outdir": str(kept), "made": None, "names": ["new"]}))
    assert cleanup.take_back(task)
    assert [file.name for file in kept.iterdir()] == ["mine"]
