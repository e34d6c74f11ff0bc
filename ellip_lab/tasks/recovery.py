"""What is done at the end of a task, by its supervisor or by whoever finds that the supervisor is dead.

Kill what remains of it, run its cleanup command, remove its scratch. Standard library only.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from ellip_lab.shell import write_json
from ellip_lab.tasks.directory import (
    FINAL,
    Home,
    append,
    names,
    place_exclusively,
    read_or_none,
    remove_tree,
    utc_now,
)
from ellip_lab.tasks.identity import MARKER, alive, identity, kill, stat

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

STALE = 20.0
"""Seconds without a heartbeat after which a task of another host is told lost."""
BEAT_LATEST = 3.0
"""Seconds that a supervisor may at most have lived on after its last heartbeat; far from what it takes until
process numbers come round again."""
CLEANUP_SECONDS = 60.0
"""How long a cleanup command may take."""
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
SHARED = frozenset({"catatonit", "aardvark-dns"})
"""Helpers that a container engine starts once, from whoever comes first, and then uses for all its containers."""


def supervised(home: Home, task: str) -> bool | None:
    """Tells whether a task's supervisor lives; None when it never had one."""
    path = home.directory(task) / "supervisor.json"
    who = read_or_none(path)
    if who is None and not path.exists():
        return None
    known = alive(who or {})  # one that a power cut has emptied leaves the heartbeat to tell
    if known is not None:
        return known
    age = home.age(home.directory(task) / "heartbeat")
    if age is None:
        age = home.age(path)
    return age is not None and age <= STALE


def environment(home: Home, task: str, command: dict[str, Any], base: dict[str, str]) -> dict[str, str]:
    """Gives the environment of a task's process: the base, the task's mark, the command's own."""
    own = {MARKER: task, f"{MARKER}_DIRECTORY": str(home.directory(task))}
    return {**base, **own, **command.get("env", {})}


def kill_leftovers(task: str, session: int = 0, until: float = float("inf")) -> int:
    """Kills what remains of a task on this host, and gives how many processes that were.

    What carries the task's mark is its own, whatever session it fled to. The child's session is its own if
    any process of it started before `until` (seconds since boot): a session's number is not used again
    while one of it lives, but when all had gone by then it may be a stranger's.
    """
    mark = f"{MARKER}={task}".encode()
    ticks = os.sysconf("SC_CLK_TCK")
    ours = killed = 0
    for _ in range(100):  # something may be forking while this looks
        left = {int(name): stat(int(name)) for name in names(Path("/proc")) if name.isdigit()}
        living = {pid: found for pid, found in left.items() if found and pid != os.getpid()}
        if session and any(p.session == session and p.start / ticks <= until for p in living.values()):
            ours = session
        hit = sum(
            kill(pid, found.start)
            for pid, found in living.items()
            if found.name not in SHARED and ((ours and found.session == ours) or carries(pid, mark))
        )
        if not hit:
            break
        killed += hit
        time.sleep(0.01)
    return killed


def carries(pid: int, mark: bytes) -> bool:
    """Tells whether a process has this entry in its environment; a stranger's cannot be read."""
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def unclean(home: Home, task: str) -> bool:
    """Tells whether cleaning up after a task is still to be done: its last step removes the reserve."""
    return (home.directory(task) / "reserve").exists()


def clean(home: Home, task: str, base: dict[str, str], *, last: bool = True) -> bool:
    """Runs the task's cleanup command and removes its scratch; what goes wrong is told in its log.

    Tells whether that was the end of it: where the command fails, and this is not the `last` try, the scratch stays.
    """
    directory = home.directory(task)
    cleanup = (read_or_none(directory / "command.json") or {}).get("cleanup")
    if cleanup:
        problem = run_cleanup(directory, cleanup, environment(home, task, cleanup, base))
        if problem:
            tell(directory / "log", f"[ellip] the cleanup command {problem}")
            if not last:
                return False
    sweep_scratch(home, task)
    return True


