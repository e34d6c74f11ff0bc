"""The keeper of one app: `python -m ellip_lab.apps.keeper FOLDER`, started by the server, and ended with it.

It starts the app, sees whether it answers, writes what it says into a log without secrets, and ends everything that
has come of it when it is told to (its standard input is closed), when the server is gone, or when the app ends. It is
the subreaper of all of them: one that leaves its session, or whose parent has ended, is still below it. Standard
library only, to start in a few hundredths of a second.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from ellip_lab.apps.descendants import end_all, reap
from ellip_lab.apps.masking import Masking
from ellip_lab.shell import read_json, write_json

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

LOOK = 0.2
"""Seconds between two looks at whether it answers."""
QUIET = 1.0
"""Seconds after which half a line is written as it is."""
LONGEST = 16 * 1024
"""Bytes of a line that are waited for."""
LARGEST = 8 * 2**20
"""Bytes of a log; when there are more, the last of them are kept."""
KEPT = 2**20
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Log:
    """Writes what an app says, a line at a time, without secrets, and not without end."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._masking = Masking(os.environ)
        self._half = b""
        self._since = 0.0

    def say(self, text: str) -> None:
        """Adds a line of the keeper's own."""
        self.feed(f"{text}\n".encode("utf-8", "replace"))

    def feed(self, data: bytes) -> None:
        """Adds what the app has said; half a line waits for its other half."""
        if not self._half:
            self._since = time.monotonic()
        *lines, self._half = (self._half + data).splitlines(keepends=True) or [b""]
        if self._half.endswith((b"\n", b"\r")) or len(self._half) > LONGEST:
            lines.append(self._half)
            self._half = b""
        if lines:
            self._since = time.monotonic()
            self._write(b"".join(self._masking.line(line) for line in lines))

    def flush(self, *, now: bool = False) -> None:
        """Writes half a line that nobody has finished for a while."""
        if self._half and (now or time.monotonic() - self._since > QUIET):
            line, self._half = self._half, b""
            self._write(self._masking.line(line))

    def _write(self, data: bytes) -> None:
        try:
            if os.fstat(self._file).st_size + len(data) > LARGEST:
                self._cut()
            os.write(self._file, data)
        except OSError:
            return  # a full disk must not keep the app from being read

    def _cut(self) -> None:
        size = os.fstat(self._file).st_size
        last = os.pread(self._file, KEPT, max(0, size - KEPT)).partition(b"\n")[2]
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, b"(what it said before is left out)\n" + last)


