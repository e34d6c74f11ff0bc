"""`ellip graph`: a process as a graph, for people, programs and Graphviz."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ellip_lab.cli.cwl import document_argument, hall, json_option, query
from ellip_lab.cli.exits import FAILED, Ended, problem_lines
from ellip_lab.cli.tables import table

if TYPE_CHECKING:
    from ellip_lab.cwl.editing import Graph, GraphEdge, GraphNode

_STYLES = {
    "input": 'shape=box, style="rounded,filled", fillcolor="#eeeeee"',
    "output": 'shape=box, style="rounded,filled", fillcolor="#eeeeee"',
    "step": "shape=box",
}


@click.command()
@document_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "dot")),
    default="text",
    show_default=True,
    help="A table, the record, or what Graphviz draws (`| dot -Tsvg > graph.svg`).",
)
@json_option
def graph(document: str, form: str, as_json: bool) -> None:
    """Show a process as a graph: its inputs, steps and outputs, sub-workflows included.

    What is wrong with it goes to standard error; the exit code is 1 when there is no graph.
    """
    from ellip_lab.cwl.editing import GraphQuery

    asked = query(document)
    drawn = hall().cwl.graph(GraphQuery(path=asked.path, entry=asked.entry))
    for problem in drawn.problems:
        click.echo("\n".join(line.removeprefix("  ") for line in problem_lines(problem)), err=True)
    if as_json or form == "json":
        click.echo(drawn.model_dump_json(indent=2))
    elif form == "dot":
        click.echo("\n".join(dot(drawn)))
    else:
        table(
            ("NODE", "KIND", "TYPE OR IMAGE", "AFTER", "WHAT"),
            (
                (
                    node.id,
                    node.kind,
                    node.type or node.image or "",
                    ", ".join(before(drawn, node)),
                    said(node),
                )
                for node in drawn.nodes
            ),
            empty="there is nothing to draw",
        )
    if not drawn.nodes:
        raise Ended(FAILED)


def before(drawn: Graph, node: GraphNode) -> list[str]:
    """Gives what a node depends on, each once."""
    return list(dict.fromkeys(edge.source for edge in drawn.edges if edge.target == node.id and edge.source))


def said(node: GraphNode) -> str:
    """Says of a node what its id does not."""
    return "; ".join(
        word
        for word in (
            node.problem or "",
            node.label or "",
            f"scattered over {', '.join(node.scatter)}" if node.scatter else "",
            f"when {node.when}" if node.when else "",
        )
        if word
    )


def dot(drawn: Graph) -> Iterator[str]:
    """Gives the lines of a graph as Graphviz reads it; a sub-workflow is a cluster."""
    yield f"digraph {quoted(drawn.label or drawn.entry or drawn.path)} {{"
    yield "  compound=true;"
    yield '  node [fontname="sans-serif", fontsize=11];'
    yield '  edge [fontname="sans-serif", fontsize=9, color="#888888"];'
    flows = {node.parent for node in drawn.nodes if node.parent}
    yield from _inside(drawn, None, flows, "  ")
    inner = {(node.parent, node.kind.value, node.name): node.id for node in drawn.nodes}
    for edge in drawn.edges:
        if edge.source:
            source = _port(edge.source, edge.source_port, "output", flows, inner)
            target = _port(edge.target, edge.target_port, "input", flows, inner)
            yield f"  {quoted(source)} -> {quoted(target)}{_label(edge)};"
    yield "}"


def quoted(text: str) -> str:
    """Gives a text as an id of Graphviz: its strings are those of JSON, but for what is not ASCII."""
    return json.dumps(text, ensure_ascii=False)


def _inside(drawn: Graph, parent: str | None, flows: set[str], indent: str) -> Iterator[str]:
    for node in drawn.nodes:
        if node.parent != parent:
            continue
        title = f"{node.name}\n{node.label}" if node.label else node.name
        if node.id in flows:
            yield f"{indent}subgraph {quoted(f'cluster_{node.id}')} {{"
            yield f"{indent}  label={quoted(title)};"
            yield from _inside(drawn, node.id, flows, f"{indent}  ")
            yield f"{indent}}}"
        else:
            yield f"{indent}{quoted(node.id)} [label={quoted(title)}, {_STYLES[node.kind]}];"


def _port(
    node: str,
    port: str | None,
    kind: str,
    flows: set[str],
    inner: dict[tuple[str | None, str, str], str],
) -> str:
    """Gives the node that a link of a sub-workflow leads to, or comes from: one of its inputs or outputs."""
    return inner.get((node, kind, port or ""), node) if node in flows else node


def _label(edge: GraphEdge) -> str:
    return f" [label={quoted(edge.type)}]" if edge.type else ""
