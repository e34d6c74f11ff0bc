"""Questions about the tree of a text: what a scalar is, what a mapping has, merged keys included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.cwl.language.nodes import Alias, Mapping, Node, Pair, Scalar, Sequence

# YAML 1.2 as the loader reads it, without dates.
_NULL = re.compile(r"(?:~|null|Null|NULL)?$")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$")
_FLOAT = re.compile(
    r"(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)
REFERENCES = ("$import", "$include", "$mixin")
"""What stands for the content of another file."""
_ALIASES = 64


def real(node: Node | None) -> Node | None:
    """Gives a node, or the one that an alias stands for."""
    for _ in range(_ALIASES):
        if not isinstance(node, Alias):
            break
        node = node.target
    return node


def kind_of(node: Node | None) -> str:
    """Gives what a node is: `null`, `boolean`, `int`, `float`, `string`, `list` or `mapping`."""
    node = real(node)
    if isinstance(node, Mapping):
        return "mapping"
    if isinstance(node, Sequence):
        return "list"
    if not isinstance(node, Scalar):
        return "null"
    if node.style == "none":
        return "null"
    if node.style != "plain":
        return "string"
    value = node.value
    if _NULL.match(value):
        return "null"
    if _BOOL.match(value):
        return "boolean"
    if _INT.match(value) and value.strip("+-_"):
        return "int"
    return "float" if _FLOAT.match(value) else "string"


def string(node: Node | None) -> str | None:
    """Gives the text of a scalar that YAML reads as text."""
    node = real(node)
    return node.value if isinstance(node, Scalar) and kind_of(node) == "string" else None


def word(node: Node | None) -> str | None:
    """Gives the text of any scalar that is written."""
    node = real(node)
    return node.value if isinstance(node, Scalar) and node.style != "none" else None


def entries(node: Node | None) -> dict[str, Pair]:
    """Gives the pairs of a mapping by key, merged ones (`<<`) included; of a repeated key the first."""
    found: dict[str, Pair] = {}
    _collect(real(node), found, 0)
    return found


def _collect(node: Node | None, found: dict[str, Pair], depth: int) -> None:
    if not isinstance(node, Mapping) or depth > _ALIASES:
        return
    merged: list[Node | None] = []
    for pair in node.pairs:
        if pair.key.value == "<<" and pair.key.style == "plain":
            value = real(pair.value)
            merged += value.items if isinstance(value, Sequence) else [value]
        else:
            found.setdefault(pair.key.value, pair)
    for other in merged:
        _collect(real(other), found, depth + 1)


def get(node: Node | None, key: str) -> Node | None:
    """Gives the value of a key of a mapping, aliases followed; None of anything else."""
    pair = entries(node).get(key)
    return real(pair.value) if pair else None


def items(node: Node | None) -> list[Node]:
    """Gives the items of a list, aliases followed; of anything else that is there, itself."""
    node = real(node)
    if isinstance(node, Sequence):
        return [one for one in map(real, node.items) if one is not None]
    return [] if node is None or kind_of(node) == "null" else [node]


def named(node: Node | None, subject: str) -> Iterator[tuple[str, Scalar, Node | None]]:
    """Gives (name, where it is written, value) of what may be written as a mapping or as a list with `id`s.

    The value of a pair that is a mapping is the mapping; anything else is the shorthand. Items without a name, such
    as `$import`, are left out.
    """
    node = real(node)
    if isinstance(node, Mapping):
        for pair in entries(node).values():
            if not pair.key.value.startswith("$"):
                yield short(pair.key.value), pair.key, real(pair.value)
    elif isinstance(node, Sequence):
        for item in map(real, node.items):
            if isinstance(item, Scalar) and word(item):
                yield short(item.value), item, None
            name = get(item, subject)
            if isinstance(name, Scalar) and word(name):
                yield short(name.value), name, item


def short(name: str) -> str:
    """Gives the last part of an id: `out` of `#main/step/out`."""
    return name.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def imports(node: Node | None) -> bool:
    """Tells whether something in a list or a mapping comes from another file."""
    node = real(node)
    if isinstance(node, Mapping):
        return any(pair.key.value in REFERENCES for pair in node.pairs)
    if isinstance(node, Sequence):
        return any(imports(item) for item in map(real, node.items) if isinstance(item, Mapping))
    return False


def head_of(node: Mapping) -> Node:
    """Gives what stands for a mapping: what it is called, or its first key."""
    name = next((pair for pair in node.pairs if pair.key.value in ("id", "name", "class")), None)
    if name is not None and word(name.value):
        return name.value
    return node.pairs[0].key if node.pairs else node
