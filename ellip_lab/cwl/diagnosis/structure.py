"""Compares the tree of a text with the schemas: fields nobody knows, values of the wrong kind, what is missing."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import Found, did_you_mean, listed, meant
from ellip_lab.cwl.diagnosis.says import expected, got, hint_for_value
from ellip_lab.cwl.diagnosis.tree import entries, get, imports, kind_of, named, real, string, word
from ellip_lab.cwl.diagnosis.vocabulary import (
    LATEST,
    PROCESSES,
    Field,
    Kinds,
    Record,
    Vocabulary,
    since,
    vocabulary,
)
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence

_REFERENCES = ("$import", "$include", "$mixin")
_NOT_EVALUATED = ("baseCommand", "prefix", "dockerPull", "itemSeparator")
_OTHER_WORDS = {
    "inputs": "in", "input": "in", "outputs": "out", "output": "out", "command": "baseCommand", "cmd": "baseCommand",
    "image": "dockerPull", "description": "doc", "from": "source", "src": "source", "flag": "prefix", "title": "label",
    "requires": "requirements", "tool": "run", "if": "when", "pattern": "glob", "value": "valueFrom",
}  # fmt: skip
_ANYWHERE = ("cwlVersion", "id", "label", "doc", "class")
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
    scripts: list[Node] = field(default_factory=list)
    """The parts of expression libraries."""

    def document(self, root: Mapping) -> None:
        """Looks at a whole document."""
        self._repeated(root)
        graph = get(root, "$graph")
        if graph is None:
            near = next((one for one in entries(root) if meant(one, ["$graph"], 0.8)), None)
            if near and "class" not in entries(root):
                self.found.add("cwl/unknown-field", entries(root)[near].key, f"`{near}` is not a field here",
                               "Did you mean `$graph`?")  # fmt: skip
            else:
                self.process(root, Where(), None)
            return
        if isinstance(graph, Sequence):
            seen: set[str] = set()
            for item in map(real, graph.items):
                name = word(get(item, "id"))
                if name is None and isinstance(item, Mapping) and not imports(item):
                    self.found.add(
                        "cwl/missing-field", self._head(item), "the field `id` is missing",
                        "A process of a `$graph` has a name.", field="id",
                    )  # fmt: skip
                elif name is not None and name.lstrip("#") in seen:
                    place = entries(item)["id"].value
                    self.found.add("cwl/duplicate-id", place, f"`{name}` names a second process here", "Give it another name.")
                seen.add((name or "").lstrip("#"))
        else:
            self.found.add(
                "cwl/value", entries(root)["$graph"].key, f"`$graph` is {got(graph)}; expected a list of processes",
                "Begin each process with `- class: ...`, and give it an `id`.",
            )  # fmt: skip
            return
        for item in graph.items:
            process = real(item)
            if isinstance(process, Mapping):
                if not self._reference(process):
                    self.process(process, Where(), None)
            else:
                self.found.add("cwl/value", item, f"`$graph` is a list of processes; this is {got(process)}")

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
            kind = self._guessed(node, anchor, pair.key if pair else None)
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
        known = self._types(node, where.types)
        at = pair.value if pair else anchor
        self.record(
            node, record, replace(where, process=node, step=None, requirement=None, types=known), at, "class"
        )

    def _guessed(self, node: Mapping, anchor: Node | None, empty: Node | None) -> str | None:
        """Says that the class is missing, and gives what the fields say it is."""
        fields = entries(node)
        scores = {
            name: sum(key in vocabulary(LATEST).records[name].fields for key in fields if key not in _ANYWHERE)
            for name in PROCESSES
        }
        best = max(PROCESSES, key=lambda name: scores[name])
        near = next((pair for key, pair in fields.items() if meant(key, ["class"]) and key != "class"), None)
        kind = meant(word(near.value) or "", PROCESSES) if near else None
        if near and kind:
            self.found.suggest(node, "class")
            self.found.add(
                "cwl/unknown-field", near.key, f"`{near.key.value}` is not a field here", "Did you mean `class`?"
            )
            return None
        self.found.add(
            "cwl/missing-field",
            empty or anchor or self._head(node),
            "the field `class` is missing",
            f"Write `class: {best}`, if it is one." if scores[best] else f"A process is one of {listed(PROCESSES)}.",
            field="class",
        )
        return best if scores[best] else None

    def _head(self, node: Mapping) -> Node:
        """Gives what stands for a mapping: what it is called, or its first key."""
        name = next((pair for pair in node.pairs if pair.key.value in ("id", "name", "class")), None)
        if name is not None and word(name.value):
            return name.value
        return node.pairs[0].key if node.pairs else node

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
        self._repeated(node)
        fields = entries(node)
        for name, pair in fields.items():
            known = record.fields.get(name)
            if known is None:
                self._unknown(name, pair.key, record, node)
            elif name not in implied and name != "cwlVersion":
                self.value(pair.value, known, replace(where, field=name), pair.key)
        for name, one in record.fields.items():
            if one.required and name not in fields and name not in implied:
                if not self.found.suggested(node, name):
                    at = self._head(node) if anchor is None or isinstance(anchor, Mapping) else anchor
                    self.found.add(
                        "cwl/missing-field", at, f"the field `{name}` is missing",
                        _missing_hint(name, record), field=name,
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
        near = _meant_field(name, record, entries(node))
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
        if value is None or self._reference(value):
            return
        kinds = one.kinds
        if one.types:
            self._type(value, kinds, where, key)
        elif one.name in ("requirements", "hints"):
            self._requirements(value, one, where, key)
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
                self._twice(value, one)
                nameless = self._nameless(value, one)
                for item in value.items:
                    if id(real(item)) not in nameless:
                        self._kind(item, one.kinds.items, one.name, where, item)
                return
            self._kind(value, kinds, one.name, where, key)

    def _kind(self, node: Node, kinds: Kinds, name: str, where: Where, key: Node) -> None:
        """Compares a value with what it may be; `key` is underlined where there is nothing to see of the value."""
        value = real(node)
        if value is None or self._reference(value):
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
                self._comment(value, key) or hint_for_value(name, value, kinds), field=name,
            )  # fmt: skip

    def _comment(self, value: Node, key: Node) -> str | None:
        """Gives the hint for a value that YAML takes for a comment (`run: #crop`)."""
        if kind_of(value) != "null":
            return None
        content = self.found.text.content
        rest = content[key.end : self.found.text.line_end(key.end)].lstrip(": ")
        return f"`#` begins a comment; write it in quotes: '{rest.strip()}'." if rest.startswith("#") else None

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
        self._repeated(node)
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
                if not self._reference(value):
                    self.record(value, record, where, pair.key, one.subject)
            elif kind_of(value) == "null" and " " in pair.key.value and pair.key.style == "plain":
                self.found.add("cwl/value", pair.key, f"`{pair.key.value}` has no value", "Is a colon missing?")
            elif one.predicate and one.predicate in record.fields:
                self.value(
                    value, record.fields[one.predicate], replace(where, field=one.predicate), pair.key
                )
            else:
                self.found.add(
                    "cwl/value",
                    pair.key if kind_of(value) in ("null", "list") else value,
                    f"`{pair.key.value}` is {got(value)}; expected a mapping with the fields of {record.name}",
                    f"Its fields: {listed(record.fields)}.",
                )

    def _requirements(self, node: Node, one: Field, where: Where, key: Node) -> None:
        hints = one.name == "hints"
        own = entries(node).get("class")
        if own is not None and string(own.value):
            self.found.suggest(where.process, string(own.value) or "")
            self.found.add(
                "cwl/value", own.key, f"`{one.name}` is one requirement; expected a list of them, or a mapping by class",
                f"Begin this line with `- `, or write `{string(own.value)}:` and what belongs to it below.",
            )  # fmt: skip
        elif isinstance(node, Mapping):
            self._repeated(node)
            for name, pair in entries(node).items():
                value = real(pair.value)
                if name.startswith("$"):
                    continue
                record = self._requirement(name, pair.key, where.process, hints=hints)
                if isinstance(value, Mapping):
                    if record is not None and not self._reference(value):
                        self.record(value, record, where, pair.key, "class")
                else:
                    self.found.add(
                        "cwl/value", pair.key if kind_of(value) in ("null", "list") else pair.value,
                        f"`{name}` is {got(value)}; expected a mapping", f"Write `{name}: {{}}`."
                        if kind_of(value) == "null" else None,
                    )  # fmt: skip
        elif isinstance(node, Sequence):
            for item in node.items:
                value = real(item)
                if not isinstance(value, Mapping):
                    name = string(value)
                    self.found.suggest(where.process, name or "")
                    self.found.add(
                        "cwl/value", item, f"a requirement is a mapping; this is {got(value)}",
                        f"Write `- class: {name}`." if name in self.words.requirements else None,
                    )  # fmt: skip
                elif not self._reference(value):
                    pair = entries(value).get("class")
                    name = word(pair.value) if pair else None
                    if pair is None or name is None:
                        for key in entries(value):
                            self.found.suggest(where.process, key)
                        self.found.add(
                            "cwl/missing-field", self._head(value), "the field `class` is missing",
                            f"Write `- class: {value.pairs[0].key.value}`." if len(value.pairs) == 1
                            else "It names the requirement.", field="class",
                        )  # fmt: skip
                        continue
                    record = self._requirement(name, pair.value, where.process, hints=hints)
                    if record is not None:
                        self.record(value, record, where, pair.value, "class")
        elif kind_of(node) != "null":
            self.found.add(
                "cwl/value", node, f"`{one.name}` is {got(node)}; expected a mapping or a list",
                field=one.name,
            )  # fmt: skip

    def _requirement(self, name: str, place: Node, process: Node | None, *, hints: bool) -> Record | None:
        if name in self.words.requirements:
            return self.words.records[name]
        if ":" in name or "#" in name:
            return None
        later = since(name, self.words.version)
        if later:
            self.found.add(
                "cwl/newer-version", place,
                f"`{name}` is a requirement since {later}; this document is {self.words.version}",
                f"Write `cwlVersion: {later}`.", severity="warning" if hints else "error",
            )  # fmt: skip
            return None
        near = meant(name, self.words.requirements)
        if near:
            self.found.suggest(process, near)
        self.found.add(
            "cwl/unknown-requirement", place, f"`{name}` is not a requirement CWL knows",
            f"Did you mean `{near}`?" if near else None, severity="warning" if hints else "error",
        )  # fmt: skip
        return None

    def _type(self, node: Node, kinds: Kinds, where: Where, key: Node) -> None:
        """Looks at a type: a name with its shorthand, a list of types, or a mapping that describes one."""
        value = real(node)
        if value is None or self._reference(value) or where.depth > _DEPTH:
            return
        where = replace(where, depth=where.depth + 1)
        if isinstance(value, Sequence):
            for item in value.items:
                self._type(item, kinds.items or kinds, where, item)
            return
        if isinstance(value, Mapping):
            self._described(value, kinds, where, key)
            return
        fault = types.fault(value, kinds.symbols, where.types)
        if fault:
            code, message, hint = fault
            self.found.add(code, key if kind_of(value) == "null" and word(value) is None else value, message, hint)

    def _described(self, node: Mapping, kinds: Kinds, where: Where, key: Node) -> None:
        records = {record.symbol: record for record in kinds.records if record.symbol}
        pair = entries(node).get("type")
        if pair is None:
            self.found.add(
                "cwl/missing-field", self._head(node), "the field `type` is missing",
                f"A type is described by `type: {' | '.join(sorted(filter(None, records)))}`.", field="type",
            )  # fmt: skip
            return
        symbol = word(pair.value)
        record = records.get(symbol)
        if record is None:
            choices = [name for name in records if name]
            self.found.add(
                "cwl/value", pair.value, f"a described type is {' or '.join(choices)}, not {got(real(pair.value))}"
                if symbol is None else f"a described type is {' or '.join(choices)}, not `{symbol}`",
                did_you_mean(symbol or "", choices, f"Write `{symbol}` alone, without the inner `type`." if symbol else None),
            )  # fmt: skip
            return
        self.record(node, record, where, pair.value)

    def _types(self, node: Mapping, outer: frozenset[str] | None) -> frozenset[str] | None:
        """Gives the names of the types that a process and those around it define."""
        names = set(outer or ())
        for part in ("requirements", "hints"):
            for name, _, value in named(get(node, part), "class"):
                if name != "SchemaDefRequirement":
                    continue
                defined = get(value, "types")
                for item in defined.items if isinstance(defined, Sequence) else []:
                    title = word(get(item, "name"))
                    if title is None:
                        return None
                    names.add(title.lstrip("#"))
        return None if outer is None else frozenset(names)

    def _evaluated(self, node: Node, where: Where) -> None:
        if isinstance(node, Scalar) and ("$(" in node.value or "${" in node.value):
            self.expressions.append(Written(node, where))

    def _reference(self, node: Node) -> bool:
        """Tells whether a mapping stands for what another file holds, and looks whether that file is there."""
        if not isinstance(node, Mapping):
            return False
        fields = entries(node)
        name = next((one for one in _REFERENCES if one in fields), None)
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
        return None if place.exists() else str(place)

    def _repeated(self, node: Mapping) -> None:
        """Finds keys that stand in a mapping a second time."""
        seen: set[str] = set()
        for pair in node.pairs:
            name = pair.key.value
            if name in seen and name != "<<":
                self.found.add(
                    "cwl/duplicate-key", pair.key, f"the key `{name}` stands here a second time", "Keep one of them."
                )
            seen.add(name)

    def _nameless(self, node: Sequence, one: Field) -> set[int]:
        """Finds entries of a list that have no id; gives those that are a name and what belongs to it."""
        wrong: set[int] = set()
        record = one.kinds.items.records[0] if one.kinds.items and one.kinds.items.records else None
        if one.subject not in ("id", "name") or record is None:
            return wrong
        required = one.subject in record.fields and record.fields[one.subject].required
        for item in map(real, node.items):
            if isinstance(item, Mapping) and not required and one.subject not in entries(item) and not any(
                name in entries(item) for name in _REFERENCES
            ):  # fmt: skip
                only = item.pairs[0] if len(item.pairs) == 1 and item.pairs[0].key.value not in record.fields else None
                if only:
                    wrong.add(id(item))
                self.found.add(
                    "cwl/missing-field", self._head(item), f"the field `{one.subject}` is missing",
                    f"Write `- {one.subject}: {only.key.value}`, or leave the dash out." if only
                    else "Each entry of a list has a name.", field=one.subject,
                )  # fmt: skip
        return wrong

    def _twice(self, node: Sequence, one: Field) -> None:
        """Finds ids that a list has a second time."""
        seen: set[str] = set()
        for name, place, value in named(node, one.subject or "id"):
            if value is not None and name in seen and one.subject in ("id", "name"):
                self.found.add(
                    "cwl/duplicate-id", place, f"`{name}` names a second thing here", "Give it another name."
                )
            seen.add(name)


def _meant_field(name: str, record: Record, fields: Collection[str]) -> str | None:
    """Gives the field of a record that a word was most likely meant to be; one that is not there yet, if possible."""
    free = [one for one in record.fields if one not in fields]
    other = _OTHER_WORDS.get(name.lower())
    if other in free:
        return other
    return meant(name, free) or meant(name, record.fields)


def _missing_hint(name: str, record: Record) -> str | None:
    return {
        "inputs": "A process without inputs says `inputs: []`.",
        "outputs": "A process without outputs says `outputs: []`.",
        "steps": "A workflow without steps says `steps: []`.",
        "in": "A step that is given nothing says `in: []`.",
        "out": "It lists the outputs that other steps use: `out: [raster]`; none: `out: []`.",
        "run": "It names the tool or the workflow that the step runs.",
        "type": f"Write `type: {record.symbol}`." if record.symbol else f"Write the type of this {'input' if 'Input' in record.name else 'output'}, such as `string` or `File`.",
        "outputSource": "Name an output of a step: `step/output`.",
    }.get(name)
