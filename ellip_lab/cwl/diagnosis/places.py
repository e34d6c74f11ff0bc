"""Where the characters of a scalar's value stand in the text: quotes, escapes, indentation and folds taken into account."""

from __future__ import annotations

import re

from ellip_lab.cwl.language.nodes import Scalar

_HEADER = re.compile(r"[|>][-+0-9]*[^\r\n]*(?:\r\n|\r|\n)")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|.)", re.DOTALL)


class Written:
    """Maps offsets of a value to offsets of the text."""

    def __init__(self, content: str, node: Scalar) -> None:
        self.node = node
        raw = content[node.start : node.end]
        if node.style == "plain" and raw == node.value:
            self._map: list[int] | None = None
            self._base = node.start
        elif node.style in ("single", "double") and raw[1:-1] == node.value:
            self._map, self._base = None, node.start + 1
        else:
            self._map, self._base = _aligned(raw, node), node.start

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """Gives the stretch of the text for one of the value."""
        if self._map is None:
            return self._base + start, self._base + end
        if start >= len(self._map):
            return self.node.start, self.node.end
        last = self._map[min(end, len(self._map)) - 1] if end > start else self._map[start] - 1
        return self._base + self._map[start], self._base + last + 1


def _aligned(raw: str, node: Scalar) -> list[int]:
    """Gives, for every character of a value, where it stands in what is written."""
    header = _HEADER.match(raw) if node.style == "block" else None
    at = header.end() if header else (1 if node.style in ("single", "double") else 0)
    places: list[int] = []
    for mark in node.value:
        if node.style == "double":
            escape = _ESCAPE.match(raw, at)
            if escape and escape[0][1] not in "\r\n":
                places.append(at)
                at = escape.end()
                continue
        # What is skipped is white space: indentation, folds, the second half of a doubled quote.
        begin = at
        while at < len(raw) and raw[at] != mark and not (mark in " \n" and raw[at] in "\r\n"):
            at += 1
        if at >= len(raw):
            at = begin
        places.append(min(at, max(len(raw) - 1, 0)))
        at += 1
        if mark == "'" and node.style == "single":
            at += 1
    return places
