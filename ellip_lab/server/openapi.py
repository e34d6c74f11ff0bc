"""Makes the OpenAPI 3.1 document from the route table: `python -m ellip_lab.server.openapi` prints it.

Only contracts are loaded, no room's service: the document is there before any of them works.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core.core_schema import ComputedField, DataclassField, ModelField, TypedDictField

from ellip_lab.contract import Contract, Empty
from ellip_lab.server.events import TaskEvent
from ellip_lab.server.problem import MEDIA_TYPE, ProblemDetails
from ellip_lab.server.route import BYTES, PREFIX, AnyRoute, Picture, Stream
from ellip_lab.tasks.contract import TaskId

VERSION = "1"
"""The version of the routes, not of the package: a release that changes no word changes no line of this."""

REF = "#/components/schemas/{model}"
BESIDE: tuple[type[Contract], ...] = (ProblemDetails, TaskEvent)
"""Words that cross the door outside of a route's own reply."""


class _Schemas(GenerateJsonSchema):
    """Says of a reply that every field is there: a default is for whoever asks, not for whoever reads."""

    def field_is_required(
        self,
        field: ModelField | DataclassField | TypedDictField | ComputedField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return True
        return super().field_is_required(field, total)  # type: ignore[arg-type]


def document(table: Sequence[AnyRoute]) -> dict[str, Any]:
    """Gives the OpenAPI document of a route table."""
    paths: dict[str, dict[str, Any]] = {}
    names, schemas = _components(table)
    for route in table:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ellip Studio",
            "version": VERSION,
            "description": (
                "What the browser, and anything else with the server's token, asks of Ellip Studio. "
                "Paths are relative to the server's root folder unless a field says otherwise."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The Jupyter server's base URL."}],
        "security": [{"token": []}],
        "tags": _tags(table),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The server's token."}
            },
            "schemas": schemas,
        },
    }


def _tags(table: Sequence[AnyRoute]) -> list[dict[str, str]]:
    """Gives the rooms in the order of the table."""
    rooms = dict.fromkeys(route.room for route in table if "." not in route.room)
    return [{"name": room} for room in rooms]


def _components(table: Sequence[AnyRoute]) -> tuple[dict[tuple[type, JsonSchemaMode], str], dict[str, Any]]:
    """Gives the name of every word, and its schema.

    A word that is both asked and answered has two shapes (in the answer every field is there): the answered
    one is called `...Reply`.
    """
    asked: list[tuple[type[Contract], JsonSchemaMode]] = []
    for route in table:
        words = (model for model in (route.query, route.body) if model not in (Empty, bytes))
        asked += [(model, "validation") for model in words]
        if issubclass_(route.reply, Contract):
            asked.append((route.reply, "serialization"))
    asked += [(model, "serialization") for model in BESIDE]
    found, top = models_json_schema(list(dict.fromkeys(asked)), ref_template=REF, schema_generator=_Schemas)
    text = json.dumps(top.get("$defs", {}))
    text = re.sub(r'(\w+)-Input"', r'\1"', text)
    text = re.sub(r'(\w+)-Output"', r'\1Reply"', text)
    names: dict[tuple[type, JsonSchemaMode], str] = {}
    for key, value in found.items():
        name = str(value["$ref"]).rsplit("/", 1)[-1]
        names[key] = name.replace("-Input", "").replace("-Output", "Reply")
    return names, json.loads(text)


def issubclass_(found: Any, base: type) -> bool:
    """Tells whether something is a class, and below another."""
    return isinstance(found, type) and issubclass(found, base)


def _operation(route: AnyRoute, names: dict[tuple[type, JsonSchemaMode], str]) -> dict[str, Any]:
    """Gives one method of one path."""
    title, _, rest = route.doc.partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{route.room.split('.')[0]}_{route.name}",
        "summary": title.rstrip("."),
        "description": "\n\n".join(
            part for part in (rest.strip(), f"Needs the permission `{route.action}` on `ellip-lab`.") if part
        ),
        "tags": [route.room] if "." not in route.room else [],
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
    }
    if route.body is bytes:
        operation["requestBody"] = {"required": True, "content": {BYTES: {"schema": {}}}}
    elif route.body is not Empty:
        operation["requestBody"] = {
            "required": any(field.is_required() for field in route.body.model_fields.values()),
            "content": {"application/json": {"schema": _ref(names[route.body, "validation"])}},
        }
    operation["responses"] = {
        **_replies(route, names),
        "4XX": _refusal("The request cannot be understood or carried out as it stands."),
        "5XX": _refusal("Something this needs does not work now."),
    }
    return operation


def _replies(route: AnyRoute, names: dict[tuple[type, JsonSchemaMode], str]) -> dict[str, Any]:
    """Gives what a route replies when all is well."""
    content = _content(route, names)
    found = {str(route.status): {"description": "What was asked for.", "content": content}}
    if route.reply is Stream:
        found["206"] = {"description": "The range that was asked for.", "content": content}
        found["304"] = {"description": "It is still what the caller has."}
    return found


def _content(route: AnyRoute, names: dict[tuple[type, JsonSchemaMode], str]) -> dict[str, Any]:
    """Gives the content of a route's reply."""
    if route.reply is Picture:
        return {"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}}}
    if route.reply is Stream:
        return {"*/*": {"schema": {}}}
    if issubclass_(route.reply, Contract):
        return {"application/json": {"schema": _ref(names[route.reply, "serialization"])}}
    return {"application/json": {"schema": {"type": "object"}}}


def _refusal(description: str) -> dict[str, Any]:
    """Gives the one shape of every error."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _ref(ProblemDetails.__name__)}}}


def _ref(name: str) -> dict[str, str]:
    """Gives a reference to a word."""
    return {"$ref": REF.format(model=name)}


def _path_parameters(route: AnyRoute) -> Iterator[dict[str, Any]]:
    """Gives the `{id}` of a path."""
    if "{id}" in route.path:
        yield {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "The record.",
            "schema": TypeAdapter(TaskId).json_schema(),
        }


def _query_parameters(route: AnyRoute) -> Iterator[dict[str, Any]]:
    """Gives the parameters of a query: every field of its words, null said by leaving it out."""
    whole = route.query.model_json_schema()
    for name, field in whole.get("properties", {}).items():
        schema = _inlined(field, whole.get("$defs", {}))
        description = schema.pop("description", None)
        schema.pop("title", None)
        if "anyOf" in schema:
            [kept] = [choice for choice in schema.pop("anyOf") if choice != {"type": "null"}]
            schema = {**kept, **schema}
            schema.pop("description", None)
            schema.pop("title", None)
        if schema.get("default", ...) is None:
            del schema["default"]
        parameter = {"name": name, "in": "query", "required": name in whole.get("required", ())}
        if description:
            parameter["description"] = description
        yield {**parameter, "schema": schema}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Gives a schema with its references replaced by what they refer to."""
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions), **rest}
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def main() -> None:
    """Prints the document of the project's own table."""
    from ellip_lab.server.routes import TABLE

    json.dump(document(TABLE), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
