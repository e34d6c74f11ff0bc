"""What the engine's process writes down while it runs: events, progress, the whole log and each job's own.

    events.jsonl     one JSON object a line: what happened, when, to which step and job
    progress.json    how far the run is, replaced atomically
    steps/JOB.log    what the tool of one job wrote, byte for byte
    log              standard error: the same for people, as `HH:MM:SS step   text`

Standard library only: it runs inside the engine's process, and must not slow it.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ellip_lab.shell import write_json

LONGEST = 4096
"""Bytes of a line of the whole log at the most; longer ones are cut into pieces."""
OWN = "[ellip] "
"""How lines of this program's own begin in the log of a job."""
WIDEST = 24
"""Columns for the name of a step at the most."""
COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""What terminals take for colours and cursor movements; the whole log is plain, a job's own log as it was."""
NAME = re.compile(r"[^A-Za-z0-9._-]+")


def utc_now() -> str:
    """Gives the time now, as events write it."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"


def file_name(job: str) -> str:
    """Gives the name of a job as a file may have it."""
    return NAME.sub("_", job)[:100].lstrip(".") or "job"


class Record:
    """Writes down one run, from many threads."""

    def __init__(self, directory: Path, log: int = 2) -> None:
        self.directory = directory
        self.steps = directory / "steps"
        self.steps.mkdir(exist_ok=True)
        self._log = log
        self._lock = threading.RLock()
        self._width = 8
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._events = os.open(directory / "events.jsonl", flags, 0o600)
        self.tally = Tally()

    def event(self, event: str, **fields: Any) -> None:
        """Adds an event, and tells the progress when it has changed."""
        line = json.dumps({"at": utc_now(), "event": event, **fields}, ensure_ascii=False, default=str)
        with self._lock:
            os.write(self._events, line.encode(errors="replace") + b"\n")
            if self.tally.add(event, fields):
                write_json(self.directory / "progress.json", self.tally.progress())

    def names(self, steps: list[str]) -> None:
        """Makes room in the log for the names of the steps."""
        self._width = min(WIDEST, max([4, *(len(name) for name in steps)]))

    def say(self, name: str, text: str) -> None:
        """Adds lines to the whole log, each with the time and the name of the step or job."""
        now = time.strftime("%H:%M:%S")
        lines = text.splitlines() or [""]
        told = "".join(f"{now} {name:<{self._width}} {line}".rstrip() + "\n" for line in lines)
        with self._lock:
            os.write(self._log, told.encode(errors="replace"))

    def note(self, job: str, text: str) -> None:
        """Adds a line of this program's own to the log of a job, and to the whole log."""
        with (self.steps / f"{file_name(job)}.log").open("ab") as stream:
            stream.write(f"{OWN}{text}\n".encode(errors="replace"))
        self.say(job, text)

    def tell(self, job: str, text: str) -> None:
        """Adds lines to the log of a job that is this program's own, and to the whole log."""
        with (self.steps / f"{file_name(job)}.log").open("ab") as stream:
            stream.write(f"{text}\n".encode(errors="replace"))
        self.say(job, text)

    def pump(self, job: str) -> Pump:
        """Gives a place for the output of a job's tool to go."""
        return Pump(self.steps / f"{file_name(job)}.log", lambda line: self.say(job, line))


