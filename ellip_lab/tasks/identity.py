"""Who a process is: its number alone is not enough, for numbers are used again.

A process is known by its place (this boot of this machine, this pid namespace), its number and its start
time. What is in another place cannot be asked; there only the heartbeat tells. Standard library only.
"""

from __future__ import annotations

import os
import signal
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

MARKER = "ELLIP_LAB_TASK"
"""The environment variable that every process of a task carries, whatever session it is in."""


class Stat(NamedTuple):
    """Is what /proc tells of a process."""

    name: str
    state: str
    session: int
    start: int
    """Clock ticks since boot."""


@cache
def place() -> str:
    """Names this boot of this machine and this pid namespace; empty where there is no /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def stat(pid: int) -> Stat | None:
    """Reads what /proc tells of a process; None when there is none, or only its body (a zombie)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # the name may hold spaces and brackets: what follows the last bracket is regular
    head, _, tail = text.rpartition(b")")
    fields = tail.split()
    found = Stat(
        head.partition(b"(")[2].decode(errors="replace"), fields[0].decode(), int(fields[3]), int(fields[19])
    )
    return None if found.state in "ZX" else found


def identity(pid: int) -> dict[str, Any]:
    """Gives what identifies a living process."""
    found = stat(pid)
    return {"host": os.uname().nodename, "place": place(), "pid": pid, "start": found.start if found else 0}


def alive(who: dict[str, Any]) -> bool | None:
    """Tells whether a process lives; None when it is in a place that cannot be asked."""
    if not place() or who.get("place") != place():
        return None
    found = stat(int(who["pid"]))
    return found is not None and found.start == who["start"]


def uptime() -> float:
    """Gives the seconds since boot, in the clock that start times are told in."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def kill(pid: int, start: int) -> bool:
    """Kills exactly the process that started then, and tells whether it was still there."""
    if not hasattr(os, "pidfd_open"):
        found = stat(pid)
        if found is None or found.start != start:
            return False
        os.kill(pid, signal.SIGKILL)
        return True
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # the handle holds the process: if the start time is right now, it is right for good
        found = stat(pid)
        if found is None or found.start != start:
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        os.close(handle)
    return True
