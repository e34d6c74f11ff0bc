"""The inputs of a trial as copies, with the files that belong to them."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePath

from ellip_lab.packages.tooling_habits import SIDECARS
from ellip_lab.packages.tooling_pieces import Piece

COPIED = 4 * 2**30
"""Bytes of inputs that are copied; a container is given larger ones as they are, to read."""
_CLONE = 0x40049409
"""FICLONE, of Linux: a copy that shares its blocks with the original."""


def value_of(piece: Piece) -> list[str]:
    """Gives the values of a piece as the tool gets them: what is written goes into the folder it runs in."""
    if piece.written:
        return [written_name(piece.words[0])]
    return piece.words


def written_name(word: str) -> str:
    """Gives the name of what is written, without the folder it would be in."""
    name = PurePath(word).name
    return "." if name in ("", "..") else name


def sidecars(place: Path) -> list[Path]:
    """Gives the files that belong to a file and lie beside it."""
    return [found for pattern in sidecar_patterns(place) for found in [_beside(place, pattern)]]


def sidecar_patterns(place: Path) -> list[str]:
    """Gives the patterns of `secondaryFiles` of the files that belong to a file and lie beside it."""
    patterns = SIDECARS.get(place.suffix.lower(), ())
    return [pattern for pattern in patterns if _beside(place, pattern).exists()]


def _beside(place: Path, pattern: str) -> Path:
    return (
        place.with_suffix(pattern[1:]) if pattern.startswith("^") else place.with_name(place.name + pattern)
    )


def copy(source: Path, target: Path) -> None:
    """Copies a file or a folder; where the disk can, the copy shares its blocks with the original."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True)
        return
    with suppress(OSError), source.open("rb") as given, target.open("wb") as made:
        fcntl.ioctl(made.fileno(), _CLONE, given.fileno())
        shutil.copystat(source, target)
        return
    shutil.copy2(source, target)


def size(place: Path) -> int:
    """Gives the bytes of a file or folder, no further than matters."""
    if place.is_file():
        return place.stat().st_size
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - many files
        if total > COPIED:
            break
    return total


def stamps(box: Path) -> dict[str, tuple[int, int, int]]:
    """Gives what tells whether a file was written to, of everything in a folder."""
    made = {}
    for path in box.rglob("*"):
        status = path.lstat()
        if not path.is_dir():
            made[str(path.relative_to(box))] = (status.st_mtime_ns, status.st_size, status.st_ino)
    for path in box.iterdir():
        if path.is_dir():
            made.setdefault(path.name, (0, 0, 0))
    return made
