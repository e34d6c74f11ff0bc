"""Types: a name with its shorthand, a list of types, or a mapping that describes one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ellip_lab.cwl.diagnosis import types
from ellip_lab.cwl.diagnosis.found import did_you_mean
from ellip_lab.cwl.diagnosis.says import got
from ellip_lab.cwl.diagnosis.tree import entries, get, head_of, kind_of, named, real, word
from ellip_lab.cwl.diagnosis.vocabulary import Kinds
from ellip_lab.cwl.language.nodes import Mapping, Node, Sequence

if TYPE_CHECKING:
    from ellip_lab.cwl.diagnosis.structure import Structure, Where

DEPTH = 100


def look(structure: Structure, node: Node, kinds: Kinds, where: Where, key: Node) -> None:
    """Looks at a type: a name with its shorthand, a list of types, or a mapping that describes one."""
    value = real(node)
    if value is None or structure.reference(value) or where.depth > DEPTH:
        return
    where = replace(where, depth=where.depth + 1)
    if isinstance(value, Sequence):
        for item in value.items:
            look(structure, item, kinds.items or kinds, where, item)
        return
    if isinstance(value, Mapping):
        _described(structure, value, kinds, where, key)
        return
    fault = types.fault(value, kinds.symbols, where.types) or types.nested(value)
    if fault:
        code, message, hint = fault
        structure.found.add(
            code, key if kind_of(value) == "null" and word(value) is None else value, message, hint
        )


def _described(structure: Structure, node: Mapping, kinds: Kinds, where: Where, key: Node) -> None:
    records = {record.symbol: record for record in kinds.records if record.symbol}
    pair = entries(node).get("type")
    if pair is None:
        structure.found.add(
            "cwl/missing-field", head_of(node), "the field `type` is missing",
            f"A type is described by `type: {' | '.join(sorted(filter(None, records)))}`.", field="type",
        )  # fmt: skip
        return
    symbol = word(pair.value)
    record = records.get(symbol or "")
    if record is None:
        choices = [name for name in records if name]
        structure.found.add(
            "cwl/value", pair.value, f"a described type is {' or '.join(choices)}, not {got(real(pair.value))}"
            if symbol is None else f"a described type is {' or '.join(choices)}, not `{symbol}`",
            did_you_mean(symbol or "", choices, f"Write `{symbol}` alone, without the inner `type`." if symbol else None),
        )  # fmt: skip
        return
    structure.record(node, record, where, pair.value)


def names_defined(node: Mapping, outer: frozenset[str] | None) -> frozenset[str] | None:
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
