"""What a run has used: reserved on a cluster, measured here; reckoned of its events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ellip_lab.runs.contract import Run, RunRequest
from ellip_lab.runs.engines.calrissian_pods import cores_of
from ellip_lab.runs.reckoning import RunUsage, hours, usage
from ellip_lab.runs.steps import steps
from ellip_lab.tasks.contract import State

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OUTLINE = [{"id": "crop", "scatter": True, "after": []}, {"id": "join", "after": ["crop"]}]


def at(second: float) -> str:
    return (BEGAN + timedelta(seconds=second)).isoformat()


def job(step: str, name: str, began: float, ended: float | None, **more: Any) -> list[dict[str, Any]]:
    """Gives the events of a job."""
    cluster = {"cores": 2.0, "ram": 4_000_000_000} if more.pop("cluster", False) else {}
    told: list[dict[str, Any]] = [{"event": "job", "at": at(began), "step": step, "job": name, **cluster}]
    if ended is not None:
        told.append({"event": "job-ended", "at": at(ended), "step": step, "job": name, "status": "success",
                     "memory": None, "cpu": None, **more})  # fmt: skip
    return told


def used(events: list[dict[str, Any]], engine: str, state: State = State.DONE) -> RunUsage:
    ended = BEGAN + timedelta(seconds=7200) if state.final else None
    run = Run(
        id="20260102t030405678-runs-0001", name="r", state=state, document="d.cwl", engine=engine, container="none",
        created=BEGAN, finished=ended, outdir="/",
        request=RunRequest(document="d.cwl"), steps=steps(events, state, OUTLINE, ended),
    )  # fmt: skip
    return usage(run, events)


def test_measured_here() -> None:
    events = [
        *job("crop", "crop", 0, 1800, cpu=3600.0, memory=2_000_000_000),
        *job("crop", "crop_2", 0, 3600, cpu=1800.0, memory=1_000_000_000),
        *job("join", "join", 3600, 3601),
    ]
    found = used(events, "cwltool")
    assert not found.reserved
    crop, join = found.steps
    assert (crop.id, crop.jobs, crop.seconds, crop.cpu_hours, crop.memory_hours) == ("crop", 2, 5400, 1.5, 2)
    assert crop.memory == 2_000_000_000
    assert (join.cpu_hours, join.memory_hours) == (None, None), "too short to measure"
    assert (found.seconds, found.cpu_hours, found.memory_hours) == (5401, 1.5, 2)


def test_reserved_on_a_cluster() -> None:
    events = [
        *job("crop", "crop", 0, 1800, cluster=True),
        *job("crop", "crop_2", 0, 1800, cluster=True),
        *job("join", "join", 1800, 1801.8, cluster=True),
    ]
    found = used(events, "calrissian")
    assert found.reserved
    assert [(step.id, step.cpu_hours, step.memory_hours) for step in found.steps] == [
        ("crop", 2, 4), ("join", 0.001, 0.002)
    ]  # fmt: skip
    assert (found.cpu_hours, found.memory_hours) == (2.001, 4.002)
    # what calrissian reports goes first, but for jobs that were too short for its seconds
    report = [
        {"event": "usage", "at": at(1802), "step": "crop", "cpu_hours": 2.5, "memory_hours": 5.0},
        {"event": "usage", "at": at(1802), "step": "join", "cpu_hours": 0.0, "memory_hours": 0.0},
    ]
    found = used([*events, *report], "calrissian")
    assert [step.cpu_hours for step in found.steps] == [2.5, 0.001]


def test_a_run_that_was_cut_off_and_one_that_goes_on() -> None:
    events = job("crop", "crop", 0, None, cluster=True)
    stopped = used(events, "calrissian", State.STOPPED)
    assert stopped.final
    assert (stopped.seconds, stopped.cpu_hours) == (7200, 4)
    running = used(events, "calrissian", State.RUNNING)
    assert not running.final
    assert running.cpu_hours is not None
    assert running.cpu_hours > 2, "it began long ago"
    assert used([], "calrissian", State.RUNNING).cpu_hours is None


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (0, "0"), (0.000834, "0.00083"), (1.234, "1.2"), (34.4, "34"), (1e-12, "0")],
)
def test_hours_in_words(value: float | None, words: str) -> None:
    assert hours(value) == words


@pytest.mark.parametrize(
    ("text", "cores"), [("100m", 0.1), ("2", 2), ("0.5", 0.5), (None, None), ("x", None)]
)
def test_cores(text: str | None, cores: float | None) -> None:
    assert cores_of(text) == cores
