"""Works: installations and removals of apps; each is a task."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.apps import contract as words
from ellip_lab.apps.contract import AppWorkKind
from ellip_lab.apps.entries import Catalogue, Entry
from ellip_lab.apps.finding import expanded
from ellip_lab.apps.work_child import installations
from ellip_lab.errors import Conflict, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import write_json
from ellip_lab.tasks.contract import Command, State, Task, TaskQuery, TaskSpec
from ellip_lab.tasks.works import RoomWorks, settled

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService

ROOM = "apps"

Request = words.InstallAppRequest | words.UninstallAppRequest


class Works(RoomWorks):
    """Starts installations and removals, and knows what has become of them."""

    def __init__(
        self, settings: Settings, tasks: TasksService, catalogue: Catalogue, runs: Callable[[str], bool]
    ) -> None:
        self._settings = settings
        super().__init__(tasks, ROOM)
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
        # also what a removal that was killed has left, which counts no more
        if not installations(prefix_of(self._settings, entry.name)):
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

        def wanted(data: dict[str, Any]) -> bool:
            return query.kind in (None, data.get("kind")) and query.app in (None, data.get("app"))

        asked = TaskQuery(state=query.state, limit=query.limit, before=query.before)
        found, after = self._page(asked, wanted if query.kind or query.app else None)
        return words.AppWorkPage(works=tuple(words.AppWorkSummary(**one) for one in found), next=after)

    def show(self, id: str) -> words.AppWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def stop(self, id: str) -> words.AppWork:  # noqa: A002
        """Stops a work; nothing half-installed is left."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.AppWork:  # noqa: A002
        """Does an ended work once more, as a new task."""
        data = self._asked(id)
        kind = AppWorkKind(data["kind"])
        return self.start(kind, REQUESTS[kind].model_validate(data["request"]))

    def _work(self, task: Task) -> words.AppWork:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.AppWork(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(words.AppWorkStep(**settled(one, task.state)) for one in told.get("steps", ())),
            failure=words.AppWorkFailure(**failure) if failure else None,
            result=told.get("result") if task.state is State.DONE else None,
        )

    def _fields(self, task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        return {**super()._fields(task, data, told), "app": data["app"]}


REQUESTS: dict[AppWorkKind, type[Request]] = {
    AppWorkKind.INSTALL: words.InstallAppRequest,
    AppWorkKind.UNINSTALL: words.UninstallAppRequest,
}


def prefix_of(settings: Settings, app: str) -> Path:
    """Gives the folder that holds an app's installations."""
    return settings.state / "apps" / "installed" / app
