"""Requirements that a document needs for what it does, and the network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ellip_lab.cwl.language.actions_fields import _at_head
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.expressions import expressions
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, ancestors, walk
from ellip_lab.cwl.language.offered import Action, action, require, touches
from ellip_lab.cwl.language.processes import Process, members

_PARAMETER = re.compile(
    r"""\s*[A-Za-z_]\w*(?:\.\w+|\[\s*\d+\s*\]|\[\s*'(?:[^'\\]|\\.)*'\s*\]|\[\s*"(?:[^"\\]|\\.)*"\s*\])*\s*"""
)
Need = tuple[int, int, Process, str]


def offered(document: Document, start: int, end: int) -> Iterator[Action]:
    """Gives the requirements that are missing for what stands between two offsets."""
    seen = set()
    for first, last, process, name in needs(document):
        if not touches(first, last, start, end) or (id(process), name) in seen:
            continue
        seen.add((id(process), name))
        edits = require(document, process.node, name)
        where = f" to `{process.name.text}`" if process.name else ""
        yield action(f"Add {name}{where}", edits, preferred=True, code="cwl/missing-requirement")
    if "NetworkAccess" not in document.spec.requirements:
        return
    for process in document.processes:
        if process.kind != "CommandLineTool" or not _has(document, process.node, "NetworkAccess", own=True):
            yield from _network(document, process, start, end)


def _network(document: Document, process: Process, start: int, end: int) -> Iterator[Action]:
    box = process.node.pair("requirements")
    at = _at_head(document, process, start, end) or (
        box is not None and touches(box.key.start, box.value.end, start, end)
    )
    if process.kind == "CommandLineTool" and at:
        edits = require(document, process.node, "NetworkAccess", {"networkAccess": True})
        yield action("Let this tool use the network (NetworkAccess)", edits, fix=False, code="hint/network")


def needs(document: Document) -> Iterator[Need]:
    """Gives (start, end, process, requirement) of everything that needs a requirement which is not there."""
    for process in document.processes:
        if process.kind == "Workflow":
            for need in _of_workflow(process):
                if not _has(document, process.node, need[3]):
                    yield need
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, Scalar) and ("$(" in node.value or "${" in node.value):
            around = document.process_around(node)
            if around is None or _in_data(document, node) or not _is_script(document, node):
                continue
            if not _has(document, node, "InlineJavascriptRequirement"):
                yield node.start, node.end, around, "InlineJavascriptRequirement"


def _of_workflow(process: Process) -> Iterator[Need]:
    for port in process.outputs.values():
        if len(port.sources) > 1:
            yield (*port.whole, process, "MultipleInputFeatureRequirement")
    for step in process.steps.values():
        pair = step.value.pair("scatter") if isinstance(step.value, Mapping) else None
        if step.scatter and pair is not None:
            yield pair.key.start, pair.value.end, process, "ScatterFeatureRequirement"
        run = step.value.pair("run") if isinstance(step.value, Mapping) else None
        if run is not None and step.process is not None and step.process.kind == "Workflow":
            last = run.value.end if isinstance(run.value, Scalar) else run.key.end
            yield run.key.start, last, process, "SubworkflowFeatureRequirement"
        for one in step.inputs.values():
            if len(one.sources) > 1:
                yield (*one.whole, process, "MultipleInputFeatureRequirement")
            if one.get("valueFrom") is not None:
                yield (*one.whole, process, "StepInputExpressionRequirement")


def _is_script(document: Document, node: Scalar) -> bool:
    """Tells whether a text has an expression that is more than a reference to a parameter."""
    return any(
        one.script or not _PARAMETER.fullmatch(one.body) for one in expressions(document.content, node)
    )


def _in_data(document: Document, node: Node) -> bool:
    """Tells whether a text is no place for expressions: words for people, libraries, values."""
    for one in ancestors(node):
        slot = document.kinds.slot(one)
        name = slot.field.name if slot is not None and slot.field is not None else None
        if name in ("doc", "label", "id", "default", "expressionLib", "run", "intent"):
            return True
        if slot is not None and name is not None and not slot.item:
            return not (
                slot.field is not None
                and ("Expression" in slot.field.flat or name in ("valueFrom", "arguments"))
            )
    return True


def _has(document: Document, node: Node, name: str, *, own: bool = False) -> bool:
    """Tells whether a requirement (or hint) holds where a node stands: those of what is around it hold, too."""
    for one in ancestors(node):
        if not isinstance(one, Mapping):
            continue
        kind = document.kinds.record_name(one)
        if kind is None:
            continue
        for field in ("requirements", "hints"):
            for key, _, _ in members(one.get(field), "class"):
                if key.value == name:
                    return True
        if own and document.process_of(one) is not None:
            return False
    return False
