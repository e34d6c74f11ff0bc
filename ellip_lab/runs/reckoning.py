"""Reckons what a run has used, step by step and in all: hours of processors, hours of memory.

On a cluster it is what the pods of the tools had reserved, whether they needed it or not, for that is what others
cannot have meanwhile; on this machine what was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ellip_lab.contract import Contract
from ellip_lab.runs.contract import Run, Step
from ellip_lab.runs.events import Event
from ellip_lab.runs.steps import lasted
from ellip_lab.tasks.contract import TaskId


class StepUsage(Contract):
    """Is what one step has used."""

    id: str
    """The step."""
    jobs: int
    """How many jobs of it began."""
    seconds: float
    """How long they ran, together."""
    cpu_hours: float | None = None
    """Cores times hours; null when nobody knows."""
    memory_hours: float | None = None
    """GB times hours."""
    memory: int | None = None
    """The highest peak of a job, in bytes, where it was measured."""


class RunUsage(Contract):
    """Is what a run has used."""

    id: TaskId
    reserved: bool
    """The hours are those reserved on a cluster; else those measured on this machine."""
    final: bool
    """The run has ended; else this is what it has used so far."""
    steps: tuple[StepUsage, ...] = ()
    seconds: float = 0.0
    """How long all jobs ran, together."""
    cpu_hours: float | None = None
    memory_hours: float | None = None


def usage(run: Run, events: Iterable[Event]) -> RunUsage:
    """Gives what a run has used, by its record and the events of its engine."""
    jobs: dict[str, dict[str, dict[str, Any]]] = {}
    for event in events:
        if event["event"] == "job":
            jobs.setdefault(event["step"], {})[event["job"]] = {"started": event["at"]}
        elif event["event"] == "job-ended" and event["job"] in jobs.get(event["step"], {}):
            values = {"finished": event["at"], "memory": event.get("memory"), "cpu": event.get("cpu")}
            jobs[event["step"]][event["job"]].update(values)
    finished = run.finished if run.state.final else None
    reserved = run.engine == "calrissian"
    steps = tuple(
        _step(step, list(jobs[step.id].values()), reserved, finished) for step in run.steps if step.id in jobs
    )
    return RunUsage(
        id=run.id,
        reserved=reserved,
        final=run.state.final,
        steps=steps,
        seconds=round(sum(step.seconds for step in steps), 3),
        cpu_hours=_sum(step.cpu_hours for step in steps),
        memory_hours=_sum(step.memory_hours for step in steps),
    )


def _step(step: Step, jobs: list[dict[str, Any]], reserved: bool, finished: datetime | None) -> StepUsage:
    seconds = [lasted(job, finished) for job in jobs]
    cpu, memory = step.cpu_hours, step.memory_hours
    if not reserved:
        cpu = _sum(None if job.get("cpu") is None else job["cpu"] / 3600 for job in jobs)
        memory = _sum(
            None if job.get("memory") is None else job["memory"] / 1e9 * time / 3600
            for job, time in zip(jobs, seconds, strict=True)
        )
    return StepUsage(
        id=step.id,
        jobs=len(jobs),
        seconds=round(sum(seconds), 3),
        cpu_hours=cpu,
        memory_hours=memory,
        memory=step.memory,
    )


def _sum(values: Iterable[float | None]) -> float | None:
    """Adds what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return round(sum(known), 9) if known else None


def hours(value: float | None) -> str:
    """Says hours in two figures, however few: `0.00083`, `1.2`, `34`."""
    if value is None:
        return ""
    if value >= 10:
        return f"{value:.0f}"
    return f"{float(f'{value:.2g}'):.9f}".rstrip("0").rstrip(".")
