"""The graph of a run: the document as it was when it began, its steps those of the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ellip_lab.cwl.editing import Graph
from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Run

Perform = Callable[..., Run]


def steps(graph: Graph) -> set[str]:
    return {node.id for node in graph.nodes if node.kind == "step"}


def test_the_steps_are_those_of_the_run_however_the_document_is_now(lab: Lab, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["a", "b"]})
    document = Path(lab.settings.root / "flow.cwl")
    document.write_text("class: Workflow\n")
    graph = lab.runs.graph(run.id)
    assert not graph.problems
    assert steps(graph) == {step.id for step in run.steps}
    assert graph.path == str(document)
    nodes = {node.id: node for node in graph.nodes}
    assert nodes["say"].scatter == ("word",)
    assert nodes["say"].label == "Say each word"
    assert nodes["say"].image == "docker.io/ellip/busybox:1"
    assert nodes["inner/deep"].parent == "inner"
    assert ("maybe", "output:maybe") in {(edge.source, edge.target) for edge in graph.edges}
    assert not [node.problem for node in graph.nodes if node.problem]
    assert all(node.span is None for node in graph.nodes)
    after = {step.id: set(step.after) for step in run.steps}
    for edge in graph.edges:
        if edge.source in after and edge.target in after:
            assert edge.source in after[edge.target]


def test_a_tool_has_the_name_it_has_in_the_run(lab: Lab, perform: Perform) -> None:
    run = perform("echo.cwl", {"message": "hello"})
    graph = lab.runs.graph(run.id)
    assert steps(graph) == {step.id for step in run.steps} == {"echo"}
    assert {(edge.source, edge.target) for edge in graph.edges} == {("message", "echo"), ("echo", "out")}


def test_before_the_engine_has_read_it_the_document_itself_is_drawn(lab: Lab, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["a"]})
    (lab.tasks.directory(run.id) / "document.json").unlink()
    graph = lab.runs.graph(run.id)
    assert steps(graph) == {step.id for step in run.steps}
    assert [problem.message for problem in graph.problems] == ["this is the document as it is now"]
    (lab.settings.root / "flow.cwl").unlink()
    gone = lab.runs.graph(run.id)
    assert not gone.nodes
    assert gone.problems[0].message == "flow.cwl does not exist"


def test_a_run_that_is_not_there_has_no_graph(lab: Lab) -> None:
    with pytest.raises(NotFound):
        lab.runs.graph("20261122t000000000-runs-0000")
