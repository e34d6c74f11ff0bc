"""The process of one work: `python -m ellip_lab.containers.work_child`, in the folder of its task.

It runs the engine's own client and reads what it says. The client gets a session of its own and a mark of its
own: a build that is stopped is ended with care, so that it takes down its container and its network itself, and
that is for the clean-up to do (`work_cleaning`), which knows the client by the mark. Standard library only, but for a
clean-up of images.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from ellip_lab.containers import archiving, building, pulling, pushing, work_failures
from ellip_lab.containers.building import Steps
from ellip_lab.containers.layers import Layers
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.identity import MARKER

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import IO, Any

OWN_MARK = "ELLIP_LAB_WORK"
"""The environment variable that the client of a work and its children carry."""
EVERY = 0.3
"""Seconds between two tellings of how far it is."""
LOOK = 0.1
"""Seconds between two looks at what a build has said."""


class Work:
    """Is one work on its way: what its client says goes to the log, what it means to `steps.json`."""

    def __init__(self, task: Path) -> None:
        self.task = task
        self.kept: dict[str, Any] = read_json(task / "work.json")
        self.kind: str = self.kept["kind"]
        self.reader: Steps | Layers = Steps(self.kept.get("expected")) if self.kind == "build" else Layers()
        self.offset = os.fstat(2).st_size
        self.told = 0.0
        self.full = False
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(MARKER)}
        self.env |= {OWN_MARK: task.name, "TMPDIR": self.kept["scratch"]}

    def run(self) -> int:
        """Carries the work out and gives the exit code."""
        Path(self.kept["scratch"]).mkdir(mode=0o700, parents=True, exist_ok=True)
        for argv in self.kept.get("before", ()):
            code = self.follow(argv)
            if code:
                return self.fail(code)
        code = self.follow(self.kept["argv"])
        if code == 0:
            try:
                result = self.result()
            except OSError as error:
                self.say(f"Error: {error}")
                return self.fail(1)
            self.reader_ends("done")
            self.tell(result=result)
            return 0
        return self.fail(code)

    def reader_ends(self, state: str) -> None:
        """Ends the steps that nothing more was said of."""
        if isinstance(self.reader, Steps):
            self.reader.conclude(state)

    def fail(self, code: int) -> int:
        """Tells why it failed."""
        self.reader_ends("failed")
        failure = work_failures.explain(self.kept, self.reader, code)
        self.tell(failure=failure)
        return code if code > 0 else 1

    def follow(self, argv: list[str]) -> int:
        """Runs a client to its end, reading; gives its exit code."""
        if isinstance(self.reader, Steps):
            # straight into the log: were it a pipe of ours, a client that outlives us would die of it in the middle
            process = self._start(argv, 2)
            with (self.task / "log").open("rb") as log:
                log.seek(self.offset)
                self._watch(process, log)
        else:
            theirs, ours = pty.openpty()
            _widen(ours)
            process = self._start(argv, ours)
            os.close(ours)
            os.set_blocking(theirs, False)
            with open(theirs, "rb", buffering=0) as drawn:  # noqa: PTH123 - a descriptor
                self._listen(process, drawn)
        self.write(self.reader.end(self.offset))
        return process.wait()

    def _start(self, argv: list[str], output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.env, start_new_session=True
        )  # fmt: skip

    def _watch(self, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        """Reads what a client writes to the log, until it has ended."""
        ended = os.pidfd_open(process.pid)
        try:
            over = False
            while not over:
                over = bool(select.select([ended], [], [], LOOK)[0])
                while data := log.read(1 << 16):
                    self.reader.feed(data, self.offset)
                    self.offset += len(data)
                if time.monotonic() - self.told > EVERY:
                    self.tell()
        finally:
            os.close(ended)

    def _listen(self, process: subprocess.Popen[bytes], drawn: IO[bytes]) -> None:
        """Reads what a client draws, until it has ended or its terminal is closed."""
        while True:
            ready = select.select([drawn], [], [], EVERY)[0]
            try:
                data = drawn.read(1 << 16) if ready else None
            except OSError:  # the terminal's other end is closed
                return
            if data:
                self.write(self.reader.feed(data, self.offset))
            elif ready or process.poll() is not None:
                return
            if time.monotonic() - self.told > EVERY:
                self.tell()

    def say(self, text: str) -> None:
        """Adds a line of ours to the log, and to what a failure is read from."""
        self.write(self.reader.feed(f"{text}\n".encode(), self.offset))

    def write(self, data: bytes) -> None:
        """Adds to the log; a full disk must not keep the client from being read to its end."""
        view = memoryview(data)
        while view:
            try:
                written = os.write(2, view)
            except OSError:
                self.full = True
                return
            self.offset += written
            view = view[written:]

    def tell(self, **more: Any) -> None:
        """Writes how far it is; a disk that is full is told at the end."""
        self.told = time.monotonic()
        try:
            write_json(self.task / "steps.json", {"steps": self.reader.document(), **more}, 0o600)
            write_json(self.task / "progress.json", self.reader.progress())
        except OSError:
            self.full = True

    def result(self) -> str | None:
        """Gives what came of it; `OSError` where an archive cannot get its name."""
        lines = self.reader.lines
        match self.kind:
            case "build":
                return _line(self.task / building.IIDFILE).removeprefix("sha256:") or None
            case "pull":
                return pulling.result(lines) or self.identity(self.kept["image"])
            case "push":
                return _line(self.task / pushing.DIGESTFILE) or pushing.result(lines)
            case "save":
                target = Path(self.kept["path"])
                try:
                    archiving.place(Path(self.kept["part"]), target, replace=self.kept["replace"])
                except FileExistsError as error:
                    raise FileExistsError(f"{target} exists already") from error
                return str(target)
            case _:
                names = archiving.loaded(lines)
                return self.identity(names[0]) if names else None

    def identity(self, name: str) -> str | None:
        """Asks the engine for an image's id."""
        argv = [*self.kept["program"], "image", "inspect", "--format", "{{.Id}}", name]
        reply = subprocess.run(argv, env=self.env, capture_output=True, timeout=60, check=False)
        said = reply.stdout.decode(errors="replace").strip().removeprefix("sha256:")
        return said if reply.returncode == 0 and said else None


def _widen(terminal: int) -> None:
    """Gives a terminal so much room that no line of it is cut."""
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 160, 0, 0))


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


def prune(task: Path) -> int:
    """Cleans images up, which is no client's work but the room's."""
    from ellip_lab.containers import pruning

    return pruning.carry_out(task)


def main() -> int:
    """Carries the work of this folder out; gives the exit code."""
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    task = Path.cwd()
    if read_json(task / "work.json")["kind"] == "prune":
        return prune(task)
    return Work(task).run()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # nothing is left to take apart
    os._exit(code)
