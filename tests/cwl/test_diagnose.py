"""What is told of a text in an editor: of good ones nothing, of hostile ones one sentence, of other files where they are named."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from schema_salad.utils import yaml_no_ts

from ellip_lab.cwl import schemas
from ellip_lab.cwl.diagnosis.commented import commented
from ellip_lab.cwl.diagnosis.files import file_of
from ellip_lab.cwl.diagnosis.javascript import Script
from ellip_lab.cwl.diagnosis.places import Written
from ellip_lab.cwl.editing import Diagnosis, DocumentText
from ellip_lab.cwl.language import nodes, warm
from ellip_lab.cwl.language.diagnose import answer
from ellip_lab.cwl.language.text import Text
from ellip_lab.errors import Problem

from .conftest import DOCUMENTS
from .test_hostile import HEAD

TESTS = DOCUMENTS.parent.parent
GOOD = sorted(
    [*DOCUMENTS.glob("*.cwl"), *(TESTS / "conformance/documents").glob("*.cwl"), *(TESTS / "runs/documents").glob("*.cwl")]
)  # fmt: skip
DEMO = TESTS.parent / "ellip_lab/packages/water-bodies/water-bodies.cwl"
# What is told of good documents beside errors, and is justified: (document, line, code).
JUSTIFIED = {
    ("exit.cwl", 7, "cwl/duplicate-id"), ("subworkflow.cwl", 14, "cwl/duplicate-id"), ("throws.cwl", 5, "cwl/duplicate-id"),
    ("valuefrom.cwl", 7, "cwl/duplicate-id"), ("valuefrom.cwl", 8, "cwl/duplicate-id"), ("flow.cwl", 25, "cwl/duplicate-id"),
    ("when-scatter.cwl", 14, "cwl/type-mismatch"), ("when.cwl", 14, "cwl/type-mismatch"),
    ("when.cwl", 19, "cwl/type-mismatch"), ("flow.cwl", 22, "cwl/type-mismatch"), ("main.cwl", 22, "cwl/no-input"),
    ("five-steps.cwl", 33, "cwl/unused-input"), ("flow.cwl", 4, "cwl/unused-input"), ("flow.cwl", 17, "cwl/unused-input"),
    ("tool.cwl", 4, "cwl/unused-input"),
    *(("types.cwl", line, "cwl/unused-input") for line in (17, 18, 19, 20, 21, 22, 23, 29, 30, 32, 35)),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def warmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    schemas.ready(tmp_path_factory.mktemp("schemas"))
    warm()


def diagnose(path: Path, text: str | None = None) -> tuple[Problem, ...]:
    return Diagnosis.model_validate(answer({"path": str(path), "text": text})).problems


def one(path: Path, text: str | None = None) -> Problem:
    (problem,) = diagnose(path, text)
    return problem


def test_good_documents_have_no_errors():
    assert len(GOOD) > 40
    told = {
        (path.name, problem.line, problem.code, problem.severity)
        for path in [*GOOD, DEMO]
        for problem in diagnose(path)
    }
    assert [problem for problem in told if problem[3] == "error"] == []
    assert {problem[:3] for problem in told} == JUSTIFIED


def test_the_demo_package_is_faultless():
    assert diagnose(DEMO) == ()


@pytest.mark.parametrize("path", sorted((DOCUMENTS / "bad").glob("*.cwl")), ids=lambda path: path.stem)
def test_what_the_check_refuses_is_told(path, check):
    refused = not check(path).valid
    errors = [problem for problem in diagnose(path) if problem.severity == "error"]
    # What node's parser calls a warning here is a fault: it cannot be run.
    assert bool(errors) == refused or path.stem == "suspicious-expressions"


def test_the_text_stands_for_the_file(tmp_path):
    path = tmp_path / "a.cwl"
    path.write_text(HEAD)
    before = path.stat().st_mtime_ns
    assert diagnose(path) == ()
    problem = one(path, HEAD.replace("echo", "[echo"))
    assert (problem.code, problem.line, problem.column) == ("cwl/yaml", 3, 14)
    assert diagnose(path) == ()
    assert path.stat().st_mtime_ns == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_is_nowhere_yet(tmp_path):
    path = tmp_path / "new.cwl"
    assert diagnose(path, HEAD) == ()
    missing = one(path)
    assert (missing.message, missing.line, missing.code) == ("new.cwl does not exist", 1, "cwl/unreadable")
    flow = "cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  s: {run: tool.cwl, in: [], out: []}\n"
    assert one(path, flow).code == "cwl/missing-file"
    (tmp_path / "tool.cwl").write_text(HEAD)
    assert diagnose(path, flow) == ()


def test_a_text_that_runs_itself_is_followed_as_it_is_in_the_editor(tmp_path):
    path = tmp_path / "new.cwl"
    text = (
        "cwlVersion: v1.2\n$graph:\n- class: Workflow\n  id: main\n  inputs: {a: int}\n  outputs: []\n  steps:\n"
        "    s: {run: 'new.cwl#t', in: {b: a}, out: []}\n"
        "- {class: CommandLineTool, id: t, baseCommand: x, inputs: {b: {type: int, inputBinding: {}}}, outputs: []}\n"
    )
    assert diagnose(path, text) == ()
    assert [problem.code for problem in diagnose(path, text.replace("in: {b: a}", "in: {c: a}"))] == [
        "cwl/missing-input",
        "cwl/no-input",
    ]


def test_faults_of_several_kinds_are_told_together(tmp_path):
    text = (DOCUMENTS.parent / "broken/base/flow.cwl").read_text()
    text = text.replace("scene: Directory\n", "scene: Dirctory\n").replace(
        "detect/mask\n", "detect/maks\n", 1
    )
    text = text.replace("$(inputs.level)]", "$(inputs.lvel)]").replace("glob: .", "golb: .")
    assert [(problem.line, problem.code) for problem in diagnose(tmp_path / "a.cwl", text)] == [
        (13, "cwl/unknown-type"),
        (25, "cwl/no-source"),
        (109, "cwl/no-such-input"),
        (118, "cwl/unknown-field"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "x: " + "[" * 2000 + "]" * 2000,
        HEAD + "x: " + "{a: " * 2000 + "1" + "}" * 2000,
        HEAD + "x0: &a0 [lol]\n" + "\n".join(f"x{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)),
        HEAD + "x: &a [1, 2, 3]\ny: [" + ",".join(["*a"] * 200_000) + "]\n",
        HEAD + "x:\n" + "".join(f"  - {{k{n}: v, m: [1, 2, 3]}}\n" for n in range(60_000)),
        HEAD + "hints: &a [*a]\n",
        HEAD + "requirements: &a {x: *a}\n",
        HEAD.replace("inputs: []", "inputs: &a {x: {type: *a}}"),
        HEAD.replace("inputs: []", "inputs: {x: {type: &t {type: array, items: *t}, inputBinding: {}}}"),
        HEAD + "<<: &m {<<: *m}\n",
        HEAD + "arguments: ['$(" + "(" * 5000 + ")" * 5000 + ")']\n",
        HEAD + "arguments: ['" + "$(" * 20_000 + "']\n",
        HEAD + "arguments: [\"$(inputs" + "['a']" * 20_000 + ")\"]\n",
        HEAD + "requirements: {InlineJavascriptRequirement: {}}\narguments: ['${" + "{" * 3000 + "}" * 3000 + "}']\n",
        HEAD + "doc: " + "a" * 5_000_000 + "\n",
        HEAD + "doc: !!python/object/apply:os.system ['touch /tmp/never']\n",
        "a: b: c", "\x00", "\x7fELF\x00", "doc: \x01", "\ud800", "%YAML 9.9\n---\na: b\n", "&a *a", "? ? ? ?", "- - - -", "{[}]", "'", '"', "|", ">",
        "[" * 90, "%", "!", "*", "&", "@", "`", "---\n---\n", "...\n", "\t", ": :", "$graph: *x",
        "$graph: [[[]]]", "class: {}", "class: []", "cwlVersion: {}", "cwlVersion: [v1.2]\nclass: [x]\n", "null: null",
    ],
    ids=lambda text: ascii(text[-20:]),
)  # fmt: skip
def test_hostile_texts_are_answered(text, tmp_path):
    began = time.process_time()
    problems = diagnose(tmp_path / "a.cwl", text)
    assert problems or text.startswith(HEAD + "doc: ") or "{{{" in text
    assert all("Traceback" not in problem.message and (problem.line or 0) >= 1 for problem in problems)
    # Far below the limit of the worker; the refusals take milliseconds.
    assert time.process_time() - began < 10


def test_a_hostile_file_beside_the_document(tmp_path):
    (tmp_path / "bomb.cwl").write_text("- &a [1, 2]\n- [" + ",".join(["*a"] * 200_000) + "]\n")
    os.mkfifo(tmp_path / "pipe.cwl")
    for name, words in (("bomb.cwl", "YAML aliases"), ("pipe.cwl", "is not a regular file")):
        flow = f"cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  s: {{run: {name}, in: [], out: []}}\n"
        problem = one(tmp_path / "a.cwl", flow)
        assert (problem.line, problem.column, problem.end_column) == (6, 12, 20)
        assert words in problem.message


def test_files_that_are_no_text(tmp_path):
    path = tmp_path / "a.cwl"
    for data, words in ((b"\xff\xfe", "UTF-8"), (b"\x7fELF\x00", "binary"), (b"", "empty")):
        path.write_bytes(data)
        assert words in one(path).message
    path.unlink()
    path.mkdir()
    assert "folder" in one(path).message


def test_the_service_answers_within_its_limits(service, tmp_path):
    path = tmp_path / "a.cwl"
    for text in (HEAD + "x: " + "[" * 3000, HEAD + "hints: &a [*a]\n", HEAD + "arguments: ['$(inputs.x)']\n"):
        diagnosis = service.diagnose(DocumentText(path=str(path), text=text))
        assert not diagnosis.valid
        assert all(problem.file == str(path) for problem in diagnosis.problems)
    assert service.diagnose(DocumentText(path=str(path), text=HEAD)).valid


@pytest.mark.parametrize(
    "written",
    ["plain $(x.y) text", "'it''s $(x.y) and ''more'''", '"\\t\\u00e9 \\"$(x.y)\\" z"', "|\n  one\n   $(x.y)\n  two\n",
     ">-\n  one\n  two $(x.y)\n\n  three\n", '"folded\n  over $(x.y)"', "plain\n  and $(x.y)", "|2-\n   $(x.y)\n"],
)  # fmt: skip
def test_the_characters_of_a_value_are_found_in_the_text(written):
    text = f"a: 1\nkey: {written}"
    root = nodes.read(text)
    assert isinstance(root, nodes.Mapping)
    node = root.pairs[1].value
    assert isinstance(node, nodes.Scalar)
    at = node.value.index("x.y")
    start, end = Written(text, node).stretch(at, at + 3)
    assert text[start:end] == "x.y"
    assert start == text.index("x.y")


@pytest.mark.parametrize(
    ("code", "start", "words"),
    [
        ("(a + )", 3, "something is missing"), ("(f(a)", 0, "`(` is not closed"), ("(a))", 3, "closes nothing"),
        ("('abc)", 1, "quote"), ("(a b)", 3, "`b` is not expected"), ("(1 /* x)", 3, "comment"),
    ],
)  # fmt: skip
def test_javascript_that_does_not_parse(code, start, words):
    fault = Script(code).fault()
    assert fault is not None
    assert fault[0] == start
    assert words in fault[2]


@pytest.mark.parametrize(
    "code",
    ["(a?.b ?? `x${[...c].length}`)", "(function(){ let {a, b: [c]} = inputs; for (const d of c) { a += d; } return a; })()",
     "(/[)'\"]/.test(inputs.x))", "(inputs.map((x, i) => x ** i))", "(async () => { await 1; })", "({class: 'File', if: 1})"],
)  # fmt: skip
def test_javascript_of_today_parses(code):
    assert Script(code).fault() is None


def told_of(value: Any) -> Any:
    """Gives what the loader sees in a tree: values and places."""
    if isinstance(value, CommentedMap):
        places = {key: list(value.lc.data[key]) for key in value if value[key] is not None}
        return {key: told_of(one) for key, one in value.items()}, places, (value.lc.line, value.lc.col)
    if isinstance(value, CommentedSeq):
        places = {index: list(place) for index, place in (value.lc.data or {}).items()}
        return [told_of(one) for one in value], places, (value.lc.line, value.lc.col)
    return (isinstance(value, str), value)


def test_the_loader_is_given_what_it_would_have_read_itself():
    given = 0
    for path in [*GOOD, DEMO, *(DOCUMENTS.parent / "broken/base").glob("*.cwl")]:
        text = path.read_text()
        tree = commented(file_of(Text(text, str(path))), path.name)
        if tree is not None:
            given += 1
            assert told_of(tree) == told_of(yaml_no_ts().load(text)), path
    assert given > 50


def test_names_that_are_declared_nowhere():
    script = Script(
        "(function(a, {b, c: [d]}, ...e){ try { f(a + b + d + e + g) } catch (h) { return h; } function f(){} })()"
    )
    assert [name for _, _, name in script.unknown(set())] == ["g"]
    assert [name for _, _, name in Script("(x => x + y)").unknown({"y"})] == []
    assert [name for _, _, name in Script("(typeof z === 'undefined')").unknown(set())] == []
    assert [name for _, _, name in Script("('é' + ü)").unknown(set())] == ["ü"]
    assert list(Script("(inputs.a + inputs['b'] + self.c)").members("inputs")) == [(8, 9, "a"), (20, 21, "b")]


def test_what_cwltool_would_look_at_for_a_minute_is_not_asked_as_one_types(tmp_path):
    steps = "".join(
        f"    s{n}: {{run: '#tool', in: {{x: {f's{n - 1}/y' if n else 'x'}}}, out: [y]}}\n"
        for n in range(300)
    )
    text = (
        "cwlVersion: v1.2\n$graph:\n- {id: tool, class: CommandLineTool, baseCommand: cat, stdout: y,\n"
        "   inputs: {x: {type: File, inputBinding: {}}}, outputs: {y: stdout}}\n"
        "- id: main\n  class: Workflow\n  inputs: {x: File}\n  outputs: {y: {type: File, outputSource: s299/y}}\n"
        f"  steps:\n{steps}"
    )
    [told] = answer({"path": str(tmp_path / "long.cwl"), "text": text})["problems"]
    assert (told["code"], told["severity"]) == ("cwl/not-asked", "information")
    broken = answer({"path": str(tmp_path / "long.cwl"), "text": text.replace("s298/y}", "s298/z}")})
    assert [one["code"] for one in broken["problems"]] == ["cwl/no-source"]
