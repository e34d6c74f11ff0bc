"""The parameters template: YAML that says what each input is, valid as it stands but for its placeholders."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ellip_lab.cwl.contract import DocumentQuery, Entry, Form
from ellip_lab.cwl.template import template_of

from .conftest import DOCUMENTS


def loaded(text: str) -> Any:
    return yaml.safe_load(text)


def test_the_template_of_a_workflow(service):
    text = service.template(DocumentQuery(path=str(DOCUMENTS / "five-steps.cwl"))).text
    assert text == (
        "# The inputs of Water bodies.\n"
        "\n"
        "# STAC Item (string; required)\n"
        "# Its address.\n"
        "item: a string\n"
        "\n"
        "# (string; required)\n"
        "# xmin,ymin,xmax,ymax\n"
        "aoi: a string\n"
        "\n"
        "# (string[]; has a default)\n"
        "bands:\n"
        "- green\n"
        "- nir\n"
    )


@pytest.mark.parametrize(
    "name", sorted(path.name for path in DOCUMENTS.glob("*.cwl") if path.name != "two-workflows.cwl")
)
def test_a_template_fits_its_own_form(service, name, monkeypatch):
    query = DocumentQuery(path=str(DOCUMENTS / name))
    form = service.form(query)
    inputs = loaded(service.template(query).text)
    # The placeholders name files that are not there; everything else about them is right.
    monkeypatch.setattr("ellip_lab.cwl.validate._missing", lambda *_: iter(()))
    service.validate_inputs(form, inputs, DOCUMENTS)
    assert set(form.json_schema["required"]) <= set(inputs)


def test_optional_inputs_are_comments_that_can_be_taken_away(service):
    text = service.template(DocumentQuery(path=str(DOCUMENTS / "types.cwl"))).text
    assert "# (File?; optional)\n# fo:\n#   class: File\n#   path: path/to/file\n" in text
    assert "# (one of red, nir; optional)\n# eo: red\n" in text
    assert "fo" not in loaded(text)


def form(properties: dict[str, Any], required: tuple[str, ...] = ()) -> Form:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Form(
        path="/x.cwl",
        entry=Entry(id="x", kind="Workflow", doc="First line.\n\nSecond: it goes on."),
        json_schema=schema,
    )


def test_no_inputs_and_none_that_must_be_given_are_an_empty_object():
    assert loaded(template_of(form({}))) == {}
    text = template_of(form({"a": {"type": ["string", "null"], "x-cwl-type": "string?"}}))
    assert loaded(text) == {}
    assert "# First line.\n#\n# Second: it goes on.\n" in text


def test_words_that_yaml_would_take_for_something_else_are_quoted():
    made = form(
        {
            "yes": {"type": "string", "default": "no", "x-cwl-type": "string"},
            "a: b": {"type": "string", "default": "1.0"},
        }
    )
    made = made.model_copy(update={"defaults": {"yes": "no", "a: b": "1.0"}})
    assert loaded(template_of(made)) == {"yes": "no", "a: b": "1.0"}
