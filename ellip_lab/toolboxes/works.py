"""Works: installations, updates, copies, removals and clean-ups; each is a task."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, NotFound
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.contract import Command, LogChunk, LogQuery, State, Task, TaskQuery, TaskSpec
from ellip_lab.toolboxes import claims
from ellip_lab.toolboxes import contract as words
from ellip_lab.toolboxes.contract import ToolboxWorkKind as Kind

if TYPE_CHECKING:
    from ellip_lab.tasks.service import TasksService
    from ellip_lab.toolboxes.channels import ChannelStore
    from ellip_lab.toolboxes.home import Home
    from ellip_lab.toolboxes.planning import Planning
    from ellip_lab.toolboxes.wanted import Wanted

ROOM = "toolboxes"
PAGE = 200
"""How many tasks are looked at together where only some of them are wanted."""

Request = (
    words.ToolboxRequest
    | words.ToolboxUpdate
    | words.ToolboxClone
    | words.ToolboxRemoval
    | words.CacheCleaning
)
REQUESTS: dict[Kind, type[Request]] = {
    Kind.INSTALL: words.ToolboxRequest,
    Kind.UPDATE: words.ToolboxUpdate,
    Kind.CLONE: words.ToolboxClone,
    Kind.REMOVE: words.ToolboxRemoval,
    Kind.CLEAN: words.CacheCleaning,
}


class Works:
    """Starts works, and knows what has become of them."""

    def __init__(self, home: Home, tasks: TasksService, planning: Planning, channels: ChannelStore) -> None:
        self._home = home
        self._tasks = tasks
        self._planning = planning
        self._channels = channels

    def start(self, kind: Kind, request: Request) -> words.ToolboxWork:
        """Starts a work as a task; what can be seen to be wrong is told before one is made.

        `Conflict` for a name that is taken or being worked on, `NotFound` for a toolbox, an entry or a file that
        is not there, `Unavailable` without py-rattler or where nothing can be written.
        """
        name, title, wanted = self._understood(kind, request)
        claim = name or claims.CACHE
        self._home.make()
        order: dict[str, Any] = {
            "folder": str(self._home.folder),
            "state": str(self._home.settings.state.absolute()),
            **(self._planning.order(wanted) if wanted else {}),
            "kind": kind.value,
            "name": name,
            "claim": claim,
            "request": request.model_dump(mode="json"),
        }

        def prepare(directory: Path) -> None:
            write_json(directory / "work.json", order, 0o600)
            claims.claim(self._home.claims, claim, directory.name, self._ended)
            try:
                self._agree(kind, claim)
            except Conflict:
                claims.release(self._home.claims, claim, directory.name)
                raise

        python = (sys.executable, "-m")
        spec = TaskSpec(
            room=ROOM,
            title=title,
            command=Command(argv=(*python, "ellip_lab.toolboxes.work_child")),
            cleanup=Command(argv=(*python, "ellip_lab.toolboxes.work_cleaning")),
            data={"kind": kind.value, "name": name, "request": order["request"]},
        )
        return self._work(self._tasks.start(spec, prepare))

    def _understood(self, kind: Kind, request: Request) -> tuple[str, str, Wanted | None]:
        """Gives the toolbox that a request is about, the title of the work, and what is to be made."""
        match request:
            case words.ToolboxRequest():
                self._planning.check()
                self._free(request.name)
                wanted = self._planning.wanting.install(request)
                return request.name, f"Install {wanted.title}", wanted
            case words.ToolboxUpdate():
                self._planning.check()
                return request.name, f"Update {request.name}", self._planning.wanting.update(request)
            case words.ToolboxClone():
                self._planning.check()
                self._free(request.to)
                return (
                    request.to,
                    f"Copy {request.name} to {request.to}",
                    self._planning.wanting.clone(request),
                )
            case words.ToolboxRemoval():
                if request.name not in set(self._home.names()):
                    raise NotFound(
                        f"there is no toolbox {request.name}", hint="List them to see their names."
                    )
                return request.name, f"Remove {request.name}", None
            case words.CacheCleaning():
                return "", "Clean the cache of packages", None

    def _free(self, name: str) -> None:
        """Raises `Conflict` for a name that something is being made under: a clearer word than that it is there."""
        if name in self.busy():
            from ellip_lab.toolboxes.failures import taken

            raise taken(name)

    def _agree(self, kind: Kind, claim: str) -> None:
        """Raises `Conflict` where packages would be taken from the cache while others are linked from it."""
        others = set(self._claimed()) - {claim}
        if kind is Kind.CLEAN and others:
            raise Conflict(
                f"{min(others)} is being worked on, and may need what is in the cache",
                hint="Clean up when that has ended.",
            )
        if kind in (Kind.INSTALL, Kind.UPDATE, Kind.CLONE) and claims.CACHE in others:
            raise Conflict("the cache is being cleaned", hint="Try again in a moment.")

    def _ended(self, task: str) -> bool:
        try:
            return self._tasks.show(task).state.final
        except NotFound:
            return True

    def _claimed(self) -> dict[str, str]:
        return {name: task for name, task in claims.held(self._home.claims).items() if not self._ended(task)}

    def busy(self) -> dict[str, str]:
        """Gives the toolboxes that are being worked on, and the works."""
        return {name: task for name, task in self._claimed().items() if name != claims.CACHE}

    # -- what has become of them

    def list(self, query: words.ToolboxWorkQuery) -> words.ToolboxWorkPage:
        """Lists works, newest first."""
        found: list[words.ToolboxWorkSummary] = []
        for task in self._each(query):
            data = self._tasks.data(task.id)
            if query.kind is not None and data.get("kind") != query.kind.value:
                continue
            if len(found) == query.limit:
                return words.ToolboxWorkPage(works=tuple(found), next=found[-1].id)
            found.append(words.ToolboxWorkSummary(**self._fields(task, data, self._told(task.id))))
        return words.ToolboxWorkPage(works=tuple(found))

    def _each(self, query: words.ToolboxWorkQuery) -> Iterator[Task]:
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

    def show(self, id: str) -> words.ToolboxWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a work's log."""
        return self._tasks.log(self._mine(id), query)

    def stop(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Stops a work."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Does an ended work once more, as a new task."""
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        data = self._tasks.data(task.id)
        kind = Kind(data["kind"])
        return self.start(kind, REQUESTS[kind].model_validate(data["request"]))

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended work; toolboxes stay."""
        return self._tasks.remove(self._mine(id))

    def _mine(self, id: str) -> str:  # noqa: A002
        if f"-{ROOM}-" not in id:
            raise NotFound(f"there is no work {id[:80]!r}", hint="List the works to see their ids.")
        return id

    def _told(self, task: str) -> dict[str, Any]:
        """Gives what the process of a work has told: its steps, what it freed or why it failed."""
        try:
            told = read_json(self._tasks.root / task / "steps.json")
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _work(self, task: Task) -> words.ToolboxWork:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.ToolboxWork(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(_step(one, task.state) for one in told.get("steps", ())),
            failure=words.ToolboxFailure(**failure) if failure else None,
            freed=told.get("freed") if task.state is State.DONE else None,
        )

    @staticmethod
    def _fields(task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        failure = told.get("failure") or {}
        detail = failure.get("headline") if task.state is State.FAILED else None
        return {
            "id": task.id, "kind": data["kind"], "title": task.title, "name": data["name"], "state": task.state,
            "created": task.created, "started": task.started, "finished": task.finished, "waiting": task.waiting,
            "done": task.progress.done, "total": task.progress.total, "text": task.progress.text,
            "detail": detail or task.detail,
        }  # fmt: skip


def _step(told: dict[str, Any], state: State) -> words.ToolboxStep:
    """Gives a step; one that nobody works on any more has stopped with its work."""
    if state.final and told["state"] == "running":
        told = {**told, "state": "failed" if state is State.FAILED else "stopped"}
    return words.ToolboxStep(**told)
