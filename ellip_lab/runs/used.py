"""What the tools of a document have used in the runs that are kept, and what they should ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import NotFound
from ellip_lab.runs.contract import Used, UsedQuery
from ellip_lab.runs.events import Event, Events
from ellip_lab.tasks.contract import TaskQuery

if TYPE_CHECKING:
    from ellip_lab.cwl.service import CwlService
    from ellip_lab.runs.reading import Reading
    from ellip_lab.tasks.service import TasksService

RUNS = 200
"""How many runs of a document are looked at, the newest."""
SHORTEST = 0.5
"""Seconds; the cores of a shorter job say more of its start than of its work."""
PAGE = 500


def used_of(cwl: CwlService, tasks: TasksService, reading: Reading, query: UsedQuery) -> Used:
    """Gives what each tool has used at most; the steps of the runs are mapped to tools by the document as it is now."""
    place = os.path.realpath(query.path)
    if query.text is None and not os.path.exists(place):  # noqa: PTH110 - the text of a path
        raise NotFound(f"{query.path} does not exist")
    runs = list(_runs(tasks, reading, place))
    answer = cwl.ask("ellip_lab.runs.used_document:answer", {**query.model_dump(), "runs": runs})
    return Used.model_validate(answer)


def _runs(tasks: TasksService, reading: Reading, place: str) -> Iterator[JsonObject]:
    """Gives, for each kept run of a document, what its steps have used at most."""
    events = Events()
    before: str | None = None
    left = RUNS
    while left:
        page = tasks.list(TaskQuery(room="runs", limit=PAGE, before=before))
        for task in page.tasks:
            data = reading.data(task)
            if os.path.realpath(data["document"]) != place:
                continue
            steps = measured(events.of(tasks.directory(task.id)))
            if steps:
                yield {"entry": data.get("entry"), "steps": steps}
            left -= 1
            if not left:
                return
        before = page.next
        if before is None:
            return


def measured(events: list[Event]) -> dict[str, dict[str, Any]]:
    """Gives the highest memory (bytes) and cores of each step's jobs, and how many of them were measured."""
    began: dict[str, str] = {}
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        if event["event"] == "job":
            began[str(event.get("job"))] = event["at"]
        elif event["event"] == "job-ended" and event.get("step") is not None:
            memory, cores = event.get("memory"), _cores(event, began.get(str(event.get("job"))))
            if memory is None and cores is None:
                continue
            step = found.setdefault(str(event["step"]), {"memory": None, "cores": None, "jobs": 0})
            step["jobs"] += 1
            step["memory"] = max(filter(None, (step["memory"], memory)), default=None)
            step["cores"] = max(filter(None, (step["cores"], cores)), default=None)
    return found


def _cores(event: Event, began: str | None) -> float | None:
    if event.get("cpu") is None or began is None:
        return None
    seconds = (datetime.fromisoformat(event["at"]) - datetime.fromisoformat(began)).total_seconds()
    return round(float(event["cpu"]) / seconds, 2) if seconds >= SHORTEST else None
