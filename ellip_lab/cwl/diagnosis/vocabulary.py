"""The words of a CWL version, from the schemas that cwltool carries: which class has which fields of which kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

PROCESSES = ("CommandLineTool", "Workflow", "ExpressionTool", "Operation")
VERSIONS = ("v1.0", "v1.1", "v1.2")
LATEST = "v1.2"


@dataclass(slots=True, eq=False)
class Kinds:
    """Is what a value may be."""

    primitives: set[str] = field(default_factory=set)
    """Of `null`, `boolean`, `int`, `long`, `float`, `double`, `string`."""
    symbols: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    items: Kinds | None = None
    """Of a list, when it may be one."""
    expression: bool = False
    anything: bool = False

    @property
    def optional(self) -> bool:
        """Tells whether it may be left out."""
        return "null" in self.primitives


@dataclass(slots=True, eq=False)
class Field:
    """Is a field of a record."""

    name: str
    kinds: Kinds
    required: bool
    subject: str | None = None
    """Of a list that may be written as a mapping: the field that its keys are."""
    predicate: str | None = None
    """Of such a mapping: the field that a value which is no mapping is."""
    types: bool = False
    """It holds types."""
    secondary: bool = False
    """It holds patterns of secondary files, which have a shorthand."""


@dataclass(slots=True, eq=False)
class Record:
    """Is a mapping with fields."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    classed: bool = False
    """Its `class` is its name."""
    symbol: str | None = None
    """What its `type` is: `record`, `enum` or `array`."""


class Vocabulary:
    """Is the records of one version."""

    def __init__(self, version: str) -> None:
        from cwltool.process import get_schema

        self.version = version
        names: Any = get_schema(version)[1]
        self._known: dict[int, Record] = {}
        self.records: dict[str, Record] = {}
        for name, schema in names.names.items():
            if type(schema).__name__ == "RecordSchema" and ".cwl.cwl." in name:
                record = self._record(schema)
                self.records[record.name] = record
        self.requirements = {
            record.name
            for process in PROCESSES
            if process in self.records
            for record in self._classes(self.records[process].fields["requirements"].kinds)
        }
        self.fields = {name for record in self.records.values() for name in record.fields}

    def _classes(self, kinds: Kinds) -> list[Record]:
        return kinds.items.records if kinds.items else []

    def _record(self, schema: Any) -> Record:
        known = self._known.get(id(schema))
        if known:
            return known
        record = self._known[id(schema)] = Record(_last(schema.name))
        for one in schema.fields:
            kinds = Kinds()
            self._read(one.type, kinds)
            said = one._props.get("jsonldPredicate")
            said = said if isinstance(said, dict) else {}
            if one.name == "class":
                record.classed = True
            elif one.name == "type" and len(kinds.symbols) == 1 and not kinds.records:
                record.symbol = kinds.symbols[0]
            record.fields[one.name] = Field(
                one.name,
                kinds,
                required=not kinds.optional and "default" not in one._props and not kinds.anything,
                subject=said.get("mapSubject"),
                predicate=said.get("mapPredicate"),
                types=one.name in ("type", "items") and said.get("_type") == "@vocab",
                secondary=bool(said.get("secondaryFilesDSL")),
            )
        return record

    def _read(self, schema: Any, kinds: Kinds) -> None:
        sort = type(schema).__name__
        if sort in ("UnionSchema", "NamedUnionSchema"):
            for one in schema.schemas:
                self._read(one, kinds)
        elif sort == "ArraySchema":
            kinds.items = kinds.items or Kinds()
            self._read(schema.items, kinds.items)
        elif sort == "RecordSchema":
            record = self._record(schema)
            if record not in kinds.records:
                kinds.records.append(record)
        elif sort == "EnumSchema":
            if _last(schema.name) == "Expression":
                kinds.expression = True
            elif _last(schema.name) == "Any":
                kinds.anything = True
            else:
                kinds.symbols += [_last(symbol) for symbol in schema.symbols]
        elif sort in ("MapSchema", "NamedMapSchema"):
            kinds.anything = True
        else:
            kinds.primitives.add(str(schema.type))


@cache
def vocabulary(version: str) -> Vocabulary:
    """Gives the words of a version; made once."""
    return Vocabulary(version)


def since(name: str, version: str, record: str | None = None) -> str | None:
    """Gives the version that brought a field of a record, or a record, when it is a later one than `version`."""
    for later in VERSIONS[VERSIONS.index(version) + 1 :]:
        records = vocabulary(later).records
        if record is None and name in records:
            return later
        if record is not None and record in records and name in records[record].fields:
            return later
    return None


def _last(name: str) -> str:
    return name.rsplit(".", 1)[-1].rsplit("/", 1)[-1].rsplit("#", 1)[-1]
