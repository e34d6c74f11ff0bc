"""Beginning a transfer: its task, and where what it half does is written down.

Standard library only, so that a command has its transfer under way before it loads anything heavy; the process of the
transfer loads the same things meanwhile, on another core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ellip_lab.shell import write_atomic, write_json
from ellip_lab.tasks import making
from ellip_lab.tasks.directory import Home

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

ROOM = "s3"
COMMAND = (sys.executable, "-m", "ellip_lab.s3.transfer_child")


def begin(state: Path, root: Path, limit: int, request: dict[str, Any]) -> str:
    """Starts the task of a transfer that nobody has looked at yet, and gives its id.

    `request` is as contract `TransferRequest` says. The transfer is checked by its own process: what cannot be is
    found in `refused` of its figures, before anything was carried.
    """
    record = making.make(
        Home(state),
        limit,
        room=ROOM,
        title=title(request),
        command={"argv": COMMAND, "env": {}, "cwd": None},
        data={"request": request},
        prepare=preparation(state, root, request, None, check=True),
    )
    return str(record["id"])


def preparation(
    state: Path, root: Path, request: dict[str, Any], journal: str | None, *, check: bool
) -> Callable[[Path], None]:
    """Gives what puts the request into the folder of a new task, with a journal: a new one, or that of `journal`."""

    def prepare(directory: Path) -> None:
        folder = state / "s3" / "transfers" / (journal or directory.name)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = {
            "request": request,
            "journal": str(folder),
            "state": str(state),
            "root": str(root),
            "check": check,
        }
        write_json(directory / "transfer.json", told, 0o600)
        write_atomic(folder / "task", directory.name.encode(), 0o600)

    return prepare


def title(request: dict[str, Any]) -> str:
    """Says a transfer in a few words, as a person reads it."""
    sources, target = request["sources"], request.get("target")
    many = f"{len(sources):,} things" if len(sources) > 1 else sources[0]
    verb = str(request["action"]).capitalize()
    return f"{verb} {many}" if target is None else f"{verb} {many} to {target}"
