"""The keys that can be written at a place: fields of a class, classes of requirements, names of inputs."""

from __future__ import annotations

from ellip_lab.cwl.language import snippets
from ellip_lab.cwl.language.cursor import MARK, Cursor
from ellip_lab.cwl.language.kinds import GRAPH, ROOT_FIELDS, Slot
from ellip_lab.cwl.language.nodes import Mapping, Node
from ellip_lab.cwl.language.offers import Item, item
from ellip_lab.cwl.language.specification import PROCESSES, Field, Record
from ellip_lab.cwl.language.types import text as type_text

ORDER = (
    "cwlVersion", "class", "id", "name", "label", "doc", "intent", "type", "run", "requirements", "hints", "baseCommand",
    "arguments", "inputs", "in", "scatter", "scatterMethod", "when", "steps", "outputs", "out", "source",
    "outputSource", "expression", "inputBinding", "outputBinding", "position", "prefix", "glob", "default",
    "stdin", "stdout", "stderr", "fields", "items", "symbols", "format", "secondaryFiles",
)  # fmt: skip
_RANK = {name: index for index, name in enumerate(ORDER)}
ROOT_DOCS = {
    GRAPH: "The processes of a document that has several, as a list.",
    "$namespaces": "Prefixes for fields that are no part of CWL: `s: https://schema.org/`.",
    "$schemas": "The ontologies that `format` and fields of other vocabularies come from.",
}


def keys(cursor: Cursor) -> list[Item]:
    """Gives the keys that can be written where the cursor is at a key, or at a word that may become one."""
    box = cursor.box
    if not isinstance(box, Mapping):
        return []
    slot = cursor.document.kinds.slot(box)
    if slot is not None and slot.names:
        return names(cursor, slot, box)
    return fields(cursor, box)


def fields(cursor: Cursor, box: Mapping) -> list[Item]:
    """Gives the fields that a mapping lacks, the required ones first."""
    document = cursor.document
    kinds = document.kinds
    present = {pair.key.value for pair in box.pairs if MARK not in pair.key.value}
    slot = kinds.slot(box)
    if slot is not None and slot.entry and slot.field is not None and slot.field.subject:
        present.add(slot.field.subject)
    name = kinds.record_name(box)
    found: list[Item] = []
    record = kinds.record(box)
    if name == "Process":
        found += _classes(cursor, box, present)
    if record is not None:
        found += offered(cursor, record, present)
    if box is document.root:
        found += [
            _root_field(cursor, field)
            for field in ROOT_FIELDS
            if field not in present
            and not any(one["label"] == field for one in found)
            and not (field == GRAPH and "class" in present)
        ]
    return found


def offered(cursor: Cursor, record: Record, present: set[str]) -> list[Item]:
    """Gives the fields of a class as completions."""
    nested = cursor.document.kinds.owner(cursor.box) is not None
    missing = [one for one in record.fields.values() if one.name not in present]
    # Only the outermost process says which version the document is written in.
    missing = [one for one in missing if one.name != "cwlVersion" or not nested]
    missing.sort(key=lambda one: (not one.required, _RANK.get(one.name, len(_RANK))))
    return [_field(cursor, one) for one in missing]


def _field(cursor: Cursor, field: Field) -> Item:
    detail = f"{field.shape()}{', required' if field.required else ''}"
    return item(field.name, "field", _key_text(cursor, field), detail, field.doc)


def _key_text(cursor: Cursor, field: Field) -> str:
    """Gives what is written for a field: its key, and the beginning of its value."""
    if cursor.has_colon:
        return field.name
    if cursor.flow:
        return f"{field.name}: "
    below = f"{field.name}:\n{' ' * (cursor.indent + 2)}"
    scalar = {"string", "Expression", "int", "long", "boolean", "float", "Any", "CWLType"} & set(field.flat)
    if field.name == "out":
        return "out: []"
    if field.subject is not None:
        return below
    if not scalar and field.records and field.name != "run":
        symbols = all(cursor.document.spec.symbols(one) for one in field.records)
        return f"{field.name}: " if symbols else below
    if (
        scalar == {"string"}
        and field.is_list
        and all(isinstance(one, dict) for one in field.types if one != "null")
    ):
        return f"{below}- "
    return f"{field.name}: "


def _classes(cursor: Cursor, box: Mapping, present: set[str]) -> list[Item]:
    if "class" in present:
        return []
    slot = cursor.document.kinds.slot(box)
    classes = [one for one in dict.fromkeys(slot.flat_records() if slot else ()) if one in PROCESSES]
    made = []
    for name in classes or cursor.document.spec.processes:
        record = cursor.document.spec.record(name)
        made.append(item(f"class: {name}", "class", f"class: {name}", None, record.doc if record else ""))
    return [item("class", "field", "class" if cursor.has_colon else "class: ", "required"), *made]


def _root_field(cursor: Cursor, field: str) -> Item:
    text = {GRAPH: "$graph:\n- ", "$namespaces": "$namespaces:\n  ", "$schemas": "$schemas:\n- "}.get(
        field, f"{field}: "
    )
    workflow = cursor.document.spec.record("Workflow")
    doc = ROOT_DOCS.get(field) or (
        workflow.fields[field].doc if workflow and field in workflow.fields else ""
    )
    return item(field, "field", field if cursor.has_colon else text, None, doc)


def names(cursor: Cursor, slot: Slot, box: Node | None) -> list[Item]:
    """Gives what can be a name in a mapping that is written in place of a list."""
    field = slot.field
    if field is None:
        return []
    present = {
        pair.key.value
        for pair in (box.pairs if isinstance(box, Mapping) else ())
        if MARK not in pair.key.value
    }
    if field.subject == "class":
        return requirements(cursor, present)
    if field.name == "in":
        return _step_inputs(cursor, slot, present)
    if field.name == "steps":
        return snippets.steps(cursor, present)
    if field.name in ("inputs", "outputs") and not cursor.flow:
        return snippets.ports(cursor, field.name, slot.owner)
    return []


def requirements(cursor: Cursor, present: set[str]) -> list[Item]:
    """Gives the classes of requirements, each with the fields that it must have."""
    spec = cursor.document.spec
    found = []
    for name in sorted(spec.requirements, key=snippets.requirement_rank):
        record = spec.record(name)
        if record is None or name in present:
            continue
        text = name if cursor.has_colon else snippets.requirement(cursor, record)
        found.append(item(name, "class", text, "requirement", record.doc))
    return found


def _step_inputs(cursor: Cursor, slot: Slot, present: set[str]) -> list[Item]:
    """Gives the inputs of what a step runs."""
    step = cursor.document.step_around(slot.owner)
    process = step.process if step else None
    found = []
    for name, port in process.inputs.items() if process else ():
        if name in present:
            continue
        required = port.get("default") is None and not any(one.name == "null" for one in port.type)
        detail = f"{type_text(port.type)}{', required' if required else ''}"
        doc = "\n\n".join(part for part in (port.text("label"), port.doc) if part)
        made = item(name, "reference", name if cursor.has_colon else f"{name}: ", detail, doc)
        found.append((not required, made))
    return [made for _, made in sorted(found, key=lambda one: one[0])]
