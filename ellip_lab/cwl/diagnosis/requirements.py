"""Requirements and hints: a mapping by class or a list, of classes that the version knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ellip_lab.cwl.diagnosis import repeated
from ellip_lab.cwl.diagnosis.found import meant
from ellip_lab.cwl.diagnosis.says import got
from ellip_lab.cwl.diagnosis.tree import entries, head_of, kind_of, real, string, word
from ellip_lab.cwl.diagnosis.vocabulary import Field, Record, since
from ellip_lab.cwl.language.nodes import Mapping, Node, Sequence

if TYPE_CHECKING:
    from ellip_lab.cwl.diagnosis.structure import Structure, Where


def look(structure: Structure, node: Node, one: Field, where: Where) -> None:
    """Looks at the requirements, or the hints, of a process or a step."""
    hints = one.name == "hints"
    own = entries(node).get("class")
    if own is not None and string(own.value):
        structure.found.suggest(where.process, string(own.value) or "")
        structure.found.add(
            "cwl/value", own.key, f"`{one.name}` is one requirement; expected a list of them, or a mapping by class",
            f"Begin this line with `- `, or write `{string(own.value)}:` and what belongs to it below.",
        )  # fmt: skip
    elif isinstance(node, Mapping):
        repeated.keys(structure.found, node)
        for name, pair in entries(node).items():
            value = real(pair.value)
            if name.startswith("$"):
                continue
            record = _known(structure, name, pair.key, where.process, hints=hints)
            if isinstance(value, Mapping):
                if record is not None and not structure.reference(value):
                    structure.record(value, record, where, pair.key, "class")
            else:
                structure.found.add(
                    "cwl/value", pair.key if kind_of(value) in ("null", "list") else pair.value,
                    f"`{name}` is {got(value)}; expected a mapping", f"Write `{name}: {{}}`."
                    if kind_of(value) == "null" else None,
                )  # fmt: skip
    elif isinstance(node, Sequence):
        for item in node.items:
            value = real(item)
            if not isinstance(value, Mapping):
                text = string(value)
                structure.found.suggest(where.process, text or "")
                structure.found.add(
                    "cwl/value", item, f"a requirement is a mapping; this is {got(value)}",
                    f"Write `- class: {text}`." if text in structure.words.requirements else None,
                )  # fmt: skip
            elif not structure.reference(value):
                said = entries(value).get("class")
                kind = word(said.value) if said else None
                if said is None or kind is None:
                    for key in entries(value):
                        structure.found.suggest(where.process, key)
                    structure.found.add(
                        "cwl/missing-field", head_of(value), "the field `class` is missing",
                        f"Write `- class: {value.pairs[0].key.value}`." if len(value.pairs) == 1
                        else "It names the requirement.", field="class",
                    )  # fmt: skip
                    continue
                record = _known(structure, kind, said.value, where.process, hints=hints)
                if record is not None:
                    structure.record(value, record, where, said.value, "class")
    elif kind_of(node) != "null":
        structure.found.add(
            "cwl/value", node, f"`{one.name}` is {got(node)}; expected a mapping or a list",
            field=one.name,
        )  # fmt: skip


def _known(
    structure: Structure, name: str, place: Node, process: Node | None, *, hints: bool
) -> Record | None:
    if name in structure.words.requirements:
        return structure.words.records[name]
    if name.startswith(("cwltool:", "http://commonwl.org/cwltool#")) and not hints:
        structure.found.add(
            "cwl/unknown-requirement", place, f"`{name}` is an extension of cwltool, which is not switched on",
            "Move it to `hints`, or use the requirement of a newer `cwlVersion`.",
        )  # fmt: skip
        return None
    if ":" in name or "#" in name:
        return None
    later = since(name, structure.words.version)
    if later:
        structure.found.add(
            "cwl/newer-version", place,
            f"`{name}` is a requirement since {later}; this document is {structure.words.version}",
            f"Write `cwlVersion: {later}`.", severity="warning" if hints else "error",
        )  # fmt: skip
        return None
    near = meant(name, structure.words.requirements)
    if near:
        structure.found.suggest(process, near)
    structure.found.add(
        "cwl/unknown-requirement", place, f"`{name}` is not a requirement CWL knows",
        f"Did you mean `{near}`?" if near else None, severity="warning" if hints else "error",
    )  # fmt: skip
    return None
