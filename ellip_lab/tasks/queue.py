"""The queue: which task may run now, without any process that waits.

A task that waits is a file in `queue/`, a task that runs holds a file in `slots/`. Whoever passes by (a
start, the end of another task, a list, the start of a server) pumps: gives free slots to those that have
waited longest. Two that pump at once are kept apart by a lock where the file system has locks, and by
`link` and `unlink`, which only one can win, everywhere. Standard library only: supervisors pump too.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from ellip_lab.tasks import warm
from ellip_lab.tasks.directory import (
    FINAL,
    ID,
    Home,
    names,
    new_token,
    place_exclusively,
    read_or_none,
    remove_tree,
    utc_now,
)
from ellip_lab.tasks.identity import alive, identity, is_here, is_launched, surroundings
from ellip_lab.tasks.recovery import recover, supervised, sweep_scratch, unclean

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

START = 2.0
"""Seconds after which a supervisor that was to start here is looked for."""
GRACE = 30.0
"""Seconds that a supervisor may take to start on another host, before its task is given to another one."""
MAKING = 3600.0
"""Seconds after which a half-made task of another host is swept."""

BOOT = "import sys;sys.path.insert(0,sys.argv.pop(1));from ellip_lab.tasks.supervisor import main;main()"


class Lock:
    """Keeps others of this host from pumping; goes on without where the file system has no locks."""

    def __init__(self, home: Home) -> None:
        self.path = home.state / "queue.lock"
        self.descriptor = -1

    def __enter__(self) -> None:
        import fcntl

        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.002)
                continue
            except OSError as error:  # NFS without its lock service
                if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                    raise
            return

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def enter(home: Home, task: str) -> None:
    """Puts a task into the queue; it is passed over until its record is complete."""
    place_exclusively(home.queue / task, identity(os.getpid()))


def leave(home: Home, task: str) -> bool:
    """Takes a task out of the queue; gives whether this call did it."""
    try:
        (home.queue / task).unlink()
    except FileNotFoundError:
        return False
    return True


def holders(home: Home) -> dict[str, dict[str, Any]]:
    """Gives the slots that are taken: their content by their name."""
    found: dict[str, dict[str, Any]] = {}
    for name in names(home.slots):
        if name.isdigit():
            slot = read_or_none(home.slots / name)
            if isinstance(slot, dict) and ID.fullmatch(str(slot.get("task"))):
                found[name] = slot
            elif (home.age(home.slots / name) or 0) > GRACE:
                (home.slots / name).unlink(missing_ok=True)  # damaged, and not just being written
            else:
                found[name] = {"task": "", "token": "", "claimant": {}}
    return found


def release(home: Home, slot: str, token: str) -> None:
    """Gives a slot back, if it is still held by this token."""
    held = read_or_none(home.slots / slot)
    if held and held.get("token") == token:
        (home.slots / slot).unlink(missing_ok=True)


def pump(home: Home, limit: int) -> list[str]:
    """Gives free slots to the tasks that have waited longest; ends those found dead, and gives their ids."""
    lost = [task for task in survey(home) if recovered(home, task)]
    if lost:
        survey(home)
    if not home.queued():
        return lost
    with Lock(home):
        held = holders(home)
        for task in home.queued():
            place = next((str(n) for n in range(limit) if str(n) not in held), None)
            if place is None or len(held) >= limit:
                break
            record = home.read(task)
            if record is None:
                sweep_half_made(home, task)
            elif record["state"] != "queued" or (home.directory(task) / "supervisor.json").exists():
                leave(home, task)
            else:
                token = new_token()
                slot = {"task": task, "token": token, "claimant": identity(os.getpid())}
                if place_exclusively(home.slots / place, slot):
                    if leave(home, task):
                        launch(home, task, place, token, limit)
                    else:  # it has been stopped, or taken by another host
                        release(home, place, token)
                held = holders(home)
    return lost


def recovered(home: Home, task: str) -> bool:
    """Ends a task found dead; one that cannot be ended now must not keep the others from starting."""
    try:
        return recover(home, task)
    except OSError as error:
        warn(task, "cannot be told lost", error)
        return False


def warn(task: str, what: str, error: OSError) -> None:
    """Says that something could not be done in passing; the next that passes by tries again."""
    import logging

    logging.getLogger(__name__).warning("task %s %s: %s", task, what, error)


def survey(home: Home) -> list[str]:
    """Looks at every slot: frees those nobody needs, and gives the tasks whose supervisor is dead."""
    dead = []
    for name, slot in holders(home).items():
        task = slot["task"]
        if not task:
            continue
        living = supervised(home, task)
        if living:
            continue
        record = home.read(task)
        if record is None or (record["state"] in FINAL and not unclean(home, task)):
            free(home, name, slot["token"])
        elif living is False:
            dead.append(task)
        elif never_came(home, name, slot):
            if alive(slot["claimant"]):  # it did what it could: there is something wrong with the supervisor
                tombstone = {"host": os.uname().nodename, "place": "", "pid": 0, "start": 0}
                if not place_exclusively(home.directory(task) / "supervisor.json", tombstone):
                    continue  # it came after all
                record.update(state="lost", finished=utc_now(), detail="its supervisor did not start")
                sweep_scratch(home, task)
                home.write(record)
            else:
                enter(home, task)
            free(home, name, slot["token"])
    return dead


def never_came(home: Home, name: str, slot: dict[str, Any]) -> bool:
    """Tells whether the supervisor that a slot was given to will not start any more."""
    age = home.age(home.slots / name) or 0
    if is_here(slot["claimant"]):
        return age > START and not is_launched(slot["token"])
    return age > GRACE


def free(home: Home, slot: str, token: str) -> None:
    """Gives back the slot of a task that is no more, while nobody else does so or takes it."""
    with Lock(home):
        release(home, slot, token)


def heal(home: Home, task: str) -> None:
    """Puts a task that waits back into the queue when neither the queue nor a slot knows of it."""
    if (home.queue / task).exists() or any(slot["task"] == task for slot in holders(home).values()):
        return
    record = home.read(task)
    if record is not None and record["state"] == "queued" and supervised(home, task) is None:
        try:
            enter(home, task)
        except OSError as error:
            warn(task, "cannot be queued again", error)


def sweep_half_made(home: Home, task: str) -> bool:
    """Removes what a process left that died while it was making a task."""
    if not home.directory(task).exists() and (home.age(home.queue / task) or 0) > START:
        return leave(home, task)  # it was removed while somebody put it back
    maker = read_or_none(home.queue / task)
    if maker is None:
        return False
    living = alive(maker)
    if living or (living is None and (home.age(home.queue / task) or 0) < MAKING):
        return False
    if home.read(task) is not None:
        return False  # complete after all
    remove_tree(home.directory(task))
    (home.bell / task).unlink(missing_ok=True)
    return leave(home, task)


def launch(home: Home, task: str, slot: str, token: str, limit: int) -> None:
    """Starts the supervisor of a task, detached: it outlives this process and leaves it no zombie."""
    package = Path(__file__).parents[2]
    argv = [sys.executable, "-I", "-S", "-c", BOOT, str(package)]
    words = [str(home.state), task, slot, token, str(limit)]
    log = str(home.directory(task) / "log")
    if warm.launch(words, log):
        return
    try:
        # the shell leaves at once, so the supervisor is nobody's child; a new session has no terminal
        shell = os.posix_spawn(
            "/bin/sh",
            ["/bin/sh", "-c", '"$@" &', "ellip-task", *argv, *words],
            surroundings(),
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            ],
        )
    except OSError:
        enter(home, task)
        release(home, slot, token)
        raise
    try:
        os.waitpid(shell, 0)
    except ChildProcessError:
        return  # somebody in this process reaps every child
