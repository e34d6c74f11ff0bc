"""The form: every type of CWL as JSON Schema, held against values and against cwltool's own check of inputs."""

from __future__ import annotations

from typing import Any

import pytest
from cwltool.process import avroize_type
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schema_salad.avro.schema import Names, make_avsc_object
from schema_salad.schema import make_valid_avro
from schema_salad.utils import convert_to_dict
from schema_salad.validate import validate_ex

from ellip_lab.cwl.contract import DocumentQuery
from ellip_lab.cwl.form import form_of, in_written_order, plain, schema_of, short

from .conftest import DOCUMENTS

NAME = st.sampled_from(["a", "b", "gain", "x1"])
SYMBOLS = st.lists(st.sampled_from(["red", "nir", "green", "1", "a-b"]), min_size=1, max_size=4, unique=True)
INTS = st.integers(-(2**31), 2**31 - 1)
FILE = st.builds(
    lambda way, place: {"class": "File", way: place},
    st.sampled_from(["path", "location"]),
    st.text(min_size=1),
)
FOLDER = st.builds(lambda place: {"class": "Directory", "path": place}, st.text(min_size=1))
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=5),
    "boolean": st.booleans(),
    "int": INTS,
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False) | INTS,
    "double": st.floats(allow_nan=False, allow_infinity=False) | INTS,
    "File": FILE,
    "Directory": FOLDER,
    "Any": st.text(max_size=3) | st.integers() | st.booleans() | st.just({}) | st.just([]),
}
Pair = tuple[Any, st.SearchStrategy[Any]]


def array(inner: Pair) -> Pair:
    return {"type": "array", "items": inner[0]}, st.lists(inner[1], max_size=3)


def record(fields: dict[str, Pair]) -> Pair:
    return (
        {
            "type": "record",
            "fields": [
                {"name": f"file:///d.cwl#in/{name}", "type": pair[0]} for name, pair in fields.items()
            ],
        },
        st.fixed_dictionaries({name: pair[1] for name, pair in fields.items()}),
    )


def union(options: list[Pair]) -> Pair:
    return [option[0] for option in options], st.one_of(*(option[1] for option in options))


def optional(inner: Pair) -> Pair:
    options = inner[0] if isinstance(inner[0], list) else [inner[0]]
    return options if "null" in options else ["null", *options], st.none() | inner[1]


def enum(symbols: list[str]) -> Pair:
    return {"type": "enum", "symbols": [f"file:///d.cwl#in/{symbol}" for symbol in symbols]}, st.sampled_from(
        symbols
    )


