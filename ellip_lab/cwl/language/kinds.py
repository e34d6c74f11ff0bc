"""What each part of a document is: the class of every mapping, and what is expected at every value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence, text_of
from ellip_lab.cwl.language.specification import PROCESSES, Field, Record, Specification

PROCESS_TYPES = (*PROCESSES, "Process")
GRAPH = "$graph"
ROOT_FIELDS = ("cwlVersion", "$graph", "$namespaces", "$schemas")
DIRECTIVES = ("$import", "$include", "$mixin")
"""Fields that stand for what another file holds."""
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """Is what is expected at a value."""

    types: tuple[Any, ...]
    field: Field | None = None
    owner: Mapping | None = None
    """The mapping of a class that has the field."""
    item: bool = False
    """It is an item of the field's list."""
    names: bool = False
    """It is a mapping whose keys are names, or classes, of what the list would hold."""
    entry: bool = False
    """It stands below a name in such a mapping."""
    of_class: bool = False
    """It is the name of a class."""
    listed: Field | None = None
    """Of a short form below a name (`item: string`): the list that the mapping stands for."""

    @property
    def records(self) -> tuple[str, ...]:
        """Gives the classes that a mapping here may have."""
        found = [one for one in self.types if isinstance(one, str) and one[:1].isupper()]
        return tuple(found)

    def flat_records(self) -> tuple[str, ...]:
        """Gives the classes that a mapping here, or in a list here, may have."""
        inside = [one for kind in self.types if isinstance(kind, dict) for one in kind.get("items", ())]
        return (*self.records, *(one for one in inside if isinstance(one, str) and one[:1].isupper()))


