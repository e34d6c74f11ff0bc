"""Works: installations and removals of apps; each is a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.apps import contract as words
from ellip_lab.apps.contract import AppWorkKind
from ellip_lab.apps.entries import Catalogue
from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.tasks.contract import LogChunk, LogQuery, State, Task, TaskQuery

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService

ROOM = "apps"
PAGE = 200
"""How many tasks are looked at together where only some of them are wanted."""

Request = words.InstallAppRequest | words.UninstallAppRequest


class Works:
    """Starts installations and removals, and knows what has become of them."""

    def __init__(self, settings: Settings, tasks: TasksService, catalogue: Catalogue) -> None:
        self._settings = settings
        self._tasks = tasks
        self._catalogue = catalogue

    def start(self, kind: AppWorkKind, request: Request) -> words.AppWork:
        """Starts a work as a task."""
        entry = self._catalogue.entry(request.app)
        raise Unavailable(f"{entry.title} cannot be installed from here yet")

    def going_on(self) -> dict[str, str]:
        """Gives the work that goes on with each app."""
        found: dict[str, str] = {}
        for state in (State.QUEUED, State.RUNNING):
            page = self._tasks.list(TaskQuery(room=ROOM, state=state, limit=500))
            for task in page.tasks:
                found.setdefault(str(self._tasks.data(task.id).get("app")), task.id)
        return found

    def list(self, query: words.AppWorkQuery) -> words.AppWorkPage:
        """Lists works, newest first."""
        found: list[words.AppWorkSummary] = []
        for task in self._each(query):
            data = self._tasks.data(task.id)
            if query.kind is not None and data.get("kind") != query.kind.value:
                continue
            if query.app is not None and data.get("app") != query.app:
                continue
            if len(found) == query.limit:
                return words.AppWorkPage(works=tuple(found), next=found[-1].id)
            found.append(words.AppWorkSummary(**self._fields(task, data, self._told(task.id))))
        return words.AppWorkPage(works=tuple(found))

    def _each(self, query: words.AppWorkQuery) -> Iterator[Task]:
        """Gives the tasks that a list may show, page by page."""
        limit = min(query.limit + 1, 500) if query.kind is None and query.app is None else PAGE
        before = query.before
        while True:
            page = self._tasks.list(TaskQuery(room=ROOM, state=query.state, limit=limit, before=before))
            yield from page.tasks
            if page.next is None:
                return
            before = page.next

    def show(self, id: str) -> words.AppWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._tasks.log(self._mine(id), query)

    def stop(self, id: str) -> words.AppWork:  # noqa: A002
        """Stops a work; nothing half-installed is left."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.AppWork:  # noqa: A002
        """Does an ended work once more, as a new task."""
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        data = self._tasks.data(task.id)
        kind = AppWorkKind(data["kind"])
        return self.start(kind, REQUESTS[kind].model_validate(data["request"]))

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; what it has installed stays."""
        return self._tasks.remove(self._mine(id))

    def _mine(self, id: str) -> str:  # noqa: A002
        if f"-{ROOM}-" not in id:
            raise NotFound(f"there is no work {id[:80]!r}", hint="List the works to see their ids.")
        return id

    def _told(self, task: str) -> dict[str, Any]:
        """Gives what the process of a work has told: its steps, its result or its failure."""
        try:
            told = read_json(self._tasks.root / task / "steps.json")
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _work(self, task: Task) -> words.AppWork:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.AppWork(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(_step(one, task.state) for one in told.get("steps", ())),
            failure=words.AppWorkFailure(**failure) if failure else None,
            result=told.get("result") if task.state is State.DONE else None,
        )

    @staticmethod
    def _fields(task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        failure = told.get("failure") or {}
        detail = failure.get("headline") if task.state is State.FAILED else None
        return {
            "id": task.id, "kind": data["kind"], "title": task.title, "app": data["app"], "state": task.state,
            "created": task.created, "started": task.started, "finished": task.finished, "waiting": task.waiting,
            "done": task.progress.done, "total": task.progress.total, "text": task.progress.text,
            "detail": detail or task.detail,
        }  # fmt: skip


REQUESTS: dict[AppWorkKind, type[Request]] = {
    AppWorkKind.INSTALL: words.InstallAppRequest,
    AppWorkKind.UNINSTALL: words.UninstallAppRequest,
}


def prefix_of(settings: Settings, app: str) -> Path:
    """Gives the folder that holds an app's installations."""
    return settings.state / "apps" / "installed" / app


def _step(told: dict[str, Any], state: State) -> words.AppWorkStep:
    """Gives a step; one that nobody works on any more has stopped with its work."""
    if state.final and told["state"] in ("running", "waiting"):
        told = {**told, "state": "failed" if state is State.FAILED else "stopped"}
    return words.AppWorkStep(**told)
