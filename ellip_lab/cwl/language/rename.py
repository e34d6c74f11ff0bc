"""The edits that give what stands at a place another name, everywhere."""

from __future__ import annotations

import re
from typing import Any

from ellip_lab.cwl.language.document import Document, asked, place_in
from ellip_lab.cwl.language.names import Target, Use, everywhere, use_at, uses
from ellip_lab.cwl.language.nodes import Mapping, Scalar, Sequence, path_to
from ellip_lab.cwl.language.text import Edit
from ellip_lab.errors import Invalid

_NAME = re.compile(r"[^\s/#:,\[\]{}\"'`&*!|>%@?-][^\s/#,\[\]{}\"'`:]*")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_YAML = re.compile(r"(?i)^(?:true|false|null|yes|no|on|off|~|[-+]?[\d._]+)$")
_WHAT = {
    "process": "process",
    "input": "input",
    "output": "output",
    "step": "step",
    "type": "type",
    "step-input": "input of the step",
    "step-output": "output of the step",
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the edits of a new name; `Invalid` where nothing has one, or the new one cannot be one."""
    document = asked(request)
    name = str(request["name"])
    if document.broken is not None:
        line, _ = document.text.place(document.broken.offset)
        raise Invalid(
            f"line {line} is not YAML: what is named where cannot be told",
            hint="Mend it first, then rename.",
        )
    use = use_at(document, place_in(document, request))
    if use is None or not use.named or use.target[0] == "file":
        raise Invalid(
            "there is nothing here that has a name of its own",
            hint="Place the cursor on the id of a process, step, input, output or type.",
        )
    found = [one for one in everywhere(document, use.target) if one.named]
    if not any(one.definition for one in found):
        raise Invalid(
            f"`{use.target[-1]}` is not written anywhere",
            hint="Give it a definition first, then rename both.",
        )
    _refuse(document, use, name, found)
    edits = [edit for one in found for edit in _edits(one, name)]
    # the quotes around a text are asked for by each of its names
    edits = [edit for index, edit in enumerate(edits) if edit not in edits[:index]]
    edits.sort(key=lambda one: (one["path"] != document.path, one["path"], one["line"], one["column"]))
    return {"edits": edits}


def _refuse(document: Document, use: Use, name: str, found: list[Use]) -> None:
    """Refuses a name that is none, or that another one has."""
    if not _NAME.fullmatch(name) or _YAML.match(name):
        raise Invalid(
            f"`{name}` cannot be a name",
            hint="Write letters, digits, `_`, `-` and `.`, with a letter first.",
        )
    target = use.target
    place: Target = target[:-1]
    taken = {
        one.target[-1]
        for other in {id(each.document): each.document for each in found}.values()
        for one in uses(other)
        if one.definition and one.target[:-1] == place and one.target != target and target[0] != "process"
    }
    if target[0] == "process":
        taken = {one.name.text for one in document.top if one.name is not None}
        taken.discard(document.content[use.start : use.end])
    if target[0] in ("step", "input") and name not in taken:
        # Inputs and steps of a workflow share their names: `source: x` must mean one of them.
        other = "input" if target[0] == "step" else "step"
        taken |= {
            one.target[-1]
            for one in uses(document)
            if one.definition and one.target[:-1] == (other, *target[1:-1])
        }
    if name in taken:
        raise Invalid(
            f"there is another {_WHAT.get(target[0], 'word')} `{name}` already", hint="Choose another name."
        )


def _edits(use: Use, name: str) -> list[Edit]:
    """Gives the edits of one place; in an expression a name that JavaScript cannot say goes into brackets."""
    text, start, end = use.document.text, use.start, use.end
    if use.document.content[start - 1 : start] != "." or _WORD.fullmatch(name):
        return [text.edit(start, end, name)]
    found = path_to(use.document.root, start)
    last = found[-1] if found else None
    style = last.style if isinstance(last, Scalar) else "plain"
    # a text in quotes cannot have the same inside
    quote = "'" if style == "double" else '"'
    edits = [text.edit(start - 1, end, f"[{quote}{name}{quote}]")]
    flow = any(isinstance(one, (Mapping, Sequence)) and one.flow for one in found)
    if last is not None and style == "plain" and flow:
        # brackets end a text without quotes in here
        edits += [text.edit(last.start, last.start, "'"), text.edit(last.end, last.end, "'")]
    return edits
