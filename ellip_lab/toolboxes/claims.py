"""Who works on a toolbox: a file with the name of the toolbox and the id of the task, made by one only."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path

TYPE_CHECKING = False  # the clean-up of a work starts with this
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CACHE = ".cache"
"""The name under which the cache is cleaned: no toolbox begins with a dot."""
WRITING = 60.0
"""Seconds for which a claim without content is one that is being written, where there are no hard links."""


def claim(claims: Path, name: str, task: str, ended: Callable[[str], bool]) -> None:
    """Takes a name for a task; `Conflict` while a task that has not ended has it."""
    from ellip_lab.toolboxes.failures import taken

    place = claims / name
    for _ in range(3):
        if _placed(place, task):
            return
        holder = read(place)
        if holder is None:
            continue  # given free meanwhile
        if not ended(holder) if holder else _young(place):
            raise taken(name)
        release(claims, name, holder)
    raise taken(name)


def release(claims: Path, name: str, task: str) -> None:
    """Gives a name free, if the task has it."""
    place = claims / name
    # one at a time: what was read is still what is removed, and not the claim of whoever came next
    with _alone(claims):
        if read(place) == task:
            place.unlink(missing_ok=True)


def read(place: Path) -> str | None:
    """Gives the task that has a name; None where nobody has."""
    try:
        return place.read_text()
    except OSError:
        return None


def held(claims: Path) -> dict[str, str]:
    """Gives every name that is taken, and its task."""
    try:
        places = [place for place in claims.iterdir() if place.is_file()]
    except OSError:
        return {}
    # the others with a dot are on their way to be claims
    names = [place for place in places if place.name == CACHE or not place.name.startswith(".")]
    return {place.name: task for place in names if (task := read(place))}


def _placed(place: Path, task: str) -> bool:
    """Makes a claim with its content in one step; tells whether there was none."""
    from ellip_lab.tasks.directory import NO_LINKS, create

    temporary = place.with_name(f".{place.name}.{task}.tmp")
    try:
        temporary.write_text(task)
        os.link(temporary, place)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return create(place, task.encode())
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _young(place: Path) -> bool:
    try:
        return time.time() - place.stat().st_mtime < WRITING
    except OSError:
        return False


@contextmanager
def _alone(claims: Path) -> Iterator[None]:
    """Keeps others of this host from giving names free; goes on without where the file system has no locks."""
    import fcntl

    try:
        descriptor = os.open(claims, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
