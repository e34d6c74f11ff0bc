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

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

MARKER = "ELLIP_LAB_TASK"
"""The environment variable that every process of a task carries, whatever session it is in."""
SERVER_SECRETS = ("JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "JPY_COOKIE_SECRET")
"""What opens the server that started a task; no tool needs it, and a tool may be anybody's."""


def surroundings() -> dict[str, str]:
    """Gives the environment as it is now, without the server's keys and the mark of a task this may run in."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(MARKER) and name not in SERVER_SECRETS
    }


class Stat:
    """Is what /proc tells of a process: its name, its session, and its start in clock ticks since boot."""

    __slots__ = ("name", "session", "start")

    def __init__(self, name: str, session: int, start: int) -> None:
        self.name = name
        self.session = session
        self.start = start


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
    if fields[0] in (b"Z", b"X"):
        return None
    name = head.partition(b"(")[2].decode(errors="replace")
    return Stat(name, session=int(fields[3]), start=int(fields[19]))


def identity(pid: int) -> dict[str, Any]:
    """Gives what identifies a living process."""
    found = stat(pid)
    return {"host": os.uname().nodename, "place": place(), "pid": pid, "start": found.start if found else 0}


def alive(who: dict[str, Any]) -> bool | None:
    """Tells whether a process lives; None when it is in a place that cannot be asked."""
    if not is_here(who):
        return None
    found = stat(int(who["pid"]))
    return found is not None and found.start == who["start"]


def is_here(who: dict[str, Any]) -> bool:
    """Tells whether a process is in this place, so that it can be asked."""
    return bool(place()) and who.get("place") == place()


def is_launched(token: str) -> bool:
    """Tells whether a process has this word among its arguments."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if token.encode() in (entry / "cmdline").read_bytes():
                    return True
            except OSError:
                continue  # it has ended
    return False


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
