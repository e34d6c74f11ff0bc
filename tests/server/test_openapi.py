"""The OpenAPI document says what the table says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from pydantic import TypeAdapter

from ellip_lab.runs.contract import RunRequest
from ellip_lab.server.openapi import document
from ellip_lab.server.problem import ProblemDetails
from ellip_lab.server.route import PREFIX
from ellip_lab.server.routes import TABLE

from .standin import Ask


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return document(TABLE)


def test_every_route_once(whole: dict[str, Any]) -> None:
    said = {
        (method.upper(), path): operation
        for path, methods in whole["paths"].items()
        for method, operation in methods.items()
    }
    assert set(said) == {(str(route.method), PREFIX + route.path) for route in TABLE}
    names = [operation["operationId"] for operation in said.values()]
    assert len(names) == len(set(names)) == len(TABLE)
    for operation in said.values():
        assert operation["summary"]
        assert set(operation["responses"]) == {"4XX", "5XX"} | set(operation["responses"])


def test_every_reference_leads_somewhere(whole: dict[str, Any]) -> None:
    text = json.dumps(whole)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= set(whole["components"]["schemas"])
    assert "-Input" not in text
    assert "-Output" not in text


def test_a_reply_has_every_field_and_a_request_only_what_it_must(whole: dict[str, Any]) -> None:
    schemas = whole["components"]["schemas"]
    assert schemas["RunRequest"]["required"] == ["document"]
    assert set(schemas["RunRequestReply"]["required"]) == set(RunRequest.model_fields)
    assert set(schemas["ProblemDetails"]["required"]) == set(ProblemDetails.model_fields)
    assert set(schemas["Run"]["required"]) == set(schemas["Run"]["properties"])


def test_a_query_says_null_by_leaving_out(whole: dict[str, Any]) -> None:
    for methods in whole["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                assert "null" not in json.dumps(parameter["schema"])


def test_the_document_is_a_document(whole: dict[str, Any]) -> None:
    """schemathesis, which knows the specification's own schema, takes it."""
    import schemathesis

    loaded = schemathesis.openapi.from_dict(whole)
    assert loaded.specification.version == "3.1.0"
    loaded.validate()
    assert sum(1 for _ in loaded.get_all_operations()) == len(TABLE)


def test_it_is_printed_without_any_room(whole: dict[str, Any]) -> None:
    """The browser's types are made from it, also where no engine, no cwltool and no server can be loaded."""
    forbidden = "tornado,jupyter_server,cwltool,boto3,watchfiles,ellip_lab.runs.service,ellip_lab.cwl.service"
    program = f"""
import sys, runpy
for name in {forbidden!r}.split(","):
    sys.modules[name] = None
runpy.run_module("ellip_lab.server.openapi", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    assert TypeAdapter(dict[str, Any]).validate_json(done.stdout) == whole


async def test_it_is_served(ask: Ask, whole: dict[str, Any]) -> None:
    response = await ask(f"{PREFIX}/openapi.json")
    assert response.headers["Content-Type"].startswith("application/json")
    assert json.loads(response.body) == whole
