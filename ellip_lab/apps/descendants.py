"""The processes below one, wherever they have gone. Standard library only: the keeper of an app runs with this."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

MARK = "ELLIP_LAB_APP"
"""The environment variable that every process of an app carries."""
STEP = 0.02
"""Seconds between two looks."""


def below(root: int) -> dict[int, int]:
    """Gives the living descendants of a process: number and start time."""
    parents: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))) is not None:
            parents[int(entry.name)] = found
    found_below: dict[int, int] = {}
    more = True
    while more:
        more = False
        for pid, (parent, start) in parents.items():
            if pid not in found_below and (parent == root or parent in found_below):
                found_below[pid] = start
                more = True
    return found_below


def _stat(pid: int) -> tuple[int, int] | None:
    """Gives the parent and the start time of a process; None for one that is gone, or only its body."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = text.rpartition(b")")[2].split()
    if fields[0] in (b"Z", b"X"):
        return None
    return int(fields[1]), int(fields[19])


def send(pid: int, start: int, number: int) -> None:
    """Sends a signal to exactly the process that started then."""
    try:
        if not hasattr(os, "pidfd_open"):
            if (found := _stat(pid)) is not None and found[1] == start:
                os.kill(pid, number)
            return
        handle = os.pidfd_open(pid)
    except (ProcessLookupError, PermissionError):
        return
    try:
        # the handle holds the process: if the start time is right now, it is right for good
        if (found := _stat(pid)) is not None and found[1] == start:
            signal.pidfd_send_signal(handle, number)
    except (ProcessLookupError, PermissionError):
        return
    finally:
        os.close(handle)


def reap() -> dict[int, int]:
    """Gives the exit codes of children that have ended; orphans of a subreaper are its children."""
    codes: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return codes
        if pid == 0:
            return codes
        codes[pid] = os.waitstatus_to_exitcode(status)


def end_all(root: int, grace: float) -> dict[int, int]:
    """Ends every descendant of this process: asked first, killed after `grace` seconds; gives exit codes.

    It comes back when there are none: whatever one of them forks meanwhile is found at the next look.
    """
    codes = reap()
    for pid, start in below(root).items():
        send(pid, start, signal.SIGTERM)
    until = time.monotonic() + grace
    while below(root):
        codes |= reap()
        if time.monotonic() >= until:
            for pid, start in below(root).items():
                send(pid, start, signal.SIGKILL)
        time.sleep(STEP)
    return codes | reap()


def marked(mark: str) -> dict[int, int]:
    """Gives the living processes that carry a mark in their environment."""
    wanted = f"{MARK}={mark}".encode()
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            carries = wanted in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # somebody else's, or gone
        if carries and (stat := _stat(int(entry.name))) is not None:
            found[int(entry.name)] = stat[1]
    return found


def kill_marked(mark: str, patience: float = 5.0) -> None:
    """Kills every process that carries a mark: what is left when the keeper itself was killed."""
    until = time.monotonic() + patience
    while (found := marked(mark)) and time.monotonic() < until:
        for pid, start in found.items():
            send(pid, start, signal.SIGKILL)
        time.sleep(STEP)
