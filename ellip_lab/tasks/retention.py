"""How long ended tasks are kept: by age and by count; tasks that have not ended are never touched."""

from __future__ import annotations

import logging
import time

from ellip_lab.tasks.directory import FINAL, ID, Home, created_of, names, remove_tree
from ellip_lab.tasks.queue import MAKING

GONE = ".gone-"
"""A task that is being removed bears this before its id: no list shows half of it."""


def discard(home: Home, task: str) -> None:
    """Removes a task; at once for everybody who looks, then its files."""
    gone = home.tasks / f"{GONE}{task}"
    try:
        home.directory(task).rename(gone)
    except FileNotFoundError:
        return  # somebody else was faster
    (home.bell / task).unlink(missing_ok=True)
    remove_tree(gone)


def sweep(home: Home, days: float, count: int) -> list[str]:
    """Removes the ended tasks that are too old or too many, and what was half removed; gives their ids."""
    removed = []
    kept = 0
    oldest = time.strftime("%Y%m%dt%H%M%S", time.gmtime(time.time() - days * 86_400))
    limit = created_of(f"{oldest}000")
    for name in sorted(names(home.tasks), reverse=True):
        if name.startswith(GONE):
            try:
                remove_tree(home.tasks / name)
            except OSError as error:
                logging.getLogger(__name__).warning("a removed task still has files: %s", error)
        elif ID.fullmatch(name):
            # a name tells when a task was made; only where that is not enough is its record opened
            if kept < count and name > oldest:
                kept += 1
                continue
            record = home.read(name)
            if record is None and not (home.queue / name).exists() and stray(home, name):
                discard(home, name)
            if record is None or record["state"] not in FINAL:
                continue
            if kept >= count or (record.get("finished") or record["created"]) < limit:
                removed.append(name)
                try:
                    discard(home, name)
                except OSError as error:  # one that cannot be removed must not keep the others
                    logging.getLogger(__name__).warning("an old task still has files: %s", error)
            else:
                kept += 1
    told = set(names(home.tasks))
    for name in names(home.bell):
        if name not in told and not home.directory(name).exists():
            (home.bell / name).unlink(missing_ok=True)
    return removed


def stray(home: Home, name: str) -> bool:
    """Tells whether a folder without a record has lain there for long."""
    return (home.age(home.directory(name)) or 0) > MAKING
