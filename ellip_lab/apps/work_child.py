"""The process of one installation or removal: `python -m ellip_lab.apps.work_child`, in the folder of its task.

An installation goes into a folder that has the task's name, and counts from the moment when `installed.json` names that
folder: before, there is the one of before, or none. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from ellip_lab.apps.masking import Masking
from ellip_lab.apps.work_failures import explain
from ellip_lab.shell import read_json, write_json

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

VERSION = re.compile(r"(?m)^v?\d+\.\d[\w.+-]*")
"""What a line begins with that tells a version."""
LINES = 400
"""Lines that are kept to read a failure from."""
PATIENCE = 60.0
"""Seconds that what was installed may take to tell its version."""
UNWANTED = (
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
    # what an npm or yarn that has started the server says of its own node: installers take it for the new one's
    "npm_config_user_agent",
)
"""Variables that would have pip install somewhere else."""


class Work:
    """Is one work on its way: what its commands say goes to the log, where it stands to `steps.json`."""

    def __init__(self, task: Path) -> None:
        self.task = task
        self.kept: dict[str, Any] = read_json(task / "work.json")
        self.folder = Path(self.kept["folder"])
        self.steps: list[dict[str, Any]] = [
            {"name": step["name"], "state": "waiting", "offset": None, "seconds": None}
            for step in self.kept["steps"]
        ]
        self.lines: list[str] = []
        self.env = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        self.masking = Masking(self.env)
        self.version: str | None = None

    def run(self) -> int:
        """Carries the work out, step by step; gives the exit code."""
        for number, (step, kept) in enumerate(zip(self.steps, self.kept["steps"], strict=True)):
            began = time.monotonic()
            step |= {"state": "running", "offset": os.fstat(2).st_size}
            self.progress(number, step["name"])
            try:
                code = self.carry_out(kept)
            except OSError as error:
                self.say(f"Error: {error}")
                code = 1
            step |= {"state": "failed" if code else "done", "seconds": time.monotonic() - began}
            if code:
                failure = explain(self.kept["title"], self.kept["kind"], step["name"], self.lines, code)
                self.tell(failure=failure)
                return code if code > 0 else 1
        self.progress(len(self.steps), "done")
        self.tell(result=self.version)
        return 0

    def carry_out(self, step: dict[str, Any]) -> int:
        """Carries out one step, a command or something of this process's own."""
        match step.get("own"):
            case "check":
                return self.check(step["argv"])
            case "remove":
                return self.remove()
            case _:
                return self.follow(step["argv"], step["env"])

    def follow(self, argv: list[str], env: dict[str, str]) -> int:
        """Runs a command to its end, and copies what it says into the log, without secrets."""
        filled = {name: value.replace("{PATH}", self.env.get("PATH", "")) for name, value in env.items()}
        self.say("$ " + " ".join(argv))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with subprocess.Popen(
            argv, cwd=self.folder, env=self.env | filled, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            for line in process.stdout:
                self.write(line)
            return process.wait()

    def check(self, argv: list[str]) -> int:
        """Sees that what was installed works, and makes it count."""
        self.say("$ " + " ".join(argv))
        try:
            done = subprocess.run(
                argv,
                env=self.env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self.say(f"Error: it did not tell its version in {PATIENCE:g} s")
            return 1
        for line in (done.stdout + done.stderr).splitlines(keepends=True):
            self.write(line)
        if done.returncode:
            return done.returncode
        said = VERSION.search(done.stdout.decode(errors="replace"))
        self.version = said.group() if said else None
        home = self.folder.parent
        write_json(home / "installed.json", {"folder": self.folder.name, "version": self.version}, 0o600)
        sweep(home, self.folder.name)
        return 0

    def remove(self) -> int:
        """Removes everything of an app that was installed; first it stops to count."""
        home = self.folder.parent
        if any(in_use(folder) for folder in installations(home)):  # by another server, or by hand
            self.say("Error: it runs")
            return 1
        (home / "installed.json").unlink(missing_ok=True)
        sweep(home, None)
        return 0

    def say(self, text: str) -> None:
        """Adds a line of ours to the log."""
        self.write(f"{text}\n".encode("utf-8", "replace"))

    def write(self, line: bytes) -> None:
        """Adds a line to the log; a full disk must not keep a command from being read to its end."""
        line = self.masking.line(line)
        text = line.decode(errors="replace").rstrip()
        if text:
            self.lines = [*self.lines[-LINES:], text]
        try:
            os.write(2, line)
        except OSError:
            return

    def progress(self, done: int, text: str) -> None:
        """Tells how far it is."""
        self.tell()
        try:
            write_json(self.task / "progress.json", {"done": done, "total": len(self.steps), "text": text})
        except OSError:
            return

    def tell(self, **more: Any) -> None:
        """Writes where its steps stand."""
        try:
            write_json(self.task / "steps.json", {"steps": self.steps, **more}, 0o600)
        except OSError:
            return


def sweep(home: Path, counting: str | None) -> None:
    """Removes installations that do not count; one that is in use is left to the next work."""
    for folder in installations(home):
        if folder.name != counting and not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def installations(home: Path) -> list[Path]:
    """Gives the folders of an app's installations: the one that counts, and what others have left."""
    return [folder for folder in home.iterdir() if folder.is_dir()] if home.is_dir() else []


def in_use(folder: Path) -> bool:
    """Tells whether a process of this user runs out of a folder."""
    wanted = os.fsencode(folder) + b"/"
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if wanted in (entry / "cmdline").read_bytes():
                    return True
            except OSError:
                continue
    return False


def main() -> int:
    """Carries the work of this folder out; gives the exit code."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return Work(Path.cwd()).run()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # nothing is left to take apart
    os._exit(code)
