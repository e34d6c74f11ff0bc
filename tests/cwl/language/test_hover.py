"""What is said of a word: the specification's words, or what it names and its type."""

from __future__ import annotations

import pytest

from ellip_lab.cwl.editing import Hover
from ellip_lab.cwl.language.hover import answer

from .asking import DEMO, asked, at
from .test_complete import FLOW, TOOL
from .test_names import TYPES

DEMO_TEXT = DEMO.read_text(encoding="utf-8")
FLOW_TEXT = FLOW.replace("SOURCE", "first/made")


def said(text: str) -> tuple[str, str]:
    """Gives the Markdown, and the word it is about."""
    reply = answer(asked(text))
    Hover.model_validate(reply)
    span = reply["span"]
    if span is None:
        return reply["markdown"], ""
    line = text.replace("|@|", "").splitlines()[span["line"] - 1]
    return reply["markdown"], line[span["column"] - 1 : span["end_column"] - 1]


@pytest.mark.parametrize(
    ("text", "word", "nth", "inside", "about", "says"),
    [
        # the specification
        (DEMO_TEXT, "scatterMethod", 0, 2, "scatterMethod", ["**scatterMethod** · `ScatterMethod`", "Required if `scatter` is an array", "WorkflowStep, CWL v1.2"]),
        (DEMO_TEXT, "baseCommand", 0, 2, "baseCommand", ["Specifies the program to execute", "CommandLineTool, CWL v1.2"]),
        (DEMO_TEXT, "dockerPull", 0, 2, "dockerPull", ["Specify a Docker image to retrieve"]),
        (DEMO_TEXT, "NetworkAccess", 0, 2, "NetworkAccess", ["Indicate whether a process requires outgoing"]),
        (DEMO_TEXT, "class: Workflow", 0, 9, "Workflow", ["A workflow describes a set of **steps**"]),
        (DEMO_TEXT, "dotproduct", 0, 2, "dotproduct", ["**dotproduct** · `scatterMethod`"]),
        (DEMO_TEXT, "steps:", 0, 2, "steps", ["required"]),
        (DEMO_TEXT, "cwlVersion", 0, 2, "cwlVersion", ["CWL document version"]),
        (DEMO_TEXT, "$graph", 0, 2, "$graph", ["several"]),
        (DEMO_TEXT, "separate: false", 0, 2, "separate", ["default `true`"]),
        # types
        (DEMO_TEXT, "type: string[]", 0, 8, "string[]", ["A list of `string`"]),
        (f"{TOOL}inputs:\n  a: File?\n", "File?", 0, 1, "File?", ["`File`, or nothing", "Represents a file"]),
        (TYPES, "one: Sensor", 0, 6, "Sensor", ["**Sensor** · record"]),
        # names
        (FLOW_TEXT, "{file: scene}", 0, 8, "scene", ["**scene** · `File`", "input of Workflow `main`"]),
        (FLOW_TEXT, "{file: scene}", 0, 2, "file", ["**file** · `File`", "input of CommandLineTool `tool`", "What is read"]),
        (FLOW_TEXT, "second/made", 0, 8, "made", ["**made** · `File[]`", "one job has `File`", "output of CommandLineTool `tool`"]),
        (FLOW_TEXT, "second/made", 0, 1, "second", ["**second** · step", "runs CommandLineTool `tool`", "`made: File[]`"]),
        (FLOW_TEXT, "first/made", 0, 8, "made", ["**made** · `File`"]),
        (FLOW_TEXT, '"#tool"', 0, 3, "tool", ["**tool** · CommandLineTool", "takes `file: File`, `name: string`, `level: int?`", "gives `made: File`, `log: File`"]),
        (FLOW_TEXT, "scatter: name", 0, 10, "name", ["input of CommandLineTool `tool`"]),
        (FLOW_TEXT, "names: string", 0, 2, "names", ["**names** · `string[]`"]),
        # expressions
        (TYPES, "inputs.one.gain", 0, 2, "inputs", ["**inputs**"]),
        (TYPES, "inputs.one.gain", 0, 8, "one", ["**one** · `Sensor`", "input of the CommandLineTool"]),
        (TYPES, "inputs.one.gain", 0, 12, "gain", ["**inputs.one.gain** · `float`"]),
        (f"{TOOL}inputs: {{a: File}}\nstdout: $(inputs.a.nameroot).txt\n", "nameroot", 0, 2, "nameroot", ["**inputs.a.nameroot** · `string`", "The basename root such that"]),
        (f"{TOOL}stdout: $(runtime.cores)\n", "cores", 0, 2, "cores", ["**runtime.cores** · `float`", "CPU cores"]),
        # broken around it
        (f"{FLOW_TEXT}\nbro: [ken\n", "{file: scene}", 0, 8, "scene", ["**scene** · `File`"]),
        ("cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [a, b\ninputs:\n", "baseCommand", 0, 2, "baseCommand", ["Specifies the program"]),
    ],
)  # fmt: skip
def test_says(text: str, word: str, nth: int, inside: int, about: str, says: list[str]) -> None:
    markdown, found = said(at(text, word, nth, inside))
    assert found == about
    for one in says:
        assert one in markdown


@pytest.mark.parametrize(
    ("text", "word"),
    [(DEMO_TEXT, "# Surface"), (DEMO_TEXT, "Maps surface"), (DEMO_TEXT, "s:license"), ("", ""), ("a: b", "b"), (f"{TOOL}nonsense: 1\n", "nonsense")],
)  # fmt: skip
def test_says_nothing(text: str, word: str) -> None:
    assert said(at(text, word, 0, min(2, len(word)))) == ("", "")


def test_versions_say_different_things() -> None:
    new, old = f"{TOOL}{{}}", f"{TOOL}".replace("v1.2", "v1.0")
    text = "inputs:\n  a:\n    type: File\n    secondaryFiles: .x\n"
    now = said(at(f"{new.removesuffix('{}')}{text}", "secondaryFiles", 0, 2))[0]
    before = said(at(f"{old}{text}", "secondaryFiles", 0, 2))[0]
    assert "CWL v1.2" in now
    assert "CWL v1.0" in before
    assert now.split("*")[4:] != before.split("*")[4:]
    assert "remove the last `?`" in now
    assert "remove the last `?`" not in before
    step = "cwlVersion: v1.1\nclass: Workflow\nsteps:\n  a:\n    when: $(true)\n"
    assert said(at(step, "when", 0, 1)) == ("", "")
    assert "v1.2" in said(at(step.replace("v1.1", "v1.2"), "when", 0, 1))[0]
