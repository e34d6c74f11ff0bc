"""Looks at a document in the worker: which tool each step runs, what it asks for, and the edits that make it ask for what it used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ellip_lab.cwl import inserting
from ellip_lab.cwl.graphing_files import File, Files, Process, short, word
from ellip_lab.cwl.graphing_processes import Processes
from ellip_lab.cwl.marked import Node

MARGIN = 0.25
"""What is added to the highest memory."""
SPARE = 0.2
"""The part of a core that is not worth another one: no tool uses all of the last."""
MIB = 2**20
STEPS = ((256, 64), (2048, 128), (8192, 256), (32_768, 1024))
"""Up to so many MiB, memory is asked for in steps of so many."""
_DEPTH = 32
_OWN = frozenset(("stage-in", "stage-out"))
"""Steps that are no tool's: the run's own."""
Json = dict[str, Any]


@dataclass(eq=False)
class Tool:
    """Is a tool of the document, and what the runs say of it."""

    process: Process
    name: str
    around: list[Node]
    """What its requirements are inherited from where it has none: its step, its workflow, the nearest first."""
    steps: list[str] = field(default_factory=list)
    runs: int = 0
    jobs: int = 0
    memory: int | None = None
    cores: float | None = None


def answer(request: Json) -> Json:
    """Gives what the tools of a document have used, and what they should ask for."""
    files = Files(str(request["path"]), request.get("text"))
    looking = _Looking(files, files.opened(str(request["path"])))
    for run in request.get("runs", ()):
        looking.take(run)
    return {"tools": [_told(tool) for tool in looking.tools.values()]}


class _Looking:
    def __init__(self, files: Files, file: File) -> None:
        self.of = Processes(files)
        self.file = file
        self.tools: dict[int, Tool] = {}
        """By the node of the tool, in the order of the document."""
        self._walked: dict[str | None, dict[str, int]] = {}
        for step, key in self._walk(None).items():
            self.tools[key].steps.append(step)
        for name in file.processes if file.node.get("$graph") else ():
            self._walk(name)

    def take(self, run: Json) -> None:
        """Takes what one run has measured."""
        steps = self._walk(run.get("entry"))
        seen: set[int] = set()
        for step, measured in run["steps"].items():
            key = steps.get(step) if "" not in steps else None if step in _OWN else steps[""]
            if key is None:
                continue
            tool = self.tools[key]
            tool.runs += key not in seen
            seen.add(key)
            tool.jobs += measured["jobs"]
            tool.memory = max(filter(None, (tool.memory, measured["memory"])), default=None)
            tool.cores = max(filter(None, (tool.cores, measured["cores"])), default=None)

    def _walk(self, entry: str | None) -> dict[str, int]:
        """Gives the tool of each step of a process, by the path of the step; of a tool, itself by an empty one."""
        if entry not in self._walked:
            process = self.of.chosen(self.file, entry)
            self._walked[entry] = dict(self._steps(process, "", [], 0)) if process else {}
        return self._walked[entry]

    def _steps(
        self, process: Process, path: str, around: list[Node], depth: int
    ) -> Iterator[tuple[str, int]]:
        if process.kind == "CommandLineTool":
            key = id(process.node)
            if key not in self.tools:
                name = short(process.fragment) or short(path) or ""
                self.tools[key] = Tool(process, name, around)
            yield path, key
        elif process.kind == "Workflow" and depth < _DEPTH:
            for step in self.of.members(process, "steps"):
                inner, _ = self.of.run(step)
                if inner is not None:
                    here = f"{path}/{step.name}" if path else step.name
                    yield from self._steps(inner, here, [step.node, process.node, *around], depth + 1)


def _told(tool: Tool) -> Json:
    ram = asked_for(tool.memory)
    cores = max(1, math.ceil(tool.cores - SPARE)) if tool.cores is not None else None
    return {
        "tool": tool.name,
        "steps": [step for step in tool.steps if step],
        "runs": tool.runs,
        "jobs": tool.jobs,
        "memory": tool.memory,
        "cores": tool.cores,
        "asks_memory": _number(_asks(tool, "ramMin"), int),
        "asks_cores": _number(_asks(tool, "coresMin"), float),
        "ram_min": ram,
        "cores_min": cores,
        "margin": MARGIN,
        "edits": _edits(tool, {"ramMin": ram, "coresMin": cores}),
    }


def asked_for(memory: int | None) -> int | None:
    """Gives the MiB to ask for, of a peak in bytes: with the margin, rounded up to a number one would write."""
    if memory is None:
        return None
    wanted = memory * (1 + MARGIN) / MIB
    step = next((size for limit, size in STEPS if wanted <= limit), 4096)
    return max(step, math.ceil(wanted / step) * step)


def _asks(tool: Tool, field_: str) -> Node | None:
    """Gives what a tool asks for: any requirement before any hint, the nearest first."""
    for where in ("requirements", "hints"):
        for node in (tool.process.node, *tool.around):
            _, resources = _resources(node, where)
            if resources is not None and (found := resources.get(field_)) is not None:
                return found
    return None


def _resources(process: Node, where: str) -> tuple[list[str | int], Node | None]:
    """Gives the ResourceRequirement of a process, and its path in it."""
    listed = process.get(where)
    if listed is None:
        return [], None
    for index, item in enumerate(listed.items):
        if word(item, "class") == "ResourceRequirement":
            return [where, index], item
    found = listed.get("ResourceRequirement")
    return [where, "ResourceRequirement"], found


def _number(node: Node | None, kind: type[int] | type[float]) -> float | None:
    if node is None:
        return None
    try:
        return kind(float(node.said))
    except ValueError:
        return None  # an expression


def _edits(tool: Tool, wanted: dict[str, int | None]) -> list[Json]:
    """Gives the edits that make a tool ask for something; none where its file is not understood as it stands."""
    file, process = tool.process.file, tool.process.node
    if file.marked is None or file.problem is not None:
        return []
    path = _path(file.node, process)
    if path is None or any(
        (one := process.get(name)) is not None and one.get("$import") for name in ("requirements", "hints")
    ):
        return []
    where = (
        "hints"
        if _resources(process, "requirements")[1] is None and _resources(process, "hints")[1] is not None
        else "requirements"
    )
    inside, resources = _resources(process, where)
    new: Json = {}
    changed: Json = {}
    for name, value in wanted.items():
        if value is None:
            continue
        there = resources.get(name) if resources is not None else None
        if there is None:
            new[name] = value
        elif there.said and _number(there, float) is not None and _number(there, float) != value:
            changed[name] = value
        top = resources.get(name.replace("Min", "Max")) if resources is not None else None
        if top is not None and (limit := _number(top, float)) is not None and limit < value:
            changed[name.replace("Min", "Max")] = value
    text = file.marked.text
    edits: list[Json] = []
    try:
        for name, value in changed.items():
            edits += inserting.put(text, [*path, *inside], name, value)
        if new:
            edits += inserting.require(text, path, "ResourceRequirement", new, field=where)
    except ValueError:
        return []  # nothing can be put there
    return [
        {"path": file.path, **edit} for edit in sorted(edits, key=lambda edit: (edit["line"], edit["column"]))
    ]


def _path(root: Node, wanted: Node) -> list[str | int] | None:
    """Gives the keys and indices that lead to a node."""
    seen: set[int] = set()
    todo: list[tuple[Node, list[str | int]]] = [(root, [])]
    while todo:
        node, path = todo.pop()
        if node is wanted:
            return path
        if id(node) in seen:
            continue
        seen.add(id(node))
        todo += [(value, [*path, key.text]) for key, value in node.pairs if value.kind != "scalar"]
        todo += [(item, [*path, index]) for index, item in enumerate(node.items) if item.kind != "scalar"]
    return None
