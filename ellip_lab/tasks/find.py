"""Finding a task by what a person types: its id, a part of it that only one has, or `last`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.tasks.contract import TaskId

LAST = "last"
WHOLE = re.compile(r"[0-9]{8}t[0-9]{9}-([a-z0-9]{1,20})-[0-9a-f]{4}")
SHOWN = 5
"""How many candidates an ambiguous word is answered with."""


def find(root: Path, word: str, room: str | None = None) -> TaskId:
    """Gives the id that a word means among the tasks below `root`, of one room or of all.

    A word is a whole id, a unique beginning or end of one, or `last`. Only the names of the folders are
    read, so it costs the same whatever the tasks hold.

    Raises
    ------
    NotFound
        No task is meant.
    Invalid
        More than one is meant.

    """
    what = {"runs": "run"}.get(room or "", "task")
    ids = sorted(known(root, room))
    if word == LAST:
        if not ids:
            raise NotFound(f"there is no {what} yet")
        return ids[-1]
    if word in ids:
        return word
    meant = [candidate for candidate in ids if candidate.endswith(word) or candidate.startswith(word)]
    if not word or not meant:
        raise NotFound(f"there is no {what} {word!r}", hint=f"ellip {what}s list shows what there is.")
    if len(meant) > 1:
        shown = ", ".join(meant[-SHOWN:])
        more = f" and {len(meant) - SHOWN} more" if len(meant) > SHOWN else ""
        raise Invalid(f"{word!r} means {len(meant)} {what}s: {shown}{more}", hint="Say more of the id.")
    return meant[0]


def known(root: Path, room: str | None) -> list[str]:
    """Gives the ids of the tasks of a room."""
    try:
        names = os.listdir(root)  # noqa: PTH208 - 10,000 names, and only names
    except FileNotFoundError:
        return []
    return [name for name in names if (fit := WHOLE.fullmatch(name)) and room in (None, fit.group(1))]
