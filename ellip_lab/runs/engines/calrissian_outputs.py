"""Brings the outputs of a run into its output folder, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ellip_lab.runs.engines import cleanup
from ellip_lab.runs.engines.record import Record
from ellip_lab.shell import write_json

Json = dict[str, Any]
FIELDS = ("nameext", "nameroot", "dirname")


class PlacingError(Exception):
    """The outputs cannot be put where they should go."""


def place(record: Record, fetched: Path, outdir: Path) -> None:
    """Moves what is in a folder into the output folder; what was begun is taken back when that fails."""
    if outdir.exists() and not outdir.is_dir():
        raise PlacingError(f"the outputs cannot be put into {outdir}: it is not a folder")
    names = sorted(one.name for one in fetched.iterdir()) if fetched.is_dir() else []
    made = outdir
    while not made.parent.exists():
        made = made.parent
    fresh = [name for name in names if not os.path.lexists(outdir / name)]
    note = {"outdir": str(outdir), "made": None if outdir.is_dir() else str(made), "names": fresh}
    write_json(record.directory / "placing.json", note)
    record.event("placing", names=len(names))
    try:
        outdir.mkdir(parents=True, exist_ok=True)
        for name in names:
            source, target = fetched / name, outdir / name
            if target.is_dir() and not target.is_symlink():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                target.unlink(missing_ok=True)
                shutil.move(source, target)
    except (OSError, shutil.Error) as error:
        cleanup.take_back(record.directory)
        raise PlacingError(f"the outputs cannot be put into {outdir}: {error}") from error
    (record.directory / "placing.json").unlink(missing_ok=True)


def told(value: Any, there: str, outdir: Path) -> Any:
    """Gives the output object with the places that its files have here."""
    if isinstance(value, list):
        return [told(one, there, outdir) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: told(one, there, outdir) for name, one in value.items()}
    if found.get("class") in ("File", "Directory"):
        for field in FIELDS:
            found.pop(field, None)
        found.pop("path", None)
        location = str(found.get("location", ""))
        place_ = unquote(urlsplit(location).path) if location.startswith("file://") else ""
        if place_.startswith(f"{there}/"):
            here = outdir / place_.removeprefix(f"{there}/")
            found["location"] = f"file://{quote(str(here))}"
            found["path"] = str(here)
    return found
