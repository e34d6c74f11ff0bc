"""What can be linked to what: processes to steps, sources to inputs and outputs."""

from __future__ import annotations

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.complete_files import files
from ellip_lab.cwl.language.cursor import MARK, Cursor
from ellip_lab.cwl.language.nodes import Sequence, ancestors, text_of
from ellip_lab.cwl.language.offers import Item, item
from ellip_lab.cwl.language.processes import Process, Step, reference


def runs(cursor: Cursor) -> list[Item]:
    """Gives what a step can run: processes of the document, and those of the files around it."""
    document = cursor.document
    around = {id(document.process_of(one)) for one in ancestors(cursor.node) if document.process_of(one)}
    found = []
    for process in document.top:
        if process.name is not None and id(process) not in around:
            word = f"#{process.name.text}"
            found.append(
                item(word, "reference", cursor.written(word), process.kind, process.label or process.doc)
            )
    return [*found, *files(cursor, ("cwl",), fragments=True)]


def sources(cursor: Cursor, step: Step | None) -> list[Item]:
    """Gives what can be linked to an input of a step, or to an output: what fits its type first."""
    document = cursor.document
    workflow = step.workflow if step else document.process_around(cursor.node)
    if workflow is None:
        return []
    wanted = _wanted(cursor, step, workflow)
    several = isinstance(cursor.box, Sequence)
    found = []
    for name, kind, doc in _given(workflow, step):
        single = types.fits(kind, types.items(wanted)) if several and types.items(wanted) else False
        fits = types.fits(kind, wanted) or single
        exact = bool(wanted) and types.text(kind).rstrip("?") == types.text(wanted).rstrip("?")
        found.append(
            (not fits, not exact, item(name, "reference", cursor.written(name), types.text(kind), doc))
        )
    return [made for *_, made in sorted(found, key=lambda one: one[:2])]


def _given(workflow: Process, step: Step | None) -> list[tuple[str, types.Types, str]]:
    """Gives everything that has a value in a workflow: its inputs, and what its steps give."""
    found = [
        (name, port.type, port.text("label") or port.doc)
        for name, port in workflow.inputs.items()
        if MARK not in name
    ]
    for name, other in workflow.steps.items():
        if step is not None and other.value is step.value:
            continue
        listed = [one for one in other.outputs if MARK not in one] or list(
            other.process.outputs if other.process else ()
        )
        for output in listed:
            port = other.process.outputs.get(output) if other.process else None
            doc = (port.text("label") or port.doc) if port else ""
            found.append((f"{name}/{output}", other.output_type(output), doc))
    return found


def _wanted(cursor: Cursor, step: Step | None, workflow: Process) -> types.Types:
    """Gives the type of what is linked at the cursor."""
    entries = step.inputs if step is not None else workflow.outputs
    for one in ancestors(cursor.node):
        for name, entry in entries.items():
            if entry.value is one:
                return step.input_type(name) if step is not None else workflow.outputs[name].type
    return ()


def scatters(cursor: Cursor, step: Step | None) -> list[Item]:
    """Gives the inputs that a step can be scattered over, those that get a list first."""
    if step is None:
        return []
    box = cursor.box
    taken = {text_of(one) for one in box.items} if isinstance(box, Sequence) else set()
    found = []
    for name, one in step.inputs.items():
        if name in taken:
            continue
        kinds = [step.workflow.source_type(reference(step.document.content, each)) for each in one.sources]
        lists = any(types.items(kind) for kind in kinds)
        found.append((not lists, item(name, "reference", name, types.text(kinds[0]) if kinds else None)))
    return [made for _, made in sorted(found, key=lambda one: one[0])]


def outs(cursor: Cursor, step: Step | None) -> list[Item]:
    """Gives the outputs of what a step runs."""
    process = step.process if step else None
    if process is None:
        return []
    box = cursor.box
    taken = {text_of(one) for one in box.items} if isinstance(box, Sequence) else set()
    found = []
    for name, port in process.outputs.items():
        if name in taken:
            continue
        text = name if isinstance(box, Sequence) else f"[{name}]"
        found.append(item(name, "reference", text, types.text(port.type), port.text("label") or port.doc))
    return found