class Pump:
    """Carries what a tool writes to its job's log, byte for byte, and by lines to the whole log."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._say = say
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._read, write = os.pipe()
        self.stream = os.fdopen(write, "wb", buffering=0)
        """What the tool's standard output and error are to be."""
        self._closed = False
        self._thread = threading.Thread(target=self._carry, name="ellip-pump", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it when the tool has ended; a process the tool has left behind is not waited for."""
        self.stream.close()
        if not self._closed:
            self._closed = True
            self._thread.join(timeout=1)

    def _carry(self) -> None:
        rest = b""
        full = False
        while chunk := os.read(self._read, 65_536):
            if not full:
                try:
                    _write_all(self._file, chunk)
                except OSError as error:  # a full disk must not stop the tool: it is told once
                    full = True
                    self._say(f"the log of this job cannot be written: {error.strerror}")
            # a progress display rewrites its line: each state of it is a line of the log
            *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            if lines:
                self._tell(b"\n".join(piece for line in lines for piece in _pieces(line)))
            *lines, rest = _pieces(rest)
            for line in lines:
                self._tell(line)
        if rest:
            self._tell(rest)
        os.close(self._read)
        os.close(self._file)

    def _tell(self, lines: bytes) -> None:
        try:
            self._say(COLOURS.sub("", lines.decode(errors="replace")))
        except OSError:
            return  # the disk of the log is full: the tool goes on, and the run's end says why


def _pieces(line: bytes) -> list[bytes]:
    """Cuts a line that is too long."""
    return [line[start : start + LONGEST] for start in range(0, len(line), LONGEST)] or [b""]


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


class Tally:
    """Counts how far a run is: the leaves of its tree of steps, each as far as its items are."""

    def __init__(self) -> None:
        self._total: dict[str, int] = {}
        self._done: dict[str, float] = {}
        self._instances: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._leaves: list[str] = []
        self._text = ""
        self._all = False
        self.failed: str | None = None
        """The first step that failed."""

    def add(self, event: str, fields: dict[str, Any]) -> bool:
        """Takes an event into account, and tells whether the progress has changed."""
        step = str(fields.get("step", ""))
        if event == "step-error" or (event == "job-ended" and fields["status"] != "success"):
            self.failed = self.failed or step or None
        match event:
            case "document":
                self._leaves = [str(one["id"]) for one in fields["steps"] if not one.get("workflow")]
                self._text = "starting"
            case "expand":
                self._total[step] = self._total.get(step, 0) + int(fields["total"])
                self._instances[step] = self._instances.get(step, 0) + (not fields.get("more"))
                self._text = self._of(step)
            case "job":
                self._text = self._of(step)
            case "job-ended" | "item-ended":
                self._done[step] = float(int(self._done.get(step, 0)) + 1)
                self._text = self._of(step)
            case "step-ended":
                self._ended[step] = self._ended.get(step, 0) + 1
                self._text = f"{step} {'skipped' if fields.get('status') == 'skipped' else 'ended'}"
            case "staging":
                part = _share(fields, "bytes") or _share(fields, "files")
                self._done[step] = min(part or 0.0, 0.999)  # its end is told by itself
                self._text = f"{step}: {fields['text']}"
            case "cluster":
                self._text = fields["text"]
            case "pending":
                self._text = f"{step}: {fields['reason']}"
            case "placing":
                self._text = "placing the outputs"
            case "ended":
                self._all = fields["exit_code"] == 0
                self._text = "done" if self._all else "failed"
            case _:
                return False
        return True

    def progress(self) -> dict[str, Any]:
        """Gives it as contract `Progress` has it."""
        done = len(self._leaves) if self._all else round(sum(map(self._part, self._leaves)), 3)
        return {"done": done, "total": len(self._leaves) or None, "text": self._text}

    def _part(self, step: str) -> float:
        # a step of a sub-workflow that is scattered ends once an item of it
        instances = max(self._instances.get(step, 1), self._total.get(step.rpartition("/")[0], 1))
        if self._ended.get(step, 0) >= instances:
            return 1.0
        total = self._total.get(step, 0)
        return min(1.0, self._done.get(step, 0) / total) if total else 0.0

    def _of(self, step: str) -> str:
        total = self._total.get(step, 0)
        return f"{step} {min(int(self._done.get(step, 0)) + 1, total)} of {total}" if total > 1 else step


def _share(fields: dict[str, Any], unit: str) -> float | None:
    """Gives how much of a stage is done, in a unit; None where nobody knows how much there is."""
    total = fields.get(f"{unit}_total")
    return fields[unit] / total if total else None