class Keeper:
    """Keeps one app."""

    def __init__(self, folder: Path, umask: int) -> None:
        self.folder = folder
        self.umask = umask
        """The user's own: what the app writes is for whom the user says."""
        self.state = "starting"
        self.kept: dict[str, Any] = read_json(folder / "start.json")
        self.log = Log(folder / "log")
        self.selector = selectors.DefaultSelector()
        self.answered = False
        self.code: int | None = None
        self.stopping = False
        self.deadline = time.monotonic() + float(self.kept["timeout"])
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def keep(self) -> None:
        """Keeps the app to its end."""
        self.watch_server()
        self.tell("starting")
        said, theirs = os.pipe2(os.O_CLOEXEC)
        self.log.say("$ " + " ".join(self.kept["shown"]))
        try:
            process = self.spawn(theirs)
        except OSError as error:
            self.log.say(f"{self.kept['argv'][0]} cannot be started: {error.strerror}")
            shutil.rmtree(self.kept["runtime"], ignore_errors=True)
            self.tell("failed", why="start", said=error.strerror)
            return
        finally:
            os.close(theirs)
        self.selector.register(said, selectors.EVENT_READ, "said")
        threading.Thread(target=self.knock, daemon=True).start()
        why = self.attend(process.pid, said)
        codes = end_all(os.getpid(), float(self.kept["grace"]))
        self.code = codes.get(process.pid, self.code)
        self.drain(said)
        self.log.flush(now=True)
        self.conclude(why)

    def watch_server(self) -> None:
        """Has the end of the server, of this process's input and of children wake the loop up."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.signal(signal.SIGCHLD, lambda *_: self.wake())
        self.selector.register(self._wake_read, selectors.EVENT_READ, "wake")
        self.selector.register(0, selectors.EVENT_READ, "input")
        if hasattr(os, "pidfd_open"):
            try:
                self.selector.register(
                    os.pidfd_open(int(self.kept["server"])), selectors.EVENT_READ, "server"
                )
            except OSError:  # it is gone, or this kernel has none: the input tells the same
                self.wake()

    def wake(self) -> None:
        """Wakes the loop up."""
        try:
            os.write(self._wake_write, b".")
        except BlockingIOError:
            return

    def stop(self) -> None:
        """Has the loop end."""
        self.stopping = True
        self.wake()

    def spawn(self, output: int) -> subprocess.Popen[bytes]:
        """Starts the app, in a session of its own; it dies should this process be killed."""
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

        def prepare() -> None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

        return subprocess.Popen(
            self.kept["argv"],
            cwd=self.kept["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=self.umask,
            preexec_fn=prepare,
        )

    def attend(self, child: int, said: int) -> str:
        """Passes on what the app says until it has to end; gives why."""
        while True:
            for key, _ in self.selector.select(LOOK):
                if key.data == "said":
                    if data := os.read(said, 65_536):
                        self.log.feed(data)
                    else:
                        self.selector.unregister(said)
                elif key.data == "wake":
                    os.read(self._wake_read, 4096)
                elif key.data == "input" and os.read(0, 64) == b"":
                    return "stopped"
                elif key.data == "server":
                    return "server"
            self.log.flush()
            codes = reap()
            if child in codes:
                self.code = codes[child]
                return "ended"
            if self.stopping or os.getppid() != self.kept["server"]:
                return "stopped" if self.stopping else "server"
            if self.answered and self.state == "starting":
                self.tell("running")
            if not self.answered and time.monotonic() > self.deadline:
                return "timeout"

    def drain(self, said: int) -> None:
        """Reads what is left in the pipe; everybody who could write into it has ended."""
        os.set_blocking(said, False)
        try:
            while data := os.read(said, 65_536):
                self.log.feed(data)
        except BlockingIOError:
            return

    def knock(self) -> None:
        """Asks the app again and again until it answers; whatever it says but 503 is an answer."""
        while not self.stopping:
            try:
                with socket.socket(socket.AF_UNIX) as line:
                    line.settimeout(5)
                    line.connect(self.kept["socket"])
                    asked = (
                        f"GET {self.kept['ready']} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    )
                    line.sendall(asked.encode())
                    reply = line.recv(64)
                if reply.startswith(b"HTTP/") and b" 503" not in reply.partition(b"\r\n")[0]:
                    self.answered = True
                    self.wake()
                    return
            except OSError:
                pass  # not yet
            time.sleep(LOOK)

    def conclude(self, why: str) -> None:
        """Tells what has become of the app."""
        shutil.rmtree(self.kept["runtime"], ignore_errors=True)
        if why == "timeout":
            self.log.say(f"(it has not answered in {self.kept['timeout']:g} s, and was ended)")
            self.tell("failed", why="timeout")
        elif why != "ended" or (self.code == 0 and self.answered):
            self.tell("stopped", why=why)
        else:
            self.tell("failed", why="ended")

    def tell(self, state: str, why: str | None = None, said: str | None = None) -> None:
        """Writes where the app stands; what could not be written, on a full disk, is not the state yet."""
        told = {
            "state": state, "since": datetime.now(UTC).isoformat(), "code": self.code, "why": why, "said": said,
        }  # fmt: skip
        try:
            write_json(self.folder / "state.json", told, 0o600)
        except OSError:
            return  # it is tried again while the app runs; at the end the server sees this process end
        self.state = state


def main() -> None:
    """Keeps the app of a folder."""
    Keeper(Path(sys.argv[1]), os.umask(0o077)).keep()


if __name__ == "__main__":
    main()
    # nothing is left to take apart
    os._exit(0)
