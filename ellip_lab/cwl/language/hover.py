"""What is to be said of the word at a place: the specification's words for it, or what it names and its type."""

from __future__ import annotations

import re
from typing import Any

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.complete_keys import ROOT_DOCS
from ellip_lab.cwl.language.complete_values import type_doc
from ellip_lab.cwl.language.document import Document, asked, document_at, place_in
from ellip_lab.cwl.language.expressions import expressions, members, type_of
from ellip_lab.cwl.language.names import Use, use_at, word_at
from ellip_lab.cwl.language.nodes import Mapping, Scalar, inner, pair_of
from ellip_lab.cwl.language.offers import shortened
from ellip_lab.cwl.language.processes import Port, Process, Step, reference
from ellip_lab.cwl.language.specification import Field

_DOC_MAX = 4000
_PATH = re.compile(r"""[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\]|\[["'][^"'\]]*["']\])*""")
_PART = re.compile(r"""[A-Za-z_$][\w$]*|\[\d+\]|\[["'][^"'\]]*["']\]""")
_ROOTS = {
    "inputs": "The inputs, by their names.",
    "self": "The value that the field is about.",
    "runtime": "The folders and resources that the tool is run with.",
}
_SHORT = re.compile(r"[^\[\]?]+(?:\[\])*\??")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives what is to be said of the word at a place, as Markdown; empty where there is nothing."""
    document = asked(request)
    found = said_at(document, place_in(document, request))
    if found is None:
        return {"markdown": "", "span": None}
    markdown, start, end = found
    return {"markdown": markdown, "span": document.text.span(start, end)}


def said_at(document: Document, offset: int) -> tuple[str, int, int] | None:
    """Gives Markdown and the word that it is about."""
    node = word_at(document, offset)
    if node is None:
        return None
    pair = pair_of(node)
    is_key = pair is not None and pair.key is node
    use = use_at(document, offset)
    said = _named(document, use) if use is not None else ""
    if use is not None and said:
        return said, use.start, use.end
    if is_key:
        said = _key(document, node)
    else:
        found = _in_expression(document, node, offset)
        if found is not None:
            return found
        said = _value(document, node)
    if not said:
        return None
    return said, *inner(document.content, node)


def _key(document: Document, node: Scalar) -> str:
    """Says what a field is, or the class of a requirement."""
    box = node.parent
    if not isinstance(box, Mapping):
        return ""
    slot = document.kinds.slot(box)
    if slot is not None and slot.names:
        return _class(document, node.value) if slot.field and slot.field.subject == "class" else ""
    record = document.kinds.record(box)
    if record is not None and node.value in record.fields:
        return _field(document, record.fields[node.value], record.name)
    workflow = document.spec.record("Workflow")
    if box is document.root and node.value == "cwlVersion" and workflow is not None:
        return _field(document, workflow.fields["cwlVersion"], "document")
    if box is document.root and node.value in ROOT_DOCS:
        return _joined(f"**{node.value}**", ROOT_DOCS[node.value])
    return ""


def _field(document: Document, field: Field, owner: str) -> str:
    shape = field.shape()
    facts = [f"`{shape}`" if shape else "", "required" if field.required else ""]
    if field.default is not None:
        facts.append(
            f"default `{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
        )
    head = f"**{field.name}** · {', '.join(fact for fact in facts if fact)}"
    return _joined(head, shortened(field.doc, _DOC_MAX), f"*{owner}, CWL {document.spec.version}*")


def _class(document: Document, name: str) -> str:
    record = document.spec.record(name)
    doc = record.doc if record else document.spec.enum_doc(name)
    if not doc and record is None:
        return ""
    return _joined(f"**{name}**", shortened(doc, _DOC_MAX), f"*CWL {document.spec.version}*")


def _value(document: Document, node: Scalar) -> str:
    slot = document.kinds.slot(node)
    if slot is None:
        return ""
    if slot.of_class:
        return _class(document, node.value)
    field = slot.field
    if field is None:
        return ""
    if field.name in ("type", "items") and "CWLType" in field.flat and _SHORT.fullmatch(node.value):
        bare = node.value.rstrip("?").replace("[]", "")
        known = document.spec.record(bare)
        doc = type_doc(node.value, shortened(known.doc if known else document.spec.enum_doc(bare), _DOC_MAX))
        return _joined(f"**{node.value}**", doc)
    for kind in field.flat:
        if node.value in document.spec.symbols(kind) and kind not in ("CWLType", "Any", "Expression"):
            head = f"**{node.value}** · `{field.name}`"
            doc = field.doc or document.spec.enum_doc(kind)
            return _joined(head, shortened(doc, _DOC_MAX), f"*CWL {document.spec.version}*")
    return ""


def _in_expression(document: Document, node: Scalar, offset: int) -> tuple[str, int, int] | None:
    """Says what a part of a path in an expression is: `inputs.item.basename`."""
    for one in expressions(document.content, node):
        if not one.start <= offset <= one.end:
            continue
        for match in _PATH.finditer(document.content, one.start, one.end):
            if not match.start() <= offset <= match.end():
                continue
            parts = list(_PART.finditer(match[0]))
            part = next(each for each in parts if offset <= match.start() + each.end())
            path = match[0][: part.end()]
            if path in _ROOTS:
                said = _joined(f"**{path}**", _ROOTS[path])
            else:
                before = match[0][: part.start()].rstrip(".")
                kind, doc = members(document, node, before).get(part[0], ("", ""))
                kind = types.text(type_of(document, node, path)) or kind
                said = _joined(f"**{path}** · `{kind}`", doc) if kind else ""
            start = match.start() + part.start()
            return (said, start, match.start() + part.end()) if said else None
    return None


def _named(document: Document, use: Use) -> str:
    """Says what a word names."""
    kind = use.target[0]
    if kind in ("input", "output"):
        process = _process(document, use)
        ports = (process.inputs if kind == "input" else process.outputs) if process else {}
        port = ports.get(use.target[-1])
        return _port(document, kind, use, process, port) if process and port else ""
    if kind == "step":
        process = _process(document, use)
        step = process.steps.get(use.target[-1]) if process else None
        return _step(step) if step else ""
    if kind == "process":
        process = _process(document, use)
        return _of_process(process) if process else ""
    if kind == "type":
        other = document_at(use.target[1])
        found = other.named_types.get(use.target[2]) if other else None
        mapping = found[1] if found else None
        doc = _joined(mapping.text("label") or "", mapping.text("doc") or "") if mapping else ""
        word = word_at(document, use.start)
        shape = mapping.text("type") if mapping else None
        return _joined(f"**{word.value if word else use.target[2]}** · {shape or 'type'}", doc)
    return ""


def _process(document: Document, use: Use) -> Process | None:
    other = document if use.target[1] == document.path else document_at(use.target[1])
    processes = other.processes if other else []
    return next((one for one in processes if str(one.node.start) == use.target[2]), None)


def _port(document: Document, kind: str, use: Use, process: Process, port: Port) -> str:
    given = _given(document, use)
    shown = types.text(given or port.type) or "?"
    name = process.name.text if process.name else process.kind
    of = f"{kind} of {process.kind} `{name}`" if process.name else f"{kind} of the {process.kind}"
    own = types.text(port.type)
    scattered = (
        f"\n\nThe step is scattered or conditional: one job has `{own}`." if given and shown != own else ""
    )
    return _joined(f"**{port.name.text}** · `{shown}`", of + scattered, port.text("label") or "", port.doc)


def _given(document: Document, use: Use) -> types.Types:
    """Gives the type of what goes along a link, which a scatter makes a list of."""
    node = word_at(document, use.start)
    if node is None:
        return ()
    step = document.step_around(node)
    if step is not None and any(one.name.start == use.start for one in step.inputs.values()):
        return step.input_type(use.target[-1])
    if step is not None and any(one.name.start == use.start for one in step.outputs.values()):
        return step.output_type(use.target[-1])
    slot = document.kinds.slot(node)
    if slot is not None and slot.field is not None and slot.field.name in ("source", "outputSource", "in"):
        workflow = step.workflow if step else document.process_around(node)
        return workflow.source_type(reference(document.content, node)) if workflow else ()
    return ()


def _step(step: Step) -> str:
    process = step.process
    run = ""
    if process is not None:
        ports = ", ".join(f"`{name}: {types.text(step.output_type(name))}`" for name in process.outputs)
        name = f" `{process.name.text}`" if process.name else ""
        run = f"runs {process.kind}{name}" + (f", which gives {ports}" if ports else "")
    label = step.text("label") or (process.label if process else None) or ""
    return _joined(f"**{step.name.text}** · step", run, label, step.doc or (process.doc if process else ""))


def _of_process(process: Process) -> str:
    name = process.name.text if process.name else process.kind
    inputs = ", ".join(f"`{port.name.text}: {types.text(port.type)}`" for port in process.inputs.values())
    outputs = ", ".join(f"`{port.name.text}: {types.text(port.type)}`" for port in process.outputs.values())
    lines = [f"takes {inputs}" if inputs else "", f"gives {outputs}" if outputs else ""]
    return _joined(
        f"**{name}** · {process.kind}", process.label or "", process.doc, "  \n".join(filter(None, lines))
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
