"""The changes that are offered: each is carried out, and the text after it compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ellip_lab.cwl.editing import Actions
from ellip_lab.cwl.language.actions import answer
from ellip_lab.cwl.language.diagnose import answer as diagnosed

from .asking import DEMO, asked, at, written
from .test_complete import FLOW, TOOL
from .test_tree import GOOD

DEMO_TEXT = DEMO.read_text(encoding="utf-8")
FLOW_TEXT = FLOW.replace("SOURCE", "first/made").replace(
    "  inputs:\n    scene", "  requirements: {ScatterFeatureRequirement: {}}\n  inputs:\n    scene"
)
BARE = f"{TOOL}baseCommand: echo\ninputs: {{}}\noutputs: {{}}\n"


def offered(text: str, path: Path | str = "/nowhere/document.cwl") -> dict[str, dict[str, Any]]:
    reply = answer(asked(text, path))
    Actions.model_validate(reply)
    return {one["title"]: one for one in reply["actions"]}


@pytest.mark.parametrize(
    ("text", "word", "title", "old", "new"),
    [
        # did you mean
        (FLOW_TEXT.replace("first/made", "first/mode"), "first/mode", "Change to `first/made`", "first/mode", "first/made"),
        (FLOW_TEXT.replace("first/made", "frist/made"), "frist", "Change to `first/made`", "frist/made", "first/made"),
        (FLOW_TEXT.replace("file: scene", "file: scne"), "scne", "Change to `scene`", "scne", "scene"),
        (FLOW_TEXT.replace("outputSource: second/made", "outputSource: secnd/made"), "secnd", "Change to `second/made`", "secnd/made", "second/made"),
        (FLOW_TEXT.replace('"#tool"', '"#tol"', 1), "#tol", "Change to `#tool`", "#tol", "#tool"),
        (FLOW_TEXT.replace('"#tool"', "tool", 1), "tool", 'Change to "#tool"', "run: tool", 'run: "#tool"'),
        (FLOW_TEXT.replace("scatter: name", "scatter: nme"), "nme", "Change to `name`", "nme", "name"),
        (FLOW_TEXT.replace("scatter: name", "scattr: name"), "scattr", "Change to `scatter`", "scattr", "scatter"),
        (FLOW_TEXT.replace("[made, log]", "[made, lgo]"), "lgo", "Change to `log`", "lgo", "log"),
        (FLOW_TEXT.replace("name: names", "nam: names"), "nam: names", "Change to `name`", "nam: names", "name: names"),
        (FLOW_TEXT.replace("class: CommandLineTool", "class: CommandLinetool"), "CommandLinetool", "Change to `CommandLineTool`", "CommandLinetool", "CommandLineTool"),
        (f"{BARE}requirements:\n  DockerRequirment: {{}}\n", "DockerRequirment", "Change to `DockerRequirement`", "DockerRequirment", "DockerRequirement"),
        (f"{BARE}requirements:\n- class: DockerRequirment\n", "DockerRequirment", "Change to `DockerRequirement`", "DockerRequirment", "DockerRequirement"),
        (BARE.replace("inputs: {}", "inputs: {a: Fiel?}"), "Fiel?", "Change to `File?`", "Fiel?", "File?"),
        (BARE.replace("outputs: {}", "outputs: {a: stdot}"), "stdot", "Change to `stdout`", "stdot", "stdout"),
        (BARE.replace("v1.2", "1.2"), "1.2", "Change to `v1.2`", "1.2", "v1.2"),
        (BARE.replace("baseCommand", "basecommand"), "basecommand", "Change to `baseCommand`", "basecommand", "baseCommand"),
        (BARE.replace("baseCommand", "nonsense"), "nonsense", "Remove `nonsense`", "nonsense: echo\n", ""),
        (BARE.replace("inputs: {}", "inputs: {a: {type: File, foo: 1}}"), "foo", "Remove `foo`", ", foo: 1", ""),
        (BARE.replace("inputs: {}", "inputs: {a: File}\narguments: [$(inputs.b)]"), "inputs.b", None, "", ""),
        (BARE.replace("inputs: {}", "inputs: {file: File}\narguments: [$(inputs.fil)]"), "fil)", "Change to `file`", "inputs.fil)", "inputs.file)"),
        # what must be there
        (TOOL, "class", "Add `inputs`", "", "inputs: {}\n"),
        (TOOL, "class", "Add `outputs`", "", "outputs: {}\n"),
        ("class: CommandLineTool\ninputs: {}\noutputs: {}\n", "class", "Add `cwlVersion: v1.2`", "class", "cwlVersion: v1.2\nclass"),
        (FLOW_TEXT.replace("      out: [made]\n", ""), "second:\n      run", "Add `out`", "        name: names\n", "        name: names\n      out: []\n"),
        # words for people
        (BARE, "class", "Add `id` to this CommandLineTool", "CommandLineTool\n", "CommandLineTool\nid: document\n"),
        (BARE, "class", "Add `label` to this CommandLineTool", "CommandLineTool\n", "CommandLineTool\nlabel: Document\n"),
        (FLOW_TEXT, "count", "Add `label` and `doc` to `count`", "    count: int?\n", "    count:\n      type: int?\n      label: Count\n      doc: Count.\n"),
        (FLOW_TEXT, "all: {type", "Add `label` to `all`", "'File[]', ", "'File[]', label: All, "),
        # requirements
        (FLOW_TEXT.replace("  requirements: {ScatterFeatureRequirement: {}}\n", ""), "scatter", "Add ScatterFeatureRequirement to `main`", "id: main\n", "id: main\n  requirements:\n    ScatterFeatureRequirement: {}\n"),
        (FLOW_TEXT.replace("first/made", "[scene, first/made]"), "[scene", "Add MultipleInputFeatureRequirement to `main`", "Requirement: {}}", "Requirement: {}, MultipleInputFeatureRequirement: {}}"),
        (FLOW_TEXT.replace("first/made", "{source: scene, valueFrom: $(self)}"), "valueFrom", "Add StepInputExpressionRequirement to `main`", "Requirement: {}}", "Requirement: {}, StepInputExpressionRequirement: {}}"),
        (BARE.replace("inputs: {}", "inputs: {a: int}\narguments: ['$(inputs.a + 1)']"), "inputs.a + 1", "Add InlineJavascriptRequirement", "Tool\n", "Tool\nrequirements:\n  InlineJavascriptRequirement: {}\n"),
        (BARE.replace("inputs: {}", "inputs: {a: int}\narguments:\n- ${ return 1; }"), "return", "Add InlineJavascriptRequirement", "Tool\n", "Tool\nrequirements:\n  InlineJavascriptRequirement: {}\n"),
        ("cwlVersion: v1.2\nclass: Workflow\ninputs: {}\noutputs: {}\nsteps:\n  a:\n    run: {class: Workflow, inputs: {}, outputs: {}, steps: {}}\n    in: {}\n    out: []\n", "run", "Add SubworkflowFeatureRequirement", "Workflow\ni", "Workflow\nrequirements:\n  SubworkflowFeatureRequirement: {}\ni"),
        (BARE, "class", "Let this tool use the network (NetworkAccess)", "Tool\n", "Tool\nrequirements:\n  NetworkAccess:\n    networkAccess: true\n"),
        # quotes
        (FLOW_TEXT.replace('run: "#tool"', "run: #tool", 1), "run: #tool", "Put quotes around `#tool`", "run: #tool", 'run: "#tool"'),
        (f"{BARE}label: a: b\n", "a: b", "Put quotes around `a: b`", "a: b", '"a: b"'),
        (f"{BARE}label: @x\n", "@x", "Put quotes around `@x`", "@x", '"@x"'),
        (f"{BARE}doc: say \"x\": y\n", "say", "Put quotes around `say \"x\": y`", 'say "x": y', "'say \"x\": y'"),
        (BARE.replace("inputs: {}", "inputs: {a: [null, File]}"), "null", "Put quotes around `null`", "null", '"null"'),
        (f"{BARE}label: true\n", "true", "Put quotes around `true`", "true", '"true"'),
        (f"{BARE}hints: {{DockerRequirement: {{dockerPull: 1.0}}}}\n", "1.0", "Put quotes around `1.0`", "1.0", '"1.0"'),
        # the version
        (BARE.replace("v1.2", "v1.1"), "v1.1", "Upgrade to CWL v1.2", "v1.1", "v1.2"),
        (BARE.replace("v1.2", "v1.0"), "v1.0", "Upgrade to CWL v1.2, and ask for what v1.0 gave by default", "v1.0\nclass: CommandLineTool\n",
         "v1.2\nclass: CommandLineTool\nrequirements:\n  NetworkAccess:\n    networkAccess: true\n"),
    ],
)  # fmt: skip
def test_offers(text: str, word: str, title: str | None, old: str, new: str) -> None:
    found = offered(at(text, word, 0, 1))
    if title is None:
        assert not any(one["kind"] == "quickfix" for one in found.values())
        return
    assert title in found
    result = written(text, found[title]["edits"])
    assert result == (text.replace(old, new, 1) if old else text + new)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (FLOW_TEXT, "first/made"),
        (FLOW_TEXT, "scatter: name"),
        (FLOW_TEXT, '"#tool"'),
        (BARE.replace("inputs: {}", "inputs: {a: int}\narguments: [$(inputs.a), a]"), "$(inputs.a)"),
        (f"{BARE}s:license: x\n$namespaces: {{s: 'https://schema.org/'}}\n", "s:license"),
        (f"{BARE}doc: yes I do\n", "yes"),
        (BARE.replace("inputs: {}", "inputs: {a: {type: int, default: 1}}"), "1}"),
        ("", ""),
        ("[", "["),
    ],
)
def test_nothing_is_mended_that_is_right(text: str, word: str) -> None:
    found = offered(at(text, word, 0, min(1, len(word))))
    assert [
        title for title, one in found.items() if one["kind"] == "quickfix" and "cwlVersion" not in title
    ] == []


@pytest.mark.parametrize(
    "path", [path for path in GOOD if "bad" not in path.parts], ids=lambda path: path.name
)
def test_no_mend_is_offered_for_a_good_document(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    reply = answer(asked(f"|@|{text}|@|", path))
    said = diagnosed({"path": str(path), "text": text})
    if said["valid"] and not said["problems"]:
        assert [one["title"] for one in reply["actions"] if one["kind"] == "quickfix"] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("norm_diff/index", "norm_diff/nwdi"),
        ("class: Workflow", "class: Workflo"),
        ("scatter: band", "scater: band"),
        ("      ScatterFeatureRequirement: {}\n", "      InlineJavascriptRequirement: {}\n"),
        ('"#otsu"', '"#ostu"'),
        ("out: [mask]", "out: [maks]"),
    ],
)
def test_the_preferred_mend_makes_the_demo_valid_again(wrong: str, right: str) -> None:
    text = DEMO_TEXT.replace(wrong, right, 1)
    problems = diagnosed({"path": str(DEMO), "text": text})["problems"]
    assert problems
    first = problems[0]
    reply = answer(
        {
            "path": str(DEMO),
            "text": text,
            "line": first["line"],
            "column": first["column"],
            "end_line": first["end_line"] or first["line"],
            "end_column": first["end_column"] or first["column"],
        }
    )
    fix = next(one for one in reply["actions"] if one["kind"] == "quickfix")
    assert fix["preferred"]
    assert diagnosed({"path": str(DEMO), "text": written(text, fix["edits"])})["problems"] == []


def test_an_output_that_its_step_does_not_list() -> None:
    text = FLOW_TEXT.replace("[made, log]", "[log]")
    found = offered(at(text, "first/made", 0, 1))
    action = found["Add `made` to the outputs of `first`"]
    assert written(text, action["edits"]) == text.replace("[log]", "[log, made]")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (FLOW_TEXT.replace("first/made", "first/mode"), "first/mode"),
        (FLOW_TEXT.replace("scatter: name", "scattr: name"), "scattr"),
        (FLOW_TEXT.replace('"#tool"', '"#tol"', 1), "#tol"),
        (FLOW_TEXT.replace("  requirements: {ScatterFeatureRequirement: {}}\n", ""), "scatter"),
        (BARE.replace("inputs: {}", "inputs: {a: Fiel}"), "Fiel"),
        (BARE.replace("inputs: {}\n", ""), "class"),
        (BARE.replace("CommandLineTool", "CommandlineTool"), "CommandlineTool"),
        (BARE.replace("v1.2", "v1,2"), "v1,2"),
        (f"{BARE}requirements: {{DockerRequirment: {{}}}}\n", "DockerRequirment"),
        (BARE.replace("inputs: {}", "inputs: {file: File}\narguments: [$(inputs.fil)]"), "fil)"),
        (BARE.replace("inputs: {}", "inputs: {a: [null, File]}"), "null"),
    ],
)
def test_a_mend_names_the_rule_of_the_problem(text: str, word: str) -> None:
    codes = {one["code"] for one in diagnosed({"path": "/nowhere/document.cwl", "text": text})["problems"]}
    first = next(iter(offered(at(text, word, 0, 1)).values()))
    assert first["code"] in codes


def test_the_upgrade_keeps_what_tools_had() -> None:
    text = (
        "cwlVersion: v1.0\n$namespaces: {cwltool: 'http://commonwl.org/cwltool#'}\n$graph:\n"
        "- class: CommandLineTool\n  id: a\n  inputs: {d: Directory}\n  outputs: {}\n"
        "  arguments:\n  - $(inputs.d.listing[0].path)\n"
        "- class: CommandLineTool\n  id: b\n  hints:\n  - class: cwltool:TimeLimit\n    timelimit: 5\n"
        "  requirements:\n  - class: ShellCommandRequirement\n  inputs: {}\n  outputs: {}\n"
    )
    found = offered(at(text, "v1.0", 0, 1))
    made = written(text, found["Upgrade to CWL v1.2, and ask for what v1.0 gave by default"]["edits"])
    assert made.startswith("cwlVersion: v1.2")
    assert made.count("networkAccess: true") == 2
    assert made.count("loadListing: deep_listing") == 1
    assert "class: ToolTimeLimit" in made
    assert diagnosed({"path": "/nowhere/a.cwl", "text": made})["valid"]
