"""Works: installations, updates, copies, removals and clean-ups; each is a task."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.errors import Conflict, NotFound
from ellip_lab.shell import write_json
from ellip_lab.tasks.contract import Command, State, Task, TaskQuery, TaskSpec
from ellip_lab.tasks.works import RoomWorks, settled
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


class Works(RoomWorks):
    """Starts works, and knows what has become of them."""

    def __init__(self, home: Home, tasks: TasksService, planning: Planning, channels: ChannelStore) -> None:
        self._home = home
        super().__init__(tasks, ROOM)
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
            # one that is being made has its folder first and its record last, and claims in between
            return not (self._tasks.root / task).is_dir()

    def _claimed(self) -> dict[str, str]:
        return {name: task for name, task in claims.held(self._home.claims).items() if not self._ended(task)}

    def busy(self) -> dict[str, str]:
        """Gives the toolboxes that are being worked on, and the works."""
        return {name: task for name, task in self._claimed().items() if name != claims.CACHE}

    # -- what has become of them

    def list(self, query: words.ToolboxWorkQuery) -> words.ToolboxWorkPage:
        """Lists works, newest first."""
        asked = TaskQuery(state=query.state, text=query.text, limit=query.limit, before=query.before)
        found, after = self._page(
            asked, (lambda data: data.get("kind") == query.kind) if query.kind else None
        )
        return words.ToolboxWorkPage(
            works=tuple(words.ToolboxWorkSummary(**one) for one in found), next=after
        )

    def show(self, id: str) -> words.ToolboxWork:  # noqa: A002 - the word of the contract
        """Gives everything known of a work."""
        return self._work(self._tasks.show(self._mine(id)))

    def stop(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Stops a work."""
        return self._work(self._tasks.stop(self._mine(id)))

    def repeat(self, id: str) -> words.ToolboxWork:  # noqa: A002
        """Does an ended work once more, as a new task."""
        data = self._asked(id)
        kind = Kind(data["kind"])
        return self.start(kind, REQUESTS[kind].model_validate(data["request"]))

    def _work(self, task: Task) -> words.ToolboxWork:
        told, data = self._told(task.id), self._tasks.data(task.id)
        failure = told.get("failure") if task.state is State.FAILED else None
        return words.ToolboxWork(
            **self._fields(task, data, told),
            request=data["request"],
            steps=tuple(
                words.ToolboxStep(**settled(one, task.state, ("running",))) for one in told.get("steps", ())
            ),
            failure=words.ToolboxFailure(**failure) if failure else None,
            freed=told.get("freed") if task.state is State.DONE else None,
        )

    def _fields(self, task: Task, data: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        return {**super()._fields(task, data, told), "name": data["name"]}