def sweep_scratch(home: Home, task: str) -> None:
    """Removes what an ended task needs no more."""
    directory = home.directory(task)
    try:
        remove_tree(directory / "work")
    except OSError as error:
        tell(directory / "log", f"[ellip] the scratch folder could not be removed: {error}")
    (directory / "environment.json").unlink(missing_ok=True)
    (directory / "reserve").unlink(missing_ok=True)


def tell(log: Path, text: str) -> None:
    """Adds a line to a log; a full disk must not keep a task from ending."""
    try:
        append(log, text)
    except OSError as error:
        print(text, error, file=sys.stderr)  # noqa: T201 - the last place left to say it


def run_cleanup(directory: Path, command: dict[str, Any], env: dict[str, str]) -> str | None:
    """Runs a cleanup command with its output in the log; gives what went wrong, or None."""
    import subprocess

    log = directory / "log"
    with (log if log.is_file() else Path(os.devnull)).open("ab") as stream:
        try:
            process = subprocess.Popen(
                command["argv"],
                env=env,
                cwd=command.get("cwd") or directory,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        except OSError as error:
            return f"could not be started: {error}"
        try:
            code = process.wait(CLEANUP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return f"was ended after {CLEANUP_SECONDS:g} s"
    return f"ended with {code}" if code else None


def claimed(directory: Path, claim: Path) -> bool:
    """Takes a claim, tells whether nobody had it; on a full disk the task's reserve makes room for it."""
    try:
        return place_exclusively(claim, identity(os.getpid()))
    except OSError as error:
        if error.errno not in FULL_DISK or not (directory / "reserve").exists():
            raise
    (directory / "reserve").unlink(missing_ok=True)
    return place_exclusively(claim, identity(os.getpid()))


def resumed(home: Home, task: str, record: dict[str, Any]) -> bool:
    """Puts a task that knows how to take up its work back into the queue; tells whether it is one.

    What it has begun elsewhere (on a cluster) goes on meanwhile, and must not be cleaned away.
    """
    directory = home.directory(task)
    most = (read_or_none(directory / "command.json") or {}).get("resumes", 0)
    count = int((read_or_none(directory / "resumed") or {}).get("count", 0))
    if count >= most or (directory / "stop").exists():
        return False
    write_json(directory / "resumed", {"count": count + 1})
    tell(directory / "log", "[ellip] its supervisor ended unexpectedly: it is started again")
    for name in names(home.slots):
        if (read_or_none(home.slots / name) or {}).get("task") == task:
            (home.slots / name).unlink(missing_ok=True)
    (directory / "supervisor.json").unlink(missing_ok=True)
    (directory / "heartbeat").unlink(missing_ok=True)
    home.write({**record, "state": "queued"})
    place_exclusively(home.queue / task, identity(os.getpid()))
    return True


def recover(home: Home, task: str) -> bool:
    """Ends a task whose supervisor is dead, or has it taken up again; gives whether this call did it.

    Idempotent, and done by one process at a time: another one's claim is respected while that one lives.
    """
    directory = home.directory(task)
    claim = directory / "recovering"
    try:
        while not claimed(directory, claim):
            who = read_or_none(claim)
            living = alive(who) if who else False
            if living or (living is None and (home.age(claim) or 0) < 2 * CLEANUP_SECONDS):
                return False
            claim.unlink(missing_ok=True)
    except FileNotFoundError:
        return False  # the task has been removed meanwhile
    try:
        record = home.read(task)
        if record is None or (record["state"] in FINAL and not unclean(home, task)):
            return False
        who = read_or_none(directory / "supervisor.json") or {}
        if alive(who) is False:
            beat = read_or_none(directory / "heartbeat") or {}
            kill_leftovers(task, beat.get("child", 0), beat.get("uptime", 0.0) + BEAT_LATEST)
        if record["state"] == "running" and resumed(home, task, record):
            return True
        clean(home, task, dict(os.environ))
        if record["state"] in FINAL:
            return True
        where = "" if alive(who) is False else f" on {who.get('host', 'another host')}"
        record.update(state="lost", finished=utc_now(), detail=f"its supervisor ended unexpectedly{where}")
        home.write(record)
        return True
    finally:
        claim.unlink(missing_ok=True)
