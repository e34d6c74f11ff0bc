"""Inputs said in words get the types of the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ellip_lab.cwl.arguments import Said, read_pairs, read_words, typed
from ellip_lab.cwl.contract import Entry, Form
from ellip_lab.cwl.form import form_of
from ellip_lab.errors import Invalid

BASE = Path("/data")


def form(**types: Any) -> Form:
    schema, ui, defaults = form_of(
        [{"id": f"#{name}", "type": kind} for name, kind in types.items()], [], "/data"
    )
    return Form(
        path="doc.cwl", entry=Entry(id="main", kind="Workflow"), json_schema=schema, ui=ui, defaults=defaults
    )


def read(kind: Any, *values: str | None) -> Any:
    return typed(form(x=kind), [Said("x", value) for value in values], BASE)["x"]


ENUM = {"type": "enum", "symbols": ["#green", "#nir", "#1"]}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "5", "5"),
        ("string", "", ""),
        ("string", "[1]", "[1]"),
        (["null", "string"], "true", "true"),
        ("int", "-5", -5),
        ("long", "12345678901", 12345678901),
        ("double", "1e3", 1000.0),
        ("float", "2", 2.0),
        ("boolean", "false", False),
        ("boolean", "yes", True),
        ("boolean", None, True),
        (["null", "boolean"], None, True),
        (["int", "string"], "5", 5),
        (["int", "string"], "five", "five"),
        (ENUM, "nir", "nir"),
        (ENUM, "1", "1"),
        (["null", ENUM], "green", "green"),
        ("File", "a.tif", {"class": "File", "path": "/data/a.tif"}),
        ("File", "/abs/a.tif", {"class": "File", "path": "/abs/a.tif"}),
        ("File", "https://x.org/a.tif", {"class": "File", "location": "https://x.org/a.tif"}),
        ("File", '{"class": "File", "contents": "hi"}', {"class": "File", "contents": "hi"}),
        (["null", "File"], "a.tif", {"class": "File", "path": "/data/a.tif"}),
        ("Directory", "scene", {"class": "Directory", "path": "/data/scene"}),
        ({"type": "array", "items": "string"}, "green", ["green"]),
        ({"type": "array", "items": "string"}, '["green", "nir"]', ["green", "nir"]),
        ({"type": "array", "items": "int"}, "3", [3]),
        ({"type": "array", "items": "File"}, "a", [{"class": "File", "path": "/data/a"}]),
        ({"type": "record", "fields": [{"name": "a", "type": "int"}]}, '{"a": 1}', {"a": 1}),
        ("Any", "5", 5),
        ("Any", "hello", "hello"),
        ("Any", '{"a": []}', {"a": []}),
    ],
)
def test_a_word_becomes_a_value_of_the_type(kind: Any, value: str | None, expected: Any) -> None:
    found = read(kind, value)
    assert found == expected
    assert type(found) is type(expected)


def test_repetition_makes_an_array() -> None:
    assert read({"type": "array", "items": "string"}, "green", "nir", '["red"]') == ["green", "nir", "red"]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("int", "five", "x: 'five' is not a whole number"),
        ("int", "5.5", "x: '5.5' is not a whole number"),
        ("double", "nan", "x: 'nan' is not a number"),
        ("boolean", "maybe", "x: 'maybe' is not true or false"),
        ("string", None, "x: nothing is not text"),
        (ENUM, "red", "x: 'red' is not one of green, nir, 1"),
        ("File", "", "x: '' is not the path of a file"),
        ({"type": "record", "fields": []}, "a", "x: 'a' is not a JSON object"),
        ({"type": "array", "items": "int"}, "a", "x: 'a' is not an item of the array, or a JSON array"),
    ],
)
def test_a_word_of_another_type_is_refused(kind: Any, value: str | None, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(kind, value)
    assert [str(problem) for problem in caught.value.problems] == [said]


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(Invalid) as caught:
        typed(form(threshold="int", aoi="string"), [Said("treshold", "1"), Said("zz", "1")], BASE)
    near, far = caught.value.problems
    assert near.hint == "Did you mean threshold?"
    assert far.hint == "It has threshold, aoi."


def test_one_that_is_no_array_is_said_once() -> None:
    with pytest.raises(Invalid) as caught:
        read("int", "1", "2")
    assert "said more than once" in str(caught.value.problems[0])


def test_words_split_into_document_parameters_and_inputs() -> None:
    words = read_words(
        ["a.cwl#main", "p.yml", "--aoi", "1,2", "--n=-3", "--flag", "--list", "a", "--shift", "-4"]
    )
    assert words.document == "a.cwl#main"
    assert words.parameters == "p.yml"
    assert words.said == (
        Said("aoi", "1,2"),
        Said("n", "-3"),
        Said("flag", None),
        Said("list", "a"),
        Said("shift", "-4"),
    )


@pytest.mark.parametrize("words", [[], ["--aoi", "x"], ["a.cwl", "p.yml", "third"]])
def test_words_that_make_no_run_are_refused(words: list[str]) -> None:
    with pytest.raises(Invalid):
        read_words(words)


def test_pairs() -> None:
    assert read_pairs(["a=1", "b=x=y", "c="]) == (Said("a", "1"), Said("b", "x=y"), Said("c", ""))
    for wrong in ("a", "=1"):
        with pytest.raises(Invalid):
            read_pairs([wrong])
