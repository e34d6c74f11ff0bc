"""The files of a document as they are while it is being typed: what is broken is left out, the rest stays.

Nothing of a file is loaded or executed; where something stands is known of every word.
"""

from __future__ import annotations

import os
import time
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
_MENDINGS = 4
"""So many lines are left out of a text that is no YAML."""
_PATIENCE = 0.05
"""Seconds after which no further line is tried: somebody is typing."""
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
            named = word(node, "$import").partition("#")[0]
            place = self.beside(named, file) if named else None
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
    """Gives a text's tree; the lines that make it no YAML are left out, and the first fault is told."""
    marked, fault = _parsed(text)
    if marked is not None or fault is None:
        return File(path, marked)
    told = problem(
        f"this is no YAML yet: {fault.why}",
        path,
        line=None if fault.line is None else fault.line + 1,
        column=None if fault.line is None else fault.column + 1,
    )
    began = time.perf_counter()
    for _ in range(_MENDINGS):
        best: tuple[int, str, _Fault] | None = None
        for line in _suspects(text, fault):
            tried = _without(text, line)
            marked, another = _parsed(tried)
            if marked is not None:
                # where the parser stopped may be far below the line that made it stop
                return File(path, marked, told | _at(text, line))
            if another is not None and another.line is not None and another.line > (best[0] if best else -1):
                best = (another.line, tried, another)
        if best is None or time.perf_counter() - began > _PATIENCE:
            break
        _, text, fault = best
    # what stands before the fault is something, where nothing else helps
    for line in dict.fromkeys((fault.line or 0, fault.context or 0)):
        marked, _ = _parsed("\n".join(text.split("\n")[:line]))
        if marked is not None and marked.node.pairs:
            return File(path, marked, told)
    return File(path, problem=told)


@dataclass(frozen=True)
class _Fault:
    """Is why a text is no YAML; lines count from 0 here."""

    why: str
    line: int | None
    column: int
    context: int | None


def _parsed(text: str) -> tuple[Marked | None, _Fault | None]:
    try:
        return Marked(text), None
    except ValueError as error:
        cause: Any = error.__cause__
        mark, context = getattr(cause, "problem_mark", None), getattr(cause, "context_mark", None)
        return None, _Fault(
            getattr(cause, "problem", None) or str(error),
            mark.line if mark else None,
            mark.column if mark else 0,
            context.line if context else None,
        )


def _suspects(text: str, fault: _Fault) -> list[int]:
    """Gives the lines that may be the broken one: where the parser stops, the one before, one left open, where it began."""
    if fault.line is None:
        return []
    lines = text.split("\n")
    above = [line for line in range(min(fault.line, len(lines) - 1), -1, -1) if lines[line].strip(" ")]
    left_open = next((line for line in above if _left_open(lines[line])), None)
    found = [*above[:2], left_open, fault.context]
    return list(
        dict.fromkeys(
            line for line in found if line is not None and line < len(lines) and lines[line].strip(" ")
        )
    )


def _at(text: str, number: int) -> Json:
    written = text.split("\n")[number]
    return {"line": number + 1, "column": len(written) - len(written.lstrip(" ")) + 1}


def _left_open(line: str) -> bool:
    """Says whether a line opens a quote or a bracket that it does not close."""
    code = line.partition(" #")[0]
    return any(code.count(quote) % 2 for quote in "'\"") or any(
        code.count(left) > code.count(right) for left, right in ("[]", "{}")
    )


def _without(text: str, number: int) -> str:
    """Gives a text with one line blank; every other character stays where it is."""
    lines = text.split("\n")
    lines[number] = " " * len(lines[number])
    return "\n".join(lines)


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
