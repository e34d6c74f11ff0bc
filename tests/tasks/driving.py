"""What the tests of tasks need to drive real ones, and to look at the processes that they leave."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ellip_lab.tasks.contract import Command, State, TaskSpec
from ellip_lab.tasks.directory import read_or_none
from ellip_lab.tasks.identity import MARKER
from ellip_lab.tasks.service import TasksService

PATIENCE = 60.0


def until(what: Callable[[], Any], told: str = "", patience: float = PATIENCE) -> Any:
    """Looks again and again until there is something, and gives it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"did not happen within {patience:g} s: {told or what}")


def shell(script: str, *, room: str = "runs", title: str = "a task", **rest: Any) -> TaskSpec:
    env = rest.pop("env", {})
    cwd = rest.pop("cwd", None)
    return TaskSpec(
        room=room, title=title, command=Command(argv=("sh", "-c", script), env=env, cwd=cwd), **rest
    )


def python(script: str, **rest: Any) -> TaskSpec:
    return TaskSpec(room="runs", title="python", command=Command(argv=(sys.executable, "-c", script)), **rest)


def cleanup(script: str) -> Command:
    return Command(argv=("sh", "-c", script))


def running(tasks: TasksService, task: str) -> None:
    until(lambda: tasks.show(task).state == State.RUNNING, f"{task} runs")


def supervisor_of(tasks: TasksService, task: str) -> int:
    """Gives the number of the supervisor's process."""
    who = until(lambda: read_or_none(tasks.root / task / "supervisor.json"), "the supervisor tells its name")
    return int(who["pid"])


def processes_of(task: str) -> list[int]:
    """Lists the processes that carry a task's mark, zombies not counted."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"{MARKER}={task}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def gone(pid: int) -> None:
    """Waits for the end of a process; a zombie has ended."""
    until(lambda: not exists(pid), f"process {pid} ends")


def exists(pid: int) -> bool:
    """Tells whether a process lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def zombies() -> list[int]:
    """Lists the children of this process that have ended and wait to be reaped."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] == "Z" and int(fields[1]) == os.getpid():
                found.append(int(entry.name))
    return found
