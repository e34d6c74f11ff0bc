"""The expressions in a text, found as cwltool finds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Piece:
    """Is one expression in a text: offsets in the text, of its `$` and behind its end."""

    start: int
    end: int
    text: str
    """With its brackets, without the `$`."""


class UnfinishedError(Exception):
    """An expression that is not closed, with the offset of its `$`."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def pieces_of(text: str) -> Iterator[Piece]:
    """Gives the expressions of a text; `UnfinishedError` for one that is not closed."""
    index = 0
    while index < len(text) - 1:
        if text[index] == "\\":
            index += 2
            continue
        if text[index] == "$" and text[index + 1] in "({":
            end = _closed(text, index + 1)
            if end is None:
                raise UnfinishedError(index)
            yield Piece(index, end, text[index + 1 : end])
            index = end
            continue
        index += 1


def _closed(text: str, start: int) -> int | None:
    """Gives the offset behind the bracket that closes the one at an offset, as cwltool counts: strings are passed over."""
    opening = text[start]
    closing = ")" if opening == "(" else "}"
    depth, index = 0, start
    while index < len(text):
        mark = text[index]
        if mark in "'\"":
            index += 1
            while index < len(text) and text[index] != mark:
                index += 2 if text[index] == "\\" else 1
        elif mark == opening:
            depth += 1
        elif mark == closing:
            depth -= 1
            if depth == 0:
                return index + 1
        index += 1
    return None