class Kinds:
    """Is the class of each mapping of a tree, and the slot of each value."""

    def __init__(self, root: Node | None, spec: Specification) -> None:
        self.spec = spec
        self._records: dict[int, str] = {}
        self._slots: dict[int, Slot] = {}
        if root is not None:
            self._root(root)

    def record_name(self, node: Node | None) -> str | None:
        """Gives the class of a mapping, where it is known."""
        return self._records.get(id(node)) if isinstance(node, Mapping) else None

    def record(self, node: Node | None) -> Record | None:
        """Gives what the specification says of the class of a mapping."""
        return self.spec.record(self.record_name(node))

    def slot(self, node: Node | None) -> Slot | None:
        """Gives what is expected where a node stands."""
        return self._slots.get(id(node))

    def owner(self, node: Node | None) -> Mapping | None:
        """Gives the mapping of a class that a node is in."""
        node = node.parent if node is not None else None
        while node is not None and self.record_name(node) is None:
            node = node.parent
        return node if isinstance(node, Mapping) else None

    def _root(self, root: Node) -> None:
        processes = self.spec.processes
        if isinstance(root, Mapping) and root.pair(GRAPH) is not None and root.text("class") is None:
            self._records[id(root)] = GRAPH
            version = self.spec.record("Workflow")
            for pair in root.pairs:
                if pair.key.value == GRAPH:
                    self._assign(pair.value, ({"items": list(processes)},), None, root, 0)
                elif pair.key.value == "cwlVersion" and version:
                    field = version.fields["cwlVersion"]
                    self._assign(pair.value, field.types, field, root, 0)
            return
        if isinstance(root, Sequence) and not any(
            isinstance(one, Mapping) and one.text("class") in processes for one in root.items
        ):
            return  # a list of something else: of types, which a document imports
        self._assign(root, (*processes, {"items": list(processes)}), None, None, 0)

    def _assign(
        self,
        node: Node,
        types: tuple[Any, ...],
        field: Field | None,
        owner: Mapping | None,
        depth: int,
        *,
        item: bool = False,
        entry: bool = False,
    ) -> None:
        names = isinstance(node, Mapping) and field is not None and field.subject is not None and not item
        names = names and not entry
        self._slots[id(node)] = Slot(types, field, owner, item, names, entry)
        if depth > _DEPTH:
            return
        if isinstance(node, Sequence):
            inside = _items(types)
            for one in node.items:
                self._assign(one, inside, field, owner, depth + 1, item=True)
        elif isinstance(node, Mapping):
            if names and field is not None:
                self._named(node, _items(types), field, owner, depth)
            else:
                self._fields(node, types, depth)

    def _named(
        self, node: Mapping, inside: tuple[Any, ...], field: Field, owner: Mapping | None, depth: int
    ) -> None:
        """Goes through a mapping that is written in place of a list."""
        for pair in node.pairs:
            value = pair.value
            if pair.key.value in DIRECTIVES:
                continue
            if field.subject == "class":
                kind = self.spec.record(pair.key.value)
                entries: tuple[Any, ...] = (kind.name,) if kind else ()
                self._assign(value, entries, field, owner, depth + 1, entry=True)
                continue
            if not isinstance(value, Mapping) and field.predicate is not None:
                short = self._predicate(inside, field.predicate)
                if short is not None:
                    self._assign(value, short.types, short, owner, depth + 1, entry=True)
                    self._slots[id(value)] = replace(self._slots[id(value)], listed=field)
                    continue
            self._assign(value, inside, field, owner, depth + 1, entry=True)

    def _predicate(self, inside: Iterable[Any], name: str) -> Field | None:
        for one in inside:
            record = self.spec.record(one) if isinstance(one, str) else None
            if record and name in record.fields:
                return record.fields[name]
        return None

    def _fields(self, node: Mapping, types: tuple[Any, ...], depth: int) -> None:
        name = self.choose(node, types)
        record = self.spec.record(name)
        written = node.pair("class")
        if written is not None:
            classes = [one for one in self._candidates(types) if one[:1].isupper() and self._has_class(one)]
            if classes:
                self._slots[id(written.value)] = Slot(({"symbols": classes},), None, node, of_class=True)
        if name is None or record is None:
            return
        self._records[id(node)] = name
        for pair in node.pairs:
            field = record.fields.get(pair.key.value)
            if pair.incomplete:
                continue
            if field is not None and pair is not written:
                kinds = field.types
                if field.name == "type" and isinstance(kinds[0], dict):
                    # which of the schemas it is, is what is written here
                    kinds = ({"symbols": self._schemas(types)},)
                self._assign(pair.value, kinds, field, node, depth + 1)

    def _schemas(self, types: Iterable[Any]) -> list[str]:
        """Gives the words that tell the schemas among types apart: `record`, `enum`, `array`."""
        fields = [one["type"] for one in self._fields_of(self._candidates(types)) if "type" in one]
        return [
            word
            for field in fields
            for kind in field.types
            if isinstance(kind, dict)
            for word in kind.get("symbols", ())
        ]

    def choose(self, node: Mapping, types: tuple[Any, ...]) -> str | None:
        """Gives the class that a mapping has, of those it may have."""
        candidates = self._candidates(types)
        written = node.text("class")
        if written is not None and any("class" in fields for fields in self._fields_of(candidates)):
            return written if written in candidates else self._fallback(candidates)
        if not candidates:
            return None
        kind = text_of(node.get("type"))
        for one in candidates:
            record = self.spec.record(one)
            if (
                kind
                and record
                and any(
                    isinstance(each, dict) and kind in each.get("symbols", ())
                    for each in (record.fields["type"].types if "type" in record.fields else ())
                )
            ):
                return one
        return self._fallback(candidates)

    def _fallback(self, candidates: list[str]) -> str | None:
        """Gives the class of a mapping that does not say it, or says one that is none."""
        if any(one in PROCESSES for one in candidates):
            return "Process"
        if len(candidates) == 1:
            return candidates[0]
        without = [one for one in candidates if not self._has_class(one)]
        return without[0] if without else None

    def _has_class(self, name: str) -> bool:
        record = self.spec.record(name)
        return record is not None and "class" in record.fields

    def _fields_of(self, names: Iterable[str]) -> list[dict[str, Field]]:
        return [record.fields for name in names if (record := self.spec.record(name)) is not None]

    def _candidates(self, types: Iterable[Any]) -> list[str]:
        """Gives the classes among types; where anything may stand, those that data can have."""
        found: list[str] = []
        for one in types:
            if one == "Any":
                found += ["File", "Directory", *self.spec.requirements]
            elif isinstance(one, str) and self.spec.record(one) is not None:
                found.append(one)
        return found


def _items(types: Iterable[Any]) -> tuple[Any, ...]:
    """Gives the types of the items of a list; a list of what it is where no list is meant."""
    inside = [item for one in types if isinstance(one, dict) for item in one.get("items", ())]
    return tuple(inside)


def is_absent(node: Node | None) -> bool:
    """Tells whether nothing is written at a value."""
    return node is None or (isinstance(node, Scalar) and node.absent)
