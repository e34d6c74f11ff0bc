"""What a transfer would do, counted before it starts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from ellip_lab.errors import Conflict, EllipError, Problem
from ellip_lab.s3 import removing
from ellip_lab.s3.contract import Action, Policy, TransferPlan
from ellip_lab.s3.deciding import Decision, Existing, decide
from ellip_lab.s3.ends import Item, Way, exact
from ellip_lab.s3.retrying import persistently

LIMIT = 100_000
SHOWN = 100
TOLD = 20
"""So many conflicts are told as problems of an error."""
LOOKED_AT = 1_000
"""So many single objects are looked at; for more, sizes are not counted."""


def plan(way: Way) -> TransferPlan:
    """Counts; what a policy leaves alone is not counted among the files."""
    if way.request.action is Action.DELETE:
        return _deletion(way)
    existing = Existing(way)
    existing.matters = True
    nothing = existing.nothing()
    files = size = conflicts = 0
    shown: list[str] = []
    names: set[str] = set()
    items = iter(way.items())
    for item in _looked(islice(items, LIMIT), way):
        names.add(item.target)
        there = None if nothing else existing.at(item)
        if there is not None and way.target is not None:
            conflicts += 1
            if len(shown) < SHOWN:
                shown.append(way.target.said(item.target))
        if decide(way, item, there) is not Decision.SKIP:
            files += 1
            size += max(0, item.found.size)
    more = next(items, None) is not None
    deletes = 0
    if way.request.delete and not more and not nothing:
        deletes = sum(name not in names for name in existing.listed())
    return TransferPlan(
        files=files, bytes=size, more=more, conflicts=tuple(shown), conflict_count=conflicts, deletes=deletes
    )


def ask(way: Way) -> None:
    """Refuses what would replace something, where the user wants to be asked: `Conflict` with what it is."""
    request = way.request
    if request.policy is not Policy.ASK or request.action in (Action.SYNC, Action.DELETE):
        return
    if Existing(way).nothing():
        return
    found = plan(way)
    if not found.conflict_count:
        return
    count = found.conflict_count
    first = found.conflicts[0]
    others = f" and {count - 1:,} others" if count > 1 else ""
    raise Conflict(
        f"{first}{others} {'exist' if count > 1 else 'exists'} already",
        hint="Choose to skip, to replace, or to replace by newer ones only.",
        problems=[Problem(message=f"{name} exists already", file=name) for name in found.conflicts[:TOLD]],
    )


def look(way: Way) -> None:
    """Looks at the first objects that are named one by one: `NotFound` for one that is not there."""
    single = [one for one in way.sources if one.remote and not one.many][:TOLD]
    if not single or way.request.action is Action.DELETE:
        return
    never = threading.Event()
    wanted = {one.name for one in single}
    items = [item for item in islice(way.items(), TOLD) if item.found.size < 0 and item.found.name in wanted]
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda item: persistently(lambda: exact(item), never), items):
            pass


def _looked(items: islice[Item], way: Way) -> list[Item] | islice[Item]:
    """Gives items with their sizes: objects that are named one by one have to be asked for."""
    if not any(one.remote and not one.many for one in way.sources):
        return items
    all_ = list(items)
    never = threading.Event()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: _try(item, never), all_[:LOOKED_AT]))
    return all_


def _try(item: Item, never: threading.Event) -> None:
    try:
        persistently(lambda: exact(item), never)
    except EllipError as error:
        item.problem = error.detail  # it fails by itself when it is its turn


def _deletion(way: Way) -> TransferPlan:
    files = size = 0
    for one in way.sources:
        for _, _, bytes_ in removing.below(one, way.request.versions):
            if files == LIMIT:
                return TransferPlan(files=files, bytes=size, more=True)
            files += 1
            size += bytes_
    return TransferPlan(files=files, bytes=size)
