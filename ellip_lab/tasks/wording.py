"""How a task is said to a person: its state, its times and its sizes, in the same words at every door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from ellip_lab.tasks.contract import Progress, State


class Tone(NamedTuple):
    """Is how a state looks: a mark that needs no colour, and the colour of a terminal that has them."""

    mark: str
    colour: str


TONES = {
    "queued": Tone("○", "bright_black"),
    "waiting": Tone("○", "bright_black"),
    "running": Tone("●", "blue"),
    "done": Tone("✓", "green"),
    "failed": Tone("✗", "red"),
    "stopped": Tone("■", "yellow"),
    "lost": Tone("?", "red"),
    "skipped": Tone("–", "bright_black"),
    "not-run": Tone("–", "bright_black"),
}
"""Each state of a task, a step or a job."""


def tone(state: str) -> Tone:
    """Gives how a state looks."""
    return TONES.get(str(state), Tone("·", "white"))


def duration(seconds: float) -> str:
    """Says a duration in as few words as tell it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def took(started: datetime | None, finished: datetime | None, now: datetime | None = None) -> str:
    """Says how long something took, or has taken until now; nothing when it has not started."""
    if started is None:
        return ""
    return duration(((finished or now or datetime.now(UTC)) - started).total_seconds())


def age(created: datetime, now: datetime | None = None) -> str:
    """Says how long ago something was: `just now`, `5 min ago`, `3 h ago`, `2 d ago`."""
    seconds = ((now or datetime.now(UTC)) - created).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h ago"
    return f"{int(seconds // 86_400)} d ago"


def size(count: int | None) -> str:
    """Says a number of bytes in decimal units, as file managers do: `612 B`, `1.4 MB`."""
    if count is None:
        return ""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def progress(state: State, now: Progress, waiting: int | None = None) -> str:
    """Says how far a task is: `2 of 4`, `3rd in the queue` as `2 before it`, or what is going on."""
    if state is State.QUEUED:
        return f"{waiting} before it" if waiting else ""
    if now.total:
        return f"{now.done or 0:g} of {now.total:g}"
    return now.text
