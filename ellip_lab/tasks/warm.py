"""The way to the warm process: one for each user, that has loaded what every run and every check loads.

It answers by forking: what is forked has everything loaded, and is nobody's afterwards. Where it cannot be had (no
`fork`, no folder for its socket, it has just died) whoever asks does without, slower. Standard library only: the
supervisor of a task and the beginning of a transfer ask it too.

A message is a JSON object behind its length, one each way for a connection:

    {"do": "ask", "function": "module:name", "request": {...}}   -> {"reply": {...}} or {"failed": "cpu"|"memory"|"time"}
    {"do": "launch", "words": [...], "log": path, ...}           -> {"launched": pid}
    {"do": "show"}                                               -> {"pid": ..., "modules": [...]}
    {"do": "end"}                                                -> {}
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from ellip_lab.shell import runtime_folder

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

SWITCH = "ELLIP_LAB_WARM"
"""The environment variable that does without (`off`)."""
LENGTH = struct.Struct("!I")
MAX = 64 * 2**20
"""The longest message, in bytes."""
LAUNCHING = 3.0
"""Seconds that a supervisor may take to begin, before it is started the slower way."""
SHAPING = ("PYTHON", "LD_", "MALLOC_", "GLIBC_", "VIRTUAL_ENV", "CONDA_PREFIX")
"""What shapes a process when it starts: one that is forked cannot take it on later."""


def address() -> tuple[Path, str] | None:
    """Gives the folder and the name of the warm process's socket; None where there can be none.

    The name stands for what it has loaded, and for where it runs: another interpreter, another copy of this program,
    another namespace or control group has another.
    """
    if os.environ.get(SWITCH) == "off" or not hasattr(os, "fork") or not hasattr(socket, "SO_PEERCRED"):
        return None
    folder = runtime_folder()
    if folder is None:
        return None
    import hashlib

    parts = [sys.prefix, sys.version, str(Path(__file__).parents[1])]
    for name in ("ns/pid", "ns/mnt", "ns/net"):
        try:
            parts.append(str(Path(f"/proc/self/{name}").readlink()))
        except OSError:
            parts.append("")
    try:
        parts.append(Path("/proc/self/cgroup").read_text())
    except OSError:
        parts.append("")
    parts += [f"{name}={value}" for name, value in sorted(shaping(os.environ).items())]
    return folder, f"warm-{hashlib.sha256('|'.join(parts).encode('utf-8', 'replace')).hexdigest()[:16]}"


def shaping(env: Any) -> dict[str, str]:
    """Gives the part of an environment that a process takes on when it starts, and never after."""
    return {name: value for name, value in env.items() if name.startswith(SHAPING)}


def call(message: dict[str, Any], timeout: float) -> dict[str, Any] | None:
    """Asks the warm process; None when there is none, or it died meanwhile. `timeout` in seconds: then `TimeoutError`."""
    place = address()
    if place is None:
        return None
    folder, name = place
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        try:
            connect(link, folder, name)
            link.settimeout(timeout)
            send(link, message)
            return receive(link)
        except TimeoutError:
            raise
        except (OSError, ValueError, EOFError):
            return None


def connect(link: socket.socket, folder: Path, name: str) -> None:
    """Connects to the warm process, which must be this user's; `OSError` when there is none."""
    with Folder(folder) as place:
        link.connect(f"{place}/{name}.sock")
    _, user, _ = struct.unpack("3i", link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if user != os.geteuid():
        raise PermissionError(name)


class Folder:
    """Is a folder by a short path: that of a socket has at most 107 bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> str:
        self.descriptor = os.open(self.folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self.descriptor}"

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def send(link: socket.socket, message: dict[str, Any]) -> None:
    """Sends one message."""
    data = json.dumps(message, separators=(",", ":")).encode()
    link.sendall(LENGTH.pack(len(data)) + data)


def receive(link: socket.socket) -> dict[str, Any]:
    """Receives one message; `EOFError` when it is cut off, `ValueError` when it is none."""
    (length,) = LENGTH.unpack(_exactly(link, LENGTH.size))
    if length > MAX:
        raise ValueError(length)
    message = json.loads(_exactly(link, length))
    if not isinstance(message, dict):
        raise ValueError(message)  # noqa: TRY004 - what a broken message raises in json as well
    return message


def _exactly(link: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = link.recv(min(size, 2**18))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def launch(words: Sequence[str], log: str) -> bool:
    """Has the warm process be the supervisor of a task, and tells whether it is.

    `words` are those of the supervisor's command line. It becomes what a new process of this one would be: its
    limits, its mask for files, its rank.
    """
    import resource

    limits = {
        name: resource.getrlimit(getattr(resource, name))
        for name in dir(resource)
        if name.startswith("RLIMIT_")
    }
    mask = os.umask(0o077)
    os.umask(mask)
    message = {
        "do": "launch",
        "words": list(words),
        "log": log,
        "limits": limits,
        "umask": mask,
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "cores": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
    }
    try:
        reply = call(message, LAUNCHING)
    except TimeoutError:
        return False
    return reply is not None and "launched" in reply


class Warm:
    """Is the warm process as the rooms use it."""

    def __init__(
        self, state: Path, loads: Sequence[str], env: Callable[[], dict[str, str]] = os.environ.copy
    ) -> None:
        """Takes the state folder, what is loaded, and what gives the environment to load it in.

        What is loaded is modules, or `module:function`, which gets the state folder. The environment must hold no
        secret: documents are looked at in it.
        """
        self.state = state
        self.loads = loads
        self.env = env

    def start(self) -> bool:
        """Starts it, detached, unless it is there or starting already; tells whether it is being started."""
        import fcntl

        place = address()
        if place is None:
            return False
        folder, name = place
        try:
            descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False  # it holds it as long as it lives
        finally:
            os.close(descriptor)
        argv = [
            sys.executable,
            "-P",
            "-m",
            "ellip_lab.tasks.warm_process",
            str(folder),
            name,
            str(self.state),
        ]
        log = str(folder / f"{name}.log")
        try:
            shell = os.posix_spawn(
                "/bin/sh",
                ["/bin/sh", "-c", 'cd / && "$@" &', "ellip-warm", *argv, *self.loads],
                {**self.env(), **shaping(os.environ)},
                setsid=True,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                ],
            )
        except OSError:
            return False
        with suppress(ChildProcessError):  # somebody in this process reaps every child
            os.waitpid(shell, 0)
        return True

    def ask(self, function: str, request: dict[str, Any], timeout: float) -> dict[str, Any] | None:
        """Has a function look at something, in a process of its own with limits; None where there is no warm process.

        The reply has `failed` (`cpu`, `memory`, `time`) when the limits were reached, else it is the function's own.
        """
        try:
            reply = call({"do": "ask", "function": function, "request": request}, timeout)
        except TimeoutError:
            return {"failed": "time"}
        if reply is None:
            return None
        if "failed" in reply:
            return {"failed": reply["failed"]}
        answer = reply.get("reply")
        return answer if isinstance(answer, dict) else None

    def show(self) -> dict[str, Any] | None:
        """Tells of the warm process: its number, its memory, what it has loaded; None when there is none."""
        try:
            return call({"do": "show"}, 5)
        except TimeoutError:
            return None

    def end(self) -> None:
        """Ends it, if it is there; what it has forked goes on."""
        try:
            call({"do": "end"}, 5)
        except TimeoutError:
            return
