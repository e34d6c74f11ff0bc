"""Compares the tree of a text with the schemas: fields nobody knows, values of the wrong kind, what is missing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from ellip_lab.cwl.diagnosis import described, documents, repeated, requirements
from ellip_lab.cwl.diagnosis.fields import meant_field, missing_hint
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed, meant
from ellip_lab.cwl.diagnosis.says import expected, got, hint_for_value
from ellip_lab.cwl.diagnosis.tree import (
    REFERENCES,
    entries,
    get,
    head_of,
    kind_of,
    real,
    word,
)
from ellip_lab.cwl.diagnosis.vocabulary import (
    PROCESSES,
    Field,
    Kinds,
    Record,
    Vocabulary,
    since,
)
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence

_NOT_EVALUATED = ("baseCommand", "prefix", "dockerPull", "itemSeparator")
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Where:
    """Is the surroundings of a node: the process, the step and the requirement it belongs to, and the types known."""

    process: Mapping | None = None
    step: Mapping | None = None
    requirement: str | None = None
    field: str = ""
    types: frozenset[str] | None = frozenset()
    """The names that SchemaDefRequirements give; None when some come from other files."""
    depth: int = 0


@dataclass(slots=True)
class Written:
    """Is an expression, or what should be one, where a document has it."""

    node: Scalar
    where: Where


@dataclass(slots=True)
class Structure:
    """Looks at one text of one version."""

    found: Found
    words: Vocabulary
    folder: str
    """What references count from."""
    expressions: list[Written] = field(default_factory=list)
    outside: Where = field(default_factory=Where)
    """Where a document begins."""

    def document(self, root: Mapping) -> None:
        """Looks at a whole document."""
        documents.look(self, root)

    def process(self, node: Mapping, where: Where, anchor: Node | None) -> None:
        """Looks at a process, as far as it can be told which one it is."""
        pair = entries(node).get("class")
        name = word(pair.value) if pair else None
        kind = name
        if name is not None and name not in PROCESSES:
            kind = meant(name, PROCESSES)
            self.found.add(
                "cwl/class", pair.value if pair else node, f"`{name}` is not a class CWL knows",
                did_you_mean(name, PROCESSES, f"A process is one of {listed(PROCESSES)}."),
            )  # fmt: skip
        elif name is None:
            kind = documents.guessed(self, node, anchor, pair.key if pair else None)
        if kind is None:
            return
        record = self.words.records.get(kind)
        if record is None:
            self.found.add(
                "cwl/newer-version", pair.value if pair else node,
                f"`{kind}` is a class since {since(kind, self.words.version)}; this document is {self.words.version}",
                "Write a newer `cwlVersion`.",
            )  # fmt: skip
            return
        known = described.names_defined(node, where.types)
        at = pair.value if pair else anchor
        self.record(
            node, record, replace(where, process=node, step=None, requirement=None, types=known), at, "class"
        )

    def record(
        self, node: Mapping, record: Record, where: Where, anchor: Node | None, *implied: str | None
    ) -> None:
        """Looks at a mapping with the fields of a record; `implied` fields are said elsewhere."""
        if where.depth > _DEPTH:
            return
        where = replace(where, depth=where.depth + 1)
        if record.name == "WorkflowStep":
            where = replace(where, step=node)
        if record.classed and record.name in self.words.requirements:
            where = replace(where, requirement=record.name)
        repeated.keys(self.found, node)
        fields = entries(node)
        for name, pair in fields.items():
            known = record.fields.get(name)
            if known is None:
                self._unknown(name, pair.key, record, node)
            elif name not in implied and name != "cwlVersion":
                self.value(pair.value, known, replace(where, field=name), pair.key)
        for name, one in record.fields.items():
            if (
                one.required
                and name not in fields
                and name not in implied
                and not self.found.suggested(node, name)
            ):
                at = head_of(node) if anchor is None or isinstance(anchor, Mapping) else anchor
                self.found.add(
                    "cwl/missing-field", at, f"the field `{name}` is missing",
                    missing_hint(name, record), field=name,
                )  # fmt: skip

    def _unknown(self, name: str, key: Scalar, record: Record, node: Mapping) -> None:
        if name in ("id", "name") or name.startswith(("$", "@")) or ":" in name:
            return
        if not name:
            self.found.add("cwl/unknown-field", key, "this key is not text", "A field's name is a word.")
            return
        later = since(name, self.words.version, record.name)
        if later:
            self.found.add(
                "cwl/newer-version", key,
                f"`{name}` is a field since {later}; this document is {self.words.version}",
                f"Write `cwlVersion: {later}`, or leave it out.",
            )  # fmt: skip
            return
        near = meant_field(name, record, entries(node))
        if name in self.words.requirements:
            hint = "A requirement stands below `requirements` or `hints`."
        elif near:
            self.found.suggest(node, near)
            hint = f"Did you mean `{near}`?"
        else:
            hint = f"Fields of {record.name}: {listed(record.fields, limit=20)}."
        self.found.add("cwl/unknown-field", key, f"`{name}` is not a field here", hint, field=name)

    def value(self, node: Node, one: Field, where: Where, key: Node) -> None:
        """Looks at the value of a field."""
        value = real(node)
        if value is None or self.reference(value):
            return
        kinds = one.kinds
        if one.types:
            described.look(self, value, kinds, where, key)
        elif one.name in ("requirements", "hints"):
            requirements.look(self, value, one, where)
        elif one.subject and isinstance(value, Mapping):
            self._mapped(value, one, where)
        elif one.secondary and kind_of(value) in ("string", "list"):
            for item in value.items if isinstance(value, Sequence) else [value]:
                if kind_of(item) == "string":
                    self._evaluated(item, where)
                else:
                    self._kind(item, kinds, one.name, where, key)
        else:
            if isinstance(value, Sequence) and one.subject and one.kinds.items is not None:
                repeated.ids(self.found, value, one)
                nameless = repeated.nameless(self.found, value, one)
                for item in value.items:
                    if id(real(item)) not in nameless:
                        self._kind(item, one.kinds.items, one.name, where, item)
                return
            self._kind(value, kinds, one.name, where, key)

    def _kind(self, node: Node, kinds: Kinds, name: str, where: Where, key: Node) -> None:
        """Compares a value with what it may be; `key` is underlined where there is nothing to see of the value."""
        value = real(node)
        if value is None or self.reference(value):
            return
        kind = kind_of(value)
        if kinds.expression and kind == "string":
            self._evaluated(value, where)
        if kinds.anything and kind != "null":
            return
        if kind == "mapping" and isinstance(value, Mapping):
            if any(one.name in PROCESSES for one in kinds.records):
                self.process(value, where, key)
                return
            record = self._chosen(value, kinds)
            if record is not None:
                self.record(value, record, where, key)
                return
        elif kind == "list" and isinstance(value, Sequence):
            if kinds.items is not None:
                for item in value.items:
                    self._kind(item, kinds.items, name, where, item)
                return
        elif self._scalar(value, kind, kinds, where):
            return
        at = key if kind in ("null", "mapping") else value
        text = word(value) or ""
        if kinds.symbols and kind == "string" and not kinds.primitives - {"null"}:
            self.found.add(
                "cwl/value", at, f"`{name}` cannot be `{text}`",
                did_you_mean(text, kinds.symbols, f"It is one of {listed(kinds.symbols)}."), field=name,
            )  # fmt: skip
        else:
            self.found.add(
                "cwl/value", at, f"`{name}` is {got(value)}; expected {expected(kinds)}",
                self._comment(value, key) or self._plain(text, name) or hint_for_value(name, value, kinds),
                field=name,
            )  # fmt: skip

    def _plain(self, text: str, name: str) -> str | None:
        """Gives the hint for an expression where none may stand."""
        expression = "$(" in text or "${" in text
        return f"`{name}` takes no expression in {self.words.version}." if expression else None

    def _comment(self, value: Node, key: Node) -> str | None:
        """Gives the hint for a value that YAML takes for a comment (`run: #crop`)."""
        if kind_of(value) != "null":
            return None
        content = self.found.text.content
        rest = content[key.end : self.found.text.line_end(key.end)].lstrip(": ")
        return (
            f"`#` begins a comment; write it in quotes: '{rest.strip()}'." if rest.startswith("#") else None
        )

    def _scalar(self, value: Node, kind: str, kinds: Kinds, where: Where) -> bool:
        text = word(value) or ""
        if kind == "null":
            return kinds.optional
        if kind == "boolean":
            return "boolean" in kinds.primitives
        if kind == "int":
            return bool(kinds.primitives & {"int", "long", "float", "double"})
        if kind == "float":
            return bool(kinds.primitives & {"float", "double"})
        if where.field in _NOT_EVALUATED and ("$(" in text or "${" in text):
            self.found.add(
                "cwl/not-evaluated", value, f"expressions are not evaluated in `{where.field}`",
                "Write it in `arguments`, or in `valueFrom`." if where.field != "dockerPull" else None,
                severity="warning",
            )  # fmt: skip
        if "string" in kinds.primitives or text in kinds.symbols:
            return True
        return kinds.expression and ("$(" in text or "${" in text)

    def _chosen(self, node: Mapping, kinds: Kinds) -> Record | None:
        """Gives the record that a mapping was meant to be."""
        records = kinds.records
        if not records:
            return None
        name = word(get(node, "class"))
        if any(record.classed for record in records) and (name is not None or len(records) > 1):
            exact = next((record for record in records if record.classed and record.name == name), None)
            if exact:
                return exact
        symbol = word(get(node, "type"))
        by_symbol = next((record for record in records if record.symbol and record.symbol == symbol), None)
        if by_symbol:
            return by_symbol
        fields = entries(node)
        return max(
            records,
            key=lambda record: (
                sum(key in record.fields for key in fields)
                - (2 if record.classed and "class" not in fields else 0)
            ),
        )

    def _mapped(self, node: Mapping, one: Field, where: Where) -> None:
        """Looks at a list that is written as a mapping."""
        repeated.keys(self.found, node)
        if one.kinds.items is None:
            return
        record = one.kinds.items.records[0] if one.kinds.items.records else None
        if record is None:
            return
        for pair in entries(node).values():
            value = real(pair.value)
            if pair.key.value.startswith("$") or value is None:
                continue
            if isinstance(value, Mapping):
                if not self.reference(value):
                    self.record(value, record, where, pair.key, one.subject)
            elif kind_of(value) == "null" and " " in pair.key.value and pair.key.style == "plain":
                self.found.add(
                    "cwl/value", pair.key, f"`{pair.key.value}` has no value", "Is a colon missing?"
                )
            elif one.predicate and one.predicate in record.fields:
                self.value(value, record.fields[one.predicate], replace(where, field=one.predicate), pair.key)
            else:
                self.found.add(
                    "cwl/value",
                    pair.key if kind_of(value) in ("null", "list") else value,
                    f"`{pair.key.value}` is {got(value)}; expected a mapping with the fields of {record.name}",
                    f"Its fields: {listed(record.fields)}.",
                )

    def _evaluated(self, node: Node, where: Where) -> None:
        if isinstance(node, Scalar) and ("$(" in node.value or "${" in node.value):
            self.expressions.append(Written(node, where))

    def reference(self, node: Node) -> bool:
        """Tells whether a mapping stands for what another file holds, and looks whether that file is there."""
        if not isinstance(node, Mapping):
            return False
        fields = entries(node)
        name = next((one for one in REFERENCES if one in fields), None)
        if name is None:
            return False
        value = real(fields[name].value)
        target = word(value)
        if target is None:
            self.found.add("cwl/value", fields[name].key, f"`{name}` names a file")
        elif not target.startswith("#"):
            missing = self.missing(target)
            if missing:
                self.found.add(
                    "cwl/missing-file", fields[name].value, f"{os.path.basename(missing)} does not exist",  # noqa: PTH119
                    f"Create {missing}, or mend the path.",
                )  # fmt: skip
        return True

    def missing(self, target: str) -> str | None:
        """Gives the path that a reference names, when there is nothing."""
        parts = urlsplit(target)
        if parts.scheme not in ("", "file"):
            return None
        path = unquote(parts.path) if parts.scheme else unquote(urldefrag(target)[0])
        place = Path(os.path.normpath(Path(self.folder, path)))
        return None if os.path.exists(place) else str(place)  # noqa: PTH110 - a word may be no name at all
