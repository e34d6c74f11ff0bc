"""The clean-up of images as a work: the room's own list and removals, told like the work of a client."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ellip_lab.containers.contract import PruneQuery
from ellip_lab.containers.inventory import Images
from ellip_lab.containers.service import ContainersService
from ellip_lab.containers.serving import Serving
from ellip_lab.errors import EllipError
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json

EVERY = 0.3
"""Seconds between two tellings of how far it is."""


def carry_out(task: Path) -> int:
    """Cleans up what the task in this folder was asked to; gives the exit code."""
    kept: dict[str, Any] = read_json(task / "work.json")
    settings = Settings(state=Path(kept["state"]), root=Path(kept["root"]), container=kept["container"])
    images = Images(Serving(settings, ContainersService(settings).find), dict)
    told = 0.0

    def say(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > EVERY or done == total:
            told = time.monotonic()
            write_json(
                task / "progress.json", {"done": done, "total": total, "text": f"{done} of {total} removed"}
            )

    try:
        freed = images.prune_now(PruneQuery.model_validate(kept["request"]), say, progress)
    except EllipError as error:
        say(f"error: {error.detail}")
        failure: dict[str, Any] = {"headline": error.detail, "step": None, "lines": [], "hint": error.hint}
        write_json(task / "steps.json", {"steps": [], "failure": failure}, 0o600)
        return 1
    write_json(task / "steps.json", {"steps": [], "freed": freed}, 0o600)
    return 0
