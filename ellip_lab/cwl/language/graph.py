"""A process of a text as a graph (`CwlService.graph`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ellip_lab.cwl.graphing import Graphing
from ellip_lab.cwl.graphing_files import Files, fragment_of, problem, short, words


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Gives the graph of a process; of a text that cannot be understood, as much as can be, and why."""
    path = str(request["path"])
    files = Files(path, request.get("text"))
    file = files.opened(path)
    drawing = Graphing(files)
    if file.problem is not None:
        drawing.problems.append(file.problem)
    entry = request.get("entry")
    process = drawing.of.chosen(file, fragment_of(entry) if entry else None)
    graph = file.node.get("$graph")
    named = [short(name) for name in file.processes] if graph is not None else []
    label, fragment = None, None
    if process is not None:
        label, fragment = words(process.node.get("label")), short(process.fragment) or None
        name = fragment if fragment not in (None, "main") else None
        drawing.draw(process, name or Path(path).stem)
    elif file.problem is None:
        name = Path(path).name
        drawing.problems.append(
            problem(
                f"{name} has no process `{entry}`" if entry else f"{name} has no process yet",
                path,
                hint=f"It has: {', '.join(named)}." if named else "A process begins with `class: Workflow`.",
            )
        )
    return {
        "path": path,
        "entry": fragment,
        "label": label,
        "nodes": drawing.nodes,
        "edges": drawing.edges,
        "problems": drawing.problems,
        "processes": named,
    }
