"""What the words of a document name, and every place that names the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.cwl.language.document import Document, document_at
from ellip_lab.cwl.language.expressions import input_names
from ellip_lab.cwl.language.kinds import DIRECTIVES
from ellip_lab.cwl.language.nodes import Mapping, Scalar, inner, pair_of, path_to, text_of, walk
from ellip_lab.cwl.language.processes import Name, Process, Step, name_of, process_reference, reference
from ellip_lab.cwl.language.processes import members as members_of
from ellip_lab.cwl.language.specification import PROCESSES

Target = tuple[str, ...]
"""What is named: (`process`, file, place), (`input`, file, place, name), (`type`, file, name), (`file`, file) …"""
_TYPE = re.compile(r"^(?P<file>[^#]*#)?(?P<name>[^\[\]?#]+?)(?:\[\])*\??$")
_FILES_MAX = 200
_SIZE_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Use:
    """Is a word that names something."""

    target: Target
    document: Document
    start: int
    end: int
    definition: bool = False
    named: bool = True
    """The word is the name; else it is the file that stands for it."""


def use_at(document: Document, offset: int) -> Use | None:
    """Gives what the word at an offset names."""
    found = [use for use in uses(document) if use.start <= offset <= use.end]
    return min(found, key=lambda use: (use.end - use.start, use.target[0] == "file"), default=None)


def uses(document: Document) -> list[Use]:
    """Gives every word of a document that names something."""
    return sorted(_uses(document), key=lambda use: (use.start, use.end))


def everywhere(document: Document, target: Target) -> list[Use]:
    """Gives every place that names something: in its own document first, then in the files that may know it."""
    paths = [target[1], document.path, *_neighbours(target[1], document)]
    found: list[Use] = []
    for path in dict.fromkeys(paths):
        other = document if path == document.path else document_at(path)
        if other is not None:
            found += [use for use in uses(other) if use.target == target]
    return sorted(found, key=lambda use: not use.definition)


def definition_of(document: Document, target: Target) -> Use | None:
    """Gives where something is written that is named elsewhere."""
    other = document if target[1] == document.path else document_at(target[1])
    if other is None:
        return None
    return next((use for use in uses(other) if use.target == target and use.definition), None)


def process_target(process: Process) -> Target:
    """Gives the target of a process."""
    return ("process", process.document.path, str(process.node.start))


def _neighbours(path: str, document: Document) -> Iterator[str]:
    """Gives the documents beside a file that name it."""
    name = os.path.basename(path)  # noqa: PTH119
    for folder in dict.fromkeys((os.path.dirname(path), os.path.dirname(document.path))):  # noqa: PTH120
        try:
            places = sorted(Path(folder).glob("*.cwl"))[:_FILES_MAX]
        except OSError:
            continue
        for place in places:
            try:
                if place.stat().st_size > _SIZE_MAX or name not in place.read_text(encoding="utf-8"):
                    continue
            except (OSError, UnicodeDecodeError):
                continue
            yield str(place)


def _uses(document: Document) -> Iterator[Use]:
    for process in document.processes:
        yield from _of_process(document, process)
    yield from _of_types(document)
    for node in walk(document.root) if document.root is not None else ():
        if isinstance(node, Scalar) and not node.absent:
            yield from _of_scalar(document, node)


def _of_process(document: Document, process: Process) -> Iterator[Use]:
    target = process_target(process)
    if process.name is not None:
        yield Use(target, document, process.name.start, process.name.end, definition=True)
    for kind, ports in (("input", process.inputs), ("output", process.outputs)):
        for port in ports.values():
            yield _named(document, (kind, *target[1:], port.name.text), port.name, definition=True)
            for source in port.sources if kind == "output" else ():
                yield from _of_source(document, process, source)
    for step in process.steps.values():
        yield _named(document, ("step", *target[1:], step.name.text), step.name, definition=True)
        yield from _of_step(document, process, step)


def _of_step(document: Document, workflow: Process, step: Step) -> Iterator[Use]:
    for one in step.inputs.values():
        target = _port(step, "input", one.name.text)
        yield _named(document, target, one.name, definition=target[0] == "step-input")
        for source in one.sources:
            yield from _of_source(document, workflow, source)
    for given in step.outputs.values():
        target = _port(step, "output", given.name.text)
        yield _named(document, target, given.name, definition=target[0] == "step-output")
    for word in step.scatter:
        name = name_of(document.content, word)
        yield _named(document, _port(step, "input", name.text), name)
    run = step.get("run")
    if isinstance(run, Scalar) and not run.absent:
        name_ = process_reference(document.content, run)
        if name_.parts and step.process is not None:
            yield _named(document, process_target(step.process), name_.parts[0])
        elif step.process is not None:
            start, end = inner(document.content, run)
            yield Use(process_target(step.process), document, start, end, named=False)


def _of_source(document: Document, workflow: Process, node: Scalar) -> Iterator[Use]:
    written = reference(document.content, node)
    parts = workflow.path_of(written)
    key = process_target(workflow)[1:]
    if len(parts) < len(written.parts) and workflow.name is not None:
        yield _named(document, process_target(workflow), written.parts[0])
    if len(parts) == 1:
        yield _named(document, ("input", *key, parts[0].text), parts[0])
    elif len(parts) == 2:
        yield _named(document, ("step", *key, parts[0].text), parts[0])
        step = workflow.steps.get(parts[0].text)
        if step is not None:
            yield _named(document, _port(step, "output", parts[1].text), parts[1])


def _port(step: Step, kind: str, name: str) -> Target:
    """Gives the target of what goes into a step or comes out of it: the tool's, where the tool has it."""
    process = step.process
    ports = (process.inputs if kind == "input" else process.outputs) if process else {}
    if process is not None and name in ports:
        return (kind, *process_target(process)[1:], name)
    start = step.value.start if step.value is not None else step.name.start
    return (f"step-{kind}", step.document.path, str(start), name)


