"""Actions before they cross the process boundary, and the edits they consist of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Any, TypedDict

from ellip_lab.cwl import inserting
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.nodes import Node, trail
from ellip_lab.cwl.language.text import Edit


class Action(TypedDict):
    """Is `editing.Action` before it crosses the process boundary."""

    title: str
    kind: str
    code: str | None
    problem: str | None
    preferred: bool
    edits: list[Edit]


def action(
    title: str, edits: Iterable[Edit], *, fix: bool = True, preferred: bool = False, code: str | None = None
) -> Action:
    """Makes an action."""
    kind = "quickfix" if fix else "refactor"
    return Action(title=title, kind=kind, code=code, problem=None, preferred=preferred, edits=list(edits))


def put(
    document: Document, box: Node, key: str, value: Any, after: Iterable[str] | None = None
) -> list[Edit]:
    """Gives the edits that put a field into a mapping; none where it cannot be put."""
    try:
        return placed(document, inserting.put(document.content, trail(box), key, value, after=after))
    except ValueError:
        return []


def require(
    document: Document, process: Node, name: str, value: Mapping[str, Any] | None = None
) -> list[Edit]:
    """Gives the edits that add a requirement to a process; none where it cannot be added."""
    try:
        return placed(document, inserting.require(document.content, trail(process), name, value))
    except ValueError:
        return []


def placed(document: Document, edits: Iterable[Mapping[str, Any]]) -> list[Edit]:
    """Gives edits their path."""
    return [Edit(**{**edit, "path": document.path}) for edit in edits]  # type: ignore[typeddict-item]


def nearest(word: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """Gives the words that one was most likely meant to be, the likeliest first."""
    known = list(dict.fromkeys(choices))
    close = get_close_matches(word, known, n=count, cutoff=0.55)
    ratios = [SequenceMatcher(None, one, word).ratio() for one in close]
    # those that are much less alike than the first one are noise
    close = [one for one, ratio in zip(close, ratios, strict=True) if ratio > ratios[0] - 0.15]
    low = word.lower()
    close += [
        one for one in known if one not in close and (one.lower() == low or one.lower().endswith(f"/{low}"))
    ]
    return close[:count]


def touches(node_start: int, node_end: int, start: int, end: int) -> bool:
    """Tells whether two stretches have a place in common."""
    return node_start <= end and start <= node_end
