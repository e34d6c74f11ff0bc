"""A process as a graph: the same as cwltool draws, also of what is being typed."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pytest

from ellip_lab.cwl.editing import Graph, GraphQuery
from ellip_lab.cwl.language.graph import answer
from ellip_lab.cwl.service import CwlService

TESTS = Path(__file__).parent.parent
DEMO = TESTS.parent / "ellip_lab/packages/water-bodies/water-bodies.cwl"
GOOD = [
    DEMO,
    *sorted((TESTS / "conformance/documents").glob("*.cwl")),
    *sorted((TESTS / "cwl/documents").glob("*.cwl")),
    *sorted((TESTS / "runs/documents").glob("*.cwl")),
]
FLOWS = [path for path in GOOD if "class: Workflow" in path.read_text()]
Links = set[tuple[str, str]]


def graph(path: Path | str, text: str | None = None, entry: str | None = None) -> Graph:
    return Graph.model_validate(answer({"path": str(path), "text": text, "entry": entry}))


def drawn_by_cwltool(path: Path) -> list[tuple[str, set[str], Links]]:
    """Gives the nodes and edges of `--print-dot` of a workflow and of every workflow in it, by the step that runs it."""
    import pydot
    from cwltool.context import LoadingContext
    from cwltool.cwlrdf import printdot
    from cwltool.load_tool import load_tool
    from cwltool.workflow import Workflow

    logging.getLogger("cwltool").setLevel(logging.ERROR)
    entry = graph(path).entry
    tool = load_tool(
        f"{path.as_uri()}#{entry}" if entry else str(path), LoadingContext({"do_validate": False})
    )

    def walk(process: Any, prefix: str) -> Iterator[tuple[str, set[str], Links]]:
        if not process.steps:
            # it can draw none: "Cannot identify root workflow"
            yield prefix, set(), set()
            return
        out = io.StringIO()
        printdot(process, tool.doc_loader.ctx, out)
        [dot] = pydot.graph_from_dot_data(out.getvalue())
        every = [*dot.get_nodes(), *(node for part in dot.get_subgraphs() for node in part.get_nodes())]
        nodes = {tail(node.get_name()) for node in every}
        links = {(tail(edge.get_source()), tail(edge.get_destination())) for edge in dot.get_edges()}
        # a step that only inputs lead to is in the edges alone
        yield prefix, nodes | {name for link in links for name in link}, links
        for step in process.steps:
            if isinstance(step.embedded_tool, Workflow):
                yield from walk(step.embedded_tool, f"{prefix}{tail(step.tool['id'])}/")

    with warnings.catch_warnings():
        # rdflib and pydot say that rdflib and pyparsing have newer words
        warnings.simplefilter("ignore", DeprecationWarning)
        return list(walk(tool, ""))


def tail(name: str) -> str:
    """Gives the last part of an id as cwltool writes it."""
    name = name.strip('"')
    return (urldefrag(name)[1] or name).rpartition("/")[2]


def ours(drawn: Graph, parent: str) -> tuple[set[str], Links]:
    """Gives the nodes and edges of one workflow as that drawing knows them: what is linked, and not from in to out."""
    inside = {node.id: node for node in drawn.nodes if (node.parent or "") == parent.rstrip("/")}
    links = {
        (inside[edge.source].name, inside[edge.target].name)
        for edge in drawn.edges
        if edge.source in inside
        and edge.target in inside
        and not (inside[edge.source].kind == "input" and inside[edge.target].kind == "output")
    }
    return {name for link in links for name in link}, links


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_nodes_and_edges_are_those_cwltool_draws(path: Path) -> None:
    drawn = graph(path)
    assert not drawn.problems
    assert not [node.problem for node in drawn.nodes if node.problem]
    seen = set()
    for parent, nodes, links in drawn_by_cwltool(path):
        seen.add(parent.rstrip("/"))
        linked, edges = ours(drawn, parent)
        assert edges == links
        assert linked == nodes
    # no sub-workflow is drawn that cwltool does not know
    assert {node.parent or "" for node in drawn.nodes} <= seen


def test_the_corpus_is_there() -> None:
    assert len(FLOWS) >= 19
    assert sum("/" in node.id for path in FLOWS for node in graph(path).nodes) >= 8


@pytest.mark.parametrize("path", GOOD, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_every_node_says_where_it_is_written(path: Path) -> None:
    for node in graph(path).nodes:
        assert node.span is not None
        lines = Path(node.span.path).read_text().split("\n")
        assert 1 <= node.span.line <= node.span.end_line <= len(lines)
        first = lines[node.span.line - 1][node.span.column - 1 :]
        assert node.name in first or node.process or first.startswith(("id", "- id", "type", "{"))


def test_what_a_node_says_of_itself() -> None:
    nodes = {node.id: node for node in graph(DEMO).nodes}
    crop = nodes["crop"]
    assert (crop.label, crop.process, crop.image) == (
        "Crop the bands",
        "CommandLineTool",
        "localhost/ellip/water-bodies:1.0",
    )
    assert (crop.scatter, crop.scatter_method) == (("band",), "dotproduct")
    assert crop.span is not None
    assert crop.run is not None
    lines = DEMO.read_text().split("\n")
    assert lines[crop.span.line - 1].strip() == "crop:"
    assert lines[crop.run.line - 1].strip() == "- id: crop"
    assert lines[crop.span.end_line - 1].strip() == "out: [cropped]"
    assert nodes["bands"].type == "string[]"
    types = {(edge.source, edge.target): edge.type for edge in graph(DEMO).edges}
    assert types["bands", "crop"] == "string[]"
    # one File an item of the scatter
    assert types["crop", "norm_diff"] == "File[]"
    assert graph(DEMO).processes == ("water-bodies", "crop", "norm_diff", "otsu", "stac")
    assert graph(DEMO, entry="otsu").entry == "otsu"


def test_a_step_and_an_output_of_the_same_name_are_two_nodes() -> None:
    drawn = graph(TESTS / "runs/documents/flow.cwl")
    assert {"maybe", "output:maybe", "inner", "inner/deep", "inner/word"} <= {node.id for node in drawn.nodes}
    maybe = next(node for node in drawn.nodes if node.id == "maybe")
    assert maybe.when == "$(inputs.wanted)"
    [edge] = [edge for edge in drawn.edges if edge.target == "output:maybe"]
    assert (edge.source, edge.type) == ("maybe", "File?")
    # a value that is written in the step comes from nowhere
    [default] = [edge for edge in drawn.edges if edge.default]
    assert (default.source, default.target, default.target_port) == ("", "maybe", "word")


def test_a_tool_is_its_own_only_step() -> None:
    drawn = graph(TESTS / "cwl/documents/tool.cwl")
    kinds = [node.kind for node in drawn.nodes]
    assert kinds.count("step") == 1
    step = next(node for node in drawn.nodes if node.kind == "step")
    assert step.name == "tool"
    assert {edge.source for edge in drawn.edges if edge.target == step.id} == {
        node.id for node in drawn.nodes if node.kind == "input"
    }


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("File", "File"),
        ("File[]?", "File[]?"),
        ('["null", File]', "File?"),
        ("[int, string]", "int | string"),
        ("[int, string, 'null']", "int | string | null"),
        ("{type: array, items: {type: array, items: File}}", "File[][]"),
        ("{type: array, items: [int, string]}", "(int | string)[]"),
        ("{type: array, items: 'File?'}", "(File?)[]"),
        ("{type: enum, name: band, symbols: [a, b]}", "band"),
        ("{type: enum, symbols: [a, b]}", "enum"),
        ("{type: record, fields: []}", "record"),
        ("types.yml#point", "point"),
        ("'#main/x/point[]'", "point[]"),
        ("[{type: array, items: File}, 'null']", "File[]?"),
        ("null", "null"),
        ("stdin", "File"),
    ],
)
def test_types_in_one_word(tmp_path: Path, written: str, told: str) -> None:
    text = f"class: CommandLineTool\ninputs:\n  x:\n    type: {written}\noutputs: []\n"
    [node] = [node for node in graph(tmp_path / "t.cwl", text).nodes if node.kind == "input"]
    assert (node.type or "null") == told


FLOW = """class: Workflow
inputs: {a: File, b: 'File[]'}
steps:
  one: {run: tool.cwl, scatter: [x, y], scatterMethod: METHOD, in: {x: b, y: b}, out: [o]}
