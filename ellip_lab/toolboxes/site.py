"""The folders of one work on a toolbox: what is new is made beside the old, and takes its place when it is whole.

A toolbox knows its own path (it stands in its files), so the new one is made for that path in a hidden folder, and
renamed. Standard library only: the clean-up of a work starts with this.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

RECORD = "conda-meta/ellip.json"
"""What makes a folder a toolbox, written when it is whole."""
MARK = "conda-meta/ellip-work"
"""The task that has put a folder in its place; with it and without a record, the folder is not whole."""


class Site:
    """Is where one work goes on; every step can be undone, or done once more, by whoever comes after a crash."""

    def __init__(self, folder: Path, name: str, task: str) -> None:
        self.final = folder / name
        self.task = task
        self.new = folder / f".{name}.{task}.new"
        self.old = folder / f".{name}.{task}.old"
        self.gone = folder / f".{name}.{task}.gone"

    def begin(self, base: Path | None) -> None:
        """Makes the hidden folder; for an update, with everything that the toolbox has now.

        What pip or a person has put there comes along: files are links of the old ones, for both go to one cache.
        """
        discard(self.new)
        if base is None:
            self.new.mkdir(mode=0o755)
        else:
            shutil.copytree(base, self.new, symlinks=True, copy_function=_link)
        (self.new / "conda-meta").mkdir(exist_ok=True)
        (self.new / RECORD).unlink(missing_ok=True)
        (self.new / MARK).write_text(self.task)

    def swap(self) -> None:
        """Puts the new folder in its place; the old one is kept until `commit`."""
        if self.final.exists():
            self.final.rename(self.old)
        self.new.rename(self.final)

    def commit(self) -> None:
        """Removes what was there before, once the new one has its record."""
        (self.final / MARK).unlink(missing_ok=True)
        discard(self.old)

    def tidy(self) -> bool:
        """Leaves a whole toolbox or none: the new one where it has its record, else what was there before.

        Tells whether that was put back.
        """
        put_back = False
        if (self.final / RECORD).is_file():
            if _mark(self.final) == self.task:
                (self.final / MARK).unlink(missing_ok=True)
        elif self.old.is_dir():
            if self.final.exists():
                discard(self.gone)
                self.final.rename(self.gone)
            self.old.rename(self.final)
            put_back = True
        elif _mark(self.final) == self.task:
            self.final.rename(self.gone)
        for place in (self.new, self.old, self.gone):
            discard(place)
        return put_back

    def take_away(self) -> None:
        """Makes the toolbox disappear at once, and then removes it."""
        if self.final.exists():
            self.final.rename(self.gone)
        discard(self.gone)


def discard(place: Path) -> None:
    """Removes a folder with everything in it, also what is write-protected."""

    def permitted(function: object, path: str, _: object) -> None:
        try:
            os.chmod(os.path.dirname(path), 0o700)  # noqa: PTH101, PTH120 - as shutil has it
            os.unlink(path) if not os.path.isdir(path) or os.path.islink(path) else os.rmdir(path)  # noqa: PTH106, PTH108, PTH112, PTH114
        except OSError:
            return  # told by what is left

    shutil.rmtree(place, onerror=permitted)
    if place.is_dir():
        raise OSError(f"{place} could not be removed")


def _link(source: str, target: str) -> str:
    """Links a file; what is written in place (conda's own records) is copied, and so is what cannot be linked."""
    if "/conda-meta/" not in source:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:
            pass
        else:
            return target
    return shutil.copy2(source, target, follow_symlinks=False)


def _mark(place: Path) -> str:
    try:
        return (place / MARK).read_text()
    except OSError:
        return ""


def measured(place: Path) -> int:
    """Gives the bytes of everything below a folder, a file with several names once."""
    seen: set[int] = set()
    total = 0
    for folder, _, files in os.walk(place):
        for name in files:
            try:
                known = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - a hundred thousand of them
            except OSError:
                continue
            if known.st_nlink > 1:
                if known.st_ino in seen:
                    continue
                seen.add(known.st_ino)
            total += known.st_size
    return total
