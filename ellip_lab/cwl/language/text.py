"""A text and its places: offsets inside, lines and columns (both from 1, in characters) outside."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TypedDict

_BREAK = re.compile(r"\r\n|\r|\n")


class Span(TypedDict):
    """Is `editing.Span` before it crosses the process boundary."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Edit(Span):
    """Is `editing.Edit` before it crosses the process boundary."""

    text: str


class Text:
    """Is a text whose offsets can be told as lines and columns, and the other way round."""

    def __init__(self, content: str, path: str = "") -> None:
        self.content = content
        self.path = path

    @cached_property
    def starts(self) -> list[int]:
        """Gives the offset of the beginning of each line."""
        return [0, *(match.end() for match in _BREAK.finditer(self.content))]

    @cached_property
    def newline(self) -> str:
        """Gives what ends a line in this text."""
        match = _BREAK.search(self.content)
        return match[0] if match else "\n"

    def offset(self, line: int, column: int) -> int:
        """Gives the offset of a place; one outside of the text is the nearest one inside."""
        if line > len(self.starts):
            return len(self.content)
        start = self.starts[max(line, 1) - 1]
        return min(start + max(column, 1) - 1, self.line_end(start))

    def place(self, offset: int) -> tuple[int, int]:
        """Gives line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def column(self, offset: int) -> int:
        """Gives how many characters stand before an offset in its line."""
        return offset - self.line_start(offset)

    def line_start(self, offset: int) -> int:
        """Gives the offset of the beginning of the line that has an offset."""
        return self.starts[bisect_right(self.starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Gives the offset behind the last character of a line, before its break."""
        match = _BREAK.search(self.content, self.line_start(offset))
        return match.start() if match else len(self.content)

    def next_line(self, offset: int) -> int:
        """Gives the offset of the line after the one that has an offset, or the end."""
        index = bisect_right(self.starts, offset)
        return self.starts[index] if index < len(self.starts) else len(self.content)

    def line_at(self, offset: int) -> str:
        """Gives the line that has an offset, without its break."""
        return self.content[self.line_start(offset) : self.line_end(offset)]

    def span(self, start: int, end: int) -> Span:
        """Gives a stretch as lines and columns."""
        line, column = self.place(start)
        end_line, end_column = self.place(end)
        return Span(path=self.path, line=line, column=column, end_line=end_line, end_column=end_column)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Gives the edit that puts a text in the place of a stretch."""
        return Edit(**self.span(start, end), text=text)


def applied(content: str, edits: list[Edit]) -> str:
    """Gives a text after edits of it, none of which overlaps another."""
    text = Text(content)
    for edit in sorted(edits, key=lambda one: (one["line"], one["column"]), reverse=True):
        start = text.offset(edit["line"], edit["column"])
        end = text.offset(edit["end_line"], edit["end_column"])
        content = content[:start] + edit["text"] + content[end:]
    return content
