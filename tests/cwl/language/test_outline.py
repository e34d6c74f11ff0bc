"""The parts of a document, and what of it can be folded away."""

from __future__ import annotations

from typing import Any

import pytest

from ellip_lab.cwl.editing import Outline
from ellip_lab.cwl.folding import folds
from ellip_lab.cwl.language.outline import answer

from .asking import DEMO, asked
from .test_complete import FLOW, TOOL


def tree(text: str) -> list[Any]:
    reply = answer(asked(text))
    Outline.model_validate(reply)

    def shape(symbols: list[Any]) -> list[Any]:
        for one in symbols:
            outer, inner = one["span"], one["name_span"]
            assert (outer["line"], outer["column"]) <= (inner["line"], inner["column"])
            assert (outer["end_line"], outer["end_column"]) >= (inner["end_line"], inner["end_column"])
        return [
            (one["kind"], one["name"], one["detail"], *([shape(one["children"])] if one["children"] else []))
            for one in symbols
        ]

    return shape(reply["symbols"])


def test_a_packed_workflow() -> None:
    assert tree(FLOW.replace("SOURCE", "scene")) == [
        ("process", "main", "Workflow", [
            ("field", "inputs", None, [("input", "scene", "File"), ("input", "names", "string[]"), ("input", "count", "int?")]),
            ("field", "steps", None, [("step", "first", "#tool"), ("step", "second", "#tool")]),
            ("field", "outputs", None, [("output", "all", "File[]")]),
        ]),
        ("process", "tool", "CommandLineTool", [
            ("field", "inputs", None, [("input", "file", "File"), ("input", "name", "string"), ("input", "level", "int?")]),
            ("field", "outputs", None, [("output", "made", "File"), ("output", "log", "File")]),
        ]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{TOOL}requirements:\n- class: NetworkAccess\n  networkAccess: true\n",
         [("process", "CommandLineTool", None, [("field", "requirements", None, [("requirement", "NetworkAccess", None)])])]),
        (f"{TOOL}hints: {{DockerRequirement: {{dockerPull: a}}}}\nid: x\nlabel: L\n",
         [("process", "x", "L", [("field", "hints", None, [("requirement", "DockerRequirement", None)])])]),
        ("cwlVersion: v1.2\nclass: Workflow\nsteps:\n- id: a\n  run: {class: CommandLineTool, inputs: {b: int}}\n",
         [("process", "Workflow", None, [("field", "steps", None, [("step", "a", None, [
             ("process", "CommandLineTool", None, [("field", "inputs", None, [("input", "b", "int")])])])])])]),
        # broken: what can be understood is there
        (f"{TOOL}inputs:\n  a: File\n  b: [int\noutputs:\n  c: stdout\n",
         [("process", "CommandLineTool", None, [("field", "inputs", None, [("input", "a", "File"), ("input", "b", "int")]),
                                                ("field", "outputs", None, [("output", "c", "File")])])]),
        ("", []),
        ("just words", []),
    ],
)  # fmt: skip
def test_shapes(text: str, found: list[Any]) -> None:
    assert tree(text) == found


def test_folds() -> None:
    text = "# one\n# two\na:\n  b: |\n    x\n\n    y\n\nc:\n- d\n- e:\n    f\ng: h\n"
    assert folds(text) == [(1, 2, True), (3, 7, False), (4, 7, False), (9, 12, False), (11, 12, False)]
    assert folds("") == []
    assert folds("a: b\n") == []
    demo = folds(DEMO.read_text(encoding="utf-8"))
    assert len(demo) > 60
    assert all(first < last for first, last, _ in demo)
