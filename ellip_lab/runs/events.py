"""Reads what the engine's process has recorded: the events of a run, each once however often they are asked for."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

Event = dict[str, Any]
KEPT = 32
"""How many runs' events are kept in memory, so that a run that is watched is not read again from its start."""


class Events:
    """Keeps the events of the runs that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[int, list[Event]]] = OrderedDict()
        self._lock = Lock()

    def of(self, directory: Path) -> list[Event]:
        """Gives the events of a run so far, in order; a line half written waits for the next time."""
        file = directory / "events.jsonl"
        with self._lock:
            offset, events = self._kept.pop(file, (0, []))
            try:
                with file.open("rb") as stream:
                    if stream.seek(0, 2) < offset:
                        offset, events = 0, []
                    stream.seek(offset)
                    whole, newline, _ = stream.read().rpartition(b"\n")
            except FileNotFoundError:
                return []
            fresh = [_event(line) for line in whole.split(b"\n")] if newline else []
            events = [*events, *(event for event in fresh if event is not None)]
            self._kept[file] = (offset + len(whole) + len(newline), events)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return events


def _event(line: bytes) -> Event | None:
    """Parses a line; one that a full disk has cut off is no event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None
