"""The tree of a YAML text, with the offset of everything; of what is not YAML, as much as its indentation tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MAX_NODES = 250_000
_MAX_DEPTH = 100


@dataclass(slots=True, eq=False)
class Node:
    """Is anything in a document; `end` is behind its last character, without the blank lines that follow."""

    start: int
    end: int
    parent: Node | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """Is a text, a number, a truth value or nothing at all (then it has no width and `style` is `none`)."""

    value: str = ""
    style: str = "plain"
    """`plain`, `single`, `double`, `block` or `none`."""

    @property
    def absent(self) -> bool:
        """Tells whether nothing is written."""
        return self.style == "none"


@dataclass(slots=True, eq=False)
class Alias(Node):
    """Stands for a node that is written elsewhere."""

    name: str = ""
    target: Node | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Pair:
    """Is a key and its value."""

    key: Scalar
    value: Node
    incomplete: bool = False
    """There is no colon: it is being typed."""


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """Is keys and values; a key that is written twice is there twice."""

    pairs: list[Pair] = field(default_factory=list, repr=False)
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """Gives the value of a key, aliases followed."""
        pair = self.pair(key)
        return resolved(pair.value) if pair else None

    def pair(self, key: str) -> Pair | None:
        """Gives the first pair of a key."""
        return next((one for one in self.pairs if one.key.value == key and not one.incomplete), None)

    def text(self, key: str) -> str | None:
        """Gives the value of a key when it is a scalar that is written."""
        return text_of(self.get(key))


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """Is a list."""

    items: list[Node] = field(default_factory=list, repr=False)
    flow: bool = False


class BrokenError(Exception):
    """A text that is not YAML, with the offset where that was found."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def resolved(node: Node | None) -> Node | None:
    """Gives a node, or the one that an alias stands for."""
    while isinstance(node, Alias):
        node = node.target
    return node


def text_of(node: Node | None) -> str | None:
    """Gives the text of a scalar that is written; None of anything else."""
    return node.value if isinstance(node, Scalar) and not node.absent else None


def children(node: Node) -> Iterator[Node]:
    """Gives what a node consists of: keys and values, or items."""
    if isinstance(node, Mapping):
        for pair in node.pairs:
            yield pair.key
            yield pair.value
    elif isinstance(node, Sequence):
        yield from node.items


def walk(node: Node) -> Iterator[Node]:
    """Gives a node and everything in it, in the order of the text; aliases are not followed."""
    stack = [node]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(list(children(item))))


def path_to(node: Node | None, offset: int) -> list[Node]:
    """Gives the nodes that have an offset, the outermost first; an end belongs to what ends there."""
    found: list[Node] = []
    while node is not None:
        found.append(node)
        inside = [one for one in children(node) if one.start <= offset <= one.end]
        # of two that touch at the offset, the one that begins there, unless nothing is written there
        node = max(inside, key=lambda one: (one.end > one.start, one.start), default=None)
    return found


def trail(node: Node) -> list[str | int]:
    """Gives the keys and indices that lead from the root to a node."""
    found: list[str | int] = []
    while node.parent is not None:
        parent = node.parent
        if isinstance(parent, Mapping):
            pair = pair_of(node)
            found.append(pair.key.value if pair else "")
        elif isinstance(parent, Sequence):
            found.append(next(index for index, item in enumerate(parent.items) if item is node))
        node = parent
    return found[::-1]


def ancestors(node: Node | None) -> Iterator[Node]:
    """Gives a node, what it is in, and so on to the root."""
    while node is not None:
        yield node
        node = node.parent


def inner(content: str, node: Scalar) -> tuple[int, int]:
    """Gives where the words of a scalar stand, without the quotes around them."""
    if node.style in ("single", "double"):
        quote = content[node.start : node.start + 1]
        closed = node.end - node.start > 1 and content[node.end - 1] == quote
        return node.start + 1, node.end - 1 if closed else node.end
    return node.start, node.end


def pair_of(node: Node) -> Pair | None:
    """Gives the pair whose key or value a node is."""
    parent = node.parent
    if not isinstance(parent, Mapping):
        return None
    return next((pair for pair in parent.pairs if pair.key is node or pair.value is node), None)


def read(content: str) -> Node | None:
    """Gives the tree of a YAML text; None for one without anything, `BrokenError` for what is not YAML."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(content).build(yaml.parse(content, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenError(error.problem or str(error), mark.index if mark else 0) from None
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        raise BrokenError(str(error), 0) from None


_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "block", ">": "block"}


class _Builder:
    """Makes nodes of the parser's events."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.anchors: dict[str, Node] = {}
        # The parser does not count a byte order mark.
        self.shift = 1 if content.startswith("\ufeff") else 0

    def build(self, events: Any) -> Node | None:
        import yaml

        open_nodes: list[tuple[Mapping | Sequence, list[Node]]] = []
        count = 0
        for event in events:
            count += 1
            if count > _MAX_NODES:
                raise BrokenError(f"it has more than {_MAX_NODES:,} nodes", event.start_mark.index)
            start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
            node: Node
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event, start, end)
            elif isinstance(event, yaml.AliasEvent):
                name = event.anchor or ""
                node = Alias(start, end, name=name, target=self.anchors.get(name))
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                kind = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
                box = kind(end - 1 if event.flow_style else start, end, flow=bool(event.flow_style))
                if event.anchor:
                    self.anchors[event.anchor] = box
                open_nodes.append((box, []))
                if len(open_nodes) > _MAX_DEPTH:
                    raise BrokenError(f"it is nested more than {_MAX_DEPTH} levels deep", start)
                continue
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                box, inside = open_nodes.pop()
                self._close(box, inside, end)
                node = box
            elif isinstance(event, yaml.DocumentEndEvent):
                break
            else:
                continue
            if not open_nodes:
                return node
            node.parent = open_nodes[-1][0]
            open_nodes[-1][1].append(node)
        return None

    def _scalar(self, event: Any, start: int, end: int) -> Scalar:
        style = _STYLES.get(event.style, "plain")
        if style == "block":
            end = start + len(self.content[start:end].rstrip())
        elif start == end:
            style = "none"
        if event.anchor or (event.tag and style != "none"):
            start = self._behind_properties(start, end)
        node = Scalar(start, end, value=event.value, style=style)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _behind_properties(self, start: int, end: int) -> int:
        """Gives where a scalar begins behind its anchor and tag."""
        while start < end and self.content[start] in "&!":
            while start < end and not self.content[start].isspace():
                start += 1
            while start < end and self.content[start].isspace():
                start += 1
        return start

    def _close(self, box: Mapping | Sequence, inside: list[Node], end: int) -> None:
        if isinstance(box, Sequence):
            box.items = inside
        else:
            box.pairs = [Pair(_key(key), value) for key, value in zip(inside[::2], inside[1::2], strict=True)]
            for pair in box.pairs:
                pair.key.parent = box
                if isinstance(pair.value, Scalar) and pair.value.absent:
                    # the parser says it stands at the next token; it would stand behind the colon
                    colon = self.content.find(":", pair.key.end, pair.value.end + 1)
                    pair.value.start = pair.value.end = colon + 1 if colon >= 0 else pair.key.end
        if box.flow:
            box.end = end
        elif inside:
            if box.start > inside[0].start or self.content[box.start : box.start + 1] in ("&", "!"):
                box.start = inside[0].start
            box.end = max(box.start, max(one.end for one in inside[-2:]))


def _key(node: Node) -> Scalar:
    """Gives a key as a scalar; one that is a list or a mapping has no name."""
    if isinstance(node, Scalar):
        return node
    return Scalar(node.start, node.end, value="", style="plain")
