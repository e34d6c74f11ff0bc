"""The files around a document, as it would name them."""

from __future__ import annotations

import os
from pathlib import Path

from ellip_lab.cwl.language.cursor import Cursor
from ellip_lab.cwl.language.offers import Item, item

_FILES_MAX = 60


def files(cursor: Cursor, endings: tuple[str, ...] | None, *, fragments: bool = False) -> list[Item]:
    """Gives the files beside the document and in the folders below it, and the processes that they hold."""
    document = cursor.document
    folder = Path(os.path.dirname(document.path))  # noqa: PTH120 - as it is written
    written = cursor.before.rpartition("/")[0] if not cursor.before.startswith("#") else ""
    start = Path(os.path.normpath(folder / written)) if ".." in written else folder
    found: list[Item] = []
    for place in _below(start, endings):
        name = os.path.relpath(place, folder)
        if str(place) == document.path:
            continue
        found.append(item(name, "reference", cursor.written(name), "file"))
        other = document.other(name) if fragments else None
        top = other.top if other else []
        if len(top) > 1:
            found += [
                item(word, "reference", cursor.written(word), one.kind, one.label or one.doc)
                for one in top
                if one.name is not None and (word := f"{name}#{one.name.text}")
            ]
    return found


def _below(folder: Path, endings: tuple[str, ...] | None) -> list[Path]:
    """Gives files of a folder and of those in it, a bounded number of them."""
    found: list[Path] = []
    todo = [(folder, 0)]
    looked = 0
    while todo and len(found) < _FILES_MAX:
        here, depth = todo.pop(0)
        try:
            with os.scandir(here) as listed:
                inside = sorted(listed, key=lambda one: one.name)[:500]
        except OSError:
            continue
        for one in inside:
            looked += 1
            if one.name.startswith((".", "__")) or one.name == "node_modules" or looked > 2000:
                continue
            if one.is_dir(follow_symlinks=False):
                if depth < 2:
                    todo.append((Path(one.path), depth + 1))
            elif endings is None or one.name.rsplit(".", 1)[-1] in endings:
                found.append(Path(one.path))
    return found[:_FILES_MAX]
