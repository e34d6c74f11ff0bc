"""The values that can be written at a place."""

from __future__ import annotations

import re
from typing import Any

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.complete_files import files
from ellip_lab.cwl.language.complete_keys import names, offered, requirements
from ellip_lab.cwl.language.complete_links import outs, runs, scatters, sources
from ellip_lab.cwl.language.cursor import MARK, Cursor
from ellip_lab.cwl.language.expressions import names_of_inputs
from ellip_lab.cwl.language.kinds import DIRECTIVES, PROCESS_TYPES, Slot
from ellip_lab.cwl.language.nodes import Mapping, Sequence, pair_of, text_of, walk
from ellip_lab.cwl.language.offers import Item, item
from ellip_lab.cwl.language.specification import VERSIONS, Field, Specification

_SOURCES = ("source", "outputSource")


def values(cursor: Cursor, images: tuple[str, ...]) -> tuple[list[Item], dict[str, Any]]:
    """Gives the values that can be written at the cursor, and what else the reply says."""
    key = _key_of(cursor)
    if key in DIRECTIVES:
        return files(cursor, ("cwl", "yml", "yaml", "json", "js", "txt")), {}
    slot = cursor.slot
    if slot is None:
        return [], {}
    field = slot.field
    if _is_names(cursor, slot):
        below = names(cursor, slot, None)
        return below, {}
    found: list[Item] = []
    reply: dict[str, Any] = {}
    if field is not None and field.name == "dockerPull":
        found, reply = _images(cursor, images), {"wants": "images"}
    elif slot.of_class:
        kinds = [one for kind in slot.types for one in kind["symbols"]]
        found = [item(one, "class", one, None, _doc(cursor, one)) for one in kinds]
    elif field is not None:
        found = _of_field(cursor, slot, field)
    return [*_records(cursor, slot), *found], reply


def _key_of(cursor: Cursor) -> str | None:
    pair = pair_of(cursor.node)
    return pair.key.value if pair else None


def _is_names(cursor: Cursor, slot: Slot) -> bool:
    """Tells whether the word may become the first name of a mapping that is written in place of a list."""
    return (
        slot.field is not None
        and slot.field.subject is not None
        and not slot.entry
        and not slot.item
        and isinstance(cursor.box, Mapping)
        and not cursor.flow
    )


def _records(cursor: Cursor, slot: Slot) -> list[Item]:
    """Gives the fields of the class that a mapping would have which begins with this word."""
    if not slot.types or cursor.quoted or not _begins_line(cursor):
        return []
    field = slot.field
    if field is not None and field.subject == "class":
        if slot.item:
            return [
                {**one, "text": f"class: {one['label']}", "label": f"class: {one['label']}"}
                for one in requirements(cursor, _present_classes(cursor))
            ]
        record = cursor.document.spec.record(slot.records[0]) if slot.records else None
        return offered(cursor, record, {"class"}) if record else []
    if slot.listed is not None:
        field = slot.listed
        listed = [one for kind in field.types if isinstance(kind, dict) for one in kind["items"]]
    else:
        listed = list(slot.records)
    candidates = [one for one in listed if cursor.document.spec.record(one) is not None]
    if any(one in PROCESS_TYPES for one in candidates):
        return [
            item(f"class: {one}", "class", f"class: {one}", None, _doc(cursor, one))
            for one in candidates
            if one in PROCESS_TYPES
        ]
    found: dict[str, Item] = {}
    present = {field.subject} if slot.entry and field is not None and field.subject else set()
    for one in candidates:
        record = cursor.document.spec.record(one)
        for made in offered(cursor, record, present) if record else ():
            found.setdefault(made["label"], made)
    return list(found.values())


def _begins_line(cursor: Cursor) -> bool:
    """Tells whether keys could follow: the word is the first of its line, or of an item."""
    before = cursor.document.text.line_at(cursor.node.start)[: cursor.document.text.column(cursor.node.start)]
    return cursor.flow is False and not before.strip(" -\t")


def _present_classes(cursor: Cursor) -> set[str]:
    box = cursor.box
    items = box.items if isinstance(box, Sequence) else []
    return {one.text("class") or "" for one in items if isinstance(one, Mapping)}


def _doc(cursor: Cursor, name: str) -> str:
    record = cursor.document.spec.record(name)
    return record.doc if record else cursor.document.spec.enum_doc(name)


