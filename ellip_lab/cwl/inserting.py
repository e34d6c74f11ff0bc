"""Edits that put something into a YAML text and leave everything else as it is: comments, order, indentation, quotes.

Pure functions over a text. A path is keys and indices, `["$graph", 0, "requirements"]`; an edit is a dict with `line`,
`column`, `end_line`, `end_column` and `text`, as the contract `Edit` has it without its `path`. What is put is written
in the style of the place: in braces inside of braces, as JSON in a JSON document, else as a block.

`Unplaced` is raised where there is no such place, and `ValueError` for a text that is no YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ellip_lab.cwl.marked import Marked, Node
from ellip_lab.cwl.style import Style, simple

Path = Sequence[str | int]
Edit = dict[str, Any]
HEAD = ("id", "class", "cwlVersion", "label", "doc", "intent")
"""The fields that stand before the requirements of a process."""


class Unplaced(ValueError):  # noqa: N818 - said as it is
    """There is no such place in the text, or nothing can be put there."""


def put(text: str, path: Path, key: str, value: Any, *, after: Iterable[str] | None = None) -> list[Edit]:
    """Puts `key: value` into the mapping that a path names; mappings that are missing on the way are made.

    A key that is there already gets the new value. `after` names keys behind the last of which it is put (before
    everything where none of them is there); without it, it is put at the end.
    """
    return _writer(text).put(path, key, value, after)


def replace(text: str, path: Path, value: Any) -> list[Edit]:
    """Puts another value in the place of the one that a path names."""
    return _writer(text).replaced(path, value)


def append(text: str, path: Path, value: Any) -> list[Edit]:
    """Puts an item at the end of the sequence that a path names; one that is missing is made."""
    return _writer(text).append(path, value)


def require(
    text: str,
    path: Path,
    name: str,
    value: Mapping[str, Any] | None = None,
    *,
    field: str = "requirements",
) -> list[Edit]:
    """Adds a class to the requirements of the process (or step) that a path names, be they a list or a mapping.

    One that is there already is completed with what it lacks; no edits when it lacks nothing.
    """
    writer = _writer(text)
    wanted = dict(value or {})
    process = writer.at(path)
    known = process.get(field)
    if known is None or known.null:
        return writer.put(path, field, {name: wanted}, HEAD)
    place: Path = [*path, field]
    if known.kind == "sequence":
        for index, item in enumerate(known.items):
            named = item.get("class")
            if named is not None and named.said == name:
                return _lacking(writer, [*place, index], item, wanted)
        return writer.append(place, {"class": name, **wanted})
    there = known.get(name)
    if there is None:
        return writer.put(place, name, wanted, None)
    if there.kind != "mapping":
        return writer.replaced([*place, name], wanted) if wanted else []
    return _lacking(writer, [*place, name], there, wanted)


def apply(text: str, edits: Iterable[Mapping[str, Any]]) -> str:
    """Gives a text with edits applied; none may overlap another. Those at one place follow in their order."""
    marked = _Lines(text)
    placed = [
        (
            marked.offset(edit["line"], edit["column"]),
            marked.offset(edit["end_line"], edit["end_column"]),
            index,
            str(edit["text"]),
        )
        for index, edit in enumerate(edits)
    ]
    parts: list[str] = []
    behind = 0
    for start, end, _, new in sorted(placed):
        if start < behind or end < start:
            raise ValueError("edits overlap")
        parts += [text[behind:start], new]
        behind = end
    return "".join([*parts, text[behind:]])


def _lacking(writer: _Writer, path: Path, there: Node, wanted: Mapping[str, Any]) -> list[Edit]:
    missing = {key: one for key, one in wanted.items() if there.get(key) is None}
    return writer.puts(path, missing, None) if missing else []


class _Lines:
    """Knows the offsets of the places of a text, YAML or not."""

    def __init__(self, text: str) -> None:
        self.size = len(text)
        self.starts = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def offset(self, line: int, column: int) -> int:
        if line > len(self.starts):
            return self.size
        limit = self.starts[line] if line < len(self.starts) else self.size
        return min(self.starts[line - 1] + column - 1, limit)


@lru_cache(maxsize=8)
def _writer(text: str) -> _Writer:
    """Gives the writer of a text; whoever offers edits asks for many of the same one."""
    return _Writer(text)


class _Writer:
    """Puts values into one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.marked = Marked(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.style = Style(
            json=text.lstrip("\ufeff \t\r\n").startswith("{"),
            newline=self.newline,
            step=_step_of(self.marked),
        )

    def at(self, path: Path) -> Node:
        """Gives the node that a path names."""
        node = self.marked.at(path)
        if node is None:
            raise Unplaced(f"there is no {'/'.join(map(str, path))}")
        return node

    def put(self, path: Path, key: str, value: Any, after: Iterable[str] | None) -> list[Edit]:
        return self.puts(path, {key: value}, after)

    def puts(self, path: Path, values: Mapping[str, Any], after: Iterable[str] | None) -> list[Edit]:
        """Puts several values into a mapping; those that are there already are replaced."""
        node, rest = self._deepest(path)
        for part in reversed(rest):
            if isinstance(part, int):
                raise Unplaced(f"there is no item {part}")
            values = {part: values}
        path = path[: len(path) - len(rest)]
        if node.null:
            return self._filled(path, values)
        if node.kind != "mapping":
            raise Unplaced(f"{'/'.join(map(str, path)) or 'the document'} is no mapping")
        after = None if rest else after
        edits = [
            edit
            for key, value in values.items()
            if node.get(key) is not None
            for edit in self.replaced([*path, key], value)
        ]
        new = {key: value for key, value in values.items() if node.get(key) is None}
        if not new:
            return edits
        if not node.pairs:
            return [*edits, *self._filled(path, new)]
        return [*edits, *self._into(node, new, after)]

    def append(self, path: Path, value: Any) -> list[Edit]:
        node, rest = self._deepest(path)
        if rest:
            if not isinstance(rest[-1], str):
                raise Unplaced(f"there is no item {rest[-1]}")
            return self.put(path[:-1], rest[-1], [value], None)
        if node.null or (node.kind == "sequence" and not node.items):
            return self._filled(path, [value])
        if node.kind != "sequence":
            raise Unplaced(f"{'/'.join(map(str, path))} is no list")
        if node.flow:
            return [self._comma(node, self.style.flow(value))]
        dash = node.start if not node.anchor else self.text.rfind("-", node.start, node.items[0].start)
        indent = self.marked.column(dash)
        return [self._line_behind(node.end, self.style.item(value, indent), indent, self._kept(node))]

    def replaced(self, path: Path, value: Any) -> list[Edit]:
        """Puts a value in the place of another, of a key that may have none."""
        if not path:
            raise Unplaced("the document itself is not replaced")
        node = self.at(path)
        parent = self.at(path[:-1])
        if node.null or (node.kind != "scalar" and not node.pairs and not node.items):
            return self._filled(path, value)
        start = node.start
        end = node.end
        if isinstance(path[-1], str):
            key = parent.key(path[-1])
            index = next(i for i, (name, _) in enumerate(parent.pairs) if name is key)
            if key is not None and node.start < key.start:
                # an alias: what is written here is replaced, not what it names
                end = parent.ends[index]
                start = self.text.rfind("*", key.end, end)
        elif (item := parent.ends[int(path[-1])]) != node.end:
            end, start = item, self.text.rfind("*", 0, item)
        if simple(value) or self._braced(path):
            return [self._edit(start, end, self.style.flow(value))]
        indent = self.marked.column(self._own(parent, path[-1]))
        if isinstance(path[-1], int):
            return [self._edit(start, end, self.style.item(value, indent).removeprefix("- "))]
        behind = self.text.rfind(":", 0, start) + 1
        return [self._edit(behind, end, self.style.behind(value, indent))]

    def _filled(self, path: Path, value: Any) -> list[Edit]:
        """Gives the place that a path names, which holds nothing (`key:`, `{}`, `[]`, null), a value."""
        node = self.at(path)
        if not path:
            start = end = len(self.text)
            if node.kind != "scalar":
                start, end = node.start, node.end
            head = "" if not self.text or self.text.endswith("\n") or node.kind != "scalar" else self.newline
            made = (
                self.style.flow(value)
                if self.style.json
                else head + self.style.block(value, 0) + self.newline
            )
            return [self._edit(start, end, made)]
        parent = self.at(path[:-1])
        flow = self.style.flow(value)
        if self._braced(path) or node.anchor:
            before = "" if node.start == 0 or self.text[node.start - 1] in " \t\n[{" else " "
            if node.anchor:
                opened = next((i for i in range(node.start, node.end) if self.text[i] in "{["), None)
                if opened is None:
                    return [self._edit(node.end, node.end, f" {flow}")]
                return [self._edit(opened, node.end, flow)]
            return [self._edit(node.start, node.end, before + flow)]
        indent = self.marked.column(self._own(parent, path[-1]))
        rest = self.text[node.end : self.marked.line_end(node.end)].strip()
        if isinstance(path[-1], int):
            made = self.style.item(value, indent).removeprefix("- ")
            if rest:
                made = flow
            space = "" if self.text[node.start - 1 : node.start] in (" ", "\t") else " "
            return [self._edit(node.start, node.end, space + made)]
        key = parent.key(path[-1])
        behind = node.start if key is None else key.end + self.text[key.end : node.end + 1].find(":") + 1
        if simple(value):
            return [self._edit(behind, node.end, f" {flow}")]
        if not rest:
            return [self._edit(behind, node.end, self.style.behind(value, indent))]
        # a comment stays on the line of its key
        gone = [self._edit(behind, node.end, "")] if node.end > behind else []
        line = self.marked.line_end(node.end)
        return [*gone, self._edit(line, line, self.style.behind(value, indent))]

    def _into(self, node: Node, values: Mapping[str, Any], after: Iterable[str] | None) -> list[Edit]:
        """Puts pairs into a mapping that has some."""
        wanted = None if after is None else set(after)
        index = len(node.pairs) - 1
        if wanted is not None:
            index = max((i for i, (key, _) in enumerate(node.pairs) if key.text in wanted), default=-1)
        if node.flow:
            written = ", ".join(
                f"{self.style.key(key)}: {self.style.flow(value)}" for key, value in values.items()
            )
            if index < 0:
                start = node.pairs[0][0].start
                return [self._edit(start, start, f"{written}, ")]
            return [self._comma(node, written, index)]
        first = node.pairs[0][0]
        indent = self.marked.column(first.start)
        made = self.style.block(values, indent)
        if index < 0:
            return [self._edit(first.start, first.start, made + self.newline + " " * indent)]
        last = node.pairs[index][1]
        return [self._line_behind(node.ends[index], made, indent, self._kept(last, node.ends[index]))]

    def _comma(self, node: Node, written: str, index: int = -1) -> Edit:
        """Puts something behind an item in braces or brackets, on a line of its own where that item has one."""
        items = [key for key, _ in node.pairs] or node.items
        start = items[index].start
        end = node.ends[index]
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        alone = "\n" in self.text[node.start : start] and not before.strip()
        between = f",{self.newline}{before}" if alone else ", "
        return self._edit(end, end, between + written)

    def _line_behind(self, end: int, made: str, indent: int, kept: int | None) -> Edit:
        """Puts lines behind the line on which something ends, its comment included."""
        if kept is not None:
            head = "" if kept == 0 or self.text[kept - 1] == "\n" else self.newline
            return self._edit(kept, kept, f"{head}{' ' * indent}{made}{self.newline}")
        place = self.marked.line_end(end)
        return self._edit(place, place, f"{self.newline}{' ' * indent}{made}")

    def _kept(self, node: Node, end: int | None = None) -> int | None:
        """Gives where a text ends whose blank lines count (`|+`), when something ends with one."""
        while node.kind != "scalar" and not node.flow and (node.pairs or node.items):
            node = node.pairs[-1][1] if node.pairs else node.items[-1]
        if node.style not in ("|", ">") or (end is not None and node.end != end):
            return None
        header = self.text[node.start : self.marked.line_end(node.start)].partition("#")[0]
        if "+" not in header:
            return None
        blank = re.compile(r"[ \t\r]*\n|[ \t\r]+\Z")
        place = self.marked.line_end(node.end) + len(self.newline)
        while place < len(self.text) and (match := blank.match(self.text, place)):
            place = match.end()
        return min(place, len(self.text))

    def _own(self, parent: Node, part: str | int) -> int:
        """Gives the offset that what stands below a key, or an item, is indented from."""
        if isinstance(part, str):
            key = parent.key(part)
            return parent.start if key is None else key.start
        return (
            parent.start if not parent.anchor else self.text.rfind("-", parent.start, parent.items[0].start)
        )

    def _braced(self, path: Path) -> bool:
        """Says whether a place is inside of braces or brackets."""
        return any(self.at(path[:length]).flow for length in range(len(path)))

    def _deepest(self, path: Path) -> tuple[Node, list[str | int]]:
        """Gives the last node of a path that is there, and the rest of the path."""
        node = self.marked.node
        for index, part in enumerate(path):
            child = node.child(part)
            if child is None:
                return node, list(path[index:])
            node = child
        return node, []

    def _edit(self, start: int, end: int, text: str) -> Edit:
        line, column = self.marked.place(start)
        end_line, end_column = self.marked.place(end)
        return {"line": line, "column": column, "end_line": end_line, "end_column": end_column, "text": text}


def _step_of(marked: Marked) -> int:
    """Gives how many characters a text indents by: what its first mapping below a key does."""
    todo = [marked.node]
    seen: set[int] = set()
    while todo:
        node = todo.pop(0)
        if id(node) in seen or node.flow:
            continue
        seen.add(id(node))
        for key, value in node.pairs:
            if value.kind == "mapping" and not value.flow and value.pairs and value.start > key.end:
                step = marked.column(value.pairs[0][0].start) - marked.column(key.start)
                if 1 < step <= 8:
                    return step
        todo += [value for _, value in node.pairs if value.kind != "scalar"]
        todo += [item for item in node.items if item.kind != "scalar"]
    return 2
