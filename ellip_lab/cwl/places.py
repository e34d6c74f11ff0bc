"""Where something stands in a document as its author wrote it: lines and columns, from 1.

Works on what ruamel keeps of a YAML text: mappings and lists that remember their places.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urldefrag

from ellip_lab.cwl.form import short


def walk(node: Any) -> Iterable[tuple[Any, Any, Any]]:
    """Gives (container, key, value) of everything in a document, without following an alias twice."""
    seen: set[int] = set()
    stack = [node]
    while stack:
        item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        pairs: list[tuple[Any, Any]] = []
        if isinstance(item, Mapping) and hasattr(item, "lc"):
            pairs = list(item.items())
        elif isinstance(item, list) and hasattr(item, "lc"):
            pairs = list(enumerate(item))
        for key, value in pairs:
            yield item, key, value
        stack.extend(value for _, value in reversed(pairs))


def _mark(container: Any, key: Any) -> tuple[int, int]:
    data = container.lc.data or {}
    line, column = data[key][:2] if key in data else (container.lc.line or 0, container.lc.col or 0)
    return line + 1, column + 1


def of_key(raw: Any, name: str) -> tuple[int, int] | None:
    """Finds the first place of a key."""
    return next((_mark(box, key) for box, key, _ in walk(raw) if key == name), None)


def of_value(raw: Any, name: str, wanted: str) -> tuple[int, int] | None:
    """Finds the mapping entry `name` whose value, as an id, is the wanted one."""
    found = (_mark(box, key) for box, key, value in walk(raw) if key == name and short(str(value)) == wanted)
    return next(found, None)


def of_reference(raw: Any, file: str | None) -> tuple[int, int] | None:
    """Finds the `$import`, `$include` or `run` that names a file."""
    if not file:
        return None
    name = os.path.basename(file)  # noqa: PTH119
    for box, key, value in walk(raw):
        if key not in ("$import", "$include", "run", "$mixin") or not isinstance(value, str):
            continue
        if os.path.basename(urldefrag(value)[0]) == name:  # noqa: PTH119
            return _mark(box, key)
    return None


def of_null_type(raw: Any) -> tuple[int, int] | None:
    """Finds a type that holds YAML's null where the word was meant."""
    for box, key, value in walk(raw):
        if key in ("type", "items") and (value is None or (isinstance(value, list) and None in value)):
            return _mark(box, key)
    return None
