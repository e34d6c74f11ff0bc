"""Who works on a toolbox: a file with the name of the toolbox and the id of the task, made by one only."""

from __future__ import annotations

import os
from pathlib import Path

TYPE_CHECKING = False  # the clean-up of a work starts with this
if TYPE_CHECKING:
    from collections.abc import Callable

CACHE = ".cache"
"""The name under which the cache is cleaned: no toolbox begins with a dot."""


def claim(claims: Path, name: str, task: str, ended: Callable[[str], bool]) -> None:
    """Takes a name for a task; `Conflict` while a task that has not ended has it."""
    from ellip_lab.toolboxes.failures import taken

    place = claims / name
    for _ in range(3):
        try:
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            holder = read(place)
            if holder and not ended(holder):
                raise taken(name) from None
            release(claims, name, holder)
            continue
        with os.fdopen(descriptor, "w") as stream:
            stream.write(task)
        return
    raise taken(name)


def release(claims: Path, name: str, task: str) -> None:
    """Gives a name free, if the task has it."""
    place = claims / name
    if read(place) == task:
        place.unlink(missing_ok=True)


def read(place: Path) -> str:
    """Gives the task that has a name; nothing where nobody has."""
    try:
        return place.read_text()
    except OSError:
        return ""


def held(claims: Path) -> dict[str, str]:
    """Gives every name that is taken, and its task."""
    try:
        places = [place for place in claims.iterdir() if place.is_file()]
    except OSError:
        return {}
    return {place.name: task for place in places if (task := read(place))}
