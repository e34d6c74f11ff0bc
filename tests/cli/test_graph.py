"""`ellip graph`: the graph of a document in three forms."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

from click.testing import CliRunner

from ellip_lab.cli.graph import graph

ROOT = Path(__file__).parent.parent
DEMO = ROOT.parent / "ellip_lab/packages/water-bodies/water-bodies.cwl"
FLOW = ROOT / "runs/documents/flow.cwl"


def said(*words: str) -> str:
    result = CliRunner().invoke(graph, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_table_for_people_and_pipes() -> None:
    lines = [line.split("\t") for line in said(str(DEMO)).splitlines()]
    assert ["bands", "input", "string[]", "", "Bands"] in lines
    crop = "Crop the bands; scattered over band"
    image = "localhost/ellip/water-bodies:1.0"
    assert ["crop", "step", image, "item, bands, aoi, epsg", crop] in lines
    assert lines[-1][:4] == ["catalog", "output", "Directory", "stac"]


def test_the_record() -> None:
    record = json.loads(said(f"{DEMO}#otsu", "--format", "json"))
    assert record["entry"] == "otsu"
    assert [node["id"] for node in record["nodes"]] == ["index", "otsu", "mask"]


def test_what_graphviz_draws() -> None:
    import pydot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pydot says what pyparsing would like
        [drawn] = pydot.graph_from_dot_data(said(str(FLOW), "--format", "dot"))
    [cluster] = drawn.get_subgraphs()
    assert cluster.get_name() == '"cluster_inner"'
    assert {node.get_name() for node in cluster.get_nodes()} == {
        '"inner/word"',
        '"inner/deep"',
        '"inner/said"',
    }
    edges = {(edge.get_source(), edge.get_destination()) for edge in drawn.get_edges()}
    assert ('"words"', '"inner/word"') in edges
    assert ('"inner/said"', '"count"') in edges
    assert ('"say"', '"join"') in edges


def test_without_a_graph_it_fails_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "no.cwl").write_text("a: 1\n- b\n")
    result = CliRunner().invoke(graph, [str(tmp_path / "no.cwl")])
    assert result.exit_code == 1
    assert "no.cwl:2:1: this is no YAML yet" in result.stderr