outputs: {o: {type: Any, outputSource: one/o}}
"""
TOOL = "class: CommandLineTool\ninputs: {x: File, y: File, z: 'int?'}\noutputs: {o: stdout}\n"


@pytest.mark.parametrize(
    ("method", "told"),
    [("dotproduct", "File[]"), ("flat_crossproduct", "File[]"), ("nested_crossproduct", "File[][]")],
)
def test_a_scatter_gives_arrays(tmp_path: Path, method: str, told: str) -> None:
    (tmp_path / "tool.cwl").write_text(TOOL)
    drawn = graph(tmp_path / "f.cwl", FLOW.replace("METHOD", method))
    assert [edge.type for edge in drawn.edges if edge.target == "o"] == [told]


def test_what_is_wrong_is_said_at_the_node(tmp_path: Path) -> None:
    (tmp_path / "tool.cwl").write_text(TOOL)
    text = """class: Workflow
inputs: {a: File}
steps:
  linked: {run: tool.cwl, in: {x: a, y: lost}, out: [o]}
  half: {run: tool.cwl, in: {x: linked/nope, y: a}, out: [o]}
  less: {run: tool.cwl, in: {x: a}, out: [o]}
  away: {run: gone.cwl, in: {}, out: [o]}
  far: {run: "https://example.org/t.cwl", in: {}, out: []}
  none: {in: {}, out: []}
  in_it: {run: "tool.cwl#other", in: {}, out: []}
