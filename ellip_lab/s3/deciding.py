"""What happens to what exists already at the target."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from ellip_lab.s3 import boto
from ellip_lab.s3.contract import Action, Policy
from ellip_lab.s3.ends import Item, Way
from ellip_lab.s3.remote import Found

FEW = 20
"""So many single objects are looked at one by one; for more the target is listed."""
GRAIN = 1.0
"""Seconds by which two clocks, or two ways to write down a time, may differ."""


class Decision(StrEnum):
    """Says what to do with a file."""

    CARRY = "carry"
    SKIP = "skip"
    REFUSE = "refuse"


class Existing:
    """Knows what is at the target."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._listed: dict[str, Found] | None = None
        request = way.request
        self.matters = request.action is Action.SYNC or request.policy is not Policy.REPLACE

    def at(self, item: Item) -> Found | None:
        """Gives what is at the target of a file; None when nothing is, or nobody needs to know."""
        end = self._way.target
        if end is None or not self.matters:
            return None
        if end.remote is None:
            return _file(item.target)
        few = len(self._way.sources) <= FEW and not any(one.many for one in self._way.sources)
        if few or not self._way.into:
            with boto.translated(end.said(item.target)):
                return end.remote.head(end.bucket, item.target)
        return self.listed().get(item.target)

    def listed(self) -> dict[str, Found]:
        """Gives everything below the target, by key or path."""
        end = self._way.target
        if self._listed is None and end is not None:
            if end.remote:
                with boto.translated(end.whole):
                    self._listed = {found.name: found for found in end.remote.list(end.bucket, end.name)}
            else:
                self._listed = {
                    path: found
                    for folder, _, names in os.walk(end.name)
                    for name in names
                    if (found := _file(path := f"{folder.rstrip('/')}/{name}")) is not None
                }
        return self._listed or {}

    def nothing(self) -> bool:
        """Tells, at the cost of one question, that there is nothing at all below the target."""
        end = self._way.target
        if end is None or not self._way.into:
            return False
        if end.remote is None:
            path = Path(end.name)
            return not path.is_dir() or not any(path.iterdir())
        with boto.translated(end.whole):
            return next(end.remote.names(end.bucket, end.name), None) is None


def decide(way: Way, item: Item, there: Found | None) -> Decision:
    """Says what to do with a file, given what is at its target."""
    request = way.request
    if there is None:
        return Decision.CARRY
    if request.action is Action.SYNC:
        if request.policy is Policy.SKIP or same(item.found, there):
            return Decision.SKIP
        older = item.found.modified <= there.modified + GRAIN
        return Decision.SKIP if request.policy is Policy.NEWER and older else Decision.CARRY
    if request.policy is Policy.SKIP:
        return Decision.SKIP
    if request.policy is Policy.NEWER:
        newer = item.found.modified > there.modified + GRAIN
        return Decision.CARRY if newer else Decision.SKIP
    return Decision.REFUSE if request.policy is Policy.ASK else Decision.CARRY


def same(source: Found, there: Found) -> bool:
    """Tells whether a sync may leave a file alone: one size, and the copy is not older than the source."""
    if source.size != there.size:
        return False
    if source.tag and source.tag == there.tag:
        return True
    return source.modified <= there.modified + GRAIN


def _file(path: str) -> Found | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - a hundred thousand of them
    except (OSError, ValueError):
        return None
    return Found(path, status.st_size, status.st_mtime)
