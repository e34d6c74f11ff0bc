"""What can be written at a place: expectations written by hand, on texts as they are while somebody types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ellip_lab.cwl.editing import Completions
from ellip_lab.cwl.language.complete import answer
from ellip_lab.cwl.language.diagnose import answer as diagnosed

from .asking import CURSOR, DEMO, asked, at, written

DEMO_TEXT = DEMO.read_text(encoding="utf-8")
TOOL = "cwlVersion: v1.2\nclass: CommandLineTool\n"
FLOW = """cwlVersion: v1.2
$graph:
- class: Workflow
  id: main
  inputs:
    scene: File
    names: string[]
    count: int?
  steps:
    first:
      run: "#tool"
      in: {file: scene}
      out: [made, log]
    second:
      run: "#tool"
      scatter: name
      in:
        file: SOURCE
        name: names
      out: [made]
  outputs:
    all: {type: 'File[]', outputSource: second/made}
- class: CommandLineTool
  id: tool
  baseCommand: cat
  inputs:
    file: {type: File, label: What is read}
    name: {type: string, default: x}
    level: int?
  outputs:
    made: {type: File, outputBinding: {glob: a}}
    log: stdout
"""


def offered(text: str, **more: Any) -> list[dict[str, Any]]:
    reply = answer(asked(text, **more))
    reply.pop("wants", None)
    Completions.model_validate(reply)
    return reply["items"]


def texts(text: str, **more: Any) -> list[str]:
    return [one["text"] for one in offered(text, **more)]


def labels(text: str, **more: Any) -> list[str]:
    return [one["label"] for one in offered(text, **more)]


@pytest.mark.parametrize(
    ("text", "first", "has", "lacks"),
    [
        # fields of a process: the required ones first, those that are there not again
        (f"{TOOL}|@|", ["inputs", "outputs"], {"baseCommand", "stdout", "requirements"}, {"class", "cwlVersion", "steps"}),
        (f"{TOOL}inputs: []\nba|@|", ["outputs"], {"baseCommand"}, {"inputs", "run", "expression"}),
        (f"{TOOL}ba|@|\ninputs: []\noutputs: []\n", ["id", "label", "doc"], {"baseCommand"}, {"inputs", "outputs"}),
        ("cwlVersion: v1.2\nclass: Workflow\n|@|", ["inputs", "steps", "outputs"], set(), {"baseCommand", "stdout"}),
        ("cwlVersion: v1.2\nclass: ExpressionTool\n|@|", ["inputs", "outputs", "expression"], set(), {"baseCommand"}),
        ("cwlVersion: v1.1\nclass: CommandLineTool\n|@|", ["inputs"], set(), {"intent"}),
        ("cwlVersion: v1.2\ncla|@|", ["class", "class: CommandLineTool", "class: Workflow"], {"$graph", "$namespaces"}, set()),
        ("cwlVersion: v1.0\n$graph:\n- cla|@|", ["class: CommandLineTool"], set(), {"class: Operation"}),
        # an input, in each of its shapes
        (f"{TOOL}inputs:\n  a:\n    |@|", ["type", "label", "doc"], {"inputBinding", "secondaryFiles"}, {"id", "outputBinding"}),
        (f"{TOOL}inputs:\n  a:\n    type: File\n    |@|\n", ["label", "doc"], {"format"}, {"type", "id"}),
        (f"{TOOL}inputs:\n- id: a\n  |@|", ["type"], {"inputBinding"}, {"id"}),
        (f"{TOOL}inputs:\n  a: {{|@|}}", ["type"], {"inputBinding"}, {"id"}),
        (f"{TOOL}inputs:\n  a: {{type: File, |@|", ["label"], {"inputBinding"}, {"type"}),
        (f"{TOOL}inputs:\n  a:\n    type: File\n    inputBinding:\n      |@|", ["position", "prefix"], {"separate"}, {"glob"}),
        (f"{TOOL}outputs:\n  a:\n    type: File\n    outputBinding:\n      |@|", ["glob"], {"outputEval"}, {"prefix"}),
        ("cwlVersion: v1.2\nclass: Workflow\noutputs:\n  o:\n    type: File\n    |@|", ["label"], {"outputSource", "pickValue"}, {"inputBinding"}),
        ("cwlVersion: v1.1\nclass: Workflow\noutputs:\n  o:\n    type: File\n    |@|", ["label"], {"outputSource"}, {"pickValue"}),
        # a step
        (FLOW.replace("      scatter: name\n", "      |@|\n"), ["label", "doc"], {"scatter", "when"}, {"run", "in", "out"}),
        ("cwlVersion: v1.0\nclass: Workflow\nsteps:\n  a:\n    |@|", ["run", "in", "out"], {"scatter"}, {"when", "id"}),
        # requirements
        (f"{TOOL}requirements:\n  |@|", ["DockerRequirement"], {"NetworkAccess", "ToolTimeLimit"}, {"class"}),
        (f"{TOOL}requirements:\n  DockerRequirement: {{}}\n  |@|", ["ResourceRequirement"], set(), {"DockerRequirement"}),
        ("cwlVersion: v1.0\nclass: CommandLineTool\nrequirements:\n  |@|", ["DockerRequirement"], set(), {"NetworkAccess"}),
        (f"{TOOL}requirements:\n  - class: Doc|@|", [], {"DockerRequirement", "NetworkAccess"}, {"CommandLineTool"}),
        (f"{TOOL}hints:\n  |@|", ["DockerRequirement"], set(), set()),
        (f"{TOOL}hints:\n  DockerRequirement:\n    |@|", ["dockerPull"], {"dockerFile"}, {"class"}),
        (f"{TOOL}requirements:\n  InitialWorkDirRequirement:\n    listing:\n    - |@|", ["entry"], {"entryname", "writable"}, set()),
        (f"{TOOL}requirements:\n- class: ResourceRequirement\n  |@|", ["coresMin"], {"ramMin"}, {"class", "dockerPull"}),
        # values
        ("cwlVersion: |@|\n", ["v1.2", "v1.1", "v1.0"], set(), set()),
        ("cwlVersion: v1.2\nclass: Com|@|\n", ["CommandLineTool", "Workflow"], {"Operation"}, {"DockerRequirement"}),
        ("cwlVersion: v1.1\nclass: |@|\n", ["CommandLineTool"], set(), {"Operation"}),
        (f"{TOOL}inputs:\n  a: |@|\n", ["File", "stdin", "Directory"], {"File?", "string[]", "int[]?"}, {"stdout"}),
        (f"{TOOL}outputs:\n  a: |@|\n", ["File", "stdout", "stderr"], {"Directory[]"}, {"stdin"}),
        (f"{TOOL}inputs:\n  a:\n    type: {{type: array, items: |@|}}\n", ["File"], {"string"}, {"stdin"}),
        (f"{TOOL}inputs:\n  a:\n    type: {{type: |@|}}\n", [], {"record", "enum", "array"}, set()),
        (f"{TOOL}inputs:\n  a: {{type: File, streamable: |@|}}", ["true", "false"], set(), set()),
        (f"{TOOL}inputs:\n  a: {{type: Directory, loadListing: |@|}}", ["no_listing", "shallow_listing", "deep_listing"], set(), set()),
        (FLOW.replace("      scatter: name\n", "      scatter: name\n      scatterMethod: |@|\n"), ["dotproduct"], {"flat_crossproduct"}, set()),
        (FLOW.replace("SOURCE", "{source: scene, linkMerge: |@|}"), ["merge_nested", "merge_flattened"], set(), set()),
        (FLOW.replace("SOURCE", "{source: scene, pickValue: |@|}"), ["first_non_null"], {"all_non_null"}, set()),
        (f"{TOOL}inputs:\n  a: {{type: File, default: {{class: |@|}}}}", ["File", "Directory"], set(), set()),
        # links: what fits first
        (FLOW.replace("SOURCE", "|@|"), ["scene", "first/made", "first/log"], {"names", "count"}, {"second/made"}),
        (FLOW.replace("SOURCE", "first/|@|"), ["scene", "first/made"], set(), {"second/made"}),
        (FLOW.replace("SOURCE", "{source: |@|}"), ["scene", "first/made"], set(), set()),
        (FLOW.replace("SOURCE", "{source: [scene, |@|]}"), ["scene", "first/made"], set(), set()),
        (FLOW.replace("name: names", "name: |@|"), ["names"], {"scene"}, set()),
        (FLOW.replace("outputSource: second/made", "outputSource: |@|"), ["second/made"], {"scene", "first/log"}, set()),
        (FLOW.replace('second:\n      run: "#tool"', "second:\n      run: |@|"), ["#tool"], set(), {"#main"}),
        (FLOW.replace('second:\n      run: "#tool"', "second:\n      run: #|@|"), ["#tool"], set(), {"#main"}),
        (FLOW.replace('second:\n      run: "#tool"', 'second:\n      run: "#t|@|"'), ["#tool"], set(), {"#main"}),
        (FLOW.replace("scatter: name", "scatter: |@|"), ["name", "file"], set(), {"level"}),
        (FLOW.replace("scatter: name", "scatter: [name, |@|]"), ["file"], set(), {"name"}),
        (FLOW.replace("out: [made]", "out: [|@|]"), ["made", "log"], set(), set()),
        (FLOW.replace("out: [made]", "out: [made, |@|]"), ["log"], set(), {"made"}),
        (FLOW.replace("        name: names\n", "        |@|\n"), ["name", "level"], set(), {"file"}),
        # nothing
        (f"{TOOL}doc: some |@|words\n", [], set(), {"inputs"}),
        (f"{TOOL}# a comment |@|\n", [], set(), {"inputs"}),
        (f"{TOOL}doc: |\n  some words\n  |@|\n", [], set(), {"inputs", "baseCommand"}),
        (f"{TOOL}baseCommand: |@|\n", [], set(), {"inputs"}),
        ("just some text |@|", [], set(), {"inputs"}),
    ],
)  # fmt: skip
def test_offers(text: str, first: list[str], has: set[str], lacks: set[str]) -> None:
    found = labels(text)
    assert found[: len(first)] == first
    assert has <= set(found)
    assert not lacks & set(found)


@pytest.mark.parametrize(
    ("text", "label", "result"),
    [
        (f"{TOOL}in|@|", "inputs", f"{TOOL}inputs:\n  "),
        (f"{TOOL}in|@|: []\n", "inputs", f"{TOOL}inputs: []\n"),
        (f"{TOOL}base|@|\n", "baseCommand", f"{TOOL}baseCommand: \n"),
        ("cwlVersion: v1.2\nclass:|@|\n", "CommandLineTool", TOOL),
        ("cwlVersion: v1.2\nclass: Com|@|mand\n", "CommandLineTool", TOOL),
        (f"{TOOL}requirements:\n  Dock|@|\n", "DockerRequirement", f"{TOOL}requirements:\n  DockerRequirement:\n    dockerPull: \n"),
        (f"{TOOL}requirements:\n  - |@|\n", "class: NetworkAccess", f"{TOOL}requirements:\n  - class: NetworkAccess\n"),
        (f"{TOOL}requirements: {{|@|}}\n", "NetworkAccess", f"{TOOL}requirements: {{NetworkAccess: {{networkAccess: true}}}}\n"),
        (f"{TOOL}inputs:\n  a: {{type: |@|}}\n", "File[]", f'{TOOL}inputs:\n  a: {{type: "File[]"}}\n'),
        (f"{TOOL}inputs:\n  a: |@|\n", "File[]?", f"{TOOL}inputs:\n  a: File[]?\n"),
        (f"{TOOL}inputs:\n  a: Fi|@|le\n", "File?", f"{TOOL}inputs:\n  a: File?\n"),
        (f"{TOOL}inputs:\n  a:\n    type: |@|\n", "{type: enum}", f"{TOOL}inputs:\n  a:\n    type: \n      type: enum\n      symbols: []\n"),
        (FLOW.replace('second:\n      run: "#tool"', "second:\n      run: |@|"), "#tool", FLOW),
        (FLOW.replace('second:\n      run: "#tool"', "second:\n      run: #|@|"), "#tool", FLOW),
        (FLOW.replace('second:\n      run: "#tool"', 'second:\n      run: "#|@|"'), "#tool", FLOW),
        (FLOW.replace("second/made}", "sec|@|}"), "second/made", FLOW),
        (FLOW.replace("SOURCE", "'fir|@|'"), "first/made", FLOW.replace("SOURCE", "'first/made'")),
        (FLOW.replace("      scatter: name\n", "      scat|@|\n"), "scatter", FLOW.replace("scatter: name", "scatter: ")),
        (FLOW.replace("        name: names\n", "        na|@|\n"), "name", FLOW.replace("name: names", "name: ")),
    ],
)  # fmt: skip
def test_what_is_chosen_is_written(text: str, label: str, result: str) -> None:
    reply = answer(asked(text))
    chosen = next(one for one in reply["items"] if one["label"] == label)
    span = reply["span"]
    assert written(text, [{**span, "text": chosen["text"]}]) == result


@pytest.mark.parametrize(
    ("expression", "first", "lacks"),
    [
        ("$(|@|)", ["inputs", "runtime"], {"file"}),
        ("$(in|@|", ["inputs", "runtime"], {"file"}),
        ("$(inputs.|@|)", ["file", "name", "level", "all", "where", "who"], {"inputs"}),
        ("$(inputs.fi|@|)", ["file"], {"runtime"}),
        ("$(inputs.file.|@|)", ["location", "path", "basename"], {"listing", "class"}),
        ("$(inputs.where.|@|)", ["location", "path", "basename"], {"size"}),
        ("$(inputs.all.|@|)", ["length"], {"basename"}),
        ("$(inputs.all[0].|@|)", ["location"], {"length"}),
        ("$(inputs.who.|@|)", ["first", "born"], set()),
        ("$(inputs.name.|@|)", ["length"], {"basename"}),
        ("$(inputs.level.|@|)", [], {"length"}),
        ("$(runtime.|@|)", ["outdir", "tmpdir", "cores", "ram"], {"exitCode"}),
        ("${ return inputs.file.|@|; }", ["location"], set()),
        ("a-$(inputs.name)-$(inputs.|@|).tif", ["file"], set()),
        ("$(inputs.name)-|@|", [], {"file", "inputs"}),
        ("$(inputs.nowhere.|@|)", [], {"file"}),
    ],
)
def test_expressions(expression: str, first: list[str], lacks: set[str]) -> None:
    text = (
        f"{TOOL}requirements:\n  SchemaDefRequirement:\n    types:\n    - name: Person\n      type: record\n"
        "      fields: {first: string, born: int}\n"
        "inputs:\n  file: File\n  name: string\n  level: int?\n  all: File[]\n  where: Directory\n  who: Person\n"
        f"outputs:\n  o:\n    type: File\n    outputBinding:\n      glob: {expression}\n"
    )
    found = labels(text)
    assert found[: len(first)] == first
    assert not lacks & set(found)


@pytest.mark.parametrize(
    ("field", "first"),
    [
        ("      outputEval: $(self[0].|@|)", ["location", "path"]),
        ("      outputEval: $(self.|@|)", ["length"]),
        ("      outputEval: $(runtime.|@|)", ["outdir", "tmpdir", "cores", "ram", "outdirSize", "tmpdirSize", "exitCode"]),
    ],
)  # fmt: skip
def test_self_is_what_the_field_is_about(field: str, first: list[str]) -> None:
    text = f"{TOOL}inputs: []\noutputs:\n  o:\n    type: File\n    outputBinding:\n{field}\n"
    assert labels(text)[: len(first)] == first


def test_expressions_of_a_step_have_its_inputs() -> None:
    text = FLOW.replace("SOURCE", "{source: scene, valueFrom: $(self.|@|)}")
    assert "basename" in labels(text)
    text = FLOW.replace("      scatter: name\n", "      scatter: name\n      when: $(inputs.|@|)\n")
    assert labels(text) == ["file", "name"]
    assert labels(FLOW.replace("SOURCE", "{source: scene, valueFrom: $(inputs.name.|@|)}")) == ["length"]


def test_an_input_that_is_no_name_of_javascript_goes_into_brackets() -> None:
    text = f"{TOOL}inputs:\n  a-b: string\n  c: string\narguments:\n- $(inputs.|@|)\n"
    reply = answer(asked(text))
    made = {one["label"]: written(text, [{**reply["span"], "text": one["text"]}]) for one in reply["items"]}
    assert '$(inputs["a-b"])' in made["a-b"]
    assert "$(inputs.c)" in made["c"]
    assert labels(f"{TOOL}inputs:\n  a-b: string\n  c: string\narguments: [$(inputs.|@|)]\n") == ["c"]


def test_types_and_documentation_stand_beside() -> None:
    found = {one["label"]: one for one in offered(FLOW.replace("SOURCE", CURSOR))}
    assert found["scene"]["detail"] == "File"
    assert found["names"]["detail"] == "string[]"
    found = {one["label"]: one for one in offered(f"{TOOL}{CURSOR}")}
    assert found["inputs"]["detail"] == "list of CommandInputParameter, required"
    assert "input parameters" in found["inputs"]["doc"]


def test_a_scattered_step_gives_lists() -> None:
    text = FLOW.replace(
        "all: {type: 'File[]', outputSource: second/made}", "all: {type: 'File[]', outputSource: |@|}"
    )
    assert {one["label"]: one["detail"] for one in offered(text)}["second/made"] == "File[]"


def test_a_type_of_the_document() -> None:
    text = (
        f"{TOOL}requirements:\n- class: SchemaDefRequirement\n  types:\n  - {{name: Sensor, type: record, fields: {{}}}}\n"
        "inputs:\n  a: |@|\n"
    )
    assert labels(text)[:2] == ["Sensor", "Sensor[]"]


def test_names_of_images() -> None:
    place = f"{TOOL}hints:\n  DockerRequirement:\n    dockerPull: |@|\n"
    assert answer(asked(place))["wants"] == "images"
    assert texts(place, images=["a:1", "b:2"]) == ["a:1", "b:2"]
    assert "wants" not in answer(asked(f"{TOOL}|@|"))
    demo = at(DEMO_TEXT, "localhost/ellip")
    assert texts(demo) == ["localhost/ellip/water-bodies:1.0"]


def test_files_and_their_processes(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "one.cwl").write_text("cwlVersion: v1.2\nclass: CommandLineTool\n")
    (tmp_path / "packed.cwl").write_text(FLOW)
    (tmp_path / "data.tif").write_text("")
    flow = "cwlVersion: v1.2\nclass: Workflow\nsteps:\n  a:\n    run: |@|\n"
    path = tmp_path / "main.cwl"
    assert labels(flow, path=path) == ["packed.cwl", "packed.cwl#main", "packed.cwl#tool", "tools/one.cwl"]
    assert "data.tif" in labels(
        f"{TOOL}inputs:\n  a:\n    default: {{class: File, path: |@|}}\n    type: File\n", path=path
    )
    assert "packed.cwl" in labels(f"{TOOL}inputs:\n  $import: |@|\n", path=path)


def test_a_new_step_is_linked() -> None:
    text = FLOW.replace("  outputs:\n    all", "    |@|\n  outputs:\n    all").replace("SOURCE", "scene")
    found = {one["label"]: one for one in offered(text)}
    assert "new step" in found
    made = found["tool"]["text"]
    assert made == 'tool:\n      run: "#tool"\n      in:\n        file:\n      out: [made, log]'
    demo = DEMO_TEXT.replace("    outputs:\n      catalog", "      |@|\n    outputs:\n      catalog", 1)
    assert "mask: otsu/mask" in next(one["text"] for one in offered(demo) if one["label"] == "stac_2")


@pytest.mark.parametrize("name", ["Workflow with a tool", "CommandLineTool"])
@pytest.mark.parametrize("text", ["|@|", "\n|@|\n", "---\n|@|"])
def test_a_document_begins(text: str, name: str) -> None:
    found = {one["label"]: one["text"] for one in offered(text)}
    said = diagnosed({"path": "/nowhere/new.cwl", "text": found[name]})
    assert said["valid"], said["problems"]


def test_lines_end_as_in_the_text() -> None:
    text = f"{TOOL}requirements:\n  Dock|@|\n".replace("\n", "\r\n")
    assert "DockerRequirement:\r\n    dockerPull: " in texts(text)


def test_every_place_of_the_demo_is_answered() -> None:
    lines = DEMO_TEXT.splitlines(keepends=True)
    for number in range(0, len(lines), 7):
        for column in (0, len(lines[number]) // 2, len(lines[number].rstrip())):
            before = "".join(lines[:number]) + lines[number][:column]
            offered(f"{before}|@|{DEMO_TEXT[len(before) :]}")
            # as it is while it is being typed: what follows is not there yet
            offered(f"{before}|@|")
