"""Publishes the outputs of a run to an object store, when the run has succeeded; or takes back what it has sent."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import EllipError
from ellip_lab.runs.engines.record import Record
from ellip_lab.runs.engines.stages import Stage, counted, readable, reason, service
from ellip_lab.runs.publishing import BEGUN, NOTE, publication
from ellip_lab.shell import write_json

if TYPE_CHECKING:
    from ellip_lab.s3.service import S3Service

MOST = 5000
"""How many files go in one transfer."""


def publish(asked: dict[str, Any], outputs: JsonObject, directory: Path, record: Record) -> None:
    """Sends everything, the catalogues last; `StageError` when that cannot be, and then nothing is left there."""
    stage = Stage(record, asked["stage_out"])
    root = f"{asked['publish']}{directory.name}/"
    s3 = service(asked)
    try:
        made = publication(outputs, Path(asked["outdir"]), root, directory / "work" / "publish")
        count = len(made.files) + len(made.entries)
        stage.expect(count, made.size)
        stage.say(f"{counted(count)}, {readable(made.size)}, to {root}")
        write_json(directory / BEGUN, {"root": root}, 0o600)
        for files in (made.files, made.entries):
            for folder, sources in grouped(files):
                stage.transfer(s3, sources, f"{root}{folder}")
        write_json(directory / NOTE, {"root": root}, 0o600)
    except (EllipError, OSError) as error:
        message, hint = reason(error)
        left = taken_back(s3, root)
        if left is None:
            (directory / BEGUN).unlink(missing_ok=True)
        else:
            message = f"{message}. What was sent already could not be removed ({left}): it is in {root}"
        raise stage.failed(message, hint) from error
    (directory / BEGUN).unlink(missing_ok=True)
    stage.done()


def grouped(files: Iterable[tuple[Path, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Gives the files of each folder of the store, in pieces of what one transfer takes."""
    folders: dict[str, list[str]] = {}
    for file, key in files:
        folder = posixpath.dirname(key)
        folders.setdefault(f"{folder}/" if folder else "", []).append(str(file))
    return [
        (folder, tuple(sources[start : start + MOST]))
        for folder, sources in folders.items()
        for start in range(0, len(sources), MOST)
    ]


def taken_back(s3: S3Service, root: str) -> str | None:
    """Removes what there is of a publication that was not finished; gives why that could not be, or None."""
    try:
        s3.take_back(root)
    except EllipError as error:
        return error.detail
    return None
