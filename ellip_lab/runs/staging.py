"""Inputs that are in an object store: whether they are there, and where a run puts them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.errors import EllipError, Invalid, NotFound, Problem, Unavailable
from ellip_lab.runs.remote import Remote, remotes

if TYPE_CHECKING:
    from ellip_lab.s3.service import S3Service

CHECKED = 200
"""How many are asked for before a run starts; of further ones the run itself finds out."""
AT_ONCE = 8
"""How many are asked for at the same time."""


def check(s3: S3Service, inputs: JsonObject) -> None:
    """Asks for the inputs that are in object stores, before a run starts.

    `Invalid` with one problem an input: an address that is none, a connection that is not known, an object that
    is not there or may not be read, a prefix with nothing below it. `Unavailable` when a store does not answer.
    """
    found = list(remotes(inputs))[:CHECKED]
    if not found:
        return
    with ThreadPoolExecutor(min(AT_ONCE, len(found)), thread_name_prefix="ellip-check") as pool:
        errors = list(pool.map(lambda remote: _fault(s3, remote), found))
    problems = [
        Problem(message=error.detail, field=remote.field, hint=error.hint)
        for remote, error in zip(found, errors, strict=True)
        if error is not None and not isinstance(error, Unavailable)
    ]
    if problems:
        first = str(problems[0])
        text = first if len(problems) == 1 else f"{len(problems)} inputs are not right: {first}"
        raise Invalid(text, hint=problems[0].hint, problems=problems)
    for remote, error in zip(found, errors, strict=True):
        if error is not None:
            raise Unavailable(f"{remote.field}: {error.detail}", hint=error.hint) from error


def _fault(s3: S3Service, remote: Remote) -> EllipError | None:
    """Gives what is wrong with one; None when it can be fetched."""
    from ellip_lab.s3.contract import ObjectQuery, ObjectsQuery

    try:
        place = remote.place
        if not remote.folder:
            s3.show_object(ObjectQuery(connection=place.connection, bucket=place.bucket, key=place.key))
            return None
        page = s3.objects(
            ObjectsQuery(
                connection=place.connection, bucket=place.bucket, prefix=place.key.lstrip("/"), limit=1
            )
        )
    except EllipError as error:
        return error
    if not page.objects and not page.folders:
        return NotFound(
            f"there is nothing below {remote.address}", hint="Look at the bucket in the Storage panel."
        )
    return None


@dataclass(frozen=True)
class Fetch:
    """Is one transfer: objects that go into one folder, or one that goes to one file."""

    sources: tuple[str, ...]
    target: str
    fields: tuple[str, ...]
    folder: bool = False
    """It is a Directory: how many files it has is not known before."""


def planned(found: Sequence[Remote], folder: Path) -> list[Fetch]:
    """Says where each goes below a folder, and makes its location that; nothing is fetched yet.

    Objects of different names share a folder, so that many are one transfer; those whose names could mean
    something to a file system go alone.
    """
    fetches: list[Fetch] = []
    rooms: list[dict[str, Remote]] = []
    for number, remote in enumerate(found):
        name, place = remote.name, remote.place
        if remote.folder:
            target = folder / f"d{number}" / name
            fetches.append(Fetch((str(place),), f"{target}/", (remote.field,), folder=True))
        elif _plain(name) and place.key.rpartition("/")[2] == name:
            room = next((room for room in rooms if name not in room), None)
            if room is None:
                rooms.append(room := {})
            room[name] = remote
            target = folder / f"f{rooms.index(room)}" / name
        else:
            target = folder / f"o{number}" / name
            fetches.append(Fetch((remote.address,), str(target), (remote.field,)))
        remote.value.pop("path", None)
        remote.value["location"] = target.as_uri()
        remote.value.setdefault("basename", name)
    for number, room in enumerate(rooms):
        sources = tuple(remote.address for remote in room.values())
        fields = tuple(remote.field for remote in room.values())
        fetches.append(Fetch(sources, f"{folder / f'f{number}'}/", fields))
    return fetches


def _plain(name: str) -> bool:
    return (
        name.isascii() and name.isprintable() and not set(name) & set('\\/:*?"<>|') and name[0] not in ".~ "
    )
