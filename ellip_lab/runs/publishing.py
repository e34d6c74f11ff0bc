"""The outputs of a run in an object store: where they go, and what they are there.

Below the prefix that was asked for a run has a folder of its own, its id, in which the outputs lie to one another
as they do in the output folder. STAC documents are rewritten (`rewriting.py`); the catalogues that a person opens
come last, so that whoever finds one finds everything it names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Denied, EllipError, Invalid, NotFound, Problem, Unavailable
from ellip_lab.runs.outputs import places, walk
from ellip_lab.runs.rewriting import Published, rewritten, stac_document
from ellip_lab.s3.addresses import address, parse
from ellip_lab.shell import read_json, write_json
from ellip_lab.stac.service import catalogue_file

if TYPE_CHECKING:
    from ellip_lab.s3.service import S3Service

NOTE = "published.json"
"""The file of a task that says where its outputs are published; there is none before all of them are."""
BEGUN = "publishing.json"
"""The file that says where they are being published, while they are."""


def check(s3: S3Service, prefix: str) -> str:
    """Looks whether outputs can be published below a prefix, and gives it with the name of its connection.

    `Invalid` when it is no address of a folder, or its connection or bucket is not there. Whether it may be
    written only the store can tell, when it is.
    """
    from ellip_lab.s3.contract import ObjectsQuery

    try:
        place = parse(prefix)
        if not place.many:
            raise Invalid(f"{prefix} is not a folder", hint="End it with a slash: s3://bucket/prefix/.")
        name = place.connection or next((c.name for c in s3.connections().connections if c.default), None)
        try:
            query = ObjectsQuery(connection=name, bucket=place.bucket, prefix=place.key, limit=1)
            name = s3.objects(query).connection
        except Denied:
            pass  # who may not list may write all the same
    except Unavailable as error:
        raise Unavailable(
            f"the outputs cannot be published to {prefix}: {error.detail}", hint=error.hint
        ) from error
    except EllipError as error:
        missing = isinstance(error, NotFound) and "bucket" in error.detail
        hint = error.hint or ("Make the bucket first: ellip s3 mb." if missing else None)
        problem = Problem(message=error.detail, field="publish", hint=hint)
        raise Invalid(str(problem), hint=hint, problems=[problem]) from error
    return address(place.bucket, place.key, name)


@dataclass(frozen=True)
class Publication:
    """Is everything that is published of a run."""

    root: str
    """The run's own folder in the store, as an address with its connection."""
    files: tuple[tuple[Path, str], ...]
    """What is sent, and the key it gets below the root."""
    entries: tuple[tuple[Path, str], ...]
    """The catalogues, sent when everything else is there."""
    size: int


def publication(outputs: JsonObject, outdir: Path, root: str, scratch: Path) -> Publication:
    """Says what is published where; documents that change are written into a scratch folder."""
    tops: list[Path] = []
    for place in sorted(set(places(outputs)), key=lambda path: len(path.parts)):
        if not any(place.is_relative_to(top) for top in tops):
            tops.append(place)
    keys: dict[Path, str] = {}
    for top in tops:
        own = top.relative_to(outdir).as_posix() if top.is_relative_to(outdir) else top.name
        if top.is_dir():
            keys.update({file: f"{own}/{file.relative_to(top).as_posix()}" for file, _ in sorted(walk(top))})
        else:
            keys[top] = own
    opened = {found for top in tops if top.is_dir() and (found := catalogue_file(top)) is not None}
    where = parse(root)
    by_place = {os.path.realpath(file): key for file, key in keys.items()}
    published = Published(address(where.bucket, where.key), by_place, frozenset(by_place.values()))
    files: list[tuple[Path, str]] = []
    entries: list[tuple[Path, str]] = []
    size = 0
    for file, key in keys.items():
        source = file
        document = stac_document(file)
        if document is not None:
            new = rewritten(document, file, published, entry=file in opened)
            if new != document:
                source = scratch / key
                source.parent.mkdir(parents=True, exist_ok=True)
                write_json(source, new)
        size += source.stat().st_size
        (entries if file in opened else files).append((source, key))
    return Publication(root, tuple(files), tuple(entries), size)


def published_root(directory: Path) -> str | None:
    """Gives the folder that a run's outputs are published to; None when they are not."""
    try:
        return str(read_json(directory / NOTE)["root"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def take_back_left(s3: S3Service, directory: Path) -> None:
    """Removes what a run has left half published, before its record goes; `Unavailable` when it cannot be now.

    Where the connection or the bucket is gone there is nothing that could be done.
    """
    try:
        root = str(read_json(directory / BEGUN)["root"])
    except FileNotFoundError:
        return
    if (directory / NOTE).exists():
        return
    try:
        s3.take_back(root)
    except NotFound:
        return
    except EllipError as error:
        raise Unavailable(
            f"what was published already is still in {root}: {error.detail}",
            hint="Try again when the store lets it be removed.",
        ) from error
