"""The named parts of a document, in its order."""

from __future__ import annotations

from typing import Any

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.document import Document, asked
from ellip_lab.cwl.language.nodes import Mapping, Node, Pair, Scalar, inner
from ellip_lab.cwl.language.processes import Entry, Port, Process, Step, members

Symbol = dict[str, Any]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the parts of a text: its processes, and what they consist of."""
    document = asked(request)
    return {"symbols": [_process(document, process) for process in document.top]}


def _process(document: Document, process: Process) -> Symbol:
    name = process.name.text if process.name else process.kind
    if process.name is not None:
        where = (process.name.start, process.name.end)
    else:
        pair = process.node.pair("class")
        where = (pair.key.start, pair.value.end) if pair else (process.node.start, process.node.start)
    inside = []
    for pair in process.node.pairs:
        made = _section(document, process, pair)
        if made is not None:
            inside.append(made)
    detail = process.label or (process.kind if process.name else None)
    return _symbol(document, name, "process", detail, (process.node.start, process.node.end), where, inside)


def _section(document: Document, process: Process, pair: Pair) -> Symbol | None:
    key = pair.key.value
    inside: list[Symbol]
    if key in ("requirements", "hints"):
        inside = [
            _symbol(
                document, name.value, "requirement", None, _whole(name, node), inner(document.content, name)
            )
            for name, _, node in members(pair.value, "class")
        ]
    elif key in ("inputs", "outputs"):
        ports = process.inputs if key == "inputs" else process.outputs
        inside = [_port(document, port, key.removesuffix("s")) for port in ports.values()]
    elif key == "steps":
        inside = [_step(document, step) for step in process.steps.values()]
    else:
        return None
    if pair.incomplete or not inside:
        return None
    return _symbol(
        document, key, "field", None, (pair.key.start, pair.value.end), (pair.key.start, pair.key.end), inside
    )


def _port(document: Document, port: Port, kind: str) -> Symbol:
    return _entry(document, port, kind, types.text(port.type) or None)


def _step(document: Document, step: Step) -> Symbol:
    run = step.get("run")
    inner_process = document.process_of(run)
    inside = [_process(document, inner_process)] if inner_process is not None else []
    detail = run.value if isinstance(run, Scalar) and not run.absent else None
    return _entry(document, step, "step", detail, inside)


def _entry(
    document: Document, entry: Entry, kind: str, detail: str | None, inside: list[Symbol] | None = None
) -> Symbol:
    where = (entry.name.start, entry.name.end)
    return _symbol(document, entry.name.text, kind, detail, entry.whole, where, inside or [])


def _whole(name: Scalar, node: Node) -> tuple[int, int]:
    if isinstance(node, Mapping) and name.parent is node:
        return node.start, node.end
    return name.start, max(node.end, name.end)


def _symbol(
    document: Document,
    name: str,
    kind: str,
    detail: str | None,
    whole: tuple[int, int],
    where: tuple[int, int],
    inside: list[Symbol] | None = None,
) -> Symbol:
    return {
        "name": name or "(no name)",
        "kind": kind,
        "detail": detail,
        "span": document.text.span(min(whole[0], where[0]), max(whole[1], where[1])),
        "name_span": document.text.span(*where),
        "children": inside or [],
    }
