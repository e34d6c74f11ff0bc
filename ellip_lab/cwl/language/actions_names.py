"""Mends of names that name nothing: "did you mean" for fields, classes, sources and references."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ellip_lab.cwl import inserting
from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.document import Document
from ellip_lab.cwl.language.expressions import input_names, names_of_inputs
from ellip_lab.cwl.language.kinds import DIRECTIVES, GRAPH, ROOT_FIELDS
from ellip_lab.cwl.language.nodes import Mapping, Pair, Scalar, inner, trail, walk
from ellip_lab.cwl.language.offered import Action, action, nearest, placed, touches
from ellip_lab.cwl.language.processes import Name, Process, Step, name_of, process_reference, reference
from ellip_lab.cwl.language.specification import PROCESSES, VERSIONS
from ellip_lab.cwl.language.text import Edit


def offered(document: Document, start: int, end: int) -> Iterator[Action]:
    """Gives the mends of the words between two offsets."""
    for node in walk(document.root) if document.root is not None else ():
        if not touches(node.start, node.end, start, end):
            continue
        if isinstance(node, Mapping):
            for pair in node.pairs:
                if touches(pair.key.start, pair.key.end, start, end):
                    yield from _field(document, node, pair)
        elif isinstance(node, Scalar) and not node.absent:
            yield from _value(document, node)
            yield from _in_expressions(document, node, start, end)
    for process in document.processes:
        if touches(process.node.start, process.node.end, start, end):
            yield from _links(document, process, start, end)


def _field(document: Document, box: Mapping, pair: Pair) -> Iterator[Action]:
    """Mends a field that its class does not have."""
    slot = document.kinds.slot(box)
    if slot is not None and slot.names:
        if slot.field is not None and slot.field.subject == "class":
            yield from _requirement(document, pair.key)
        return
    record = document.kinds.record(box)
    key = pair.key.value
    known = dict.fromkeys(record.fields) if record is not None else {}
    if box is document.root:
        known.update(dict.fromkeys((*ROOT_FIELDS, *DIRECTIVES)))
    if not known or key in known or ":" in key or key in (*DIRECTIVES, "$namespaces", "$schemas", GRAPH):
        return
    present = {one.key.value for one in box.pairs}
    choices = [one for one in known if one not in present]
    found = nearest(key, choices)
    yield from _changes(document, pair.key, found, "cwl/unknown-field")
    if record is not None and record.name != "Process":
        yield action(f"Remove `{key}`", [_removal(document, box, pair)], code="cwl/unknown-field")


def _removal(document: Document, box: Mapping, pair: Pair) -> Edit:
    """Gives the edit that takes a field away."""
    text = document.text
    start, end = pair.key.start, max(pair.value.end, pair.key.end + 1)
    index = box.pairs.index(pair)
    if box.flow:
        if index + 1 < len(box.pairs):
            return text.edit(start, box.pairs[index + 1].key.start, "")
        before = box.pairs[index - 1].value.end if index else start
        return text.edit(before, end, "")
    line = text.line_start(start)
    if document.content[line:start].strip():
        # the first key of an item: what follows takes its place
        if index + 1 < len(box.pairs):
            return text.edit(start, box.pairs[index + 1].key.start, "")
        return text.edit(start, end, "{}")
    if len(box.pairs) == 1:
        return text.edit(start, end, "{}")
    return text.edit(line, text.next_line(end), "")


def _requirement(document: Document, key: Scalar) -> Iterator[Action]:
    known = document.spec.requirements
    if key.value not in known and ":" not in key.value and key.value not in DIRECTIVES:
        yield from _changes(document, key, nearest(key.value, known), "cwl/unknown-requirement")


def _value(document: Document, node: Scalar) -> Iterator[Action]:
    slot = document.kinds.slot(node)
    if slot is None:
        return
    if slot.of_class:
        known = [one for kind in slot.types for one in kind["symbols"]]
        if node.value not in known and ":" not in node.value:
            code = "cwl/class" if set(known) & set(PROCESSES) else "cwl/unknown-requirement"
            yield from _changes(document, node, nearest(node.value, known), code)
        return
    field = slot.field
    if field is None:
        return
    if field.name == "cwlVersion" and node.value not in document.spec.symbols("CWLVersion"):
        yield from _changes(document, node, nearest(node.value, VERSIONS) or [VERSIONS[-1]], "cwl/version")
    elif field.name in ("type", "items") and "CWLType" in field.flat:
        yield from _type(document, node, field.flat)
    else:
        symbols = [one for kind in field.flat for one in document.spec.symbols(kind)]
        literal = {"string", "Expression", "Any"} & set(field.flat)
        if symbols and not literal and node.value not in symbols:
            yield from _changes(document, node, nearest(node.value, symbols), "cwl/value")


def _type(document: Document, node: Scalar, flat: Iterable[str]) -> Iterator[Action]:
    bare = node.value.rstrip("?")
    while bare.endswith("[]"):
        bare = bare[:-2]
    rest = node.value[len(bare) :]
    known = [*document.spec.symbols("CWLType"), "Any", *document.named_types, "record", "enum", "array"]
    known += [one for one in ("stdout", "stderr", "stdin") if one in flat]
    if bare in known or "#" in bare or ":" in bare or "/" in bare or not bare:
        return
    yield from _changes(document, node, [f"{one}{rest}" for one in nearest(bare, known)], "cwl/unknown-type")


def _in_expressions(document: Document, node: Scalar, start: int, end: int) -> Iterator[Action]:
    names = [
        name for name in input_names(document.content, node) if touches(name.start, name.end, start, end)
    ]
    if not names:
        return
    known = names_of_inputs(document, node)
    for name in names:
        if name.text not in known:
            yield from _renames(document, name, nearest(name.text, known), "cwl/no-such-input")


def _links(document: Document, process: Process, start: int, end: int) -> Iterator[Action]:
    """Mends what a workflow names."""
    for port in process.outputs.values():
        for source in port.sources:
            if touches(source.start, source.end, start, end):
                yield from _source(document, process, None, source, port.type)
    for step in process.steps.values():
        if not touches(*step.whole, start, end):
            continue
        yield from _of_step(document, process, step, start, end)


def _of_step(document: Document, process: Process, step: Step, start: int, end: int) -> Iterator[Action]:
    run = step.get("run")
    if isinstance(run, Scalar) and not run.absent and touches(run.start, run.end, start, end):
        yield from _run(document, process, run)
    for name, one in step.inputs.items():
        for source in one.sources:
            if touches(source.start, source.end, start, end):
                yield from _source(document, process, step, source, step.input_type(name))
        tool = step.process
        if tool is None or name in tool.inputs or not touches(one.name.start, one.name.end, start, end):
            continue
        left = [each for each in tool.inputs if each not in step.inputs]
        yield from _renames(document, one.name, nearest(name, left), "cwl/no-input")
    for name, given in step.outputs.items():
        tool = step.process
        if (
            tool is not None
            and name not in tool.outputs
            and touches(given.name.start, given.name.end, start, end)
        ):
            left = [each for each in tool.outputs if each not in step.outputs]
            yield from _renames(document, given.name, nearest(name, left) or left[:1], "cwl/no-output")
    for word in step.scatter:
        name_ = name_of(document.content, word)
        if name_.text not in step.inputs and touches(word.start, word.end, start, end):
            yield from _renames(document, name_, nearest(name_.text, step.inputs), "cwl/scatter")


def _run(document: Document, process: Process, run: Scalar) -> Iterator[Action]:
    written = process_reference(document.content, run)
    if document.process_at(written) is not None:
        return
    others = [one.name.text for one in document.top if one.name is not None and one is not process]
    word = written.parts[0].text if written.parts else run.value
    if run.value.startswith("#"):
        yield from _changes(document, run, [f"#{one}" for one in nearest(word, others)], "cwl/no-process")
    elif run.value in others:
        # YAML would read a fragment without quotes as a comment
        yield action(
            f'Change to "#{run.value}"',
            [document.text.edit(run.start, run.end, f'"#{run.value}"')],
            preferred=True,
            code="cwl/missing-file",
        )
    elif written.parts:
        other = document.other(written.file)
        inside = [one.name.text for one in other.top if one.name is not None] if other else []
        yield from _renames(document, written.parts[0], nearest(word, inside), "cwl/no-process")
    else:
        yield from _file(document, run, written.file)


def _file(document: Document, run: Scalar, name: str) -> Iterator[Action]:
    place = document.file(name)
    if place is None or os.path.exists(place):  # noqa: PTH110 - a word may be no name at all
        return
    try:
        beside = sorted(
            one.name for one in place.parent.iterdir() if one.suffix in (".cwl", ".yml", ".yaml", ".json")
        )
    except OSError:
        return
    head = name.rpartition("/")[0]
    found = [f"{head}/{one}" if head else one for one in nearest(place.name, beside)]
    yield from _changes(document, run, found, "cwl/missing-file")


def _source(
    document: Document, process: Process, step: Step | None, node: Scalar, wanted: types.Types
) -> Iterator[Action]:
    written = reference(document.content, node)
    parts = process.path_of(written)
    word = "/".join(part.text for part in parts)
    given: dict[str, types.Types] = {name: port.type for name, port in process.inputs.items()}
    for name, other in process.steps.items():
        if other is not step:
            given.update({f"{name}/{output}": other.output_type(output) for output in other.outputs})
    if word in given:
        return
    if len(parts) == 2 and (given_by := process.steps.get(parts[0].text)) is not None:
        yield from _unlisted(document, given_by, parts[1].text)
    fitting = [name for name, kind in given.items() if types.fits(kind, wanted)]
    of_step = [name for name in given if len(parts) == 2 and name.startswith(f"{parts[0].text}/")]
    found = nearest(word, fitting) or (of_step if len(of_step) == 1 else []) or nearest(word, given)
    head = node.value[: node.value.index("#") + 1] if "#" in node.value else ""
    if head and len(parts) < len(written.parts):
        head += f"{written.parts[0].text}/"
    yield from _changes(document, node, [f"{head}{one}" for one in found], "cwl/no-source")


def _unlisted(document: Document, step: Step, name: str) -> Iterator[Action]:
    """Lists an output of a step that its tool gives."""
    if step.process is None or name not in step.process.outputs or step.value is None:
        return
    try:
        edits = inserting.append(document.content, [*trail(step.value), "out"], name)
    except ValueError:
        return
    title = f"Add `{name}` to the outputs of `{step.name.text}`"
    yield action(title, placed(document, edits), preferred=True, code="cwl/no-source")


def _changes(document: Document, node: Scalar, words: list[str], code: str) -> Iterator[Action]:
    start, end = inner(document.content, node)
    yield from _renames(document, Name(node.value, start, end), words, code)


def _renames(document: Document, name: Name, words: list[str], code: str) -> Iterator[Action]:
    for index, word in enumerate(words):
        edit = document.text.edit(name.start, name.end, word)
        yield action(f"Change to `{word}`", [edit], preferred=index == 0, code=code)
