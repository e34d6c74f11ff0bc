"""Makes the steps of a run of its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ellip_lab.runs.contract import Step, StepJob, StepState
from ellip_lab.runs.events import Event
from ellip_lab.tasks.contract import State

SHOWN = 200
"""How many jobs of a step are shown."""


@dataclass
class Job:
    """Is a job on its way."""

    id: str
    state: StepState = StepState.RUNNING
    values: dict[str, Any] = field(default_factory=dict)
    reserved: tuple[float, float] = (0.0, 0.0)
    """The cores, and the GB of memory, that its pod has for itself."""


@dataclass
class Making:
    """Is a step on its way."""

    about: dict[str, Any]
    total: int | None = None
    instances: int = 0
    ended: int = 0
    started: str | None = None
    finished: str | None = None
    failed: bool = False
    skipped: bool = False
    items: int = 0
    jobs: dict[str, Job] = field(default_factory=dict)


def steps(
    events: list[Event], state: State, outline: list[dict[str, Any]], finished: datetime | None = None
) -> tuple[Step, ...]:
    """Gives the steps as they stand; `outline` is what is known before the engine has loaded the document.

    `finished` is when the run ended, and with it the jobs whose end nobody has told.
    """
    loaded = next((event["steps"] for event in events if event["event"] == "document"), outline)
    making = {str(about["id"]): Making(about) for about in loaded}
    for event in events:
        step = making.get(str(event.get("step", "")))
        if step is not None:
            _take(step, event)
    return tuple(_step(name, step, making, state, finished) for name, step in making.items())


def failed_step(events: list[Event]) -> tuple[str | None, str | None]:
    """Gives the first step that failed, and its job."""
    for event in events:
        failed = event["event"] == "job-ended" and event.get("status") != "success"
        if failed or event["event"] == "step-error":
            return event.get("step") or None, event.get("job")
    return None, None


def _take(step: Making, event: Event) -> None:
    match event["event"]:
        case "expand":
            step.total = (step.total or 0) + int(event["total"])
            step.instances += not event.get("more")
        case "pending":
            waiting = {"reason": event.get("reason")}
            step.jobs[event["job"]] = Job(event["job"], StepState.WAITING, waiting)
        case "usage":
            step.about = {**step.about, "hours": (event["cpu_hours"], event["memory_hours"])}
        case "job":
            step.started = step.started or event["at"]
            step.finished = None
            reserved = (event.get("cores") or 0.0, (event.get("ram") or 0) / 1e9)
            step.jobs[event["job"]] = Job(event["job"], values={"started": event["at"]}, reserved=reserved)
        case "command":
            if event["job"] in step.jobs and event.get("image"):
                step.about = {**step.about, "image": event["image"]}
        case "job-ended":
            job = step.jobs.setdefault(event["job"], Job(event["job"]))
            good = event.get("status") == "success"
            job.state = StepState.DONE if good else StepState.FAILED
            job.values.update(
                finished=event["at"],
                exit_code=event.get("exit_code"),
                memory=event.get("memory"),
                cpu=event.get("cpu"),
            )
            step.finished = event["at"]
            step.failed = step.failed or not good
        case "item-ended":
            step.items += event.get("status") == "success"
        case "staging":
            step.total = event["files_total"]
            step.items = event["files"]
        case "step-error":
            step.failed = True
            step.started = step.started or event["at"]
            step.finished = event["at"]
        case "step-ended":
            step.ended += 1
            step.finished = event["at"]
            step.skipped = event.get("status") == "skipped"
            step.failed = step.failed or event.get("status") not in ("success", "skipped")


def _step(
    name: str, step: Making, making: dict[str, Making], state: State, finished: datetime | None
) -> Step:
    parent = making.get(name.rpartition("/")[0])
    inner = [other for path, other in making.items() if path.startswith(f"{name}/")]
    started = step.started or min((other.started for other in inner if other.started), default=None)
    done = sum(job.state is StepState.DONE for job in step.jobs.values()) or step.items
    now = _state(step, parent, started, state)
    total = step.total
    if total is not None and parent is not None and parent.total and not step.about.get("scatter"):
        total = max(total, parent.total)
    if now is StepState.DONE and total is not None:
        done = total  # those that `when` has skipped are done with as well
    jobs = list(step.jobs.values())
    memory = [job.values["memory"] for job in jobs if job.values.get("memory") is not None]
    cpu = [job.values["cpu"] for job in jobs if job.values.get("cpu") is not None]
    shown = tuple(_job(job, state) for job in jobs[-SHOWN:])
    cpu_hours, memory_hours = _hours(step, finished)
    return Step(
        id=name,
        label=step.about.get("label"),
        state=now,
        started=started,
        finished=step.finished if now not in (StepState.RUNNING, StepState.WAITING) else None,
        total=total if total is not None else (None if step.about.get("scatter") else 1),
        done=done,
        memory=max(memory, default=None),
        cpu=round(sum(cpu), 3) if cpu else None,
        cpu_hours=cpu_hours,
        memory_hours=memory_hours,
        image=step.about.get("image"),
        after=tuple(step.about.get("after", ())),
        jobs=shown,
    )


def _hours(step: Making, finished: datetime | None) -> tuple[float | None, float | None]:
    """Gives what the jobs of a step had reserved on a cluster, times the hours they ran.

    calrissian reports it when the whole run has ended well, in whole seconds: what is shorter is nothing to it. Until
    then, after another end, and for such jobs, it is reckoned by when they began and ended.
    """
    told: tuple[float | None, float | None] = step.about.get("hours", (None, None))
    jobs = [job for job in step.jobs.values() if any(job.reserved)]
    if told[0] or not jobs:
        return told
    spans = [(job.reserved, lasted(job.values, finished) / 3600) for job in jobs]
    return (
        round(sum(reserved[0] * hours for reserved, hours in spans), 9),
        round(sum(reserved[1] * hours for reserved, hours in spans), 9),
    )


def lasted(job: dict[str, Any], finished: datetime | None) -> float:
    """Gives how many seconds a job ran: until its end, that of the run (`finished`), or now."""
    if job.get("started") is None:
        return 0.0
    ended = job.get("finished")
    until = datetime.fromisoformat(ended) if ended else finished or datetime.now(UTC)
    return max(0.0, (until - datetime.fromisoformat(job["started"])).total_seconds())


def _state(step: Making, parent: Making | None, started: str | None, state: State) -> StepState:
    """Tells where a step stands; what the end of the run has cut off has failed where the run has."""
    if step.failed:
        return StepState.FAILED
    over = step.ended >= max(step.instances, 1, (parent.total or 1) if parent else 1)
    alone = not step.about.get("after") and step.ended == 0 and step.total == 1 and len(step.jobs) == 1
    if alone and all(job.state is StepState.DONE for job in step.jobs.values()) and state.final:
        over = True  # a tool by itself: no workflow tells its end
    if over:
        return StepState.SKIPPED if step.skipped and not step.jobs else StepState.DONE
    if started is None:
        return StepState.NOT_RUN if state.final else StepState.WAITING
    if state.final:
        return StepState.DONE if state is State.DONE else StepState.STOPPED
    return StepState.RUNNING


def _job(job: Job, state: State) -> StepJob:
    now = job.state
    if state.final and now in (StepState.RUNNING, StepState.WAITING):
        now = StepState.STOPPED if now is StepState.RUNNING else StepState.NOT_RUN
    return StepJob.model_validate({"id": job.id, "state": now, **job.values})
