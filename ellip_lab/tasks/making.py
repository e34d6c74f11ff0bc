"""Making a task: all its files or none of them.

Standard library only, so that a command line can have its task running before it loads anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ellip_lab.shell import write_json
from ellip_lab.tasks import queue
from ellip_lab.tasks.directory import RESERVE, Home, new_id, remove_tree, utc_now
from ellip_lab.tasks.identity import surroundings

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

    from ellip_lab.tasks.directory import Record


def make(
    home: Home,
    limit: int,
    *,
    room: str,
    title: str,
    command: dict[str, Any],
    cleanup: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    prepare: Callable[[Path], None] | None = None,
) -> Record:
    """Makes a task and starts it if fewer than `limit` run; gives its record as it is then.

    `command` and `cleanup` are as contract `Command` says: `argv`, `env`, `cwd`. Whatever error it ends
    with, nothing of the task is left.
    """
    task = new_id(room)
    about = {"title": title, "room": room, "created": utc_now()}
    record: Record = {"id": task, **about, "state": "queued"}
    try:
        home.make()
        queue.enter(home, task)
        directory = home.directory(task)
        directory.mkdir(mode=0o700)
        if prepare:
            prepare(directory)
        write_json(directory / "request.json", {**about, "data": data or {}})
        write_json(directory / "command.json", {**command, "cleanup": cleanup}, 0o600)
        # as it was when it was asked for, whoever starts it; removed when it starts
        write_json(directory / "environment.json", surroundings(), 0o600)
        with (directory / "reserve").open("wb") as stream:
            stream.write(bytes(RESERVE))
        for name in ("log", "stdout"):
            (directory / name).touch(mode=0o600)
        home.write(record)  # with its record it exists
        queue.heal(home, task)  # its place may have been given up while `prepare` took its time
    except BaseException:
        discard(home, task)
        raise
    try:
        queue.pump(home, limit)
    except OSError:
        if queue.leave(home, task):
            discard(home, task)
            raise
    return home.read(task) or record


def discard(home: Home, task: str) -> None:
    """Removes what there is of a task that could not be made."""
    try:
        remove_tree(home.directory(task))
        (home.bell / task).unlink(missing_ok=True)
        queue.leave(home, task)
    except OSError:
        return  # what hinders this hindered the making too, and that is being told
