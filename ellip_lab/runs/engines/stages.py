"""The steps of a run that are this program's own: fetching its inputs, publishing its outputs."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.runs.engines.record import Record

if TYPE_CHECKING:
    from ellip_lab.errors import EllipError
    from ellip_lab.s3.figures import Figures
    from ellip_lab.s3.service import S3Service

STAGE_IN, STAGE_OUT = "stage-in", "stage-out"
"""What the two are called, unless the document has a step of that name."""
TELL = 1.0
"""Seconds between two tellings of how far a stage is."""
SAY = 10.0
"""Seconds between two lines of its log that say so."""
UNITS = ("B", "kB", "MB", "GB", "TB")


class StageError(Exception):
    """A stage has failed: what the failure of the run says."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Stage:
    """Is a step with one job of its name, whose progress is told in files and bytes."""

    def __init__(self, record: Record, name: str, files: int | None = None, size: int | None = None) -> None:
        self._record = record
        self.name = name
        self.files_total = files
        self.size_total = size
        self._files = self._size = 0
        self._told = 0.0
        self._said = time.monotonic()
        record.event("expand", step=name, total=1)
        record.event("job", step=name, job=name, log=name)

    def expect(self, files: int, size: int) -> None:
        """Says how much there is."""
        self.files_total, self.size_total = files, size

    def say(self, text: str) -> None:
        """Adds lines to its log, and to the whole one."""
        self._record.tell(self.name, text)

    def reached(self, files: int, size: int, *, final: bool = False) -> None:
        """Tells how many files and bytes are done with, not more often than a person can read."""
        self._files, self._size = files, size
        now = time.monotonic()
        if now - self._told < TELL and not final:
            return
        self._told = now
        self._record.event(
            "staging",
            step=self.name,
            files=files,
            files_total=self.files_total,
            bytes=size,
            bytes_total=self.size_total,
            text=self.text(),
        )
        if now - self._said >= SAY and not final:
            self._said = now
            self.say(self.text())

    def text(self) -> str:
        """Says how far it is: `2 of 10 files, 1.2 of 4.0 GB`."""
        files = (
            counted(self._files)
            if self.files_total is None
            else f"{self._files} of {counted(self.files_total)}"
        )
        of = f" of {readable(self.size_total)}" if self.size_total is not None else ""
        return f"{files}, {readable(self._size)}{of}"

    def transfer(
        self, s3: S3Service, sources: tuple[str, ...], target: str, after: int | None = None
    ) -> None:
        """Carries files from one place to another, and tells how far it is; errors as the store gives them.

        `after` is how many files come after these, where that is known and how many these are is not.
        """
        from ellip_lab.s3.contract import Policy, TransferRequest

        files, size = self._files, self._size
        counts = self.files_total is None

        def report(now: Figures) -> None:
            if counts and after is not None and now.files_total is not None:
                self.files_total = files + now.files_total + after
                self.size_total = size + (now.bytes_total or 0) if after == 0 else None
            self.reached(files + now.files_done, size + now.bytes_done)

        request = TransferRequest(sources=sources, target=target, policy=Policy.REPLACE)
        done = s3.transfer_now(request, report)
        self.reached(files + done.files, size + done.bytes)

    def done(self) -> None:
        """Tells its good end."""
        self.reached(self._files, self._size, final=True)
        self.say(self.text())
        self._end("success")

    def failed(self, message: str, hint: str | None) -> StageError:
        """Tells its bad end, and gives the error to raise."""
        self.say(f"{message}\n{hint}" if hint else message)
        self._end("permanentFail", error=message)
        return StageError(message, hint)

    def _end(self, status: str, **fields: Any) -> None:
        code = 0 if status == "success" else None
        self._record.event(
            "job-ended", step=self.name, job=self.name, status=status, exit_code=code, **fields
        )
        self._record.event("step-ended", step=self.name, status=status)


def with_own_steps(steps: list[dict[str, Any]], fetches: bool, publishes: bool) -> list[dict[str, Any]]:
    """Gives the steps of a document with this program's own before and after them."""
    taken = {str(step["id"]) for step in steps}
    about: dict[str, Any] = {"image": None, "scatter": False, "after": [], "own": True}
    first = [{"id": own_name(STAGE_IN, taken), "label": "Fetch the inputs", **about}] if fetches else []
    last = [{"id": own_name(STAGE_OUT, taken), "label": "Publish the outputs", **about}] if publishes else []
    return [*first, *steps, *last]


def own_name(name: str, taken: set[str]) -> str:
    """Gives a step of this program's a name that no step of the document has."""
    own, number = name, 2
    while own in taken:
        own = f"{name}-{number}"
        number += 1
    return own


def counted(files: int) -> str:
    """Gives a number of files as a person reads it."""
    return "1 file" if files == 1 else f"{files} files"


def readable(size: int) -> str:
    """Gives a number of bytes as a person reads it."""
    value, unit = float(size), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{size} B" if unit == 0 else f"{value:.1f} {UNITS[unit]}"


def hold_store(asked: dict[str, Any]) -> None:
    """Keeps the store on this machine running as long as this process lives: its tools read from it by URL."""
    from ellip_lab.s3 import keeper

    folder = Path(asked["state"], "store")
    if not keeper.joined(folder, os.getpid()):
        from ellip_lab.s3 import weed

        weed.start(folder)


def service(asked: dict[str, Any]) -> S3Service:
    """Gives object storage to this process; its keys are found by the name of a connection, as everywhere."""
    from ellip_lab.errors import Internal
    from ellip_lab.s3.service import S3Service
    from ellip_lab.settings import Settings
    from ellip_lab.tasks.service import TasksService

    def draw(*_: object) -> bytes:
        raise Internal("a run draws nothing")

    settings = Settings(state=Path(asked["state"]), root=Path(asked["root"]))
    return S3Service(settings, TasksService(settings), draw)


def reason(error: EllipError | OSError) -> tuple[str, str | None]:
    """Gives what an error says, and what to do."""
    from ellip_lab.errors import EllipError

    if isinstance(error, EllipError):
        first = (
            f": {error.problems[0]}" if error.problems and str(error.problems[0]) not in error.detail else ""
        )
        return f"{error.detail}{first}", error.hint
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}", None