outputs: {o: {type: File, outputSource: nowhere}}
"""
    drawn = graph(tmp_path / "f.cwl", text)
    assert {node.id: node.problem for node in drawn.nodes if node.problem} == {
        "linked": "y: there is no `lost`",
        "half": "x: linked has no output `nope`",
        "less": "y: no source",
        "away": "gone.cwl does not exist",
        "far": "https://example.org/t.cwl is not on this machine",
        "none": "it runs nothing",
        "in_it": "tool.cwl has no process `other`",
        "o": "there is no `nowhere`",
    }
    assert ("linked", "half") in {(edge.source, edge.target) for edge in drawn.edges}


def test_the_image_is_the_nearest_requirement_then_the_nearest_hint(tmp_path: Path) -> None:
    text = """class: Workflow
requirements: {DockerRequirement: {dockerPull: outer}}
inputs: []
steps:
  plain: {run: {class: CommandLineTool, inputs: [], outputs: []}, in: [], out: []}
  hinted:
    run: {class: CommandLineTool, hints: {DockerRequirement: {dockerPull: hint}}, inputs: [], outputs: []}
    in: []
    out: []
  own:
    run: {class: CommandLineTool, requirements: [{class: DockerRequirement, dockerImageId: own}], inputs: [], outputs: []}
    in: []
    out: []
  words: {run: {class: ExpressionTool, inputs: [], outputs: [], expression: '$({})'}, in: [], out: []}
outputs: []
"""
    images = {node.id: node.image for node in graph(tmp_path / "f.cwl", text).nodes}
    assert images == {"plain": "outer", "hinted": "outer", "own": "own", "words": None}


def test_every_stage_of_typing_gives_a_graph() -> None:
    text = DEMO.read_text()
    whole = {node.id for node in graph(DEMO).nodes}
    most = 0
    stages = range(0, len(text), 97)
    for end in stages:
        drawn = graph(DEMO, text[:end])
        most = max(most, len(drawn.nodes))
        for node in drawn.nodes:
            assert node.span is not None
    assert most >= len(whole)


@pytest.mark.parametrize(
    "typed",
    ["[", "{", "'", '"', ": :", "- a: b: c", "\t", "&", "*no", "!!", "%", "@", "`", "|>", "  x", "? "],
)
def test_a_broken_line_costs_no_more_than_itself(typed: str) -> None:
    lines = DEMO.read_text().split("\n")
    at = lines.index("      crop:") + 4
    drawn = graph(DEMO, "\n".join([*lines[:at], f"        {typed}", *lines[at:]]))
    assert {"item", "aoi", "bands", "epsg", "crop"} <= {node.id for node in drawn.nodes}
    for told in drawn.problems:
        assert told.line is not None
        assert at <= told.line <= at + 3


@pytest.mark.timeout(60)
def test_hostile_texts_are_answered(tmp_path: Path) -> None:
    twice = "\n".join(
        f"- {{id: w{n}, class: Workflow, inputs: [], outputs: [], steps: "
        f"{{a: {{run: '#w{n + 1}', in: [], out: []}}, b: {{run: '#w{n + 1}', in: [], out: []}}}}}}"
        for n in range(30)
    )
    texts = [
        f"$graph:\n{twice}\n",
        "[" * 5000,
        "a: &a [*a]",
        "class: Workflow\nsteps: &s {x: {run: {class: Workflow, steps: *s}}}\n",
        "class: Workflow\ninputs: &i {x: *i}\nsteps: *i\noutputs: *i",
        "{$import: t.cwl}",
        "- class: Workflow",
        "class: [Workflow]",
        "class: Workflow\nsteps: [1, null, [], {}, {id: {}}]\ninputs: 7\noutputs: {o: {outputSource: [{}, 1]}}",
        "",
        "\ufeffclass: Workflow",
    ]
    for text in texts:
        drawn = graph(tmp_path / "t.cwl", text)
        assert len(drawn.nodes) <= 5100


def test_three_hundred_steps(tmp_path: Path) -> None:
    (tmp_path / "tool.cwl").write_text(TOOL)
    steps = "".join(
        f"  s{n}:\n    label: Step {n}\n    run: tool.cwl\n    in: {{x: {f's{n - 1}/o' if n % 10 else 'a'}, y: a}}\n    out: [o]\n"
        for n in range(300)
    )
    text = f"class: Workflow\ninputs: {{a: File}}\nsteps:\n{steps}outputs: []\n"
    drawn = graph(tmp_path / "f.cwl", text)
    assert len(drawn.nodes) == 301
    assert len(drawn.edges) == 600


def test_the_service_answers_with_it(service: CwlService) -> None:
    asked = service.graph(GraphQuery(path=str(DEMO), text=DEMO.read_text().replace("norm_diff", "renamed")))
    assert [node.id for node in asked.nodes if node.kind == "step"] == ["crop", "renamed", "otsu", "stac"]
    lost = service.graph(GraphQuery(path=str(DEMO), entry="nobody"))
    assert not lost.nodes
    [told] = lost.problems
    assert told.message == "water-bodies.cwl has no process `nobody`"
    assert told.hint == "It has: water-bodies, crop, norm_diff, otsu, stac."
