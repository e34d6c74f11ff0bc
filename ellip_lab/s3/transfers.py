"""Transfers: each is a task, and what it has half done is known until it is removed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import Acknowledged
from ellip_lab.errors import Conflict, EllipError, NotFound, Unavailable, restored
from ellip_lab.s3 import beginning
from ellip_lab.s3 import contract as words
from ellip_lab.s3.beginning import ROOM
from ellip_lab.s3.figures import Figures
from ellip_lab.s3.journal import Journal
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.tasks.contract import Command, LogChunk, LogQuery, State, Task, TaskQuery, TaskSpec

if TYPE_CHECKING:
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.ends import Way
    from ellip_lab.s3.remote import Found
    from ellip_lab.tasks.service import TasksService

Problems = list[str]
"""Sentences; named here because a verb of the class below is called `list`."""
EVERY = 0.3
"""Seconds between two reports of a transfer in this process."""

Reporter = Callable[[Figures], None]
"""Is told now and then how far a transfer is; an exception of it ends the transfer."""


class Transfers:
    """Starts transfers, and knows what has become of them."""

    def __init__(self, settings: Settings, tasks: TasksService, connections: Connections) -> None:
        self._settings = settings
        self._tasks = tasks
        self._connections = connections
        self._journals = settings.state / "s3" / "transfers"

    def plan(self, request: words.TransferRequest) -> words.TransferPlan:
        """Counts what a transfer would do, and what is in its way."""
        from ellip_lab.s3 import planning

        with self._way(request) as way:
            return planning.plan(way)

    def start(self, request: words.TransferRequest) -> words.Transfer:
        """Starts a transfer as a task; checked first, so that nothing is made of what cannot be."""
        from ellip_lab.s3 import planning

        with self._way(request) as way:
            planning.look(way)
            planning.ask(way)
        return self._start(request, None)

    def now(self, request: words.TransferRequest, report: Reporter | None = None) -> words.TransferPlan:
        """Carries a transfer out in this process, and gives what was done; what is half done is removed.

        The error of the first file that failed is raised when all others have been carried.
        """
        from ellip_lab.s3 import planning
        from ellip_lab.s3.carrying import Carrier, translate
        from ellip_lab.s3.removing import discard
        from ellip_lab.s3.working import Work

        figures, journal = Figures(), Journal(None)
        work = Work(journal, figures, lambda _line: None)
        with self._way(request) as way:
            try:
                planning.ask(way)
                with _reporting(report, figures, work):
                    Carrier(way, work).carry()
            except Exception as error:
                told = translate(error, "the transfer")
                if told is None:
                    raise
                raise told from error
            finally:
                work.stop.set()
                discard(journal, way.remotes, lambda _line: None)
        if figures.failed:
            raise _failure(figures)
        return words.TransferPlan(files=figures.files_done, bytes=figures.bytes_done, deletes=figures.deleted)

    def walk(self, query: words.ObjectsQuery) -> Iterator[Found]:
        """Finds everything below a prefix, in the order of the store, faster than page by page."""
        from ellip_lab.s3 import boto
        from ellip_lab.s3.ends import Remotes

        remotes = Remotes(self._connections)
        try:
            remote = remotes.get(query.connection)
            with boto.translated(f"bucket {query.bucket!r}"):
                yield from remote.names(query.bucket, query.prefix)
        finally:
            remotes.close()

    def list(self, query: words.TransferQuery) -> words.TransferPage:
        """Lists transfers, newest first."""
        page = self._tasks.list(TaskQuery(room=ROOM, **query.model_dump()))
        return words.TransferPage(transfers=tuple(self._summary(task) for task in page.tasks), next=page.next)

    def show(self, id: str) -> words.Transfer:  # noqa: A002 - the word of the contract
        """Gives everything known of a transfer."""
        return self._transfer(self._tasks.show(self._mine(id)))

    def log(self, id: str, query: LogQuery) -> LogChunk:  # noqa: A002
        """Reads a stretch of a transfer's log."""
        return self._tasks.log(self._mine(id), query)

    def refusal(self, id: str) -> EllipError | None:  # noqa: A002
        """Gives why a transfer that was begun unlooked at could not be; None when it could."""
        told = self._figures(self._tasks.show(self._mine(id))).get("refused")
        return restored(told) if told else None

    def stop(self, id: str) -> words.Transfer:  # noqa: A002
        """Stops a transfer; what is half done stays, so that it can be resumed."""
        return self._transfer(self._tasks.stop(self._mine(id)))

    def resume(self, id: str) -> words.Transfer:  # noqa: A002
        """Goes on with a transfer, as a new task: what is there already is not carried again."""
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        if not self._resumable(task):
            why = (
                "is done" if task.state is State.DONE else "has been resumed already, or what it knew is gone"
            )
            raise Conflict(f"{task.title} {why}", hint="Start it anew.")
        journal = self._journal_of(task)
        return self._start(self._request(task), journal.name if journal else None)

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes the record of an ended transfer, and what it has left half done in a store or on the disk.

        `Unavailable` when a store that has parts of it cannot be reached: nothing is removed then.
        """
        task = self._tasks.show(self._mine(id))
        if not task.state.final:
            raise Conflict(f"{task.title} has not ended yet", hint="Stop it first.")
        journal = self._journal_of(task)
        if journal is not None and self._holder(journal) == id:
            problems = self._discard(journal)
            if problems:
                raise Unavailable(
                    problems[0], hint="Try again when the store answers: its parts take room there."
                )
        return self._tasks.remove(id)

    def sweep(self) -> int:
        """Removes what transfers have left half done whose records have gone with age; gives how many."""
        gone = 0
        for folder in self._journals.iterdir() if self._journals.is_dir() else ():
            holder = self._holder(folder)
            if holder and not (self._tasks.root / holder).exists() and not self._discard(folder):
                gone += 1
        return gone

    def _way(self, request: words.TransferRequest) -> _Opened:
        return _Opened(self._connections, request)

    def _start(self, request: words.TransferRequest, journal: str | None) -> words.Transfer:
        asked = request.model_dump(mode="json")
        prepare = beginning.preparation(
            self._tasks.home.state, self._settings.root, asked, journal, check=False
        )
        command = Command(argv=beginning.COMMAND)
        spec = TaskSpec(room=ROOM, title=beginning.title(asked), command=command, data={"request": asked})
        return self._transfer(self._tasks.start(spec, prepare))

    def _discard(self, folder: Path) -> Problems:
        """Removes what a journal knows of, and the journal; gives what is in the way, a sentence each."""
        from ellip_lab.s3.ends import Remotes
        from ellip_lab.s3.removing import discard

        problems: Problems = []
        journal, remotes = Journal(folder), Remotes(self._connections)
        try:
            clean = discard(journal, remotes, problems.append)
        finally:
            journal.close()
            remotes.close()
        if clean:
            shutil.rmtree(folder, ignore_errors=True)
        return problems

    def _mine(self, id: str) -> str:  # noqa: A002
        if f"-{ROOM}-" not in id:
            raise NotFound(f"there is no transfer {id[:80]!r}", hint="List the transfers to see their ids.")
        return id

    def _journal_of(self, task: Task) -> Path | None:
        try:
            name = str(read_json(self._tasks.root / task.id / "transfer.json")["journal"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Path(name)

    @staticmethod
    def _holder(folder: Path) -> str | None:
        """Gives the task that a journal belongs to now: the one that was resumed last."""
        try:
            return (folder / "task").read_text()
        except (OSError, ValueError):
            return None

    def _resumable(self, task: Task) -> bool:
        if task.state not in (State.STOPPED, State.FAILED, State.LOST):
            return False
        journal = self._journal_of(task)
        return journal is not None and self._holder(journal) == task.id

    def _figures(self, task: Task) -> dict[str, Any]:
        try:
            told: dict[str, Any] = read_json(self._tasks.root / task.id / "figures.json")
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def _summary(self, task: Task) -> words.TransferSummary:
        fields = self._fields(task, self._figures(task))
        return words.TransferSummary(**fields)

    def _transfer(self, task: Task) -> words.Transfer:
        told = self._figures(task)
        request = self._request(task)
        return words.Transfer(
            **self._fields(task, told),
            request=request,
            resumable=self._resumable(task),
            failures=tuple(words.TransferFailure(**one) for one in told.get("failures", ())),
            verified=told.get("verified") if task.state.final else None,
        )

    def _request(self, task: Task) -> words.TransferRequest:
        return words.TransferRequest.model_validate(self._tasks.data(task.id)["request"])

    def _fields(self, task: Task, told: dict[str, Any]) -> dict[str, Any]:
        running = task.state is State.RUNNING
        counts = ("files_done", "files_total", "bytes_done", "bytes_total", "skipped", "failed")
        return {
            "id": task.id, "title": task.title, "state": task.state, "created": task.created,
            "started": task.started, "finished": task.finished, "waiting": task.waiting,
            "action": self._request(task).action,
            **{name: told[name] for name in counts if name in told},
            "rate": told.get("rate") if running else None,
            "remaining": told.get("remaining") if running else None,
            "detail": (told.get("detail") if task.state is State.FAILED else None) or task.detail,
        }  # fmt: skip


class _Opened:
    """Is the way of a request, with connections that are closed after it."""

    def __init__(self, connections: Connections, request: words.TransferRequest) -> None:
        self._connections = connections
        self._request = request

    def __enter__(self) -> Way:
        from ellip_lab.s3.ends import Remotes, Way

        self._remotes = Remotes(self._connections)
        try:
            return Way(self._remotes, self._request)
        except BaseException:
            self._remotes.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._remotes.close()


class _reporting:  # noqa: N801 - a context
    """Tells a reporter now and then how far a transfer is."""

    def __init__(self, report: Reporter | None, figures: Figures, work: Any) -> None:
        self._report = report
        self._figures = figures
        self._work = work
        self._over = threading.Event()
        self._raised: BaseException | None = None
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> None:
        if self._report:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._report:
            self._thread.join()
            if self._raised:
                raise self._raised
            self._report(self._figures)

    def _tell(self) -> None:
        while self._report and not self._over.wait(EVERY):
            try:
                self._report(self._figures)
            except BaseException as error:  # noqa: BLE001 - raised where the transfer was asked for
                self._raised = error
                self._work.stop.set()
                return


def _failure(figures: Figures) -> Unavailable:
    from ellip_lab.errors import Problem

    first = figures.failures[0]
    others = f", and {figures.failed - 1:,} others were not carried" if figures.failed > 1 else ""
    return Unavailable(
        f"{first['message']}{others}",
        hint=first["hint"],
        problems=[
            Problem(message=one["message"], file=one["source"], hint=one["hint"]) for one in figures.failures
        ],
    )
