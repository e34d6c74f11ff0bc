"""The document of a run as a graph: the one that was kept when it began, else the document as it is now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.cwl.editing import Graph, GraphNode, NodeKind
from ellip_lab.errors import EllipError, Internal, Problem
from ellip_lab.shell import read_json

if TYPE_CHECKING:
    from ellip_lab.cwl.service import CwlService

_ASKED = "ellip_lab.cwl.language.graph:answer"


def graph_of(cwl: CwlService, directory: Path) -> Graph:
    """Gives the graph of a run from the files in its directory; the ids of its steps are those of the run's."""
    data = _read(directory / "request.json").get("data") or {}
    document, entry = str(data.get("document") or ""), data.get("entry")
    packed = _read(directory / "document.json")
    if packed.get("class") or packed.get("$graph"):
        graph = _drawn(cwl, str(directory / "document.json"), None, json.dumps(packed, ensure_ascii=False))
        # Where something is written in the packed document helps nobody; nothing is wrong with what the engine loaded.
        shown = {"span": None, "run": None, "problem": None}
        nodes = tuple(node.model_copy(update=shown) for node in graph.nodes)
        graph = graph.model_copy(update={"path": document, "entry": entry, "nodes": nodes, "processes": ()})
    else:
        graph = _drawn(cwl, document, entry, None)
        told = Problem(message="this is the document as it is now", file=document, severity="information")
        graph = graph.model_copy(update={"problems": (*graph.problems, told)})
    return _named(graph, _steps(directory, data))


def _drawn(cwl: CwlService, path: str, entry: str | None, text: str | None) -> Graph:
    try:
        return Graph.model_validate(cwl.ask(_ASKED, {"path": path, "entry": entry, "text": text}))
    except Internal:
        raise
    except EllipError as error:
        return Graph(path=path, entry=entry, problems=error.problems or (Problem(message=error.detail),))


def _steps(directory: Path, data: dict[str, Any]) -> list[str]:
    """Gives the ids of the run's steps, as far as they are known."""
    from ellip_lab.runs.events import Events

    loaded = next(
        (event["steps"] for event in Events().of(directory) if event["event"] == "document"),
        data.get("outline") or [],
    )
    return [str(step["id"]) for step in loaded]


def _named(graph: Graph, steps: list[str]) -> Graph:
    """Gives a graph whose only step is called as the run calls it: a tool by itself has the name of its file."""
    drawn = [node for node in graph.nodes if node.kind is NodeKind.STEP]
    if len(steps) != 1 or len(drawn) != 1 or drawn[0].id == steps[0]:
        return graph
    old, new = drawn[0].id, steps[0]

    def node(one: GraphNode) -> GraphNode:
        return one.model_copy(update={"id": new, "name": new}) if one is drawn[0] else one

    edges = tuple(
        edge.model_copy(
            update={side: new for side in ("source", "target") if getattr(edge, side) == old},
        )
        for edge in graph.edges
    )
    return graph.model_copy(update={"nodes": tuple(map(node, graph.nodes)), "edges": edges})


def _read(path: Path) -> dict[str, Any]:
    try:
        read = read_json(path)
    except (OSError, ValueError):
        return {}  # not written yet, or damaged: what is left says enough
    return read if isinstance(read, dict) else {}
