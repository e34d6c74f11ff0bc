"""The words of room `tasks`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ellip_lab.contract import Contract, JsonObject

TaskId = Annotated[str, Field(pattern=r"^[0-9]{8}t[0-9]{9}-[a-z0-9]{1,20}-[0-9a-f]{4}$")]
"""`<UTC yyyymmddthhmmssmmm>-<room>-<4 hex digits>`: sorts by time, tells its room."""


class State(StrEnum):
    """Says where a task stands; the last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"

    @property
    def final(self) -> bool:
        """Tells whether the task has ended."""
        return self not in (State.QUEUED, State.RUNNING)


class Command(Contract):
    """Is what a supervisor runs: data, checked in tests without running it."""

    argv: tuple[str, ...]
    """The program and its arguments; a secret never stands here."""
    env: dict[str, str] = {}
    """What is added to the supervisor's environment; kept in a file only the user can read."""
    cwd: str | None = None
    """The working directory; null for the task's own."""
    resumes: int = Field(default=0, ge=0)
    """How often it is started again when it, or its supervisor, was killed: it must know how to take up its work.

    Of a cleanup: how often it is tried again when it has failed.
    """


class Progress(Contract):
    """Says how far a task is."""

    done: float | None = None
    """How much is done, in the task's own unit (steps, bytes, layers)."""
    total: float | None = None
    """How much there is, in the same unit, or null while nobody knows."""
    text: str = ""
    """What is going on, in a few words."""


class Task(Contract):
    """Is the record of one task, as every door shows it."""

    id: TaskId
    room: str
    """The room it belongs to (`runs`)."""
    title: str
    """Its name, as a person reads it."""
    state: State
    created: datetime
    started: datetime | None = None
    finished: datetime | None = None
    progress: Progress = Progress()
    exit_code: int | None = None
    """The exit code of its command; negative for a signal; null before the end and when lost."""
    detail: str | None = None
    """Why it ended as it did, where the supervisor knows (stopped by, lost because)."""
    waiting: int | None = None
    """How many tasks are before it in the queue, for a queued one."""


class TaskQuery(Contract):
    """Chooses tasks; newest first."""

    room: str | None = None
    state: State | None = None
    text: str | None = None
    """A part of the title or the id, whatever the case."""
    limit: int = Field(default=50, ge=1, le=500)
    """How many at the most."""
    before: TaskId | None = None
    """Only tasks older than this one: the `next` of the page before."""


class TaskPage(Contract):
    """Is one page of tasks, newest first."""

    tasks: tuple[Task, ...]
    next: TaskId | None = None
    """Give it as `before` to get the next page; null when this is the last."""


class LogQuery(Contract):
    """Chooses a stretch of a log."""

    offset: int | None = Field(default=None, ge=0)
    """The first byte; null for the end of the log (its last `limit` bytes, from a line's start)."""
    limit: int = Field(default=65_536, ge=1, le=1_048_576)
    """How many bytes at the most."""
    wait: float = Field(default=0, ge=0, le=30)
    """How many seconds to wait for more when there is none after `offset` yet."""


class LogChunk(Contract):
    """Is a stretch of a log; bytes are counted in the file, text is decoded UTF-8."""

    offset: int
    """The byte where `text` starts."""
    next: int
    """The byte after `text`: the `offset` of the next call."""
    size: int
    """The size of the log now, in bytes."""
    text: str
    finished: bool
    """No more will come: the task has ended and `next` is the end."""


class TaskSpec(Contract):
    """Is what a room asks `tasks` to look after."""

    room: str = Field(pattern=r"^[a-z0-9]{1,20}$")
    title: str
    command: Command
    cleanup: Command | None = None
    """Run at every end, by the supervisor or by whoever finds the task lost: idempotent, quick."""
    data: JsonObject = {}
    """The room's own request, kept as it was asked."""
