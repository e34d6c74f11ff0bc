"""The verbs of room `tasks`."""

from __future__ import annotations

import errno
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import Acknowledged, JsonObject
from ellip_lab.errors import Conflict, Denied, EllipError, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.tasks import making, queue, recovery, retention
from ellip_lab.tasks.contract import LogChunk, LogQuery, Task, TaskPage, TaskQuery, TaskSpec
from ellip_lab.tasks.directory import FINAL, ID, Home, Record, names, utc_now

if TYPE_CHECKING:
    import asyncio

    from ellip_lab.tasks.warm import Warm

SETTLING = 30.0
"""Seconds that removing a task waits for the end of its cleaning up."""


class TasksService:
    """Looks after everything that takes time; a task is a directory, and no process remembers anything."""

    def __init__(self, settings: Settings, warm: Warm | None = None) -> None:
        """Takes the settings, and the warm process, which is started for the tasks to come."""
        self.settings = settings
        self._warm = warm
        self.home = Home(settings.state)

    @property
    def root(self) -> Path:
        """Gives the folder of the tasks."""
        return self.home.tasks

    def start(self, spec: TaskSpec, prepare: Callable[[Path], None] | None = None) -> Task:
        """Makes a task, and starts it if fewer than the limit run; otherwise it waits in the queue.

        `prepare` gets the new task's directory and may put files into it. When it, or anything else, fails,
        nothing is left. `Unavailable` when the state folder cannot be written.
        """
        command = spec.command.model_dump(mode="json")
        cleanup = spec.cleanup.model_dump(mode="json") if spec.cleanup else None
        try:
            record = making.make(
                self.home,
                self.settings.task_limit,
                room=spec.room,
                title=spec.title,
                command=command,
                cleanup=cleanup,
                data=spec.data,
                prepare=prepare,
            )
        except OSError as error:
            raise unavailable(self.home.state, error) from error
        if self._warm is not None:
            self._warm.start()
        return self._task(record)

    def renew_warm(self) -> None:
        """Ends the warm process, so that the next one loads what is needed from now on."""
        if self._warm is not None:
            self._warm.end()

    def directory(self, id: str) -> Path:  # noqa: A002 - the word of the contract
        """Gives the directory of a task; `NotFound` when there is none."""
        self._record(id)
        return self.home.directory(id)

    def _record(self, task: str) -> Record:
        # an id is checked before the disk is touched: it is going to be part of a path
        try:
            record = self.home.read(task) if isinstance(task, str) and ID.fullmatch(task) else None
        except OSError as error:
            raise unavailable(self.home.state, error) from error
        if record is None:
            raise NotFound(
                f"there is no task {str(task)[:80]!r}", hint="It may have been removed: list them again."
            )
        return record

    def show(self, id: str) -> Task:  # noqa: A002
        """Gives the record of a task as it is now; one whose supervisor is dead is told lost."""
        return self._task(self._settled(self._record(id)))

    def data(self, id: str) -> JsonObject:  # noqa: A002
        """Gives the room's own request of a task, as it was asked."""
        self._record(id)
        try:
            data: JsonObject = read_json(self.home.directory(id) / "request.json")["data"]
        except (OSError, ValueError, KeyError) as error:
            raise NotFound(f"the request of task {id} is damaged") from error
        return data

    def list(self, query: TaskQuery) -> TaskPage:
        """Gives a page of tasks, newest first; opens no more records than the page needs."""
        self._look_after()
        try:
            return self._page(query)
        except OSError as error:
            raise unavailable(self.home.state, error) from error

    def _page(self, query: TaskQuery) -> TaskPage:
        text = (query.text or "").casefold()
        found = deque[Task]()
        waiting = self.home.queued()
        for task in self._candidates(query, waiting):
            record = self.home.read(task)
            if record is None or (text and text not in task and text not in record["title"].casefold()):
                continue
            record = self._settled(record)
            if query.state and record["state"] != query.state:
                continue
            if len(found) == query.limit:
                return TaskPage(tasks=tuple(found), next=found[-1].id)
            found.append(self._task(record, waiting))
        return TaskPage(tasks=tuple(found))

    def _candidates(self, query: TaskQuery, waiting: Sequence[str]) -> Iterator[str]:
        """Gives the ids that may be asked for, newest first, from names alone."""
        if query.state == "queued":
            all_ = waiting
        elif query.state == "running":
            all_ = [slot["task"] for slot in queue.holders(self.home).values()]
        else:
            all_ = names(self.home.tasks)
        room = f"-{query.room}-" if query.room else ""
        for name in sorted(all_, reverse=True):
            if (not query.before or name < query.before) and room in name and ID.fullmatch(name):
                yield name

    def _settled(self, record: Record) -> Record:
        """Gives a record after a look at its supervisor, if it should have one."""
        task = record["id"]
        if record["state"] in FINAL:
            return record
        living = recovery.supervised(self.home, task)
        if living:
            return record
        record = self.home.read(task) or record  # it may have come to its end meanwhile
        if record["state"] in FINAL:
            return record
        if living is None and record["state"] == "queued":
            queue.heal(self.home, task)
            return record
        record = (queue.recovered(self.home, task) and self.home.read(task)) or record
        if record["state"] == "queued":  # it knows how to take up its work, and is started again
            self.pump()
            record = self.home.read(task) or record
        return record

    def _task(self, record: Record, waiting: Sequence[str] | None = None) -> Task:
        if record["state"] == "queued":
            ahead = self.home.queued() if waiting is None else waiting
            record = {**record, "waiting": sum(other < record["id"] for other in ahead)}
        try:
            return Task.model_validate(record)
        except ValueError:  # written by hand, or by a later version
            return Task.model_validate(self.home.damaged(record["id"]))

    def log(self, id: str, query: LogQuery, name: str = "log") -> LogChunk:  # noqa: A002
        """Reads a stretch of a file of the task, waiting for more when asked to.

        `name` is `log`, `stdout`, `events.jsonl` or a `*.log` below the task's directory.
        """
        from ellip_lab.tasks import log

        self._record(id)
        directory = self.home.directory(id)
        path = log.readable(directory, name)
        if not path.exists() and name not in log.READABLE and self._record(id)["state"] in FINAL:
            raise NotFound(f"task {id} has no {name}")

        def ended() -> bool:
            return self._settled(self._record(id))["state"] in FINAL

        return log.read(path, query, ended)

    def stop(self, id: str) -> Task:  # noqa: A002
        """Asks a task to stop: at once when it waits, within a second when it runs; an ended one stays as it is."""
        record = self._settled(self._record(id))
        if record["state"] in FINAL:
            return self._task(record)
        if record["state"] == "queued" and queue.leave(self.home, id):
            record.update(state="stopped", finished=utc_now(), detail="stopped before it started")
            recovery.sweep_scratch(self.home, id)
            self.home.write(record)
        else:
            (self.home.directory(id) / "stop").touch(mode=0o600)
        return self.show(id)

    def remove(self, id: str) -> Acknowledged:  # noqa: A002
        """Removes an ended task and all that it keeps; `Conflict` while it has not ended."""
        record = self._settled(self._record(id))
        if record["state"] not in FINAL:
            raise Conflict(f"{record['title']} has not ended yet", hint="Stop it first.")
        until = time.monotonic() + SETTLING
        while (
            recovery.unclean(self.home, id)
            and recovery.supervised(self.home, id)
            and time.monotonic() < until
        ):
            time.sleep(0.02)  # its end has been told, and its supervisor is cleaning up
        try:
            retention.discard(self.home, id)
        except OSError as error:
            raise Denied(
                f"the files of {record['title']} could not be removed: {error.strerror}: {error.filename}",
                hint="Somebody else owns them (a container, perhaps): remove them by hand.",
            ) from error
        return Acknowledged(id=id)

    def wait(self, id: str, timeout: float | None = None) -> Task:  # noqa: A002
        """Waits for the end of a task, for `timeout` seconds at the most, and gives it as it is then."""
        until = None if timeout is None else time.monotonic() + timeout
        begun = looked = time.monotonic()
        while True:
            record = self._record(id)
            if record["state"] in FINAL:
                return self._task(record)
            if time.monotonic() - looked > 1:
                looked = time.monotonic()
                self._look_after()
                record = self._settled(record)
            if until is not None and time.monotonic() >= until:
                return self._task(record)
            # a short command's end is seen at once, a long one's costs little to wait for
            time.sleep(min(0.1, 0.01 + (time.monotonic() - begun) / 200))

    def _look_after(self) -> None:
        """Pumps in passing: what is asked for is answered even where nothing can be written now."""
        try:
            self.pump()
        except OSError as error:
            logging.getLogger(__name__).warning("the queue of %s stands still: %s", self.home.state, error)

    def pump(self) -> None:
        """Starts what waits, if fewer than the limit run; ends those whose supervisor is dead."""
        queue.pump(self.home, self.settings.task_limit)

    def recover(self) -> Sequence[str]:
        """Puts everything in order after a crash, and gives the tasks told lost; also applies retention."""
        if not self.home.bell.is_dir():
            return []
        lost = queue.pump(self.home, self.settings.task_limit)
        retention.sweep(self.home, self.settings.keep_days, self.settings.keep_count)
        return lost

    def watch(self, stop_event: asyncio.Event) -> AsyncIterator[set[tuple[str, str]]]:
        """Gives sets of (id, "changed" | "removed") until the event is set."""
        from ellip_lab.tasks.watcher import watch

        self.home.make()
        return watch(self.home.bell, stop_event)


def unavailable(state: Path, error: OSError) -> EllipError:
    """Says what is wrong with the state folder, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("the disk is full", hint=f"Make room on the disk of {state}.")
    reason = error.strerror or str(error)
    hint = "Set ELLIP_LAB_STATE to a folder of yours that can be written."
    return Unavailable(f"the state folder {state} cannot be used: {reason}", hint=hint)
