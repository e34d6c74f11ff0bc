"""A document as it is being written: its text, its tree, what each part is, and the files it refers to."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.cwl.language import nodes, tolerant
from ellip_lab.cwl.language.kinds import GRAPH, Kinds
from ellip_lab.cwl.language.nodes import BrokenError, Mapping, Node, Scalar, Sequence, text_of, walk
from ellip_lab.cwl.language.processes import Process, Reference, Step, members
from ellip_lab.cwl.language.specification import PROCESSES, Specification, specification
from ellip_lab.cwl.language.text import Text
from ellip_lab.cwl.reading import RefusedError, read
from ellip_lab.errors import NotFound

_documents: dict[str, Document] = {}
"""The documents of the question that is being answered, by path: what is being typed counts for the others too."""


class Document:
    """Is a text that is, or will be, a CWL document."""

    def __init__(self, content: str, path: str, *, tree: Node | None = None) -> None:
        self.content = content
        self.path = path
        self.broken: BrokenError | None = None
        """Why it is not YAML; its tree is what its indentation tells, then."""
        self.root: Node | None = tree
        if tree is None:
            self.root, self.broken = _tree(content)

    @cached_property
    def text(self) -> Text:
        """Gives its lines and columns."""
        return Text(self.content, self.path)

    @property
    def version(self) -> str | None:
        """Gives its `cwlVersion`."""
        return self.root.text("cwlVersion") if isinstance(self.root, Mapping) else None

    @cached_property
    def spec(self) -> Specification:
        """Gives the specification it is held to."""
        return specification(self.version)

    @cached_property
    def kinds(self) -> Kinds:
        """Gives what each part is."""
        return Kinds(self.root, self.spec)

    @cached_property
    def processes(self) -> list[Process]:
        """Gives every process that is written in it, those inside of steps too, in its order."""
        found = []
        for node in walk(self.root) if self.root is not None else ():
            name = self.kinds.record_name(node)
            if isinstance(node, Mapping) and name in (*PROCESSES, "Process"):
                found.append(Process(self, node, name or ""))
        return found

    @property
    def top(self) -> list[Process]:
        """Gives the processes that are not inside of another."""
        graph = self.root.get(GRAPH) if isinstance(self.root, Mapping) else self.root
        items = graph.items if isinstance(graph, Sequence) else [self.root]
        return [one for one in self.processes if any(one.node is item for item in items)]

    @property
    def main(self) -> Process | None:
        """Gives the process that the file stands for: the only one, `main`, or the first Workflow."""
        top = self.top
        if len(top) < 2:
            return top[0] if top else None
        named = next((one for one in top if one.name is not None and one.name.text == "main"), None)
        return named or next((one for one in top if one.kind == "Workflow"), top[0])

    @cached_property
    def _by_node(self) -> dict[int, Process]:
        return {id(one.node): one for one in self.processes}

    def process_of(self, node: Node | None) -> Process | None:
        """Gives the process that a mapping is."""
        return self._by_node.get(id(node))

    def step_around(self, node: Node | None) -> Step | None:
        """Gives the innermost step that a node is in, unless it is in a process inside of that step."""
        while node is not None and self.process_of(node) is None:
            if self.kinds.record_name(node) == "WorkflowStep":
                workflow = self.process_around(node)
                steps = workflow.steps.values() if workflow else ()
                return next((step for step in steps if step.value is node), None)
            node = node.parent
        return None

    def process_around(self, node: Node | None) -> Process | None:
        """Gives the innermost process that a node is in."""
        while node is not None:
            found = self.process_of(node)
            if found is not None:
                return found
            node = node.parent
        return None

    def process_at(self, name: Reference) -> Process | None:
        """Gives the process that `run` names."""
        word = name.node.value
        if not word.startswith("#"):
            other = self.other(word.partition("#")[0])
            if other is None:
                return None
            return other.named(name.parts[0].text) if name.parts else other.main
        return self.named(name.parts[0].text) if name.parts else None

    def named(self, name: str) -> Process | None:
        """Gives the process of an id."""
        return next((one for one in self.processes if one.name is not None and one.name.text == name), None)

    def file(self, name: str) -> Path | None:
        """Gives the file that a relative reference names; None for what is not on this machine."""
        parts = urlsplit(name)
        if parts.scheme not in ("", "file") or not parts.path or parts.netloc:
            return None
        folder = os.path.dirname(self.path)  # noqa: PTH120 - as it is written
        return Path(os.path.normpath(os.path.join(folder, unquote(parts.path))))  # noqa: PTH118

    def other(self, name: str) -> Document | None:
        """Gives the document that a relative reference names; None where it cannot be read."""
        place = self.file(name)
        if place is None:
            return None
        if str(place) == self.path:
            return self
        return document_at(str(place))

    @cached_property
    def named_types(self) -> dict[str, tuple[Document, Mapping, Scalar]]:
        """Gives the types of `SchemaDefRequirement`, by name: where each is written and its name's place."""
        found: dict[str, tuple[Document, Mapping, Scalar]] = {}
        for process in self.processes:
            self._schemas(process.requirement("SchemaDefRequirement"), found)
        return found

    def _schemas(self, requirement: Node | None, found: dict[str, tuple[Document, Mapping, Scalar]]) -> None:
        listed = requirement.get("types") if isinstance(requirement, Mapping) else None
        file = listed.text("$import") if isinstance(listed, Mapping) else None
        if file is not None:
            self._imported(file, found)
        for key, value, _ in members(listed, "name"):
            if isinstance(value, Mapping):
                found[_last(key.value)] = (self, value, key)
        for item in listed.items if isinstance(listed, Sequence) else ():
            file = item.text("$import") if isinstance(item, Mapping) else None
            if file is not None:
                self._imported(file, found)

    def _imported(self, file: str, found: dict[str, tuple[Document, Mapping, Scalar]]) -> None:
        other = self.other(file)
        root = other.root if other else None
        items = [root] if isinstance(root, Mapping) else root.items if isinstance(root, Sequence) else []
        for item in items:
            key = item.get("name") if isinstance(item, Mapping) else None
            if other is not None and isinstance(item, Mapping) and isinstance(key, Scalar):
                found[_last(key.value)] = (other, item, key)


