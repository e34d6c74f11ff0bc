"""Documents that are wrong: each gets one sentence, its place, and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.cwl import problems
from ellip_lab.cwl.contract import DocumentQuery

from .conftest import DOCUMENTS

# name of the document -> (file, line, column, message, a part of the hint or None) of each error, in order
BAD = {
    "broken-yaml": [("", 5, 1, "YAML: expected ',' or ']', but got '<stream end>'", None)],
    "duplicate-key": [("", 4, 1, "the key `inputs` stands here a second time", "Keep one")],
    "empty": [("", 1, 1, "empty.cwl is empty", "cwlVersion: v1.2")],
    "latin1": [("", 4, 9, "latin1.cwl is not UTF-8 text", "UTF-8")],
    "list": [("", 1, 1, "the document is not a mapping", "cwlVersion")],
    "scalar": [("", 1, 1, "the document is not a mapping", "cwlVersion")],
    "not-cwl": [("", 1, 1, "there is no `cwlVersion`: this is not a CWL document", "cwlVersion: v1.2")],
    "future-version": [("", 1, 1, "this `cwlVersion` is not supported", "v1.2")],
    "unknown-class": [("", 2, 1, "`CommandLineTol` is not a class CWL knows", "`CommandLineTool`")],
    "unknown-requirement": [("", 3, 16, "`DockerReq` is not a class CWL knows", "`DockerRequirement`")],
    "unknown-type": [("", 6, 5, "`strin` is not a type", "`string`")],
    "unquoted-null": [("", 6, 7, "a type is `null` without quotes, which is YAML for nothing", "quotes")],
    "no-outputs": [("", 1, 1, "`outputs` is missing or not valid", "outputs: []")],
    "position-list": [("", 7, 20, "this is a list; expected int or Expression", None)],
    "misspelled-fields": [
        ("", 3, 1, "`baseComand` is not a field here", "`baseCommand`"),
        ("", 7, 20, "this value is not valid; expected int or Expression", None),
        ("", 7, 37, "`prefx` is not a field here", "`prefix`"),
    ],
    "step-without-run": [("", 6, 3, "the field `run` is missing", None)],
    "missing-run": [("", 7, 5, "the step runs nothere.cwl, which does not exist", "nothere.cwl")],
    "missing-import": [("", 4, 3, "nothere.yml does not exist", None)],
    "missing-include": [("", 3, 7, "nothere.md does not exist", None)],
    "missing-step-input": [("", 8, 5, "the step gives no value to `x`, which its tool needs", "`in`")],
    "unknown-step-output": [("", 13, 14, "the step has no output `p`; its tool gives `o`", "`out`")],
    "dangling-links": [
        ("", 4, 27, "`outputSource` names `a/nope`, which is neither an input of the workflow nor an output of a step", "step/output"),
        ("", 7, 5, "the step runs nowhere.cwl, which does not exist", "nowhere.cwl"),
        ("", 8, 10, "`source` names `j`, which is neither an input of the workflow nor an output of a step", "step/output"),
    ],
    "wrong-link-types": [
        ("", 3, 10, "`i` is string, but goes to `x`, which is int", "valueFrom"),
        ("", 9, 11, "`o` is File, but goes to `o`, which is int", "valueFrom"),
    ],
    "circular": [("", 5, 1, "the steps a and b wait for one another", "Cut")],
    "scatter-unsaid": [("", 8, 5, "the workflow scatters without saying so", "ScatterFeatureRequirement")],
    "runs-itself": [("", 8, 5, "the workflow runs itself", "step of itself")],
    "broken-tool-in-step": [("unknown-type.cwl", 6, 5, "`strin` is not a type", "`string`")],
    "broken-yaml-in-step": [("broken-yaml.cwl", 5, 1, "YAML: expected ',' or ']', but got '<stream end>'", None)],
}  # fmt: skip
WARNED = {"suspicious-expressions"}


def test_every_bad_document_is_tried():
    assert {path.stem for path in (DOCUMENTS / "bad").glob("*.cwl")} == BAD.keys() | WARNED


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_problem_has_its_place_and_words(check, name):
    told = check(f"bad/{name}.cwl")
    assert not told.valid
    errors = [problem for problem in told.problems if problem.severity == "error"]
    assert [(problem.file, problem.line, problem.column, problem.message) for problem in errors] == [
        (str(DOCUMENTS / "bad" / (file or f"{name}.cwl")), line, column, message)
        for file, line, column, message, _ in BAD[name]
    ]
    for problem, (*_, hint) in zip(errors, BAD[name], strict=True):
        assert hint is None or hint in (problem.hint or "")


def test_javascript_is_looked_at_without_running_it(check):
    told = check("bad/suspicious-expressions.cwl")
    assert told.valid
    assert [(problem.severity, problem.line, problem.column) for problem in told.problems] == [
        ("warning", 5, 39),
        ("warning", 5, 59),
        ("warning", 5, 73),
    ]
    assert told.problems[1].message == "JavaScript: 'foo' is not defined"
    assert "ECMAScript 5.1" in (told.problems[2].hint or "")


def test_a_hint_nobody_knows_is_a_warning(check):
    warnings = [
        problem for problem in check("bad/unknown-requirement.cwl").problems if problem.severity == "warning"
    ]
    assert [warning.message for warning in warnings] == ["`FooHint` is not a class CWL knows"]


def test_one_name_for_an_input_and_an_output_is_a_warning(service, write):
    path = write(
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: x\ninputs: {raster: File}\n"
        "outputs: {raster: {type: File, outputBinding: {glob: r.tif}}}\n"
    )
    told = service.check(DocumentQuery(path=str(path)))
    assert told.valid
    assert [problem.message for problem in told.problems] == [
        "`raster` names two things of one process (an input and an output?)"
    ]


def test_no_network_for_a_local_document(service, write):
    path = write(
        "cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n"
        "  far:\n    run: https://tools.invalid/tool.cwl\n    in: {}\n    out: []\n"
    )
    (problem,) = service.check(DocumentQuery(path=str(path))).problems
    assert (problem.line, problem.column) == (7, 5)
    assert problem.message == "the step runs https://tools.invalid/tool.cwl, which is not on this machine"
    assert "download" in (problem.hint or "")


def test_no_message_is_a_wall_of_text(service, check, write):
    lines = "".join(
        f"  - {{id: i{n}, type: {{type: array, itemz: string}}, wrong{n}: 1}}\n" for n in range(200)
    )
    path = write(f"cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: x\ninputs:\n{lines}outputs: []\n")
    told = service.check(DocumentQuery(path=str(path)))
    assert not told.valid
    assert 1 <= len(told.problems) <= problems.MAX_PROBLEMS
    everything = [*told.problems, *(problem for name in BAD for problem in check(f"bad/{name}.cwl").problems)]
    assert all(len(problem.message) <= 400 and "\n" not in problem.message for problem in everything)
    assert all("tried" not in problem.message and "file://" not in problem.message for problem in everything)


def test_text_with_places_is_taken_apart(monkeypatch):
    monkeypatch.chdir("/")
    found = problems.findings_of_text(
        "tmp/a.cwl:3:5: checking field `x`\ntmp/a.cwl:4:7:   Field 'type' references unknown identifier 'flot', tried\n"
        "                  tmp/a.cwl#flot\ntmp/b.cwl:1:1: missing required field 'class'\n",
        "error",
    )
    assert [
        (item["file"], item["line"], item["column"], item["message"], item["hint"]) for item in found
    ] == [
        ("/tmp/a.cwl", 4, 7, "`flot` is not a type", "Did you mean `float`?"),
        ("/tmp/b.cwl", 1, 1, "the field `class` is missing", None),
    ]


def test_an_exception_nobody_expected_is_told_with_its_name():
    (finding,) = problems.findings_of(ZeroDivisionError("by zero"))
    assert finding["message"] == "ZeroDivisionError: by zero"
    (bare,) = problems.findings_of(ZeroDivisionError())
    assert bare["message"] == "ZeroDivisionError"


def test_files_are_named_as_they_are_on_disk(tmp_path: Path, monkeypatch):
    monkeypatch.chdir("/")
    odd = tmp_path / "a b%20c.cwl"
    odd.touch()
    assert problems.file_of(odd.as_uri()) == str(odd)
    assert problems.file_of(odd.as_uri().removeprefix("file:///")) == str(odd)
    assert problems.file_of("https://host/x.cwl") == "https://host/x.cwl"
    assert problems.file_of(None) is None
