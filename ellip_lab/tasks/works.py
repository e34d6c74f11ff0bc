"""Works: the tasks that a room starts for a person, each with steps, a log, and why it failed.

A room's `Works` builds on it: it starts them and gives them its own words; what is the same in every room is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, NotFound
from ellip_lab.shell import read_json
from ellip_lab.tasks.contract import LogChunk, LogQuery, State, Task, TaskQuery

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService

PAGE = 200
"""How many tasks are looked at together where only some of them are wanted."""


class RoomWorks:
    """Knows the works of a room: tasks with `kind` and `request` in their data, and `steps.json` in their folder."""

    def __init__(self, tasks: TasksService, room: str) -> None:
        self._tasks = tasks
        self._room = room

    def log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002 - the word of the contract
        """Reads a stretch of a work's log."""
        return self._tasks.log(self._mine(id), query)

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; what it has made stays."""
        return self._tasks.remove(self._mine(id))

    def _mine(self, id: str) -> str:  # noqa: A002
        """Gives the id back; `NotFound` for one that is of no work of this room."""
        if f"-{self._room}-" not in id:
            raise NotFound(f"there is no work {id[:80]!r}", hint="List the works to see their ids.")
        return id

    def _asked(self, id: str) -> dict[str, Any]:  # noqa: A002
        """Gives the data of an ended work, to do it once more; `Conflict` for one that goes on."""
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        return self._tasks.data(task.id)

    def _page(
        self, query: TaskQuery, wanted: Callable[[dict[str, Any]], bool] | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Gives the fields of a page of works, newest first, and the id that the next one is before.

        `query.limit` works at the most, of those whose data are wanted; None wants all.
        """
        found: list[dict[str, Any]] = []
        for task in self._each(query, PAGE if wanted else min(query.limit + 1, 500)):
            data = self._tasks.data(task.id)
            if wanted and not wanted(data):
                continue
            if len(found) == query.limit:
                return found, found[-1]["id"]
            found.append(self._fields(task, data, self._told(task.id)))
        return found, None

    def _each(self, query: TaskQuery, limit: int) -> Iterator[Task]:
        """Gives the tasks that a list may show, page by page."""
        before = query.before
        while True:
            page = self._tasks.list(
                query.model_copy(update={"room": self._room, "limit": limit, "before": before})
            )
            yield from page.tasks
            if page.next is None:
                return
            before = page.next

    def _told(self, task: str) -> dict[str, Any]:
        """Gives what the process of a work has told: its steps, its result or its failure."""
        try:
            told = read_json(self._tasks.root / task / "steps.json")
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _fields(self, task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        """Gives the fields of a summary that every room has; a room adds what the work is about."""
        failure = told.get("failure") or {}
        detail = failure.get("headline") if task.state is State.FAILED else None
        return {
            "id": task.id, "kind": data["kind"], "title": task.title, "state": task.state,
            "created": task.created, "started": task.started, "finished": task.finished, "waiting": task.waiting,
            "done": task.progress.done, "total": task.progress.total, "text": task.progress.text,
            "detail": detail or task.detail,
        }  # fmt: skip


def settled(
    step: dict[str, Any], state: State, open_: tuple[str, ...] = ("running", "waiting")
) -> dict[str, Any]:
    """Gives a step as it was told; one that nobody works on any more has ended with its work."""
    if state.final and step["state"] in open_:
        return {**step, "state": "failed" if state is State.FAILED else "stopped"}
    return step
