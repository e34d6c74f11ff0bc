"""YAML texts as trees that know where everything stands: every word with its beginning and its end.

Built from the parser's events without recursion, so that what is nested a thousand times deep ends no process; plain
Python, nothing of a document is loaded or executed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from ellip_lab.cwl.reading import NODE_LIMIT

DEPTH_LIMIT = 200
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(\d[\d_]*|0x[0-9a-fA-F]+|0o[0-7]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)")


class Node:
    """Is a part of a YAML text: a scalar, a mapping or a sequence.

    `start` and `end` are offsets into the text; the end is behind the last character that belongs to it, line breaks
    and comments that follow do not. What an alias names is the same object, so there may be circles.
    """

    __slots__ = ("anchor", "end", "ends", "flow", "items", "kind", "pairs", "start", "style", "text")

    def __init__(self, kind: str, start: int, end: int) -> None:
        self.kind = kind
        """`scalar`, `mapping` or `sequence`."""
        self.start = start
        self.end = end
        self.flow = False
        """Of a collection: written in braces or brackets."""
        self.anchor = False
        """It has an anchor or a tag, which is where it starts."""
        self.style = ""
        """Of a scalar: empty for plain, else the quote, `|` or `>`."""
        self.text = ""
        """Of a scalar: what it says."""
        self.pairs: list[tuple[Node, Node]] = []
        """Of a mapping, in the order of the text."""
        self.items: list[Node] = []
        """Of a sequence."""
        self.ends: list[int] = []
        """Of a collection: where the value of each pair, or each item, ends; an alias where it is written."""

    def get(self, key: str) -> Node | None:
        """Gives the value of a key of a mapping; null where there is none, or no mapping."""
        return next((value for name, value in self.pairs if name.kind == "scalar" and name.text == key), None)

    def key(self, key: str) -> Node | None:
        """Gives the key itself, as it stands in the text."""
        return next((name for name, _ in self.pairs if name.kind == "scalar" and name.text == key), None)

    def child(self, part: str | int) -> Node | None:
        """Gives what a key of a mapping, or an index of a sequence, names."""
        if isinstance(part, str):
            return self.get(part)
        return self.items[part] if -len(self.items) <= part < len(self.items) else None

    def keys(self) -> list[str]:
        """Gives the keys of a mapping."""
        return [name.text for name, _ in self.pairs if name.kind == "scalar"]

    @property
    def null(self) -> bool:
        """Says whether it is a scalar that stands for nothing."""
        return self.kind == "scalar" and not self.style and self.text in _NULLS

    @property
    def said(self) -> str:
        """Gives the text of a scalar; empty for anything else, and for null."""
        return "" if self.kind != "scalar" or self.null else self.text

    @property
    def value(self) -> Any:
        """Gives the value of a scalar as YAML 1.2 understands it, numbers apart: they stay text."""
        if self.kind != "scalar" or self.style:
            return self.text
        return None if self.text in _NULLS else _TRUTHS.get(self.text, self.text)

    @property
    def textual(self) -> bool:
        """Says whether it is a scalar that YAML understands as a text: no number, no truth value, not null."""
        if self.kind != "scalar":
            return False
        return bool(self.style) or not (
            self.text in _NULLS or self.text in _TRUTHS or _NUMBER.fullmatch(self.text)
        )

    def members(self, name: str = "id") -> Iterator[tuple[str, Node, Node]]:
        """Gives what a list of mappings, or a map of names, holds: the name, where it is written, the value.

        A list's member without a name is called ``; its place is its own.
        """
        for key, value in self.pairs:
            if key.kind == "scalar":
                yield key.text, key, value
        for item in self.items:
            named = item.get(name)
            yield (named.said if named else "", named or item, item)


class Marked:
    """Is a YAML text, its tree, and how offsets become lines and columns.

    `ValueError` for what is no YAML, or too much of it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # the parser does not count a byte-order mark
        self._mark = 1 if text.startswith("\ufeff") else 0
        self._lines = [0, *(match.end() for match in re.finditer(r"\n", text))]
        self.node = self._composed()

    def at(self, path: Sequence[str | int]) -> Node | None:
        """Gives the node that keys and indices name; null where there is none."""
        node: Node | None = self.node
        for part in path:
            node = node.child(part) if node else None
        return node

    def place(self, offset: int) -> tuple[int, int]:
        """Gives the line and the column of an offset, both counted from 1."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Gives the offset of a line and a column, no further than the text goes."""
        if line > len(self._lines):
            return len(self.text)
        return min(self._lines[line - 1] + column - 1, len(self.text))

    def column(self, offset: int) -> int:
        """Gives how many characters stand before an offset on its line."""
        return self.place(offset)[1] - 1

    def line_end(self, offset: int) -> int:
        """Gives the offset behind the last character of an offset's line, its line break not counted."""
        end = self.text.find("\n", offset)
        if end < 0:
            return len(self.text)
        return end - 1 if end > offset and self.text[end - 1] == "\r" else end

    def span(self, node: Node) -> tuple[int, int, int, int]:
        """Gives line, column, end line and end column of a node."""
        return (*self.place(node.start), *self.place(max(node.start, node.end)))

    def _composed(self) -> Node:
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        anchors: dict[str, Node] = {}
        open_: list[tuple[Node, list[Node]]] = []
        top: list[Node] = []
        count = 0
        try:
            for event in yaml.parse(self.text[self._mark :], Loader=loader):
                if isinstance(event, yaml.DocumentEndEvent):
                    break
                if isinstance(event, yaml.CollectionEndEvent):
                    node, children = open_.pop()
                    self._closed(node, children, event)
                    if open_:
                        open_[-1][0].ends.append(node.end)
                    continue
                if isinstance(event, yaml.AliasEvent):
                    start, end = self._span(event)
                    node = anchors.get(event.anchor or "") or Node("scalar", start, end)
                elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                    node = self._opened(event)
                    end = node.end
                    if event.anchor:
                        anchors[event.anchor] = node
                else:
                    continue
                count += 1
                (open_[-1][1] if open_ else top).append(node)
                if isinstance(event, yaml.CollectionStartEvent):
                    open_.append((node, []))
                elif open_:
                    open_[-1][0].ends.append(end)
                if count > NODE_LIMIT or len(open_) > DEPTH_LIMIT:
                    raise ValueError("too many nodes")
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from error
        return top[0] if top else Node("scalar", len(self.text), len(self.text))

    def _span(self, event: Any) -> tuple[int, int]:
        return event.start_mark.index + self._mark, event.end_mark.index + self._mark

    def _opened(self, event: Any) -> Node:
        start, end = self._span(event)
        name = type(event).__name__
        kind = "scalar" if name == "ScalarEvent" else "mapping" if name.startswith("Mapping") else "sequence"
        node = Node(kind, start, end)
        node.anchor = bool(event.anchor or event.tag)
        if kind == "scalar":
            node.text, node.style = event.value, event.style or ""
            if node.style in ("|", ">"):
                # the parser's mark is behind the blank lines that follow
                node.end = start + len(self.text[start:end].rstrip())
        else:
            node.flow = bool(event.flow_style)
        return node

    def _closed(self, node: Node, children: list[Node], event: Any) -> None:
        if node.flow:
            node.end = self._span(event)[1]
        elif node.ends:
            node.end = node.ends[-1]
        if node.kind == "sequence":
            node.items = children
        else:
            node.pairs = list(zip(children[::2], children[1::2], strict=False))
            node.ends = node.ends[1::2]
