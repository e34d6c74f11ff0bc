"""The processes of a document: their inputs, outputs and steps, and what each name refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ellip_lab.cwl.language import types
from ellip_lab.cwl.language.nodes import Mapping, Node, Scalar, Sequence, inner, resolved, text_of
from ellip_lab.cwl.language.types import Types

if TYPE_CHECKING:
    from ellip_lab.cwl.language.document import Document

_E = TypeVar("_E", bound="Entry")


@dataclass(frozen=True, slots=True)
class Name:
    """Is a word that names something, and where exactly it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Is a scalar that refers to something: a file, and the parts of its fragment."""

    node: Scalar
    file: str
    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        """Gives the fragment."""
        return "/".join(part.text for part in self.parts)


def reference(content: str, node: Scalar) -> Reference:
    """Reads `file#part/part`; without a `#` all of it is the fragment."""
    start, end = inner(content, node)
    word = content[start:end]
    file, mark, fragment = word.rpartition("#")
    parts = []
    at = start + len(file) + len(mark)
    for part in fragment.split("/"):
        if part:
            parts.append(Name(part, at, at + len(part)))
        at += len(part) + 1
    return Reference(node, file, tuple(parts))


def process_reference(content: str, node: Scalar) -> Reference:
    """Reads what a step runs: `file`, `file#process` or `#process`."""
    start, end = inner(content, node)
    file, mark, fragment = content[start:end].partition("#")
    at = start + len(file) + 1
    names = (
        (Name(fragment.rsplit("/", 1)[-1], at + fragment.rfind("/") + 1, at + len(fragment)),)
        if fragment
        else ()
    )
    return Reference(node, file, names if mark else ())


def name_of(content: str, node: Scalar) -> Name:
    """Gives the last part of an id: `#main/item` is called `item`."""
    start, end = inner(content, node)
    word = content[start:end]
    cut = max(word.rfind("/"), word.rfind("#")) + 1
    return Name(word[cut:], start + cut, end)


class Entry:
    """Is a member of a list, or of the mapping that stands for one."""

    def __init__(self, document: Document, key: Scalar, value: Node | None, node: Node) -> None:
        self.document = document
        self.name = name_of(document.content, key)
        self.value = value
        """None where only its name is written."""
        self.node = node
        """What it is: its key is where `value` begins, or before."""

    def get(self, field: str) -> Node | None:
        """Gives a field."""
        return self.value.get(field) if isinstance(self.value, Mapping) else None

    def text(self, field: str) -> str | None:
        """Gives a field that is a text."""
        return text_of(self.get(field))

    @property
    def doc(self) -> str:
        """Gives its `doc`, whose lines may be a list."""
        node = self.get("doc")
        if isinstance(node, Sequence):
            return "\n".join(text_of(item) or "" for item in node.items)
        return (text_of(node) or "").strip()

    @property
    def whole(self) -> tuple[int, int]:
        """Gives where all of it stands, its name included."""
        end = self.value.end if self.value is not None else self.node.end
        return min(self.name.start, self.node.start), max(end, self.name.end)


class Port(Entry):
    """Is an input or an output of a process."""

    @property
    def type_node(self) -> Node | None:
        """Gives its type as it is written."""
        return self.value.get("type") if isinstance(self.value, Mapping) else self.value

    @property
    def type(self) -> Types:
        """Gives its type."""
        return types.of(self.type_node)

    @property
    def sources(self) -> list[Scalar]:
        """Gives what an output of a workflow is linked to."""
        return scalars(self.get("outputSource"))


class StepInput(Entry):
    """Is an input of a step."""

    @property
    def sources(self) -> list[Scalar]:
        """Gives what it is linked to."""
        return scalars(self.value.get("source") if isinstance(self.value, Mapping) else self.value)


class Step(Entry):
    """Is a step of a workflow."""

    def __init__(
        self, document: Document, key: Scalar, value: Node | None, node: Node, workflow: Process
    ) -> None:
        super().__init__(document, key, value, node)
        self.workflow = workflow

    @cached_property
    def inputs(self) -> dict[str, StepInput]:
        """Gives its inputs by their names."""
        return {one.name.text: one for one in entries(self.document, self.get("in"), StepInput)}

    @cached_property
    def outputs(self) -> dict[str, Entry]:
        """Gives its outputs by their names."""
        return {one.name.text: one for one in entries(self.document, self.get("out"), Entry)}

    @property
    def scatter(self) -> list[Scalar]:
        """Gives the inputs it is scattered over."""
        return scalars(self.get("scatter"))

    @cached_property
    def process(self) -> Process | None:
        """Gives what it runs, wherever that is written."""
        run = self.get("run")
        if isinstance(run, Scalar) and not run.absent:
            return self.document.process_at(process_reference(self.document.content, run))
        if isinstance(run, Mapping):
            file = run.text("$import")
            if file is not None:
                other = self.document.other(file)
                return other.main if other else None
            return self.document.process_of(run)
        return None

    def input_type(self, name: str) -> Types:
        """Gives the type of what goes into one of its inputs: a list where it is scattered over it."""
        port = self.process.inputs.get(name) if self.process else None
        if port is None:
            return ()
        scattered = any(name_of(self.document.content, one).text == name for one in self.scatter)
        return types.array(port.type) if scattered else port.type

    def output_type(self, name: str) -> Types:
        """Gives the type of what comes out of one of its outputs."""
        port = self.process.outputs.get(name) if self.process else None
        if port is None:
            return ()
        found = port.type
        if self.text("when") is not None:
            found = types.optional(found)
        count = len(self.scatter)
        nested = count if self.text("scatterMethod") == "nested_crossproduct" else min(count, 1)
        for _ in range(nested):
            found = types.array(found)
        return found


class Process:
    """Is a process that is written in a document."""

    def __init__(self, document: Document, node: Mapping, kind: str) -> None:
        self.document = document
        self.node = node
        self.kind = kind

    @cached_property
    def name(self) -> Name | None:
        """Gives its id and where it stands."""
        node = self.node.get("id")
        return name_of(self.document.content, node) if isinstance(node, Scalar) and not node.absent else None

    @property
    def label(self) -> str | None:
        """Gives its label."""
        return self.node.text("label")

    @property
    def doc(self) -> str:
        """Gives its `doc`."""
        node = self.node.get("doc")
        if isinstance(node, Sequence):
            return "\n".join(text_of(item) or "" for item in node.items)
        return (text_of(node) or "").strip()

    @cached_property
    def inputs(self) -> dict[str, Port]:
        """Gives its inputs by their names."""
        return {one.name.text: one for one in entries(self.document, self.node.get("inputs"), Port)}

    @cached_property
    def outputs(self) -> dict[str, Port]:
        """Gives its outputs by their names."""
        return {one.name.text: one for one in entries(self.document, self.node.get("outputs"), Port)}

    @cached_property
    def steps(self) -> dict[str, Step]:
        """Gives its steps by their names."""
        found: dict[str, Step] = {}
        for key, value, node in members(self.node.get("steps")):
            step = Step(self.document, key, value, node, self)
            found[step.name.text] = step
        return found

    def path_of(self, name: Reference) -> tuple[Name, ...]:
        """Gives the parts of a source without the name of the workflow before them: `#main/step/out`."""
        parts = name.parts
        if len(parts) > 1 and self.name is not None and parts[0].text == self.name.text:
            first_is_step = len(parts) == 2 and parts[0].text in self.steps
            if not first_is_step or name.node.value.startswith("#"):
                return parts[1:]
        return parts

    def source_type(self, name: Reference) -> Types:
        """Gives the type of what a source gives."""
        parts = self.path_of(name)
        if len(parts) == 1 and parts[0].text in self.inputs:
            return self.inputs[parts[0].text].type
        if len(parts) == 2 and parts[0].text in self.steps:
            return self.steps[parts[0].text].output_type(parts[1].text)
        return ()

    def requirement(self, name: str, *, hints: bool = True) -> Node | None:
        """Gives a requirement (or hint) of this process itself."""
        for field in ("requirements", "hints") if hints else ("requirements",):
            for key, value, _ in members(self.node.get(field), "class"):
                if key.value == name:
                    return value or key
        return None


def entries(document: Document, box: Node | None, kind: type[_E]) -> Iterator[_E]:
    """Gives the members of a list of things with an `id`, or of the mapping that stands for it."""
    for key, value, node in members(box):
        yield kind(document, key, value, node)


def members(box: Node | None, subject: str = "id") -> Iterator[tuple[Scalar, Node | None, Node]]:
    """Gives (name, value, all of it) of the members of a list, or of the mapping that stands for it."""
    box = resolved(box)
    if isinstance(box, Mapping):
        for pair in box.pairs:
            if not pair.key.value.startswith("$"):
                yield pair.key, resolved(pair.value), pair.value
    elif isinstance(box, Sequence):
        for item in box.items:
            one = resolved(item)
            if isinstance(one, Mapping):
                key = one.get(subject)
                if isinstance(key, Scalar) and not key.absent:
                    yield key, one, item
            elif isinstance(one, Scalar) and not one.absent:
                yield one, None, item


def scalars(node: Node | None) -> list[Scalar]:
    """Gives a scalar, or those of a list."""
    node = resolved(node)
    if isinstance(node, Scalar):
        return [] if node.absent else [node]
    if isinstance(node, Sequence):
        return [item for item in node.items if isinstance(item, Scalar) and not item.absent]
    return []
