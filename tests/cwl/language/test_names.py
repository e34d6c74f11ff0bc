"""Where names are written, who uses them, and what renames them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ellip_lab.cwl.editing import Edits, Spans
from ellip_lab.cwl.language import definition, references, rename
from ellip_lab.cwl.language.diagnose import answer as diagnosed
from ellip_lab.errors import Invalid

from .asking import DEMO, asked, at, written
from .test_complete import FLOW

DEMO_TEXT = DEMO.read_text(encoding="utf-8")
FLOW_TEXT = FLOW.replace("SOURCE", "scene")
TYPES = """cwlVersion: v1.2
class: CommandLineTool
requirements:
  SchemaDefRequirement:
    types:
    - name: Sensor
      type: record
      fields: {gain: float}
  InlineJavascriptRequirement: {}
inputs:
  one: Sensor
  many: {type: 'Sensor[]?'}
  nested: {type: {type: array, items: Sensor}}
outputs: []
baseCommand: echo
arguments:
- $(inputs.one.gain)
- '$(inputs["one"].gain)'
- ${ return inputs.one; }
"""


def words(text: str, reply: dict[str, Any], key: str = "spans") -> list[str]:
    """Gives what stands at places, as `line:column word`."""
    lines = text.splitlines()
    return [
        f"{one['line']}:{one['column']} {lines[one['line'] - 1][one['column'] - 1 : one['end_column'] - 1]}"
        for one in reply[key]
    ]


def found(verb: Any, text: str, path: Path | str = "/nowhere/document.cwl") -> list[str]:
    reply = verb.answer(asked(text, path))
    Spans.model_validate(reply)
    return words(text.replace("|@|", ""), reply)


@pytest.mark.parametrize(
    ("text", "word", "nth", "inside", "place"),
    [
        (FLOW_TEXT, "{file: scene}", 0, 8, "6:5 scene"),
        (FLOW_TEXT, "{file: scene}", 0, 2, "27:5 file"),
        (FLOW_TEXT, '"#tool"', 1, 3, "24:7 tool"),
        (FLOW_TEXT, "scatter: name", 0, 10, "28:5 name"),
        (FLOW_TEXT, "[made, log]", 0, 2, "31:5 made"),
        (FLOW_TEXT, "[made, log]", 0, 8, "32:5 log"),
        (FLOW_TEXT, "second/made", 0, 2, "14:5 second"),
        (FLOW_TEXT, "second/made", 0, 8, "31:5 made"),
        (FLOW_TEXT, "count", 0, 1, "8:5 count"),
        (TYPES, "one: Sensor", 0, 6, "6:13 Sensor"),
        (TYPES, "Sensor[]?", 0, 1, "6:13 Sensor"),
        (TYPES, "items: Sensor", 0, 8, "6:13 Sensor"),
        (TYPES, "inputs.one.gain", 0, 8, "11:3 one"),
        (TYPES, 'inputs["one"]', 0, 9, "11:3 one"),
        (TYPES, "return inputs.one", 0, 15, "11:3 one"),
        (FLOW_TEXT.replace("source: ", ""), "cat", 0, 1, None),
        (FLOW_TEXT, "cwlVersion", 0, 1, None),
        # broken around it: it is found all the same
        (f"{FLOW_TEXT}  bro: [ken\n", "second/made", 0, 2, "14:5 second"),
        (f"{FLOW_TEXT}\nbroken\n", "{file: scene}", 0, 8, "6:5 scene"),
    ],
)
def test_definition(text: str, word: str, nth: int, inside: int, place: str | None) -> None:
    assert found(definition, at(text, word, nth, inside)) == ([place] if place else [])


def test_definition_in_other_files(tmp_path: Path) -> None:
    tool = tmp_path / "tool.cwl"
    tool.write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: {file: File}\noutputs: {made: stdout}\n"
    )
    (tmp_path / "packed.cwl").write_text(FLOW_TEXT)
    (tmp_path / "types.yml").write_text("- name: Sensor\n  type: enum\n  symbols: [a]\n")
    (tmp_path / "words.txt").write_text("x")
    text = (
        "cwlVersion: v1.2\nclass: Workflow\n"
        "requirements:\n  SchemaDefRequirement:\n    types:\n    - $import: types.yml\n"
        "inputs: {f: File, s: Sensor}\noutputs: []\ndoc: {$include: words.txt}\n"
        "steps:\n  a:\n    run: tool.cwl\n    in: {file: f}\n    out: [made]\n"
        "  b: {run: packed.cwl#tool, in: {file: f}, out: [log]}\n"
    )
    path = tmp_path / "main.cwl"

    def places(word: str, inside: int) -> list[tuple[str, int]]:
        reply = definition.answer(asked(at(text, word, 0, inside), path))
        return [(Path(one["path"]).name, one["line"]) for one in reply["spans"]]

    assert places("tool.cwl", 2) == [("tool.cwl", 1)]
    assert places("file: f}", 1) == [("tool.cwl", 3)]
    assert places("[made]", 2) == [("tool.cwl", 4)]
    assert places("packed.cwl#tool", 13) == [("packed.cwl", 24)]
    assert places("packed.cwl#tool", 2) == [("packed.cwl", 4)]
    assert places("[log]", 2) == [("packed.cwl", 32)]
    assert places("types.yml", 2) == [("types.yml", 1)]
    assert places("words.txt", 2) == [("words.txt", 1)]
    assert places("s: Sensor", 4) == [("types.yml", 1)]


@pytest.mark.parametrize(
    ("word", "nth", "inside", "places"),
    [
        ("scene: File", 0, 1, ["6:5 scene", "12:18 scene", "18:15 scene"]),
        ("second:", 0, 1, ["14:5 second", "22:42 second"]),
        ("second/made", 0, 9, ["31:5 made", "13:13 made", "20:13 made", "22:49 made"]),
        ("id: tool", 0, 5, ["24:7 tool", "11:14 tool", "15:14 tool"]),
        ("name: {type", 0, 1, ["28:5 name", "16:16 name", "19:9 name"]),
    ],
)
def test_references(word: str, nth: int, inside: int, places: list[str]) -> None:
    found_ = found(references, at(FLOW_TEXT, word, nth, inside))
    shifted = [place.split(" ")[1] for place in places]
    assert [one.split(" ")[1] for one in found_] == shifted
    # the definition stands first, the others in their order
    lines = [int(one.split(":")[0]) for one in found_]
    assert lines[1:] == sorted(lines[1:])


def renamed(text: str, name: str, path: Path | str = "/nowhere/document.cwl") -> str:
    reply = rename.answer(asked(text, path, name=name))
    Edits.model_validate(reply)
    return written(text, [one for one in reply["edits"] if one["path"] == str(path)])


@pytest.mark.parametrize(
    ("text", "word", "inside", "name", "changes"),
    [
        (FLOW_TEXT, "scene: File", 1, "image", {"    scene: File": "    image: File", "{file: scene}": "{file: image}", "        file: scene": "        file: image"}),
        (FLOW_TEXT, "first:", 1, "one", {"    first:": "    one:"}),
        (FLOW_TEXT, "second/made", 1, "two", {"    second:": "    two:", "second/made": "two/made"}),
        (FLOW_TEXT, "second/made", 8, "out", {"[made, log]": "[out, log]", "out: [made]": "out: [out]", "second/made": "second/out", "    made: {": "    out: {"}),
        (FLOW_TEXT, '"#tool"', 3, "cat", {"#tool": "#cat", "id: tool": "id: cat"}),
        (FLOW_TEXT, "name: names", 1, "word", {"scatter: name\n": "scatter: word\n", "name: names": "word: names", "    name: {": "    word: {"}),
        (TYPES, "one: Sensor", 1, "first", {"  one: Sensor": "  first: Sensor", "inputs.one": "inputs.first", '["one"]': '["first"]'}),
        (TYPES, "one: Sensor", 1, "fir-st", {"  one: Sensor": "  fir-st: Sensor", "inputs.one": 'inputs["fir-st"]', '["one"]': '["fir-st"]'}),
        (TYPES, "name: Sensor", 8, "Probe", {"Sensor": "Probe"}),
    ],
)  # fmt: skip
def test_rename(text: str, word: str, inside: int, name: str, changes: dict[str, str]) -> None:
    expected = text
    for old, new in changes.items():
        expected = expected.replace(old, new)
    if '"fir-st"' in expected:
        expected = expected.replace("'$(inputs[\"", "'$(inputs[\"")
    assert renamed(at(text, word, 0, inside), name) == expected


@pytest.mark.parametrize(
    ("word", "nth", "inside", "name"),
    [
        ("bands:", 0, 1, "layers"),
        ("crop:", 0, 1, "cut"),
        ("id: crop", 0, 5, "cut"),
        ("norm_diff/index", 0, 12, "ndwi"),
        ("inputs.band", 0, 8, "layer"),
        ("inputs.band", 0, 8, "the-layer"),
        ("stac/catalog", 0, 6, "result"),
        ("id: water-bodies", 0, 5, "water"),
        ("out: [mask]", 0, 7, "water"),
    ],
)
def test_a_renamed_document_is_as_valid_as_before(word: str, nth: int, inside: int, name: str) -> None:
    made = renamed(at(DEMO_TEXT, word, nth, inside), name)
    assert name in made
    assert made != DEMO_TEXT
    said = diagnosed({"path": str(DEMO), "text": made})
    assert said["problems"] == diagnosed({"path": str(DEMO), "text": DEMO_TEXT})["problems"] == []


def test_a_tool_in_another_file_is_renamed_there_and_where_it_is_used(tmp_path: Path) -> None:
    tool = tmp_path / "tool.cwl"
    tool.write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs:\n  file: File\noutputs:\n  made: stdout\n"
        "arguments: [$(inputs.file.path)]\n"
    )
    flow = (
        "cwlVersion: v1.2\nclass: Workflow\ninputs: {f: File}\noutputs: {o: {type: File, outputSource: a/made}}\n"
        "steps:\n  a:\n    run: tool.cwl\n    in: {file: f}\n    out: [made]\n"
    )
    one, other, alone = tmp_path / "one.cwl", tmp_path / "other.cwl", tmp_path / "alone.cwl"
    one.write_text(flow)
    other.write_text(flow)
    alone.write_text(flow.replace("tool.cwl", "copy.cwl"))
    (tmp_path / "copy.cwl").write_text(tool.read_text())
    reply = rename.answer(asked(at(flow, "file: f}", 0, 1), one, name="scene"))
    assert reply["edits"][0]["path"] == str(one)
    made = {
        path: written(path.read_text(), [edit for edit in reply["edits"] if edit["path"] == str(path)])
        for path in (one, other, alone, tool)
    }
    assert made[one] == made[other] == flow.replace("file: f", "scene: f")
    assert made[alone] == alone.read_text()
    assert made[tool] == tool.read_text().replace("file: File", "scene: File").replace(
        "inputs.file", "inputs.scene"
    )
    # and from the tool itself, as it is in the editor
    reply = rename.answer(asked(at(tool.read_text(), "made:", 0, 1), tool, name="result"))
    assert {Path(edit["path"]).name for edit in reply["edits"]} == {"tool.cwl", "one.cwl", "other.cwl"}


@pytest.mark.parametrize(
    ("text", "word", "inside", "name", "says"),
    [
        (FLOW_TEXT, "cwlVersion", 1, "x", "nothing here that has a name"),
        (FLOW_TEXT, "scene: File", 1, "names", "already"),
        (FLOW_TEXT, "scene: File", 1, "first", "already"),
        (FLOW_TEXT, "first:", 1, "scene", "already"),
        (FLOW_TEXT, "id: tool", 5, "main", "already"),
        (FLOW_TEXT, "scene: File", 1, "a/b", "cannot be a name"),
        (FLOW_TEXT, "scene: File", 1, "a b", "cannot be a name"),
        (FLOW_TEXT, "scene: File", 1, "true", "cannot be a name"),
        (FLOW_TEXT, "scene: File", 1, "12", "cannot be a name"),
        (FLOW_TEXT, "scene: File", 1, "#a", "cannot be a name"),
        (FLOW_TEXT.replace("second/made", "third/made"), "third/made", 1, "x", "not written anywhere"),
        (f"{FLOW_TEXT}x: [\n", "scene: File", 1, "image", "not YAML"),
    ],
)
def test_what_cannot_be_renamed_is_said(text: str, word: str, inside: int, name: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        rename.answer(asked(at(text, word, 0, inside), name=name))
    assert caught.value.hint