def _of_field(cursor: Cursor, slot: Slot, field: Field) -> list[Item]:
    step = cursor.document.step_around(cursor.node)
    if field.name == "cwlVersion":
        return [item(version, "value", version, None, field.doc) for version in reversed(VERSIONS)]
    if field.name in ("type", "items") and "CWLType" in field.flat:
        return _types(cursor, slot, field)
    if field.name == "run":
        return runs(cursor)
    if field.name in _SOURCES or (field.name == "in" and slot.item):
        return sources(cursor, step)
    if field.name == "scatter":
        return scatters(cursor, step)
    if field.name == "out":
        return outs(cursor, step)
    if field.name == "format":
        return _formats(cursor)
    if field.name in ("location", "path"):
        return files(cursor, None)
    found: list[Item] = []
    for kind in slot.types:
        if isinstance(kind, dict):
            symbols = kind.get("symbols", ())
        elif kind == "boolean":
            symbols = ("true", "false")
        else:
            symbols = (
                cursor.document.spec.symbols(kind) if kind not in ("Expression", "Any", "CWLType") else ()
            )
        found += [
            item(one, "value", one, None, _doc(cursor, kind) if isinstance(kind, str) else "")
            for one in symbols
        ]
    if field.expression and not cursor.flow:
        found += _expressions(cursor)
    return found


def _expressions(cursor: Cursor) -> list[Item]:
    return [
        item(f"$(inputs.{name})", "expression", None, types.text(kind))
        for name, kind in names_of_inputs(cursor.document, cursor.node).items()
        if re.fullmatch(r"[A-Za-z_]\w*", name)
    ]


def _types(cursor: Cursor, slot: Slot, field: Field) -> list[Item]:
    spec = cursor.document.spec
    words = ["File", "Directory", "string", "int", "long", "float", "double", "boolean", "Any", "null"]
    found = []
    owner = field.owner
    if "stdout" in field.flat:
        words[1:1] = ["stdout", "stderr"]
    if "stdin" in field.flat:
        words[1:1] = ["stdin"]
    for name, (_, node, _key) in cursor.document.named_types.items():
        doc = node.text("doc") or node.text("label") or ""
        found += [
            item(word, "type", cursor.written(word), node.text("type"), doc) for word in (name, f"{name}[]")
        ]
    for form in ("{}", "{}?", "{}[]", "{}[]?"):
        for word in words:
            streams = word in ("stdin", "stdout", "stderr")
            if form != "{}" and (streams or word in ("null", "Any")):
                continue
            text = form.format(word)
            found.append(
                item(text, "type", cursor.written(text), None, type_doc(text, _doc_of_type(spec, word)))
            )
    if (
        slot.listed is None
        and not cursor.flow
        and not cursor.quoted
        and owner.endswith(("Parameter", "Field"))
    ):
        kinds = ("array", "enum", "record")
        bodies = {"array": "items: ", "enum": "symbols: []", "record": "fields:"}
        below = " " * (_line_indent(cursor) + 2)
        for kind in kinds:
            body = f"\n{below}type: {kind}\n{below}{bodies[kind]}"
            found.append(item(f"{{type: {kind}}}", "snippet", body, f"a type: {kind}"))
    return found


def _line_indent(cursor: Cursor) -> int:
    line = cursor.document.text.line_at(cursor.node.start)
    bare = line.lstrip(" ")
    dashes = len(bare) - len(bare.lstrip("- ")) if bare.startswith("- ") else 0
    return len(line) - len(bare) + dashes


def _doc_of_type(spec: Specification, word: str) -> str:
    record = spec.record(word)
    return record.doc if record else spec.enum_doc(word)


def type_doc(word: str, doc: str) -> str:
    """Says what the short form of a type means, and what the specification says of it."""
    bare = word.rstrip("?").removesuffix("[]")
    said = f"`{bare}`"
    if "[]" in word:
        said = f"a list of {said}"
    if word.endswith("?"):
        said = f"{said}, or nothing"
    return "\n\n".join(
        part for part in ("" if said == f"`{bare}`" else said[:1].upper() + said[1:], doc) if part
    )


def _formats(cursor: Cursor) -> list[Item]:
    """Gives the formats that the document names already, and the prefixes of its namespaces."""
    document = cursor.document
    seen: dict[str, None] = {}
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, Mapping):
            word = node.text("format")
            if word and MARK not in word:
                seen.setdefault(word)
    spaces = document.root.get("$namespaces") if isinstance(document.root, Mapping) else None
    found = [item(word, "value", cursor.written(word)) for word in seen]
    for pair in spaces.pairs if isinstance(spaces, Mapping) else ():
        word = f"{pair.key.value}:"
        found.append(item(word, "value", word, text_of(pair.value)))
    return found


def _images(cursor: Cursor, images: tuple[str, ...]) -> list[Item]:
    """Gives the images that the engine has, and those that the document names already."""
    document = cursor.document
    named: dict[str, str] = {}
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, Mapping) and document.kinds.record_name(node) == "DockerRequirement":
            word = node.text("dockerPull")
            if word and MARK not in word:
                named.setdefault(word, "in this document")
    for image in images:
        named[image] = "on this machine" if image not in named else "in this document, on this machine"
    return [item(word, "image", word, detail) for word, detail in named.items()]
