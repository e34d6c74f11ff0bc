"""A stretch of what a container said, from where the stretch before ended: no line is lost, none comes twice.

Podman tells the time of a line in whole seconds. So a place in a log is a time and how many lines of that time have
been given; podman's log only grows, and its lines are in the order they came.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ellip_lab.containers.contract import ContainerLog, ContainerLogQuery
from ellip_lab.containers.stock import moment
from ellip_lab.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api

CURSOR = re.compile(r"(?P<stamp>[0-9T:.+Z-]*)~(?P<given>\d+)")
UNBORN = "unable to read log file"
"""What podman says of the log of a container that it has not begun yet."""
ENDED = {"exited", "stopped", "dead", "removing"}
LETTER = 4
"""Bytes that a letter has at the most, in UTF-8."""
HEADER = 8
"""Bytes before each piece of a log: which stream it is of, and how long it is."""


class Entry(NamedTuple):
    """Is a line, or a part of one that is not ended yet."""

    stamp: str
    data: bytes


def stretch(api: Api, told: dict[str, Any], query: ContainerLogQuery) -> ContainerLog:
    """Gives the stretch that is asked for; `told` is what the engine says of the container, asked for before."""
    state = told.get("State") or {}
    log = Log(api, told["Id"], terminal=bool((told.get("Config") or {}).get("Tty")))
    # what had ended before the log is read says no more
    log.ended = str(state.get("Status") or "").lower() in ENDED
    try:
        return _read(log, query)
    except Unavailable as error:
        if UNBORN not in error.detail or log.ended:
            raise
        # it has only just been made: its log will be there in a moment
        return ContainerLog(text="", next=query.since or "~0", finished=False)


def _read(log: Log, query: ContainerLogQuery) -> ContainerLog:
    if query.since is None:
        found, after = log.last(query.lines)
        return _stretch(found, after, finished=log.ended)
    place = CURSOR.fullmatch(query.since)
    if not place or (place["stamp"] and moment(place["stamp"]) is None):
        raise Invalid(
            f"{query.since} is no place of a log",
            hint="Give the `next` of the stretch before, as it was given.",
        )
    found, after = log.beyond(place["stamp"], int(place["given"]), query.lines)
    return _stretch(found, after, finished=log.ended and len(found) < query.lines)


def _stretch(found: Iterable[Entry], after: str, *, finished: bool) -> ContainerLog:
    text = b"".join(entry.data for entry in found).decode(errors="replace")
    return ContainerLog(text=text, next=after, finished=finished)


class Log:
    """Reads the log of one container."""

    def __init__(self, api: Api, identity: str, *, terminal: bool) -> None:
        self._api = api
        self._path = f"containers/{identity}/logs"
        self._terminal = terminal
        self.ended = False

    def last(self, lines: int) -> tuple[list[Entry], str]:
        """Gives the last lines, and the place after them."""
        # podman leaves pieces of long or unfinished lines out of a tail: it only says from when on to read
        tail = list(self.entries(tail=lines))
        since = tail[0].stamp if len(tail) >= lines else None
        read: deque[Entry] = deque(maxlen=lines)
        counts: dict[str, int] = {}
        for entry in self.entries(since=since):
            read.append(entry)
            counts[entry.stamp] = counts.get(entry.stamp, 0) + 1
        kept = self._whole(list(read))
        for entry in list(read)[len(kept) :]:
            counts[entry.stamp] -= 1
        if not kept:
            return [], "~0"
        return kept, f"{kept[-1].stamp}~{counts[kept[-1].stamp]}"

    def beyond(self, stamp: str, given: int, lines: int) -> tuple[list[Entry], str]:
        """Gives at most so many lines after a place, and the place after those."""
        found = self._whole(list(islice(self._after(stamp, given), lines)), most=lines)
        if not found:
            return [], f"{stamp}~{given}"
        last = found[-1].stamp
        count = sum(entry.stamp == last for entry in found)
        return found, f"{last}~{count + given if last == stamp else count}"

    def _whole(self, found: list[Entry], *, most: int = 0) -> list[Entry]:
        """Leaves pieces at the end for the next stretch while they end in the middle of a letter.

        Not of what has ended, for no more will come; nor where `most` pieces, as many as are given at once, hold no
        letter's end.
        """
        if self.ended:
            return found
        whole = list(found)
        while whole and _cut(b"".join(entry.data for entry in whole[-LETTER:])):
            whole.pop()
        return found if not whole and len(found) == most else whole

    def _after(self, stamp: str, given: int) -> Iterator[Entry]:
        if not stamp:
            yield from self.entries()
            return
        then = _time(stamp)
        seen = 0
        for entry in self.entries(since=stamp):
            if seen >= given:
                # behind the place everything is new, whatever a clock that was set back says
                yield entry
            elif entry.stamp == stamp:
                seen += 1
            elif _time(entry.stamp) > then:
                yield entry  # the log has been cut at its front meanwhile

    def entries(self, *, tail: int | None = None, since: str | None = None) -> Iterator[Entry]:
        """Gives the lines, at most the last `tail`, those of `since` and later; both streams, as they came."""
        asked: dict[str, Any] = {"stdout": True, "stderr": True, "timestamps": True, "tail": tail}
        then = _time(since) if since else None
        if then:
            # in whole seconds, and one earlier: the engine leaves out what is exactly of that time
            asked["since"] = str(int(then.timestamp()) - 1)
        stream = self._api.stream(self._path, asked)
        if then:
            then = then.replace(microsecond=0)
        plain = self._terminal and not self._api.libpod
        for data in self._lines(stream) if plain else self._pieces(stream):
            head, _, text = data.partition(b" ")
            entry = Entry(head.decode(errors="replace"), text)
            if then is None or _time(entry.stamp) >= then:
                yield entry

    @staticmethod
    def _pieces(stream: Iterable[bytes]) -> Iterator[bytes]:
        """Takes a log apart that has a header before each piece."""
        kept = b""
        for chunk in stream:
            kept += chunk
            start = 0
            while len(kept) - start >= HEADER:
                end = start + HEADER + int.from_bytes(kept[start + 4 : start + HEADER], "big")
                if len(kept) < end:
                    break
                yield kept[start + HEADER : end]
                start = end
            kept = kept[start:]

    def _lines(self, stream: Iterable[bytes]) -> Iterator[bytes]:
        """Takes the log of a terminal apart, as docker gives it: lines, without headers.

        podman's imitation of it puts a time before each piece of a line that was written in several: that stays, as
        nothing tells it from what the program said. Its own interface, which is asked where it is there, has none.
        """
        kept = b""
        for chunk in stream:
            *lines, kept = (kept + chunk).split(b"\n")
            for line in lines:
                yield line + b"\n"
        if kept and self.ended:  # else it is given when it is whole: by then it has grown
            yield kept


def _cut(data: bytes) -> bool:
    """Tells whether text ends in the middle of a letter."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decoder.decode(data[-LETTER:])
    return bool(decoder.getstate()[0])


@lru_cache(maxsize=1024)  # many lines are of one second
def _time(stamp: str) -> datetime:
    return moment(stamp) or datetime.fromtimestamp(0, UTC)
