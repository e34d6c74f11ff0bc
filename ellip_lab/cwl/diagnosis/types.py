"""The types of CWL as a tree writes them: their shorthand, and what is wrong with a name."""

from __future__ import annotations

import re
from collections.abc import Sequence as Words
from typing import Any

from ellip_lab.cwl.diagnosis.found import meant
from ellip_lab.cwl.diagnosis.tree import entries, get, kind_of, named, real, short, word
from ellip_lab.cwl.language.nodes import Mapping, Node, Sequence

NAMES = ("null", "boolean", "int", "long", "float", "double", "string", "File", "Directory", "Any", "stdin", "stdout",
         "stderr")  # fmt: skip
_STREAMS = {"stdin": "File", "stdout": "File", "stderr": "File"}
_OTHERS = {
    "str": "string", "text": "string", "integer": "int", "number": "float", "bool": "boolean", "path": "File",
    "dir": "Directory", "folder": "Directory", "any": "Any", "file": "File", "directory": "Directory", "date": "string",
    "datetime": "string", "list": "string[]", "object": "Any", "dict": "Any",
}  # fmt: skip
_SHORTHAND = re.compile(r"(?P<name>.*?)(?P<array>(?:\[\])*)(?P<optional>\??)$", re.DOTALL)
_DEPTH = 32
Type = Any
"""A type as cwltool's checker takes it: a name, a list of types, a mapping with `type`; `Any` where it is not known."""


def fault(
    node: Node, symbols: Words[str], known: frozenset[str] | None
) -> tuple[str, str, str | None] | None:
    """Gives (code, message, hint) of what is wrong with the name of a type; None when nothing is."""
    kind, text = kind_of(node), word(node)
    if kind == "null":
        return (
            "cwl/null-type",
            "a type is `null` without quotes, which is YAML for nothing" if text else "there is no type here",
            "Write 'null' in quotes, or a `?` behind the other type."
            if text
            else "Name a type, such as `string` or `File`.",
        )
    if kind != "string":
        return "cwl/unknown-type", f"`{text}` is not a type", "A type is a name, such as `string` or `File`."
    assert text is not None  # noqa: S101 - a scalar that is text has one
    match = _SHORTHAND.match(text)
    name = match["name"] if match else text
    if name in symbols or name == "Any":
        return None
    if known is not None and name.lstrip("#") in known:
        return None
    if name.startswith("#") and known is None:
        return None
    if name[1:] and any(mark in name for mark in "#/:") and not re.search(r"[\s\[\]?]", name):
        return None
    if known is None and re.fullmatch(r"[\w.-]+", name):
        return None
    if name in ("record", "enum", "array"):
        return (
            "cwl/unknown-type", f"`{name}` is described by a mapping, not by its name alone",
            {"array": "Write `string[]`, or `{type: array, items: string}`.",
             "enum": "Write `{type: enum, symbols: [a, b]}`.",
             "record": "Write `{type: record, fields: {...}}`."}[name],
        )  # fmt: skip
    if name in NAMES:
        return "cwl/unknown-type", f"`{name}` is not a type here", f"Types here: {', '.join(symbols)}, Any."
    bare = re.sub(r"[^\w].*", "", name)
    near = meant(bare, [*symbols, "Any", *sorted(known or ())])
    near = near if near and near.lower() == bare.lower() else _OTHERS.get(bare.lower()) or near
    if near:
        ending = ("[]" if "[" in text or (bare.lower() == "list" and "[" not in near) else "") + (
            "?" if "?" in text else ""
        )
        hint = f"Did you mean `{near.removesuffix('[]') if ending.startswith('[') else near}{ending}`?"
    else:
        hint = "CWL's types are string, int, long, float, double, boolean, File, Directory, enum, record, array and Any."
    return "cwl/unknown-type", f"`{text}` is not a type", hint


def nested(node: Node) -> tuple[str, str, str | None] | None:
    """Gives (code, message, hint) of an array of arrays in a shorthand that no version so far has; None of others."""
    text = word(node) or ""
    if "[][]" not in text:
        return None
    inner = text.removesuffix("?").removesuffix("[]")
    return (
        "cwl/unknown-type", f"`{text}`: an array of arrays has no shorthand",
        f"Write `{{type: array, items: {{type: array, items: {inner.removesuffix('[]')}}}}}`.",
    )  # fmt: skip


def of(node: Node | None, defined: dict[str, Node], depth: int = 0) -> Type:
    """Gives a type as cwltool's checker takes it."""
    node = real(node)
    if node is None or depth > _DEPTH:
        return "Any"
    if isinstance(node, Sequence):
        return [of(item, defined, depth + 1) for item in node.items]
    if isinstance(node, Mapping):
        return _described(node, defined, depth)
    text = word(node)
    match = _SHORTHAND.match(text) if text else None
    if match is None:
        return "Any"
    kind = _named(match["name"], defined, depth)
    for _ in range(len(match["array"]) // 2):
        kind = {"type": "array", "items": kind}
    if match["optional"]:
        return ["null", *kind] if isinstance(kind, list) else ["null", kind]
    return kind


def _named(name: str, defined: dict[str, Node], depth: int) -> Type:
    if name in _STREAMS:
        return "File"
    if name in NAMES:
        return name
    custom = defined.get(name.lstrip("#"))
    return of(custom, defined, depth + 1) if custom is not None else "Any"


def _described(node: Mapping, defined: dict[str, Node], depth: int) -> Type:
    inner = get(node, "type")
    symbol = word(inner)
    if symbol == "array":
        return {"type": "array", "items": of(get(node, "items"), defined, depth + 1)}
    if symbol == "enum":
        symbols = get(node, "symbols")
        return {
            "type": "enum",
            "symbols": [word(item) for item in symbols.items] if isinstance(symbols, Sequence) else [],
        }
    if symbol == "record":
        fields = []
        for name, _, value in named(get(node, "fields"), "name"):
            type_ = get(value, "type") if isinstance(value, Mapping) and "type" in entries(value) else value
            fields.append({"name": name, "type": of(type_, defined, depth + 1)})
        return {"type": "record", "fields": fields} if fields else "Any"
    return "Any"


def known(kind: Type) -> bool:
    """Tells whether all of a type is known."""
    if isinstance(kind, list):
        return all(known(one) for one in kind)
    if isinstance(kind, dict):
        if kind["type"] == "array":
            return known(kind["items"])
        if kind["type"] == "record":
            return all(known(one["type"]) for one in kind["fields"])
        return True
    return bool(kind != "Any")


def optional(kind: Type) -> bool:
    """Tells whether a value of a type may be left out."""
    return bool(kind == "null" or (isinstance(kind, list) and "null" in kind))


def told(kind: Type) -> str:
    """Gives a type as an author writes it."""
    if isinstance(kind, list):
        rest = [one for one in kind if one != "null"]
        if len(rest) < len(kind) and len(rest) == 1:
            return f"{told(rest[0])}?"
        return " | ".join(told(one) for one in kind)
    if isinstance(kind, dict):
        if kind["type"] == "array":
            inner = told(kind["items"])
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        return str(kind["type"])
    return short(str(kind))
