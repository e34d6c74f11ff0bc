"""The tree of a text that is being typed: read by its indentation, it never fails.

What is valid YAML of the kind that people write gives the same tree as a YAML parser does; of what is not, every
line that can be understood is in it, and a word without a colon is an incomplete pair.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from ellip_lab.cwl.language.nodes import Alias, Mapping, Node, Pair, Scalar, Sequence

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_PLAIN_KEY = re.compile(
    r"(?![\[\]{},#&*!|>'\"%@`])(?:[^\s:#]|:(?=\S)|(?<=\S)#|[^\S\r\n]+(?=[^\s:#]|:\S))+(?=[^\S\r\n]*:(?:\s|$))"
)
_QUOTED_KEY = re.compile(r"""("(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*')(?=[^\S\r\n]*:(?:\s|$))""")
_DASH = re.compile(r"-(?=\s|$)")
_PROPERTY = re.compile(r"[&!]\S*[^\S\r\n]*")
_BLOCK = re.compile(r"[|>][-+0-9]*[^\S\r\n]*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|[^\S\r\n])[^\S\r\n]*#")
_FLOW_WORD = re.compile(
    r"(?:[^\s,\[\]{}:#]|:(?![\s,\[\]{}]|$)|(?<=\S)#|[^\S\r\n]+(?=[^\s,\[\]{}:#]|:[^\s,\[\]{}]))+"
)
_SPACE = re.compile(r"\s*")
_BREAKS = re.compile(r"[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_MAX_DEPTH = 100


def read(content: str) -> Node | None:
    """Gives the tree of a text, however broken it is; None for one without anything."""
    return _Reader(content).document()


class _Reader:
    def __init__(self, content: str) -> None:
        self.content = content
        self.lines: list[tuple[int, int, int]] = []
        """Of each line that says something: where its first character is, where it ends, and its indentation."""
        self.all_starts: list[int] = []
        for match in _LINE.finditer(content):
            if match.start() == match.end() and match.start() == len(content) and self.all_starts:
                break
            self.all_starts.append(match.start())
            text = match[1]
            bare = text.lstrip("\ufeff \t")
            if text.startswith("...") or (text.startswith("---") and self.lines):
                break
            if not bare or bare[0] == "#" or text.startswith("---") or text[:1] == "%":
                continue
            first = match.end(1) - len(bare)
            self.lines.append((first, match.end(1), first - match.start()))
        self.first_of = [line[0] for line in self.lines]
        self.at = 0
        self.anchors: dict[str, Node] = {}
        self.depth = 0

    def document(self) -> Node | None:
        if not self.lines:
            return None
        root = self._block(self.lines[0][0], -1)
        # Lines that belong to nothing: less indented than the first one, most likely.
        while self.at < len(self.lines):
            before = self.at
            more = self._block(self.lines[self.at][0], -1)
            if isinstance(root, Mapping) and isinstance(more, Mapping):
                self._join(root, more)
            self.at = max(self.at, before + 1)
        return root

    # Blocks: `self.at` is the line that is being read; `start` may be inside of it, behind a dash.

    def _block(self, start: int, outer: int) -> Node:
        """Reads the value that begins at an offset of the current line, which is indented more than `outer`."""
        self.depth += 1
        try:
            line = self.lines[self.at]
            column = line[2] + start - line[0]
            end = line[1]
            if self.depth > _MAX_DEPTH:
                self.at += 1
                return Scalar(start, end, value=self.content[start:end])
            if _DASH.match(self.content, start, end):
                return self._sequence(start, column)
            if self._key_at(start, end) or self._typed_key(start, column, outer):
                return self._mapping(start, column)
            return self._value(start, outer)
        finally:
            self.depth -= 1

    def _sequence(self, start: int, column: int) -> Sequence:
        box = Sequence(start, start + 1)
        while start >= 0:
            first = self._skip(start + 1, self.lines[self.at][1])
            if first < self.lines[self.at][1] and self.content[first] != "#":
                item = self._block(first, column)
            else:
                self.at += 1
                item = self._below(start + 1, column, dash=False)
            self._put(box, item)
            start = self._next_at(column, dash=True)
        return box

    def _mapping(self, start: int, column: int) -> Mapping:
        box = Mapping(start, start)
        while start >= 0:
            end = self.lines[self.at][1]
            key = self._key_at(start, end)
            if key is None:
                self._incomplete(box, start)
            else:
                colon = self.content.index(":", key.end)
                self._pair(box, key, self._after_colon(colon + 1, column))
            start = self._next_at(column)
            while start < 0 and self.at < len(self.lines) and self.lines[self.at][2] > column:
                # Deeper than the keys, and no value takes it: it was meant to be one of them, or of the last one.
                stray = self._block(self.lines[self.at][0], column)
                if isinstance(stray, Mapping):
                    self._adopt(box, stray)
                elif isinstance(stray, Scalar):
                    self._pair(box, stray, Scalar(stray.end, stray.end, style="none"), incomplete=True)
                start = self._next_at(column)
        return box

    def _adopt(self, box: Mapping, stray: Mapping) -> None:
        last = box.pairs[-1].value if box.pairs else None
        self._join(last if isinstance(last, Mapping) and not last.flow else box, stray)
        box.end = max(box.end, stray.end)

    def _after_colon(self, offset: int, column: int) -> Node:
        end = self.lines[self.at][1]
        first = self._skip(offset, end)
        if first >= end or self.content[first] == "#":
            self.at += 1
            return self._below(offset, column)
        return self._value(first, column)

    def _below(self, offset: int, column: int, dash: bool = True) -> Node:
        """Reads the value that stands on the lines below its key; nothing when there is none."""
        if self.at < len(self.lines):
            first, end, indent = self.lines[self.at]
            if indent > column or (dash and indent == column and _DASH.match(self.content, first, end)):
                return self._block(first, column if indent > column else column - 1)
        return Scalar(offset, offset, style="none")

    def _value(self, first: int, outer: int) -> Node:
        """Reads a scalar or a flow collection that begins at an offset of the current line."""
        end = self.lines[self.at][1]
        anchor = None
        while (mark := _PROPERTY.match(self.content, first, end)) is not None:
            if self.content[first] == "&":
                anchor = mark[0][1:].strip()
            if mark.end() >= end or self.content[mark.end()] == "#":
                self.at += 1
                node = self._below(mark.end(), outer)
                break
            first = mark.end()
        else:
            node = self._bare(first, end, outer)
        if anchor:
            self.anchors[anchor] = node
        return node

    def _bare(self, first: int, end: int, outer: int) -> Node:
        char = self.content[first]
        if char in "[{":
            node, behind = self._flow(first, self._bound(outer))
            self._go_behind(behind)
            return node
        if char in "\"'":
            node, behind = self._quoted(first, self._bound(outer))
            self._go_behind(behind)
            return node
        if char in "|>" and _BLOCK.match(self.content, first, end):
            return self._literal(first, end, outer)
        if char == "*":
            self.at += 1
            name = self.content[first + 1 : end].split()[0] if self.content[first + 1 : end].strip() else ""
            return Alias(first, first + 1 + len(name), name=name, target=self.anchors.get(name))
        return self._plain(first, end, outer)

    def _plain(self, first: int, end: int, outer: int) -> Scalar:
        last = self._before_comment(first, end)
        value = self.content[first:last]
        self.at += 1
        # It goes on below as long as nothing there is a key or an item of its own.
        while self.at < len(self.lines) and last == len(self.content[:end].rstrip()):
            begin, end, indent = self.lines[self.at]
            if indent <= outer or self._key_at(begin, end) or _DASH.match(self.content, begin, end):
                break
            last = self._before_comment(begin, end)
            value += " " + self.content[begin:last]
            self.at += 1
        return Scalar(first, last, value=value)

    def _literal(self, first: int, end: int, outer: int) -> Scalar:
        self.at += 1
        last = end
        words = []
        # Comments are text in here: every line is looked at, not only those that say something.
        index = bisect_left(self.all_starts, end)
        indent = None
        for start in self.all_starts[index:]:
            match = _LINE.match(self.content, start)
            line = match[1] if match else ""
            if line.strip():
                here = len(line) - len(line.lstrip(" "))
                if here <= max(outer, -1):
                    break
                indent = here if indent is None else indent
                last = start + len(line.rstrip())
            words.append(line[indent:] if indent is not None else line)
        self._go_behind(last)
        return Scalar(first, last, value="\n".join(words).rstrip("\n") + "\n", style="block")

    # Flow: whatever is not closed ends where the next line is indented no more than its key.

    def _bound(self, outer: int) -> int:
        index = self.at + 1
        while index < len(self.lines) and (self.lines[index][2] > outer or self._closes(index)):
            index += 1
        return self.lines[index - 1][1]

    def _closes(self, index: int) -> bool:
        return self.content[self.lines[index][0]] in "]}"

    def _flow(self, start: int, bound: int) -> tuple[Node, int]:
        self.depth += 1
        box: Mapping | Sequence = (
            Mapping(start, start + 1, flow=True)
            if self.content[start] == "{"
            else Sequence(start, start + 1, flow=True)
        )
        at = start + 1
        while True:
            at = self._skip_flow(at, bound)
            if at >= bound:
                box.end = len(self.content[:bound].rstrip())
                break
            char = self.content[at]
            if char in "]}":
                at += 1
                box.end = at
                break
            if char == ",":
                at += 1
                continue
            at = self._flow_entry(box, at, bound)
        self.depth -= 1
        return box, min(at, bound)

    def _flow_entry(self, box: Mapping | Sequence, at: int, bound: int) -> int:
        node, behind = self._flow_node(at, bound)
        colon = self._skip_flow(behind, bound)
        if colon < bound and self.content[colon] == ":" and isinstance(node, Scalar):
            first = self._skip_flow(colon + 1, bound)
            if first < bound and self.content[first] not in ",]}":
                value, behind = self._flow_node(first, bound)
            else:
                value, behind = Scalar(colon + 1, colon + 1, style="none"), colon + 1
            if isinstance(box, Mapping):
                self._pair(box, node, value)
            else:
                single = Mapping(node.start, value.end, flow=True)
                self._pair(single, node, value)
                self._put(box, single)
        elif isinstance(box, Mapping):
            if isinstance(node, Scalar):
                self._pair(box, node, Scalar(node.end, node.end, style="none"), incomplete=True)
        else:
            self._put(box, node)
        return behind

    def _flow_node(self, at: int, bound: int) -> tuple[Node, int]:
        anchor = None
        while (mark := _PROPERTY.match(self.content, at, bound)) is not None:
            anchor = mark[0][1:].strip(" \t,]}") if mark[0][0] == "&" else anchor
            at = mark.end()
        char = self.content[at : at + 1]
        node: Node
        if char and char in "[{" and self.depth < _MAX_DEPTH:
            node, behind = self._flow(at, bound)
        elif char and char in "\"'":
            node, behind = self._quoted(at, bound)
        else:
            behind = self._words(at, bound)
            word = " ".join(self.content[at:behind].split())
            if char == "*":
                node = Alias(at, behind, name=word[1:], target=self.anchors.get(word[1:]))
            else:
                node = Scalar(at, behind, value=word)
        if anchor:
            self.anchors[anchor] = node
        return node, max(behind, at + 1)

    def _words(self, at: int, bound: int) -> int:
        """Gives where a plain scalar ends; it may go on on the next line."""
        match = _FLOW_WORD.match(self.content, at, bound)
        end = match.end() if match else min(at + 1, bound)
        while (gap := _BREAKS.match(self.content, end, bound)) is not None:
            more = _FLOW_WORD.match(self.content, gap.end(), bound)
            if more is None or self.content[more.end() : more.end() + 1] == ":":
                break
            end = more.end()
        return end

    def _quoted(self, start: int, bound: int) -> tuple[Scalar, int]:
        quote = self.content[start]
        at = start + 1
        while at < bound:
            char = self.content[at]
            if char == "\\" and quote == '"':
                at += 2
                continue
            if char == quote:
                if quote == "'" and self.content[at + 1 : at + 2] == "'":
                    at += 2
                    continue
                value = self.content[start + 1 : at]
                style = "double" if quote == '"' else "single"
                return Scalar(start, at + 1, value=_unquoted(value, quote), style=style), at + 1
            at += 1
        # It is not closed: it ends with its line.
        match = _LINE.match(self.content, start)
        end = min(match.end(1) if match else bound, bound)
        return Scalar(
            start, end, value=self.content[start + 1 : end], style="double" if quote == '"' else "single"
        ), end

    # Places.

    def _skip(self, offset: int, end: int) -> int:
        while offset < end and self.content[offset] in " \t":
            offset += 1
        return offset

    def _skip_flow(self, offset: int, bound: int) -> int:
        while True:
            match = _SPACE.match(self.content, offset, bound)
            offset = match.end() if match else offset
            if offset < bound and self.content[offset] == "#" and self.content[offset - 1] in " \t\r\n":
                line = _LINE.match(self.content, offset)
                offset = line.end(1) if line else bound
                continue
            return min(offset, bound)

    def _before_comment(self, first: int, end: int) -> int:
        comment = _COMMENT.search(self.content, first, end)
        return first + len(self.content[first : comment.start() if comment else end].rstrip())

    def _go_behind(self, offset: int) -> None:
        """Goes to the first line that begins behind an offset."""
        self.at = max(self.at, bisect_left(self.first_of, offset))
        if self.at < len(self.lines) and self.lines[self.at][0] < offset:
            self.at += 1

    def _next_at(self, column: int, dash: bool = False) -> int:
        """Gives where the next line begins, when it goes on with a block of this indentation; else -1."""
        if self.at >= len(self.lines):
            return -1
        first, end, indent = self.lines[self.at]
        if indent != column or bool(_DASH.match(self.content, first, end)) != dash:
            return -1
        return first

    def _key_at(self, start: int, end: int) -> Scalar | None:
        match = _PLAIN_KEY.match(self.content, start, end) or _QUOTED_KEY.match(self.content, start, end)
        if match is None:
            return None
        word = match[0]
        if word[0] in "\"'":
            style = "double" if word[0] == '"' else "single"
            return Scalar(start, match.end(), value=_unquoted(word[1:-1], word[0]), style=style)
        return Scalar(start, match.end(), value=word)

    def _typed_key(self, start: int, column: int, outer: int) -> bool:
        """Tells whether a bare word begins a mapping: a key of the same block follows."""
        if self.content[start] in "[{\"'|>*&!" or self.at + 1 >= len(self.lines):
            return False
        first, end, indent = self.lines[self.at + 1]
        return indent == column and indent > outer and self._key_at(first, end) is not None

    def _incomplete(self, box: Mapping, start: int) -> None:
        end = self._before_comment(start, self.lines[self.at][1])
        word = Scalar(start, end, value=self.content[start:end])
        self.at += 1
        if self.content[start] in "]}":
            return
        self._pair(box, word, Scalar(end, end, style="none"), incomplete=True)

    # Making nodes.

    def _pair(self, box: Mapping, key: Scalar, value: Node, incomplete: bool = False) -> None:
        key.parent = value.parent = box
        box.pairs.append(Pair(key, value, incomplete))
        box.end = max(box.end, key.end, value.end)

    def _put(self, box: Sequence, item: Node) -> None:
        item.parent = box
        box.items.append(item)
        box.end = max(box.end, item.end)

    def _join(self, box: Mapping, more: Mapping) -> None:
        for pair in more.pairs:
            self._pair(box, pair.key, pair.value, pair.incomplete)


def _unquoted(text: str, quote: str) -> str:
    return text.replace("''", "'") if quote == "'" else re.sub(r'\\(["\\/])', r"\1", text)
