"""Names and descriptions: who lacks them, and the edits that give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ellip_lab.packages.practice.parts import Part, Process, short
from ellip_lab.packages.practice.rule import (
    Verdict,
    failed,
    filled,
    put,
    replaced,
    review,
    titled,
    unfinished,
)


def named(process: Process) -> Verdict | None:
    """Tells whether a process has an id of its own."""
    if filled(process.part.node.get("id")):
        return None
    file = Path(process.part.file.path).stem
    name = process.step.name if process.step is not None else short(file)
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    change = (f"Add the id {name}", put(process.part, "id", name, ())) if name else None
    return failed(process.part, f"{process.called} has no id", change=change)


def described(part: Part, field: str, what: str, name: str) -> Verdict | None:
    """Tells whether a part has a label, or a doc, that says something."""
    node = part.node.get(field)
    if filled(node):
        if unfinished(node):
            return review(part.get(field), f"the {field} of {what} is still to be written")
        return None
    label = part.said("label") or titled(name)
    text = titled(name) if field == "label" else f"TODO describe {label}"
    if not name and not part.said("label"):
        text = f"TODO the {field}"
    edits: tuple[Any, ...]
    if part.node.kind == "mapping":
        edits = put(part, field, text, ("id", "type", "class", "cwlVersion", "label"))
    else:
        # `name: type` becomes a mapping
        edits = replaced(part, {"type": typed(part), field: text})
    return failed(part, f"{what} has no {field}", change=(f"Add a {field}", edits))


def typed(part: Part) -> Any:
    """Gives the type of an input that is written without its other fields."""
    if part.node.kind == "sequence":
        return [typed(one) for one in part.members()]
    return {one.name: typed(one) for one in part.members()} if part.node.kind == "mapping" else part.node.text


def name_of(process: Process) -> str:
    """Gives the name of a process, of its step or of its file."""
    return process.name or (process.step.name if process.step else Path(process.part.file.path).stem)
