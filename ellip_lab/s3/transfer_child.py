"""The process of one transfer: `python -m ellip_lab.s3.transfer_child`, in the folder of its task."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.shell import read_json, write_json

if TYPE_CHECKING:
    from ellip_lab.errors import EllipError

TICK = 0.3
NICE = 10
"""The server of the Lab, and what the user does, come first."""


def say(text: str) -> None:
    """Adds a line to the log."""
    # one write for a line, whatever thread it comes from
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> int:
    """Carries the transfer of this folder out; gives the exit code."""
    os.nice(NICE)
    # What is loaded stays: looking for garbage in it is a tenth of the start
    gc.disable()
    # and so is looking for plug-ins of pydantic among all that is installed
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    from pydantic import ValidationError

    from ellip_lab.errors import EllipError
    from ellip_lab.s3 import carrying  # noqa: F401 - loaded before garbage is looked for
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.contract import TransferRequest
    from ellip_lab.s3.ends import Remotes, Way
    from ellip_lab.s3.figures import Figures
    from ellip_lab.s3.journal import Journal
    from ellip_lab.settings import Settings

    task = Path.cwd()
    kept: dict[str, Any] = read_json(task / "transfer.json")
    settings = Settings(state=Path(kept["state"]), root=Path(kept["root"]))
    journal = Journal(Path(kept["journal"]))
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # many small objects, few of them in cycles
    gc.enable()
    figures = Figures()
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(task, figures, journal, over), daemon=True)
    teller.start()
    try:
        remotes = Remotes(Connections(settings))
        try:
            request = TransferRequest.model_validate(kept["request"])
            if kept["check"]:
                _check(Way(remotes, request))
        except (EllipError, ValidationError) as error:
            return _refused(figures, error)
        return _carry(remotes, request, journal, figures)
    finally:
        over.set()
        teller.join()
        _write(task, figures)
        journal.close()


def _check(way: Any) -> None:
    """Looks at what nobody has looked at yet, so that nothing is begun of what cannot be."""
    from ellip_lab.s3 import planning

    planning.look(way)
    planning.ask(way)


def _refused(figures: Any, error: Any) -> int:
    from ellip_lab.errors import EllipError, Invalid, Problem, told

    if not isinstance(error, EllipError):
        faults = [
            Problem(message=fault["msg"], field=".".join(map(str, fault["loc"])) or None)
            for fault in error.errors(include_url=False)
        ]
        error = Invalid("the transfer cannot be understood", problems=faults)
    figures.refused = told(error)
    return _failed(figures, error)


def _carry(remotes: Any, request: Any, journal: Any, figures: Any) -> int:
    from ellip_lab.s3.carrying import Carrier, translate
    from ellip_lab.s3.ends import Way
    from ellip_lab.s3.removing import discard
    from ellip_lab.s3.working import Work

    work = Work(journal, figures, say)
    try:
        Carrier(Way(remotes, request), work).carry()
    except Exception as error:
        told = translate(error, "the transfer")
        if told is None:
            raise
        return _failed(figures, told)
    if figures.failed:
        first = figures.failures[0]
        others = f", and {figures.failed - 1:,} others were not carried" if figures.failed > 1 else ""
        figures.detail = f"{first['message']}{others}"
        say(f"error: {figures.detail}")
        return 1
    # What is half done now belongs to sources that have changed since
    discard(journal, remotes, say)
    say(f"done: {figures.files_done:,} files, {figures.bytes_done:,} bytes, {figures.skipped:,} left alone")
    return 0


def _failed(figures: Any, error: EllipError) -> int:
    figures.detail = error.detail
    say(f"error: {error.detail}")
    if error.hint:
        say(f"hint: {error.hint}")
    return 1


def _tell(task: Path, figures: Any, journal: Any, over: threading.Event) -> None:
    while not over.wait(TICK):
        _write(task, figures)
        try:
            journal.flush()
        except OSError as error:
            say(f"what is done could not be written down: {error.strerror}")


def _write(task: Path, figures: Any) -> None:
    told = figures.told()
    done, total = told["bytes_done"], told["bytes_total"]
    if not total:  # nothing but empty files, or a deletion
        done, total = told["files_done"], told["files_total"]
    try:
        write_json(task / "figures.json", told, 0o600)
        write_json(
            task / "progress.json", {"done": done, "total": total, "text": f"{told['files_done']:,} files"}
        )
    except OSError as error:
        say(f"the progress could not be written: {error.strerror}")


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # threads of the libraries have nothing left to do
    os._exit(code)