def _of_types(document: Document) -> Iterator[Use]:
    for name, (other, _, key) in document.named_types.items():
        if other is document:
            yield _named(
                document, ("type", document.path, name), name_of(document.content, key), definition=True
            )
    if any(one.kind in PROCESSES for one in document.processes):
        return
    # a file of types alone, which others import: a list, a mapping of names, or one type
    root = document.root
    items = list(members_of(root, "name"))
    if isinstance(root, Mapping) and isinstance(single := root.get("name"), Scalar):
        items = [(single, root, root)]
    for key, value, _ in items:
        if isinstance(value, Mapping) and value.text("type") in ("record", "enum", "array"):
            yield _named(
                document, ("type", document.path, key.value), name_of(document.content, key), definition=True
            )


def _of_scalar(document: Document, node: Scalar) -> Iterator[Use]:
    pair = pair_of(node)
    if pair is not None and pair.value is node:
        yield from _of_value(document, node, pair.key.value)
    slot = document.kinds.slot(node)
    if slot is not None and slot.field is not None and slot.field.name in ("type", "items"):
        match = _TYPE.match(node.value)
        known = document.named_types.get(match["name"].rsplit("/", 1)[-1]) if match else None
        if match and known is not None:
            start = inner(document.content, node)[0] + match.start("name")
            word = Name(match["name"], start, start + len(match["name"]))
            yield _named(document, ("type", known[0].path, word.text), word)
    if "$(" in node.value or "${" in node.value:
        yield from _of_expressions(document, node)


def _of_value(document: Document, node: Scalar, key: str) -> Iterator[Use]:
    if key not in (*DIRECTIVES, "run", "location", "path"):
        return
    start, _ = inner(document.content, node)
    file = node.value.partition("#")[0]
    place = document.file(file) if file else None
    if place is not None and os.path.isfile(place):  # noqa: PTH113 - a word may be no name at all
        yield Use(("file", str(place)), document, start, start + len(file), named=False)


def _of_expressions(document: Document, node: Scalar) -> Iterator[Use]:
    names = list(input_names(document.content, node))
    if not names:
        return
    step = document.step_around(node)
    process = document.process_around(node)
    for name in names:
        if step is not None:
            yield _named(document, _port(step, "input", name.text), name)
        elif process is not None:
            yield _named(document, ("input", *process_target(process)[1:], name.text), name)


def _named(document: Document, target: Target, name: Name, *, definition: bool = False) -> Use:
    return Use(target, document, name.start, name.end, definition)


def word_at(document: Document, offset: int) -> Scalar | None:
    """Gives the scalar at an offset."""
    found = path_to(document.root, offset)
    node = found[-1] if found else None
    return node if isinstance(node, Scalar) and text_of(node) is not None else None
