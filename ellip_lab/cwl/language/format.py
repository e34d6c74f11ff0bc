"""The edits that put a text into order: its indentation and its spaces; comments, quotes and blank lines stay.

Nothing else is touched, and a text whose meaning would change is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from ellip_lab.cwl.language import nodes
from ellip_lab.cwl.language.document import asked
from ellip_lab.cwl.language.nodes import Alias, BrokenError, Mapping, Node, Scalar, Sequence, walk
from ellip_lab.cwl.language.text import Edit, Text

STEP = 2
_COMMENT = re.compile(r"#.*")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the edits that put a text into order; none for one that is not YAML."""
    document = asked(request)
    return {"edits": edits_of(document.content, document.path)}


def edits_of(content: str, path: str = "") -> list[Edit]:
    """Gives the edits, one for each line that changes."""
    text = Text(content, path)
    new = formatted(content)
    if new == content:
        return []
    before, after = _lines(content), _lines(new)
    found = []
    for index, (old, line) in enumerate(zip(before, after, strict=False)):
        if old == line:
            continue
        head = _shared(old, line)
        tail = _shared(old[head:][::-1], line[head:][::-1])
        start = text.starts[index]
        found.append(text.edit(start + head, start + len(old) - tail, line[head : len(line) - tail]))
    if len(after) > len(before):
        found.append(text.edit(len(content), len(content), text.newline))
    elif len(after) < len(before):
        # blank lines at the end go
        found = [one for one in found if one["line"] <= len(after)]
        start = text.starts[len(after) - 1] + len(before[len(after) - 1])
        found.append(text.edit(start, len(content), ""))
    return found


def formatted(content: str) -> str:
    """Gives a text in order; the text itself where that would change what it means."""
    try:
        root = nodes.read(content)
    except BrokenError:
        return content
    if root is None:
        return content
    new = _Formatter(content, root).run()
    if not _same(content, root, new):
        # a literal text that ends the document without a line break would get one
        new = new.rstrip("\r\n")
        if not _same(content, root, new):
            return content
    return new


def _same(content: str, root: Node, new: str) -> bool:
    """Tells whether two texts say the same, comments included."""
    try:
        again = nodes.read(new)
    except BrokenError:
        return False
    comments = [[one.rstrip() for one in _COMMENT.findall(each)] for each in (content, new)]
    return _meaning(root) == _meaning(again) and comments[0] == comments[1]


