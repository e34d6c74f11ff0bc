"""Works: pulls, builds, pushes, archives and clean-ups; each is a task."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import WorkKind
from ellip_lab.settings import Settings
from ellip_lab.shell import write_json
from ellip_lab.tasks.contract import Command, State, Task, TaskQuery, TaskSpec
from ellip_lab.tasks.works import RoomWorks, settled

if TYPE_CHECKING:
    from ellip_lab.containers.orders import Request
    from ellip_lab.containers.registries import Registries
    from ellip_lab.containers.serving import Serving
    from ellip_lab.tasks.service import TasksService

ROOM = "containers"


class Works(RoomWorks):
    """Starts works, and knows what has become of them."""

    def __init__(
        self, settings: Settings, tasks: TasksService, serving: Serving, registries: Registries
    ) -> None:
        self._settings = settings
        super().__init__(tasks, ROOM)
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
        asked = TaskQuery(state=query.state, text=query.text, limit=query.limit, before=query.before)
        found, after = self._page(
            asked, (lambda data: data.get("kind") == query.kind) if query.kind else None
        )
        return words.WorkPage(works=tuple(words.WorkSummary(**one) for one in found), next=after)

    def show(self, id: str) -> words.Work:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def stop(self, id: str) -> words.Work:  # noqa: A002
        """Stops a work; nothing of it is left."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.Work:  # noqa: A002
        """Does an ended work once more, as a new task."""
        from ellip_lab.containers import orders

        data = self._asked(id)
        kind = WorkKind(data["kind"])
        return self.start(kind, orders.REQUESTS[kind].model_validate(data["request"]))

    def _work(self, task: Task) -> words.Work:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.Work(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(words.WorkStep(**settled(one, task.state)) for one in told.get("steps", ())),
            failure=words.WorkFailure(**failure) if failure else None,
            result=told.get("result") if task.state is State.DONE else None,
            freed=told.get("freed") if task.state is State.DONE else None,
        )

    def _fields(self, task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        return {**super()._fields(task, data, told), "image": data["image"]}


def _scratch(task: str) -> Path:
    """Gives the folder for the temporary files of an engine's client, where it would have put them itself."""
    return Path(os.environ.get("TMPDIR") or "/var/tmp") / f"ellip-{task}"  # noqa: S108 - podman's own place
