"""Fields that are missing: those a class must have, and the words for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.kinds import DIRECTIVES, GRAPH, is_absent
from ellip_lab.cwl.language.nodes import Mapping, pair_of, walk
from ellip_lab.cwl.language.offered import Action, action, put, touches
from ellip_lab.cwl.language.processes import Port, Process
from ellip_lab.cwl.language.specification import PROCESSES, VERSIONS, Field

_EMPTY: dict[str, Any] = {
    "inputs": {},
    "outputs": {},
    "steps": {},
    "in": {},
    "out": [],
    "dockerPull": "",
    "networkAccess": True,
    "enableReuse": False,
    "inplaceUpdate": True,
    "timelimit": 3600,
    "expression": "${ return {}; }",
    "type": "string",
}
_RULES = {
    ("Workflow", "id"): "app-pck/wf/id",
    ("Workflow", "label"): "app-pck/wf/label",
    ("Workflow", "doc"): "app-pck/wf/doc",
    ("CommandLineTool", "id"): "app-pck/clt/id",
}
"""The rule of the Best Practice that a field satisfies."""
_HEAD = {
    "id": ("class", "cwlVersion"),
    "label": ("class", "cwlVersion", "id"),
    "doc": ("class", "cwlVersion", "id", "label"),
}


def offered(document: Document, start: int, end: int) -> Iterator[Action]:
    """Gives the fields that can be added between two offsets."""
    root = document.root
    if isinstance(root, Mapping) and root.pair("cwlVersion") is None and _first_line(document, root, start):
        edits = put(document, root, "cwlVersion", VERSIONS[-1], ())
        yield action(f"Add `cwlVersion: {VERSIONS[-1]}`", edits, preferred=True, code="cwl/version")
    for node in walk(root) if root is not None else ():
        if isinstance(node, Mapping):
            yield from _required(document, node, start, end)
    for process in document.processes:
        if process.kind in PROCESSES and _at_head(document, process, start, end):
            yield from _words(document, process)
        if process.kind == "Workflow":
            for port in (*process.inputs.values(), *process.outputs.values()):
                if touches(*port.whole, start, end):
                    yield from _port(document, port, port.name.text in process.inputs)


def _first_line(document: Document, root: Mapping, start: int) -> bool:
    return document.text.line_start(start) <= root.start or start <= root.start


def _at_head(document: Document, process: Process, start: int, end: int) -> bool:
    """Tells whether a stretch is at the fields that say what a process is, or at its first line."""
    keys = ("class", "id", "label", "doc", "cwlVersion")
    lines = [document.text.line_start(process.node.start)]
    for pair in process.node.pairs:
        if pair.key.value in keys:
            if touches(pair.key.start, max(pair.key.end, pair.value.end), start, end):
                return True
            lines.append(document.text.line_start(pair.key.start))
    return any(touches(line, document.text.line_end(line), start, end) for line in lines)


def _required(document: Document, node: Mapping, start: int, end: int) -> Iterator[Action]:
    """Adds what a class must have."""
    record = document.kinds.record(node)
    if record is None or record.name in ("Process", GRAPH) or any(node.pair(one) for one in DIRECTIVES):
        return
    # A process is long: it is offered where it begins, and at what is in it itself.
    first_end = document.text.line_end(node.start)
    above = pair_of(node)
    at_name = above is not None and touches(above.key.start, above.key.end, start, end)
    at_key = at_name or any(touches(pair.key.start, pair.key.end, start, end) for pair in node.pairs)
    if not (touches(node.start, first_end, start, end) or at_key):
        return
    slot = document.kinds.slot(node)
    named = slot.field.subject if slot is not None and slot.entry and slot.field is not None else None
    missing = [
        field
        for field in record.fields.values()
        if field.required and node.pair(field.name) is None and field.name not in (named, "class")
    ]
    for field in missing:
        value = _value_of(document, field)
        edits = put(document, node, field.name, value)
        yield action(f"Add `{field.name}`", edits, preferred=True, code="cwl/missing-field")
    if len(missing) > 1 and not node.flow:
        names = " and ".join(f"`{one.name}`" for one in missing)
        every = [
            edit for field in missing for edit in put(document, node, field.name, _value_of(document, field))
        ]
        yield action(f"Add {names}", every, code="cwl/missing-field")


def _value_of(document: Document, field: Field) -> Any:
    if field.name == "run":
        names = [one.name.text for one in document.top if one.name is not None and one.kind != "Workflow"]
        return f"#{names[0]}" if names else "tool.cwl"
    if field.name in _EMPTY:
        return _EMPTY[field.name]
    return [] if field.is_list else ""


def _words(document: Document, process: Process) -> Iterator[Action]:
    """Adds id, label and doc to a process."""
    name = process.name.text if process.name else _name_for(document, process)
    words = {"id": name, "label": _label(name), "doc": f"{_label(name)}."}
    for field in ("id", "label", "doc"):
        if is_absent(process.node.get(field)):
            edits = put(document, process.node, field, words[field], _HEAD[field])
            code = _RULES.get((process.kind, field))
            yield action(f"Add `{field}` to this {process.kind}", edits, fix=False, code=code)


def _name_for(document: Document, process: Process) -> str:
    taken = {one.name.text for one in document.processes if one.name is not None}
    stem = document.path.rsplit("/", 1)[-1].rsplit(".", 1)[0] or "main"
    name = stem if len(document.top) < 2 else "main" if process.kind == "Workflow" else "tool"
    index = 2
    made = name
    while made in taken:
        made, index = f"{name}_{index}", index + 1
    return made


def _port(document: Document, port: Port, inputs: bool) -> Iterator[Action]:
    """Adds label and doc to an input or output of a workflow."""
    if isinstance(port.value, Mapping):
        for field in ("label", "doc"):
            if is_absent(port.value.get(field)):
                edits = put(document, port.value, field, _label(port.name.text), ("id", "type", "label"))
                yield action(
                    f"Add `{field}` to `{port.name.text}`",
                    edits,
                    fix=False,
                    code=f"app-pck/wf-inputs/{field}" if inputs else None,
                )
    elif port.value is not None and not is_absent(port.value):
        box = port.value.parent
        if isinstance(box, Mapping):
            word = document.content[port.value.start : port.value.end]
            value = {
                "type": _plain(word),
                "label": _label(port.name.text),
                "doc": f"{_label(port.name.text)}.",
            }
            edits = put(document, box, port.name.text, value)
            yield action(f"Add `label` and `doc` to `{port.name.text}`", edits, fix=False)


def _plain(word: str) -> str:
    return word.strip("\"'")


def _label(name: str) -> str:
    """Makes words of a name: `norm_diff` is `Norm diff`."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else name