LEAVES: st.SearchStrategy[Pair] = st.sampled_from(sorted(PLAIN)).map(
    lambda name: (name, PLAIN[name])
) | SYMBOLS.map(enum)
TYPES: st.SearchStrategy[Pair] = st.recursive(
    LEAVES,
    lambda inner: (
        inner.map(array)
        | st.dictionaries(NAME, inner, max_size=3).map(record)
        | st.lists(inner, min_size=2, max_size=3).map(union)
        | inner.map(optional)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=100)
@given(TYPES, st.data())
def test_a_value_of_a_type_is_valid_and_its_schema_is_a_schema(pair: Pair, data: st.DataObject):
    kind, values = pair
    schema = schema_of(kind, {})
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(data.draw(values))


VALUES = st.recursive(
    # No booleans: cwltool takes `true` for a number, as Python does; the form does not.
    st.none() | INTS | st.sampled_from([2**40, 1.5, "red", "1", "", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAME, inner, max_size=2),
    max_leaves=4,
)
BASIC = st.recursive(
    st.sampled_from(["string", "boolean", "int", "long", "float", "double"]).map(lambda name: (name, PLAIN[name])) | SYMBOLS.map(enum),
    lambda inner: inner.map(array) | st.dictionaries(NAME, inner, max_size=2).map(record) | inner.map(optional),
    max_leaves=4,
)  # fmt: skip


def cwltool_takes(kind: Any, value: Any) -> bool:
    """Says what cwltool's own check of an input object says (`cwltool.process.Process._init_job`)."""
    names = Names()
    schema = {"name": "inputs", "type": "record", "fields": [{"name": "it", "type": kind}]}
    make_avsc_object(convert_to_dict(make_valid_avro(avroize_type(schema), {}, set())), names)
    return validate_ex(names.get_name("inputs", None), {"it": value}, strict=True, raise_ex=False, vocab={})


@settings(deadline=None, max_examples=150)
@given(BASIC, VALUES)
def test_the_verdict_is_cwltools_own(pair: Pair, value: Any):
    schema = schema_of(pair[0], {})
    assert Draft202012Validator(schema).is_valid(value) == cwltool_takes(pair[0], value)


def test_the_form_of_every_type(form):
    made = form("types.cwl")
    Draft202012Validator.check_schema(made.json_schema)
    assert made.json_schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (made.json_schema["title"], made.json_schema["description"]) == ("All types", "Says everything.\n")
    properties = made.json_schema["properties"]
    assert {name: schema["x-cwl-type"] for name, schema in properties.items()} == {
        "s": "string", "so": "string?", "i": "int", "l": "long", "f": "float", "d": "double", "b": "boolean",
        "fi": "File", "fo": "File?", "fd": "File", "di": "Directory", "a": "Any", "e": "enum", "eo": "enum?",
        "r": "record", "arr": "string[]", "arr2": "File[][]", "u": "string | int | File",
        "uo": "string | int[] | null", "sen": "record", "sens": "record[]?", "std": "File",
    }  # fmt: skip
    assert set(properties) - set(made.json_schema["required"]) == {"so", "i", "fo", "fd", "eo", "uo", "sens"}
    assert (properties["s"]["title"], properties["s"]["description"]) == ("Some string", "a\nb")
    assert properties["e"]["oneOf"] == [{"const": "red", "title": "red"}, {"const": "nir", "title": "nir"}]
    assert properties["eo"]["oneOf"][0] == {"const": None, "title": "none"}
    assert (properties["fi"]["format"], properties["di"]["format"]) == ("cwl-file", "cwl-directory")
    assert properties["fi"]["x-cwl-format"] == ["http://edamontology.org/format_3591"]
    assert properties["fi"]["x-cwl-secondaryFiles"] == [
        {"pattern": ".aux", "required": True},
        {"pattern": "^.tfw", "required": False},
    ]
    assert properties["fi"]["description"] == "With its secondary files: .aux, ^.tfw (if there)"
    assert properties["sen"]["title"] == "A sensor"
    assert properties["sen"]["properties"]["name"]["description"] == "its name"
    assert made.defaults == {"i": 3, "fd": {"class": "File", "path": "tool.cwl"}}
    assert properties["fd"]["default"] == {"class": "File", "path": "tool.cwl"}


def test_fields_stand_in_the_authors_order(form):
    assert form("types.cwl").ui["ui:order"][:6] == ["s", "so", "i", "l", "f", "d"]
    assert form("five-steps.cwl").ui["ui:order"] == ["item", "aoi", "bands", "*"]
    assert list(form("five-steps.cwl").json_schema["properties"]) == ["item", "aoi", "bands"]


@pytest.mark.parametrize(
    ("name", "entry"), [("crop.cwl", "crop-cl"), ("five-steps.cwl", "water"), ("v11.cwl", "count")]
)
def test_the_form_names_its_entry(form, name, entry):
    assert form(name).entry.id == entry
    assert form(name, entry) == form(name)


def test_stdin_and_imported_types(form):
    assert form("v11.cwl").json_schema["properties"]["text"]["format"] == "cwl-file"
    properties = form("import.cwl").json_schema["properties"]
    assert properties["sensor"]["description"] == "A sensor and its gain."
    assert properties["sensor"]["required"] == ["name"]
    assert (properties["band"]["title"], properties["band"]["oneOf"][1]["const"]) == ("Band", "nir")


def test_steps_follow_their_links(form):
    steps = form("flow.cwl").steps
    assert [(step.id, step.after, step.scatter, step.conditional, step.image) for step in steps] == [
        ("first", (), False, True, "base:1"),
        ("sub", ("first",), True, False, None),
        ("sub/inner1", (), False, False, "base:1"),
        ("sub/inner2", ("sub/inner1",), False, False, "base:1"),
        ("zlast", ("sub",), True, False, "base:1"),
    ]
    assert [step.id for step in form("five-steps.cwl").steps] == [
        "crop",
        "index",
        "threshold",
        "clean",
        "publish",
    ]
    assert [step.id for step in form("five-steps.cwl", "clean").steps] == ["clean"]


def test_every_document_has_a_form_that_is_a_schema(service):
    for path in sorted(DOCUMENTS.glob("*.cwl")):
        told = service.check(DocumentQuery(path=str(path)))
        for entry in told.entries:
            made = service.form(DocumentQuery(path=str(path), entry=entry.id or None))
            Draft202012Validator.check_schema(made.json_schema)


def test_an_optional_record_and_array_keep_one_field():
    kind = ["null", {"type": "record", "fields": [{"name": "#a/x", "type": "int"}]}]
    assert schema_of(kind, {})["type"] == ["object", "null"]
    assert schema_of(["null", {"type": "array", "items": "string"}], {})["type"] == ["array", "null"]
    assert Draft202012Validator(schema_of(["null", "File"], {})).is_valid(None)


def test_unions_are_flattened_and_names_followed():
    named = {"#Band": {"name": "#Band", "type": "enum", "symbols": ["#Band/red"]}}
    assert schema_of(["null", ["null", "#Band"]], named)["oneOf"][1]["const"] == "red"
    assert schema_of([["string", "string"]], {}) == {"type": "string", "x-cwl-type": "string"}
    assert schema_of({"type": "array", "items": ["int", "string"]}, {})["x-cwl-type"] == "(int | string)[]"
    assert schema_of("null", {}) == {"type": "null", "x-cwl-type": "null"}


def test_a_type_that_holds_itself_ends():
    named: dict[str, Any] = {
        "#R": {"name": "#R", "type": "record", "fields": [{"name": "#R/r", "type": ["null", "#R"]}]}
    }
    Draft202012Validator.check_schema(schema_of("#R", named))


def test_computed_secondary_files_and_formats_are_not_shown_as_code():
    parameter = {
        "id": "#x",
        "type": "File",
        "format": "$(inputs.kind)",
        "secondaryFiles": [{"pattern": "${ return 1; }"}, {"pattern": ".idx", "required": "$(true)"}],
    }
    schema = form_of([parameter], (), "/")[0]["properties"]["x"]
    assert "x-cwl-format" not in schema
    assert schema["description"] == "With its secondary files: (computed), .idx (if there)"


def test_names_and_values():
    assert short("file:///a/b.cwl#main/step/in") == "in"
    assert short("file:///a/b.cwl") == "b.cwl"
    assert plain({"class": "File", "location": "file:///d/a%20b.tif"}, "/d") == {
        "class": "File",
        "path": "a b.tif",
    }
    assert plain({"class": "File", "location": "file:///e/f.tif"}, "/d") == {
        "class": "File",
        "path": "/e/f.tif",
    }
    assert plain({"class": "File", "location": "https://h/x.tif"}, "/d")["location"] == "https://h/x.tif"
    assert plain([True, None, 1, 1.5, "x"], "/") == [True, None, 1, 1.5, "x"]
    assert in_written_order([]) == []