def _meaning(root: Node | None) -> list[tuple[str, ...]]:
    """Gives what a tree says, without where it stands."""
    found: list[tuple[str, ...]] = []
    for node in walk(root) if root is not None else ():
        if isinstance(node, Scalar):
            found.append(("scalar", node.value, node.style))
        elif isinstance(node, Alias):
            found.append(("alias", node.name))
        elif isinstance(node, Mapping):
            found.append(("mapping", str(len(node.pairs))))
        elif isinstance(node, Sequence):
            found.append(("sequence", str(len(node.items))))
    return found


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _lines(content: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", content)


class _Formatter:
    """Works out a new indentation for each line, and the spaces behind dashes and colons."""

    def __init__(self, content: str, root: Node) -> None:
        self.content = content
        self.text = Text(content)
        self.root = root
        self.starts = self.text.starts
        self.lines = _lines(content)
        self.indents: dict[int, int] = {}
        """Of a line whose indentation is known: the new one."""
        self.inside: set[int] = set()
        """Lines that are the inside of a text: their ends stay."""
        self.shifts: dict[int, int] = {}
        """Lines that move with the one that they go on from, by how much."""
        self.gaps: list[tuple[int, int]] = []
        """Stretches of spaces that become one."""
        self.offset = self._offset_of_lists()

    def run(self) -> str:
        self._node(self.root, 0)
        made = []
        for index, line in enumerate(self.lines):
            made.append(self._line(index, line))
        while len(made) > 1 and not made[-1].strip() and len(self.lines) - 1 not in self.inside:
            made.pop()
        ended = made[-1] != "" or len(made) == 1
        return self.text.newline.join(made) + (self.text.newline if ended and made[-1] else "")

    def _line(self, index: int, line: str) -> str:
        start = self.starts[index]
        # spaces behind colons and dashes, the last ones first so that the others keep their places
        for at, end in sorted(
            (one for one in self.gaps if start <= one[0] < start + len(line)), reverse=True
        ):
            line = f"{line[: at - start]} {line[end - start :]}"
        bare = line.lstrip(" \t")
        if index in self.inside:
            if index in self.shifts and bare:
                have = len(line) - len(bare)
                return " " * max(have + self.shifts[index], 0) + bare
            return line if bare else self._blank(index, line)
        bare = bare.rstrip(" \t")
        if not bare:
            return ""
        if index in self.indents:
            return " " * self.indents[index] + bare
        if index in self.shifts:
            return " " * max(len(line) - len(line.lstrip(" \t")) + self.shifts[index], 0) + bare
        if bare.startswith("#"):
            return " " * self._comment(index, len(line) - len(line.lstrip(" \t"))) + bare
        return line.rstrip(" \t")

    def _blank(self, index: int, line: str) -> str:
        """Gives a line of spaces in a literal text: those that are part of it move with it."""
        shift = self.shifts.get(index, 0)
        return " " * max(len(line) + shift, 0) if line else line

    def _comment(self, index: int, indent: int) -> int:
        """Gives the indentation of a comment on a line of its own: that of the line it was written with."""
        after = self._content_line(index, 1)
        before = self._content_line(index, -1)
        for one in (after, before):
            if one is not None and self._indent(one) == indent:
                return self.indents.get(one, indent)
        # one of the lines before it that it is indented like
        one = before
        while one is not None:
            if self._indent(one) == indent and one in self.indents:
                return self.indents[one]
            if self._indent(one) < indent:
                break
            one = self._content_line(one, -1)
        if after is not None and after in self.indents:
            return max(self.indents[after] + indent - self._indent(after), 0)
        return indent

    def _content_line(self, index: int, step: int) -> int | None:
        index += step
        while 0 <= index < len(self.lines):
            if index in self.indents:
                return index
            index += step
        return None

    def _indent(self, index: int) -> int:
        line = self.lines[index]
        return len(line) - len(line.lstrip(" "))

    # The tree.

    def _node(self, node: Node, indent: int) -> None:
        """Lays out a node whose keys, or dashes, are indented by so much."""
        if isinstance(node, Mapping) and not node.flow:
            for pair in node.pairs:
                self._first(pair.key.start, indent)
                self._colon(pair.key, pair.value)
                self._value(pair.value, indent, indent + self._below(pair.value), pair.key.start)
        elif isinstance(node, Sequence) and not node.flow:
            for item in node.items:
                dash = self._dash(node, item)
                self._first(dash, indent)
                if self._line_of(item.start) == self._line_of(dash) and item.start > dash + 1:
                    self._gap(dash + 1, item.start)
                self._value(item, indent, indent + STEP, dash)
        else:
            self._value(node, -1, indent, node.start)

    def _below(self, value: Node) -> int:
        return self.offset if isinstance(value, Sequence) and not value.flow else STEP

    def _value(self, value: Node, outer: int, indent: int, start: int) -> None:
        """Lays out a value that belongs to a key, or dash, at `start`."""
        if isinstance(value, (Mapping, Sequence)) and not value.flow:
            self._node(value, indent)
            return
        first, last = self._line_of(value.start), self._line_of(max(value.end - 1, value.start))
        if first != self._line_of(start):
            self._first(value.start, indent)
        if isinstance(value, Scalar) and value.style == "block":
            self._literal(value, outer)
        elif last > first:
            shift = self.indents.get(first, self._indent(first)) - self._indent(first)
            for line in range(first + 1, last + 1):
                self.shifts[line] = shift
                if isinstance(value, Scalar) and value.style in ("single", "double"):
                    self.inside.add(line)

    def _literal(self, value: Scalar, outer: int) -> None:
        first = self._line_of(value.start)
        header = self.lines[first][value.start - self.starts[first] :]
        last = self._line_of(max(value.end - 1, value.start))
        inside = [index for index in range(first + 1, last + 1) if self.lines[index].strip()]
        # blank lines behind it belong to it, too, when it keeps them
        while last + 1 < len(self.lines) and not self.lines[last + 1].strip():
            last += 1
        if not inside:
            return
        explicit = re.match(r"[|>][-+]?(\d)", header)
        least = self._indent(inside[0])
        wanted = max(outer, 0) + STEP if outer >= 0 else STEP if least else 0
        if explicit:
            # the number counts from the indentation of the key
            wanted = max(outer, 0) + int(explicit[1])
            least = self._explicit(value, int(explicit[1]))
        for index in range(first + 1, last + 1):
            self.inside.add(index)
            self.shifts[index] = wanted - least

    def _explicit(self, value: Scalar, count: int) -> int:
        node: Node | None = value.parent
        if isinstance(node, Mapping) and node.pairs:
            return self.text.column(node.pairs[0].key.start) + count
        return self.text.column(node.start if node is not None else 0) + count

    def _first(self, start: int, indent: int) -> None:
        """Gives a line its indentation, when it begins with what stands at an offset."""
        line = self._line_of(start)
        if not self.content[self.starts[line] : start].strip(" \t\ufeff"):
            self.indents[line] = indent

    def _dash(self, node: Sequence, item: Node) -> int:
        """Gives where the dash before an item is."""
        index = next(i for i, one in enumerate(node.items) if one is item)
        low = node.items[index - 1].end if index else node.start
        at = item.start
        if isinstance(item, Scalar) and item.absent and self.content[at : at + 1] != "-":
            at = max(at, low)
        while True:
            at = self.content.rfind("-", low, at)
            if at < 0:
                return max(low, node.start)
            line = self.starts[self._line_of(at)]
            if not self.content[line:at].strip(" \t-?") and self.content[at + 1 : at + 2] in (
                " ",
                "\t",
                "\n",
                "\r",
                "",
            ):
                return at

    def _colon(self, key: Scalar, value: Node) -> None:
        """Makes the spaces behind a colon one, when a value follows on its line."""
        colon = self.content.find(":", key.end, max(value.start, key.end) + 1)
        if colon < 0:
            return
        if self._line_of(colon) != self._line_of(value.start) or value.start <= colon + 1:
            return
        first = colon + 1
        while self.content[first : first + 1] in (" ", "\t"):
            first += 1
        if first > colon + 2:
            self.gaps.append((colon + 1, first))

    def _gap(self, start: int, end: int) -> None:
        if self.content[start:end].strip(" \t") == "" and end - start > 1:
            self.gaps.append((start, end))

    def _line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def _offset_of_lists(self) -> int:
        """Tells how far dashes stand from their keys in most lists of this text: 0 or 2."""
        near = far = 0
        for node in walk(self.root):
            if not isinstance(node, Mapping) or node.flow:
                continue
            for pair in node.pairs:
                if isinstance(pair.value, Sequence) and not pair.value.flow and pair.value.items:
                    same = self.text.column(pair.key.start) == self.text.column(pair.value.start)
                    near, far = near + same, far + (not same)
        return 0 if near > far else STEP
