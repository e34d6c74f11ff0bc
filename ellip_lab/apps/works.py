"""Works: installations and removals of apps; each is a task."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.apps import contract as words
from ellip_lab.apps.contract import AppWorkKind
from ellip_lab.apps.entries import Catalogue, Entry
from ellip_lab.apps.finding import expanded
from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.contract import Command, LogChunk, LogQuery, State, Task, TaskQuery, TaskSpec

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService

ROOM = "apps"
PAGE = 200
"""How many tasks are looked at together where only some of them are wanted."""

Request = words.InstallAppRequest | words.UninstallAppRequest


class Works:
    """Starts installations and removals, and knows what has become of them."""

    def __init__(
        self, settings: Settings, tasks: TasksService, catalogue: Catalogue, runs: Callable[[str], bool]
    ) -> None:
        self._settings = settings
        self._tasks = tasks
        self._catalogue = catalogue
        self._runs = runs
        self._starting = threading.Lock()

    def start(self, kind: AppWorkKind, request: Request) -> words.AppWork:
        """Starts a work as a task; what can be seen to be wrong is told before one is made.

        `Conflict` while another work goes on with the app, or while it runs and is to be removed; `Unavailable` when
        something that root has to install is missing, or the disk is too small.
        """
        entry = self._catalogue.entry(request.app)
        with self._starting:
            if entry.name in self.going_on():
                raise Conflict(
                    f"{entry.title} is being installed or removed already",
                    hint="Wait for its end, or stop it.",
                )
            steps = self._install(entry) if kind is AppWorkKind.INSTALL else self._uninstall(entry)
            title = f"{'Install' if kind is AppWorkKind.INSTALL else 'Remove'} {entry.title}"
            return self._work(
                self._tasks.start(self._spec(kind, entry, request, title), self._prepare(kind, entry, steps))
            )

    def _spec(self, kind: AppWorkKind, entry: Entry, request: Request, title: str) -> TaskSpec:
        python = (sys.executable, "-m")
        return TaskSpec(
            room=ROOM,
            title=title,
            command=Command(argv=(*python, "ellip_lab.apps.work_child")),
            cleanup=Command(argv=(*python, "ellip_lab.apps.work_cleaning")),
            data={"kind": kind.value, "app": entry.name, "request": request.model_dump(mode="json")},
        )

    def _prepare(
        self, kind: AppWorkKind, entry: Entry, steps: Sequence[dict[str, Any]]
    ) -> Callable[[Path], None]:
        """Gives what puts the work into its task's folder, which says where an installation goes."""

        def prepare(directory: Path) -> None:
            prefix = str(prefix_of(self._settings, entry.name) / directory.name)

            def placed(value: Any) -> Any:
                if isinstance(value, str):
                    return value.replace("{prefix}", prefix).replace("{python}", sys.executable)
                if isinstance(value, dict):
                    return {name: placed(one) for name, one in value.items()}
                return [placed(one) for one in value] if isinstance(value, list | tuple) else value

            kept = {
                "kind": kind.value, "title": entry.title, "folder": prefix, "steps": placed(list(steps)),
            }  # fmt: skip
            write_json(directory / "work.json", kept, 0o600)

        return prepare

    def _install(self, entry: Entry) -> list[dict[str, Any]]:
        from ellip_lab.apps.telling import install_plan

        if entry.install is None:
            raise Invalid(f"{entry.title} cannot be installed from here", hint=entry.find.hint)
        plan = install_plan(entry.install, prefix_of(self._settings, entry.name))
        if plan.missing:
            raise Unavailable(f"{entry.title} cannot be installed: {plan.missing}", hint=plan.hint)
        self._settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(self._settings.state).free
        if free < plan.size:
            raise Unavailable(
                f"{entry.title} needs {plan.size / 1e6:.0f} MB, and the disk has {free / 1e6:.0f} MB left",
                hint=f"Make room on the disk of {self._settings.state}.",
            )
        commands = [
            {"name": step.name, "argv": step.command, "env": step.environment} for step in entry.install.steps
        ]
        version = expanded(entry.find.own, entry.find.version or ("{program}", "--version"))
        return [*commands, {"name": "see that it works", "own": "check", "argv": version}]

    def _uninstall(self, entry: Entry) -> list[dict[str, Any]]:
        if not (prefix_of(self._settings, entry.name) / "installed.json").is_file():
            raise NotFound(
                f"{entry.title} was not installed from here", hint="What the system has, the system removes."
            )
        if self._runs(entry.name):
            raise Conflict(f"{entry.title} runs", hint="Stop it first.")
        return [{"name": "remove its files", "own": "remove"}]

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
