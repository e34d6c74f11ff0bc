"""Says why a run failed: what happened, why, and what to do.

The engine's process has recorded what it knew (the kind of an error, the failing job, its exit code, what the
kernel said of memory); the causes are tried in order.
"""

from __future__ import annotations

from pathlib import Path

from ellip_lab.runs.case import Case, Said, located
from ellip_lab.runs.causes import JUDGES, lost, unknown
from ellip_lab.runs.causes_cluster import cluster
from ellip_lab.runs.contract import Cause, Failure
from ellip_lab.runs.engines.record import OWN
from ellip_lab.runs.events import Event
from ellip_lab.settings import within
from ellip_lab.tasks.contract import State, Task

TAIL = 20
"""How many last lines of a job's log are shown."""
TAIL_BYTES = 16_384


def failure(
    directory: Path, task: Task, name: str, document: Path, events: list[Event], root: Path
) -> Failure | None:
    """Gives why a run has failed; None for one that has not."""
    if task.state not in (State.FAILED, State.LOST):
        return None
    if task.state is State.LOST:
        case = _case(directory, task, name, events)
        return _failure(case, Cause.LOST, lost(case), document.parent, root)
    case = _case(directory, task, name, events)
    told = cluster(case)
    if told is not None:
        return _failure(case, *told, document.parent, root)
    for cause, judge in JUDGES:
        said = judge(case)
        if said is not None:
            return _failure(case, cause, said, document.parent, root)
    return _failure(case, Cause.UNKNOWN, unknown(case), document.parent, root)


def _case(directory: Path, task: Task, name: str, events: list[Event]) -> Case:
    end = next((event for event in reversed(events) if event["event"] == "ended"), {})
    job = next((e for e in events if e["event"] == "job-ended" and e.get("status") != "success"), None)
    error = next((event for event in events if event["event"] == "step-error"), None)
    image = next((event for event in events if event["event"] == "image"), None)
    at = job or error or image or {}
    command = next(
        (e.get("command") for e in events if e["event"] == "command" and job and e["job"] == job["job"]), None
    )
    said = "\n".join(str(e["message"]) for e in events if e["event"] == "said")
    if job:
        lines = last_lines(directory / "steps" / f"{_log_name(events, job)}.log")
    else:
        told = (line.strip() for line in str(end.get("message", "")).splitlines())
        lines = tuple(line for line in told if line)[-TAIL:] or last_lines(directory / "log")
    return Case(
        end=end, job=job, error=error, image=image, said=said, lines=lines, command=command,
        step=at.get("step") or None, name=name, detail=task.detail or "",
    )  # fmt: skip


def _log_name(events: list[Event], job: Event | None) -> str:
    found = next((e["log"] for e in events if job and e["event"] == "job" and e["job"] == job["job"]), "")
    return str(found)


def last_lines(file: Path, count: int = TAIL) -> tuple[str, ...]:
    """Gives the last lines of a file that the tool has written."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - TAIL_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ()
    lines = (line.rstrip()[:1000] for line in text.splitlines() if line.strip())
    return tuple(line for line in lines if not line.startswith(OWN))[-count:]


def _failure(case: Case, cause: Cause, said: Said, base: Path, root: Path) -> Failure:
    headline, explanation, hint = said
    place = (
        located(case.message)
        if cause in (Cause.DOCUMENT, Cause.INPUT, Cause.EXPRESSION, Cause.UNSUPPORTED)
        else None
    )
    file, line, column = place or (None, None, None)
    return Failure(
        headline=headline,
        cause=cause,
        explanation=explanation,
        hint=hint,
        step=case.step,
        job=case.job["job"] if case.job else None,
        exit_code=case.code,
        command=case.command,
        tail=case.lines,
        file=(within(root, base / file) or str((base / file).resolve())) if file else None,
        line=line,
        column=column,
    )