@lru_cache(maxsize=16)
def _tree(content: str) -> tuple[Node | None, BrokenError | None]:
    """Gives the tree of a text; one that was asked for lately is not read again."""
    try:
        return nodes.read(content), None
    except BrokenError as error:
        return tolerant.read(content), error


def content_of(request: dict[str, Any]) -> str:
    """Gives the text that a question is about: the one it carries, or the file's.

    `NotFound` when there is neither; a file that is no text reads as an empty one.
    """
    text = request.get("text")
    if text is not None:
        return str(text)
    path = Path(str(request["path"]))
    if not os.path.exists(path):  # noqa: PTH110 - a word may be no name at all
        raise NotFound(f"{path.name} does not exist")
    try:
        return read(path)
    except RefusedError:
        return ""


def asked(request: dict[str, Any]) -> Document:
    """Gives the document that a question is about."""
    return begun(Document(content_of(request), os.path.normpath(str(request["path"]))))


def begun(document: Document) -> Document:
    """Begins a new question: what was read for the one before is forgotten, files change."""
    _documents.clear()
    _documents[document.path] = document
    return document


def document_at(path: str) -> Document | None:
    """Gives the document of a file, as it is being written where it is; None where it cannot be read."""
    if path not in _documents:
        try:
            _documents[path] = Document(read(Path(path)), path)
        except RefusedError:
            return None
    return _documents[path]


def place_in(document: Document, request: dict[str, Any]) -> int:
    """Gives the offset that a question is about."""
    return document.text.offset(int(request["line"]), int(request["column"]))


def text_at(node: Node | None) -> str:
    """Gives the text of a scalar, or nothing."""
    return text_of(node) or ""


def _last(name: str) -> str:
    return name.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
