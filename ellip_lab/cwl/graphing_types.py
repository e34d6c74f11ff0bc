"""Types as an author writes them in one word (`File[]?`), of what stands in a text."""

from __future__ import annotations

from collections.abc import Iterable

from ellip_lab.cwl.graphing_files import short, word
from ellip_lab.cwl.marked import Node

_STREAMS = frozenset(("stdin", "stdout", "stderr"))
_DEPTH = 16


def type_of(parameter: Node) -> str | None:
    """Gives the type of an input or an output, which may be written short; null where it is not written."""
    kind = parameter.get("type") if parameter.kind == "mapping" else parameter
    if parameter.kind == "mapping" and parameter.get("items") is not None and kind and kind.said == "array":
        kind = parameter
    return type_words(kind) if kind is not None and not kind.null else None


def type_words(node: Node, depth: int = 0) -> str:
    """Gives one type in a word."""
    if depth > _DEPTH:
        return "Any"
    if node.kind == "sequence":
        kinds = list(dict.fromkeys(type_words(item, depth + 1) for item in node.items))
        return union(kinds)
    if node.kind == "mapping":
        kind, items = word(node, "type"), node.get("items")
        if kind == "array":
            return array(type_words(items, depth + 1)) if items else "Any[]"
        inner = node.get("type")
        if inner is not None and inner.kind != "scalar":
            return type_words(inner, depth + 1)
        named = short(word(node, "name"))
        return named or (_named(kind) if kind else short(word(node, "$import")) or "Any")
    # YAML's null stands where the word was meant, while one types
    return _named(node.text) if node.text else "null"


def union(kinds: Iterable[str]) -> str:
    """Gives a union: `?` for one that may be null."""
    known = list(kinds)
    others = [kind for kind in known if kind != "null"]
    if len(others) == 1 and len(known) > 1:
        return optional(others[0])
    return " | ".join(others + (["null"] if len(others) < len(known) else [])) or "null"


def array(kind: str, levels: int = 1) -> str:
    """Gives an array of a type."""
    for _ in range(levels):
        kind = f"({kind})[]" if " | " in kind or kind.endswith("?") else f"{kind}[]"
    return kind


def optional(kind: str) -> str:
    """Gives a type that may be null."""
    if kind.endswith(("?", " | null")) or kind in ("null", "Any"):
        return kind
    return f"{kind} | null" if " | " in kind else f"{kind}?"


def may_be_null(kind: str | None) -> bool:
    """Says whether a value may be left out; so it may where nobody knows the type."""
    return kind is None or kind == "null" or kind.endswith(("?", " | null"))


def _named(kind: str) -> str:
    for suffix in ("?", "[]"):
        if kind.endswith(suffix):
            return _named(kind[: -len(suffix)]) + suffix
    return "File" if kind in _STREAMS else short(kind)
