"""Values as words of YAML (or JSON), in the style of the text that they are put into."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_AMBIGUOUS = re.compile(r"[-+.]?\d[\d_,.:eExXoa-fA-F+-]*|[-+]?\.(inf|nan)|~|=|<<", re.IGNORECASE)
_WORDS = frozenset(("", "null", "true", "false", "yes", "no", "on", "off"))
_UNSAFE = re.compile(r"^[\s\-?:,\[\]{}#&*!|>'\"%@`]|: |:$| #|\s$|[\x00-\x1f\x7f\x85\u2028\u2029\ufeff]")
_FLOW_UNSAFE = re.compile(r"[,\[\]{}]|:(?=[,\[\]{}]|$)")


class Style:
    """Is how a text is written: YAML or JSON, its line breaks, how far it indents."""

    def __init__(self, *, json: bool, newline: str, step: int) -> None:
        self.json = json
        self.newline = newline
        self.step = step

    def key(self, key: str) -> str:
        """Writes a key on one line with its value."""
        return json.dumps(key, ensure_ascii=False) if self.json else scalar(key, flow=True)

    def flow(self, value: Any) -> str:
        """Writes a value on one line."""
        if self.json:
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{self.key(str(k))}: {self.flow(v)}" for k, v in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(self.flow(item) for item in value) + "]"
        return scalar(value, flow=True)

    def behind(self, value: Any, indent: int) -> str:
        """Writes what stands behind the colon of a key that is indented so far."""
        pad = " " * (indent + self.step)
        if isinstance(value, Mapping) and value:
            return f"{self.newline}{pad}{self.block(value, indent + self.step)}"
        if isinstance(value, (list, tuple)) and any(not simple(item) for item in value):
            items = (self.item(one, indent + self.step) for one in value)
            return "".join(f"{self.newline}{pad}{item}" for item in items)
        if isinstance(value, str) and "\n" in value.strip("\n") and not value.startswith((" ", "\n")):
            chomp = "|" if value.endswith("\n") else "|-"
            lines = value.rstrip("\n").split("\n")
            return f" {chomp}" + "".join(
                f"{self.newline}{pad}{line}" if line else self.newline for line in lines
            )
        return f" {self.flow(value) if not isinstance(value, str) else scalar(value)}"

    def block(self, values: Any, indent: int) -> str:
        """Writes pairs one below another; the first has its indentation already."""
        if not isinstance(values, Mapping):
            return (self.newline + " " * indent).join(self.item(item, indent) for item in values)
        lines = (f"{scalar(str(key))}:{self.behind(value, indent)}" for key, value in values.items())
        return (self.newline + " " * indent).join(lines)

    def item(self, value: Any, indent: int) -> str:
        """Writes an item of a list whose dash is indented so far; the dash has its indentation already."""
        if isinstance(value, Mapping) and value:
            return f"- {self.block(value, indent + 2)}"
        return f"- {self.flow(value) if not isinstance(value, str) else scalar(value)}"


def scalar(value: Any, *, flow: bool = False) -> str:
    """Writes one word of YAML, in quotes where it would mean something else without."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    plain = (
        value.lower() not in _WORDS
        and not _AMBIGUOUS.fullmatch(value)
        and not (_UNSAFE.search(value) and not re.fullmatch(r"-[^\s-][^\s:#]*|-{2}\w[^\s:#]*", value))
        and not (flow and _FLOW_UNSAFE.search(value))
        and not value.startswith(("---", "..."))
    )
    return value if plain or re.fullmatch(r"\d+\.\d+\.\d+", value) else json.dumps(value, ensure_ascii=False)


def simple(value: Any) -> bool:
    """Says whether a value is written on one line wherever it stands."""
    if isinstance(value, (list, tuple)):
        return all(not isinstance(item, (Mapping, list, tuple)) for item in value)
    if isinstance(value, str):
        return "\n" not in value
    return not (isinstance(value, Mapping) and value)
