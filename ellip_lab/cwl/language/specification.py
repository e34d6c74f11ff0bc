"""The CWL specification as a table: the fields of each class in each version, their types and its words for them.

`specification.json` is made by `scripts/specification` from the schemas that cwltool carries; a test holds it to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VERSIONS = ("v1.0", "v1.1", "v1.2")
PROCESSES = ("CommandLineTool", "Workflow", "ExpressionTool", "Operation")
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "string", "File", "Directory", "Any")
_EXPRESSION_OF = {"Expression"}


@dataclass(frozen=True, slots=True)
class Field:
    """Is a field of a class."""

    name: str
    owner: str
    types: tuple[Any, ...]
    """Names, `{"items": [...]}` and `{"symbols": [...]}`."""
    required: bool
    doc: str
    subject: str | None = None
    """The field that the keys stand for where a mapping is written in place of its list."""
    predicate: str | None = None
    """The field that a value stands for which is not a mapping, in such a mapping."""
    default: Any = None

    @property
    def records(self) -> tuple[str, ...]:
        """Gives the classes that its value, or an item of it, may have."""
        return tuple(one for one in self.flat if one[:1].isupper())

    @property
    def flat(self) -> tuple[str, ...]:
        """Gives the names of its types, those of its items too."""
        found: list[str] = []
        for one in self.types:
            if isinstance(one, str):
                found.append(one)
            else:
                found += [item for item in one.get("items", ()) if isinstance(item, str)]
        return tuple(dict.fromkeys(found))

    @property
    def is_list(self) -> bool:
        """Tells whether a list may be written."""
        return any(isinstance(one, dict) and "items" in one for one in self.types)

    @property
    def expression(self) -> bool:
        """Tells whether an expression may be written."""
        return "Expression" in self.flat

    def shape(self) -> str:
        """Gives its type in a few words."""
        if "CWLType" in self.flat and self.name in ("type", "items"):
            return "a type"
        if self.subject == "class":
            return "requirements"
        return _joined(self.types)


@dataclass(frozen=True, slots=True)
class Record:
    """Is a class: what a mapping may have."""

    name: str
    doc: str
    fields: dict[str, Field]
    abstract: bool = False


class Specification:
    """Is one version of the specification."""

    def __init__(self, version: str, raw: dict[str, Any], texts: list[str]) -> None:
        self.version = version
        self._raw = raw
        self._texts = texts
        self._records: dict[str, Record] = {}

    def record(self, name: str | None) -> Record | None:
        """Gives a class by its name."""
        if name is None:
            return None
        if name not in self._records:
            raw = self._raw["records"].get(name)
            if raw is None:
                return None
            fields = {field: self._field(field, name, told) for field, told in raw["fields"].items()}
            self._records[name] = Record(name, self._text(raw), fields, bool(raw.get("abstract")))
        return self._records[name]

    def symbols(self, name: str) -> tuple[str, ...]:
        """Gives the values of an enumeration."""
        raw = self._raw["enums"].get(name)
        return tuple(raw["symbols"]) if raw else ()

    def enum_doc(self, name: str) -> str:
        """Gives what the specification says of an enumeration."""
        raw = self._raw["enums"].get(name)
        return self._text(raw) if raw else ""

    @property
    def processes(self) -> tuple[str, ...]:
        """Gives the classes of processes."""
        return tuple(name for name in PROCESSES if name in self._raw["records"])

    @property
    def requirements(self) -> tuple[str, ...]:
        """Gives the classes of requirements."""
        field = self.record("Workflow")
        return field.fields["requirements"].records if field else ()

    def _field(self, name: str, owner: str, told: dict[str, Any]) -> Field:
        return Field(
            name=name,
            owner=owner,
            types=tuple(told["types"]),
            required="null" not in told["types"] and "default" not in told,
            doc=self._text(told),
            subject=told.get("subject"),
            predicate=told.get("predicate"),
            default=told.get("default"),
        )

    def _text(self, told: dict[str, Any]) -> str:
        return self._texts[told["doc"]] if "doc" in told else ""


def specification(version: str | None) -> Specification:
    """Gives a version of the specification; the newest where it is none of those known."""
    known = _all()
    return known.get(nearest(version), known[VERSIONS[-1]])


def nearest(version: str | None) -> str:
    """Gives the version whose words hold for a document: `v1.2.0-dev5` reads as v1.2."""
    text = version or ""
    return next((one for one in VERSIONS if text == one or text.startswith(f"{one}.")), VERSIONS[-1])


@cache
def _all() -> dict[str, Specification]:
    raw = json.loads(Path(__file__).with_name("specification.json").read_text(encoding="utf-8"))
    return {name: Specification(name, told, raw["texts"]) for name, told in raw["versions"].items()}


def _shape(kind: Any) -> str:
    if isinstance(kind, str):
        return "expression" if kind in _EXPRESSION_OF else kind
    if "symbols" in kind:
        return " | ".join(kind["symbols"])
    return f"list of {_joined(kind['items'])}"


def _joined(kinds: Iterable[Any]) -> str:
    words = list(dict.fromkeys(_shape(one) for one in kinds if one != "null"))
    return " | ".join(words[:4]) + (" | …" if len(words) > 4 else "")
