"""A stretch of a log: from a byte, or from the end, in constant memory whatever the log's size."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ellip_lab.errors import NotFound
from ellip_lab.tasks.contract import LogChunk, LogQuery

READABLE = frozenset({"log", "stdout", "events.jsonl"})
"""The files of a task that may be read as a log, besides every `*.log`: never its command or environment."""
POLL = 0.02
"""Seconds between the first looks at a log that is waited for; later ones are further apart, up to 0.1 s."""


def readable(directory: Path, name: str) -> Path:
    """Gives the place of a log of a task; `NotFound` for anything that is not a log, or not below the task."""
    parts = PurePosixPath(name).parts
    plain = "\0" not in name and not name.startswith("/") and all(not part.startswith(".") for part in parts)
    if plain and (name in READABLE or name.endswith(".log")):
        path = directory.joinpath(*parts)
        # a link, or a pipe, that the task's command has put there leads nowhere
        if path.resolve().is_relative_to(directory.resolve()) and (path.is_file() or not path.exists()):
            return path
    raise NotFound(f"there is no log {name[:80]!r}")


def read(path: Path, query: LogQuery, ended: Callable[[], bool]) -> LogChunk:
    """Reads a stretch of a log; waits for more, when asked to, until the task has ended.

    A stretch ends with a whole character and, from the end, begins with a whole line.
    """
    begun = time.monotonic()
    until = begun + query.wait
    while True:
        final = ended()  # asked before the log is read: what is written before the end is never missed
        chunk = stretch(path, query, final)
        if chunk.text or chunk.finished or query.offset is None or time.monotonic() >= until:
            return chunk
        time.sleep(min(0.1, POLL + (time.monotonic() - begun) / 100))


def stretch(path: Path, query: LogQuery, final: bool) -> LogChunk:
    """Reads what there is now; a log that is not there yet is empty."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return LogChunk(offset=0, next=0, size=0, text="", finished=final)
    with stream:
        size = stream.seek(0, 2)
        limit = max(query.limit, 4)  # room for one character at least
        tail = query.offset is None
        offset = max(0, size - limit) if query.offset is None else min(query.offset, size)
        stream.seek(offset)
        data = stream.read(min(limit, size - offset))
    if tail and offset > 0:
        skipped = line_start(data)
        offset, data = offset + skipped, data[skipped:]
    end = offset + len(data)
    whole = data if final and end == size else data[: len(data) - half_character(data)]
    end = offset + len(whole)
    text = whole.decode("utf-8", errors="replace")
    return LogChunk(offset=offset, next=end, size=size, text=text, finished=final and end >= size)


def line_start(data: bytes) -> int:
    """Gives where the first whole line begins; when there is none, the first whole character."""
    newline = data.find(b"\n")
    if 0 <= newline < len(data) - 1:
        return newline + 1
    return next((n for n in range(min(4, len(data))) if data[n] & 0xC0 != 0x80), 0)


def half_character(data: bytes) -> int:
    """Gives how many bytes at the end begin a UTF-8 character that is not yet complete."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if needed > back else 0
    return 0
