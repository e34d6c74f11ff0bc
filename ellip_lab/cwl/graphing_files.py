"""The files of a document as they are while it is being typed: what is broken is left out, the rest stays.

Nothing of a file is loaded or executed; where something stands is known of every word.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.cwl.marked import Marked, Node
from ellip_lab.cwl.reading import RefusedError, read

Json = dict[str, Any]
PROCESSES = frozenset(("CommandLineTool", "Workflow", "ExpressionTool", "Operation"))
FILE_LIMIT = 200
"""So many files are read for one document; the largest workflows seen have some sixty."""
_MENDINGS = 8
"""So many lines are left out of a text that is no YAML before it is given up."""
_IMPORTS = 16
_NOTHING = Node("mapping", 0, 0)


@dataclass(eq=False)
class File:
    """Is a file of a document, as far as it can be understood."""

    path: str
    marked: Marked | None = None
    problem: Json | None = None
    """Why there is nothing of it, or less than all."""
    processes: dict[str, Node] = field(default_factory=dict)
    """Those with an id, by what stands behind its `#`, in the order of the text."""

    @property
    def node(self) -> Node:
        """Gives what it holds; an empty mapping where that is nothing."""
        return self.marked.node if self.marked else _NOTHING

    def span(self, node: Node, first: Node | None = None) -> Json | None:
        """Gives where a node stands, from the beginning of `first` (its key) on."""
        if self.marked is None:
            return None
        line, column = self.marked.place((first or node).start)
        end_line, end_column = self.marked.place(max(node.end, (first or node).end))
        return {
            "path": self.path,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }


@dataclass(frozen=True)
class Process:
    """Is a process, and the file it is written in."""

    node: Node
    file: File
    fragment: str = ""

    @property
    def kind(self) -> str:
        """Gives its class."""
        return word(self.node, "class")


class Files:
    """Reads the files of a document, each once; one of them perhaps as it is in an editor."""

    def __init__(self, path: str, text: str | None) -> None:
        self._texts = {} if text is None else {path: text}
        self._files: dict[str, File] = {}

    def opened(self, path: str) -> File:
        """Gives a file; it never fails, the file says what is wrong with it."""
        if path not in self._files:
            self._files[path] = file = self._read(path)
            if file.marked:
                _index(file)
        return self._files[path]

    def _read(self, path: str) -> File:
        if len(self._files) >= FILE_LIMIT:
            return File(path, problem=problem(f"more than {FILE_LIMIT} files", path))
        try:
            text = self._texts[path] if path in self._texts else read(Path(path))
        except RefusedError as refusal:
            return File(path, problem={**problem(str(refusal), path), **refusal.finding})
        return _understood(path, text)

    def imported(self, node: Node, file: File) -> tuple[Node, File]:
        """Gives what an `$import` stands for; anything else as it is."""
        for _ in range(_IMPORTS):
            named = word(node, "$import")
            place = self.beside(named.partition("#")[0], file) if named else None
            if place is None:
                break
            file = self.opened(place)
            node = file.node
        return node, file

    def beside(self, named: str, file: File) -> str | None:
        """Gives the place of a file that another one names; null for one that is not on this machine."""
        parts = urlsplit(named)
        if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
            return None
        folder = os.path.dirname(file.path)  # noqa: PTH120 - the text of a path, `..` and all
        plain, quoted = (os.path.normpath(os.path.join(folder, one)) for one in (named, unquote(parts.path)))  # noqa: PTH118
        return plain if not parts.scheme and os.path.exists(plain) else quoted  # noqa: PTH110


def word(node: Node, key: str) -> str:
    """Gives a field that is a text; empty for anything else."""
    value = node.get(key)
    return value.said if value else ""


def words(node: Node | None) -> str | None:
    """Gives a `label` or `doc`, whose lines may be a list."""
    if node is None or node.null or node.kind == "mapping":
        return None
    return "\n".join(item.said for item in node.items) if node.kind == "sequence" else node.said


def fragment_of(identifier: str) -> str:
    """Gives what stands behind the `#` of an id; an id without one is that itself."""
    return identifier.rpartition("#")[2]


def short(identifier: str) -> str:
    """Gives the last part of an id or a reference."""
    return fragment_of(identifier).rpartition("/")[2]


def problem(message: str, path: str, severity: str = "error", **more: Any) -> Json:
    """Gives a problem as it crosses the border of the process."""
    return {"message": message, "file": path, "severity": severity, **more}


def _understood(path: str, text: str) -> File:
    """Gives a text's tree; the lines that make it no YAML are left out, and the first of them is told."""
    told: Json | None = None
    for _ in range(_MENDINGS):
        try:
            return File(path, Marked(text), told)
        except ValueError as error:
            marks = [
                mark
                for mark in (getattr(error.__cause__, name, None) for name in ("problem_mark", "context_mark"))
                if mark is not None
            ]
            why = getattr(error.__cause__, "problem", None) or str(error)
            told = told or problem(
                f"this is no YAML yet: {why}",
                path,
                line=marks[0].line + 1 if marks else None,
                column=marks[0].column + 1 if marks else None,
            )
            mended = _without(text, [mark.line for mark in marks])
            if mended is None:
                break
            text = mended
    return File(path, problem=told)


def _without(text: str, lines: list[int]) -> str | None:
    """Gives a text whose first line of these (or the one before it) that says something is blank."""
    written = text.split("\n")
    for number in lines:
        for line in range(min(number, len(written) - 1), max(number - 3, -1), -1):
            if written[line].strip():
                written[line] = " " * len(written[line])
                return "\n".join(written)
    return None


def _index(file: File) -> None:
    """Finds the processes of a file that have an id, also those written inside others."""
    seen: set[int] = set()
    todo = [file.node]
    while todo:
        node = todo.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        if word(node, "class") in PROCESSES and word(node, "id"):
            file.processes.setdefault(fragment_of(word(node, "id")), node)
        graph = node.get("$graph")
        inner = [value for _, _, value in graph.members()] if graph else list(node.items)
        steps = node.get("steps")
        for _, _, step in steps.members() if steps else ():
            run = step.get("run")
            inner += [run] if run is not None and run.kind == "mapping" else []
        todo += inner
