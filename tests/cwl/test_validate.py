"""Inputs held against a form: each fault is one sentence, with its field and a hint."""

from __future__ import annotations

from typing import Any

import pytest

from ellip_lab.errors import Invalid

from .conftest import DOCUMENTS

GOOD: dict[str, Any] = {
    "s": "text",
    "l": 2**40,
    "f": 1,
    "d": 1.5,
    "b": True,
    "fi": {"class": "File", "path": "tool.cwl"},
    "di": {"class": "Directory", "path": "bad"},
    "a": {"anything": [1]},
    "e": "red",
    "r": {"x": 1},
    "arr": ["a"],
    "arr2": [[{"class": "File", "location": "https://example.invalid/a.tif"}]],
    "u": 3,
    "sen": {"name": "ETM+", "gain": None},
    "std": {"class": "File", "contents": "words"},
}


@pytest.fixture
def problems(service, form):
    """Gives (field, message, hint) of each fault of the good inputs with some changed; None takes one away."""

    def find(changed: dict[str, Any]) -> list[tuple[str | None, str, str | None]]:
        inputs = {key: value for key, value in {**GOOD, **changed}.items() if value is not ...}
        try:
            service.validate_inputs(form("types.cwl"), inputs, DOCUMENTS)
        except Invalid as error:
            assert all(len(problem.message) < 400 for problem in error.problems)
            return [(problem.field, problem.message, problem.hint) for problem in error.problems]
        return []

    return find


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"so": None, "fo": None, "eo": None, "uo": None, "sens": None},
        {"i": None},  # null stands for the default
        {"fd": {"class": "File", "path": str(DOCUMENTS / "tool.cwl")}},
        {"fi": {"class": "File", "location": (DOCUMENTS / "tool.cwl").as_uri()}},
        {"fi": {"class": "File", "location": "s3://bucket/key.tif"}},
        {
            "fi": {
                "class": "File",
                "path": "tool.cwl",
                "secondaryFiles": [{"class": "File", "path": "copy.cwl"}],
            }
        },
        {"u": "text"},
        {"u": {"class": "File", "path": "tool.cwl"}},
        {"uo": [1, 2]},
        {"d": -3},
        {"cwl:requirements": [], "$schemas": [], "id": "x"},
        {"sens": [{"name": "a"}, {"name": "b", "gain": 2}]},
    ],
)
def test_what_can_be_run(problems, changed):
    assert problems(changed) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"s": ...}, ("s", "a value is missing", "Give a value of type string.")),
        ({"s": None}, ("s", "null is not text", "The type is string.")),
        ({"s": 1}, ("s", "1 is not text", "The type is string.")),
        ({"i": "3"}, ("i", "“3” is not a whole number", "Write it without quotes.")),
        ({"i": 1.0}, ("i", "1.0 is not a whole number", "The type is int.")),
        ({"i": True}, ("i", "true is not a whole number", "The type is int.")),
        ({"i": 2**31}, ("i", "2147483648 does not fit int", None)),
        ({"b": "yes"}, ("b", "“yes” is not true or false", "Write it without quotes.")),
        ({"e": "rad"}, ("e", "“rad” is not one of red, nir", "Did you mean `red`?")),
        ({"eo": "rad"}, ("eo", "“rad” is not one of red, nir", "Did you mean `red`?")),
        ({"arr": "a"}, ("arr", "“a” is not a list", "The type is string[]: write a list.")),
        ({"arr": ["a", 2]}, ("arr[1]", "2 is not text", "The type is string.")),
        ({"r": {}}, ("r.x", "a value is missing", "Give a value of type int.")),
        ({"r": {"x": 1, "why": 2}}, ("r.why", "there is no such field", "The fields are: x, y.")),
        ({"sen": {"name": 1}}, ("sen.name", "1 is not text", "The type is string.")),
        ({"a": None}, ("a", "null is not text or a number or true or false or a mapping or a list", "The type is Any.")),
        ({"u": [1]}, ("u", "a list is none of string | int | File", None)),
        ({"uo": [1, "x"]}, ("uo[1]", "“x” is not a whole number", "Write it without quotes.")),
        ({"so2": "x"}, ("so2", "there is no such input", "Did you mean `so`?")),
        ({"zzzzzz": "x"}, ("zzzzzz", "there is no such input", "The inputs are: s, so, i, l, f, d, b, fi, fo, fd, di, a, e, eo, r, arr, arr2, u, uo, sen, sens, std.")),
        ({"fi": "tool.cwl"}, ("fi", "“tool.cwl” is not a File", "Write {class: File, path: tool.cwl}.")),
        ({"fo": "tool.cwl"}, ("fo", "“tool.cwl” is not a File", "Write {class: File, path: tool.cwl}.")),
        ({"di": "bad"}, ("di", "“bad” is not a Directory", "Write {class: Directory, path: bad}.")),
        ({"fi": {"path": "tool.cwl"}}, ("fi", "a mapping is not a File", "Write {class: File, path: path/to/file}.")),
        ({"fi": {"class": "File"}}, ("fi", "the file has neither path nor location", "Add `path`.")),
        ({"fi": {"class": "Directory", "path": "bad"}}, ("fi", "this must be a File, not a Directory", "Give `class: File` and a path to one.")),
        ({"fi": {"class": "File", "path": "tooll.cwl"}}, ("fi", "tooll.cwl does not exist", "Did you mean tool.cwl?")),
        ({"fi": {"class": "File", "path": "nowhere/x"}}, ("fi", "nowhere/x does not exist", f"Looked for {DOCUMENTS}/nowhere/x.")),
        ({"fi": {"class": "File", "path": "bad"}}, ("fi", "bad is a folder, not a File", None)),
        ({"di": {"class": "Directory", "path": "tool.cwl"}}, ("di", "tool.cwl is a file, not a Directory", None)),
        ({"u": {"class": "File", "path": "no"}}, ("u", "no does not exist", f"Looked for {DOCUMENTS}/no.")),
        ({"arr2": [[], [{"class": "File", "path": "no"}]]}, ("arr2[1][0]", "no does not exist", f"Looked for {DOCUMENTS}/no.")),
        (
            {"fi": {"class": "File", "path": "tool.cwl", "secondaryFiles": [{"class": "File", "path": "no"}]}},
            ("fi.secondaryFiles[0]", "no does not exist", f"Looked for {DOCUMENTS}/no."),
        ),
    ],
)  # fmt: skip
def test_a_fault_has_its_field_and_words(problems, changed, fault):
    assert problems(changed) == [fault]


def test_several_faults_are_told_together(service, form):
    with pytest.raises(Invalid) as error:
        service.validate_inputs(form("tool.cwl"), {"y": 1}, DOCUMENTS)
    assert error.value.detail == "2 inputs of tool.cwl are not right: x: a value is missing"
    assert [problem.field for problem in error.value.problems] == ["x", "y"]


def test_relative_paths_count_from_the_base(service, form, tmp_path):
    inputs = {"x": {"class": "File", "path": "here.txt"}}
    with pytest.raises(Invalid, match=r"here\.txt does not exist"):
        service.validate_inputs(form("copy.cwl"), inputs, tmp_path)
    (tmp_path / "here.txt").touch()
    service.validate_inputs(form("copy.cwl"), inputs, tmp_path)


def test_a_flood_of_faults_is_cut(problems):
    assert len(problems({"arr": list(range(1000))})) == 50


def test_an_input_named_like_nothing_else(service, form):
    with pytest.raises(Invalid, match="there is no such input") as error:
        service.validate_inputs(form("two-workflows.cwl", "one"), {"x": 1}, DOCUMENTS)
    assert error.value.hint == "There are no inputs."
