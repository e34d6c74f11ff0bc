"""The problems found in one text, each with the stretch it is about."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from ellip_lab.cwl.language.nodes import Node
from ellip_lab.cwl.language.text import Text
from ellip_lab.cwl.reading import Finding

MAX_FOUND = 100
_FIRST_OF_MANY = 3


class Found:
    """Collects the problems of one text."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.findings: list[Finding] = []
        self._seen: set[tuple[Any, ...]] = set()
        self._meant: set[tuple[int, str]] = set()

    def add(
        self,
        code: str,
        place: Node | tuple[int, int],
        message: str,
        hint: str | None = None,
        *,
        severity: str = "error",
        field: str | None = None,
    ) -> None:
        """Notes a problem at a node, or between two offsets; the same one is noted once."""
        start, end = place if isinstance(place, tuple) else (place.start, place.end)
        key = (start, end, code, message)
        if key in self._seen or len(self.findings) >= MAX_FOUND:
            return
        self._seen.add(key)
        span = self.text.span(*self._visible(start, end))
        self.findings.append(
            Finding(
                message=message,
                file=span["path"],
                line=span["line"],
                column=span["column"],
                end_line=span["end_line"],
                end_column=span["end_column"],
                severity=severity,
                hint=hint,
                code=code,
                field=field,
            )
        )

    def suggest(self, node: Node | None, field: str) -> None:
        """Notes that a mapping has a misspelt field, so that nobody says that the field is missing."""
        self._meant.add((id(node), field))

    def suggested(self, node: Node | None, *fields: str) -> bool:
        """Tells whether a mapping has one of the fields, misspelt."""
        return any((id(node), field) in self._meant for field in fields)

    def errors(self) -> bool:
        """Tells whether there is anything that keeps the document from running."""
        return any(finding["severity"] == "error" for finding in self.findings)

    def _visible(self, start: int, end: int) -> tuple[int, int]:
        """Gives a stretch something can be underlined in: no wider than a few lines, one character at least."""
        content = self.text.content
        start, end = min(start, len(content)), min(end, len(content))
        if end <= start:
            line_start, line_end = self.text.line_start(start), self.text.line_end(start)
            if start < line_end:
                return start, start + 1
            return max(line_start, start - 1), start
        line, _column = self.text.place(start)
        last, _ = self.text.place(end)
        if last - line >= _FIRST_OF_MANY:
            # A whole block underlined says nothing: its first line does.
            end = self.text.line_end(start)
        return start, start + max(len(content[start:end].rstrip()), 1)


def meant(word: str, choices: Iterable[str], likeness: float = 0.6) -> str | None:
    """Gives the choice that a word was most likely meant to be; `likeness` is 1 for the very same."""
    known = [choice for choice in choices if choice]
    lower = {choice.lower(): choice for choice in reversed(known)}
    if word.lower() in lower:
        return lower[word.lower()]
    close = get_close_matches(word.lower(), lower, n=1, cutoff=likeness)
    return lower[close[0]] if close else None


def did_you_mean(word: str, choices: Iterable[str], otherwise: str | None = None) -> str | None:
    """Gives the hint that names the choice a word was most likely meant to be."""
    near = meant(word, choices)
    return f"Did you mean `{near}`?" if near else otherwise


def listed(words: Iterable[str], *, limit: int = 12) -> str:
    """Gives words as a list in a sentence; the first ones of many."""
    known = list(words)
    more = f" and {len(known) - limit} more" if len(known) > limit else ""
    return ", ".join(known[:limit]) + more
