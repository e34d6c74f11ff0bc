"""Works: pulls, builds, pushes, archives and clean-ups; each is a task."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import WorkKind
from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, NotFound
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.contract import Command, LogChunk, LogQuery, State, Task, TaskQuery, TaskSpec

if TYPE_CHECKING:
    from ellip_lab.containers.orders import Request
    from ellip_lab.containers.registries import Registries
    from ellip_lab.containers.serving import Serving
    from ellip_lab.tasks.service import TasksService

ROOM = "containers"
PAGE = 200
"""How many tasks are looked at together where only some of them are wanted."""


class Works:
    """Starts works, and knows what has become of them."""

    def __init__(
        self, settings: Settings, tasks: TasksService, serving: Serving, registries: Registries
    ) -> None:
        self._settings = settings
        self._tasks = tasks
        self._serving = serving
        self._registries = registries

    def start(self, kind: WorkKind, request: Request) -> words.Work:
        """Starts a work as a task; what can be seen to be wrong is told before one is made.

        `Unavailable` without an engine, `Invalid` for a name no image can have or a Containerfile that is wrong,
        `NotFound` for a folder or archive that is not there, `Conflict` for an archive that is.
        """
        from ellip_lab.containers import orders

        engine = self._serving.chosen()
        order = orders.order(kind, request, engine.kind)
        data = {"kind": kind.value, "image": order.image, "request": request.model_dump(mode="json")}
        # the engine's own needs, and how a registry that is saved is reached
        env = {**engine.env, **self._registries.env()}

        def prepare(directory: Path) -> None:
            kept = {
                "kind": kind.value,
                "engine": engine.kind.value,
                "program": self._serving.command(),
                "image": order.image,
                "scratch": str(_scratch(directory.name)),
                "state": str(self._tasks.home.state),
                "root": str(self._settings.root),
                "container": self._settings.container,
                **order.kept(directory.name, self._serving.command, self._registries.flags),
            }
            write_json(directory / "work.json", kept, 0o600)

        python = (sys.executable, "-m")
        spec = TaskSpec(
            room=ROOM,
            title=order.title,
            command=Command(argv=(*python, "ellip_lab.containers.work_child"), env=env),
            cleanup=Command(argv=(*python, "ellip_lab.containers.work_cleaning"), env=env),
            data=data,
        )
        return self._work(self._tasks.start(spec, prepare))

    def list(self, query: words.WorkQuery) -> words.WorkPage:
        """Lists works, newest first."""
        found: list[words.WorkSummary] = []
        for task in self._each(query):
            data = self._tasks.data(task.id)
            if query.kind is not None and data.get("kind") != query.kind.value:
                continue
            if len(found) == query.limit:
                return words.WorkPage(works=tuple(found), next=found[-1].id)
            found.append(words.WorkSummary(**self._fields(task, data, self._told(task.id))))
        return words.WorkPage(works=tuple(found))

    def _each(self, query: words.WorkQuery) -> Iterator[Task]:
        """Gives the tasks that a list may show, page by page."""
        limit = min(query.limit + 1, 500) if query.kind is None else PAGE
        before = query.before
        while True:
            page = self._tasks.list(
                TaskQuery(room=ROOM, state=query.state, text=query.text, limit=limit, before=before)
            )
            yield from page.tasks
            if page.next is None:
                return
            before = page.next

    def show(self, id: str) -> words.Work:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._tasks.log(self._mine(id), query)

    def stop(self, id: str) -> words.Work:  # noqa: A002
        """Stops a work; nothing of it is left."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.Work:  # noqa: A002
        """Does an ended work once more, as a new task."""
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        from ellip_lab.containers import orders

        data = self._tasks.data(task.id)
        kind = WorkKind(data["kind"])
        return self.start(kind, orders.REQUESTS[kind].model_validate(data["request"]))

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; images and archives stay."""
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

    def _work(self, task: Task) -> words.Work:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.Work(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(_step(one, task.state) for one in told.get("steps", ())),
            failure=words.WorkFailure(**failure) if failure else None,
            result=told.get("result") if task.state is State.DONE else None,
            freed=told.get("freed") if task.state is State.DONE else None,
        )

    @staticmethod
    def _fields(task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        failure = told.get("failure") or {}
        detail = failure.get("headline") if task.state is State.FAILED else None
        return {
            "id": task.id, "kind": data["kind"], "title": task.title, "image": data["image"], "state": task.state,
            "created": task.created, "started": task.started, "finished": task.finished, "waiting": task.waiting,
            "done": task.progress.done, "total": task.progress.total, "text": task.progress.text,
            "detail": detail or task.detail,
        }  # fmt: skip


def _scratch(task: str) -> Path:
    """Gives the folder for the temporary files of an engine's client, where it would have put them itself."""
    return Path(os.environ.get("TMPDIR") or "/var/tmp") / f"ellip-{task}"  # noqa: S108 - podman's own place


def _step(told: dict[str, Any], state: State) -> words.WorkStep:
    """Gives a step; one that nobody works on any more has stopped with its work."""
    if state.final and told["state"] in ("running", "waiting"):
        told = {**told, "state": "failed" if state is State.FAILED else "stopped"}
    return words.WorkStep(**told)
