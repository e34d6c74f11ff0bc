"""The parts of a package: files, what stands in them, the processes and the requirements that hold for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ellip_lab.cwl.marked import Marked, Node

Json = dict[str, Any]


@dataclass(eq=False)
class File:
    """Is a file of the package; `marked` is null where its text is no YAML, or cannot be read."""

    path: str
    text: str
    marked: Marked | None


@dataclass(frozen=True)
class Part:
    """Is a part of a file: what stands there, and the keys and indices that lead to it."""

    file: File
    node: Node
    path: tuple[str | int, ...]
    key: Node | None = None
    """The key it belongs to, where it has one."""
    name: str = ""

    def get(self, key: str) -> Part | None:
        """Gives what a key holds; null where there is none."""
        value = self.node.get(key)
        if value is None:
            return None
        return Part(self.file, value, (*self.path, key), self.node.key(key), key)

    def said(self, key: str) -> str:
        """Gives the text that a key holds, or nothing."""
        value = self.node.get(key)
        return value.said if value is not None else ""

    def members(self, name: str = "id") -> Iterator[Part]:
        """Gives what a map of names or a list holds, with their names."""
        for key, value in self.node.pairs:
            if key.kind == "scalar":
                yield Part(self.file, value, (*self.path, key.text), key, key.text)
        for index, value in enumerate(self.node.items):
            named = value.get(name)
            yield Part(
                self.file, value, (*self.path, index), named, short(named.said) if named is not None else ""
            )

    def place(self) -> Json:
        """Gives where it is told of: its key or name, else its beginning."""
        marked = self.file.marked
        place: Json = {"file": self.file.path}
        if marked is None:
            return place
        node = self.key
        if node is None:
            node = self.node.get("id") or self.node.key("class") or self.node
        end = node.end
        if node.kind != "scalar":
            end = min(node.end, marked.line_end(node.start))
        place["line"], place["column"] = marked.place(node.start)
        place["end_line"], place["end_column"] = marked.place(max(end, node.start))
        return place


@dataclass(eq=False)
class Process:
    """Is a Workflow or a tool of the package."""

    part: Part
    kind: str
    name: str
    contexts: list[Mapping[str, Requirement]] = field(default_factory=list)
    """What holds for it, each time a step runs it: its own requirements, those it inherits, and the hints."""
    step: Part | None = None
    """The step that it is written in, where it is."""

    @property
    def called(self) -> str:
        """Gives its name as a sentence says it."""
        kind = {"CommandLineTool": "tool"}.get(self.kind, self.kind)
        if self.name:
            return f"{kind} {self.name}"
        if self.step is not None:
            return f"the {kind} of step {self.step.name}"
        return f"the {kind} of {Path(self.part.file.path).name}"


@dataclass(frozen=True)
class Requirement:
    """Is a requirement that holds for a process."""

    part: Part
    owner: str
    """What it is written at: `Workflow main`, `step crop`, `tool crop`."""
    hint: bool
    own: bool = True
    """The process has it itself."""


def merged(outer: Mapping[str, Requirement], inner: Mapping[str, Requirement]) -> dict[str, Requirement]:
    """Gives what holds inside: what is nearer wins, a requirement wins over a hint."""
    found = dict(outer)
    for name, one in inner.items():
        known = found.get(name)
        if known is None or not one.hint or known.hint:
            found[name] = one
    return found


def short(name: str) -> str:
    """Gives the last part of an identifier."""
    return name.rpartition("#")[2].rpartition("/")[2]
