"""The inputs of a process as JSON Schema (draft 2020-12): every type of CWL, with its words for people.

Works on what the loader made of a document (types expanded, ids as URLs), as plain mappings; needs no library.

Beyond JSON Schema a property may say: `x-cwl-type` (the type as an author writes it: `File[]?`),
`x-cwl-format` (URIs), `x-cwl-secondaryFiles` (`[{pattern, required}]`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

Json = dict[str, Any]
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS: dict[str, Json] = {
    "int": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "long": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "float": {"type": "number"},
    "double": {"type": "number"},
}
_DEPTH = 32


def form_of(
    inputs: Sequence[Mapping[str, Any]], types: Sequence[Mapping[str, Any]], folder: str
) -> tuple[Json, Json, Json]:
    """Gives the schema, the browser's hints and the defaults of a process's inputs.

    Parameters
    ----------
    inputs
        The input parameters as loaded: a list, ids as URLs.
    types
        The types of `SchemaDefRequirement` that hold for the process.
    folder
        The folder of the document: paths of defaults are given relative to it.

    """
    named = {str(kind["name"]): kind for kind in types if "name" in kind}
    properties: Json = {}
    defaults: Json = {}
    required: list[str] = []
    for parameter in inputs:
        name = short(str(parameter["id"]))
        schema = schema_of(parameter.get("type"), named)
        nullable = _nullable(parameter.get("type"), named)
        _describe(schema, parameter)
        if "default" in parameter and parameter["default"] is not None:
            value = plain(parameter["default"], folder)
            schema["default"] = defaults[name] = value
        elif not nullable:
            required.append(name)
        properties[name] = schema
    document: Json = {
        "$schema": SCHEMA,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return document, {"ui:order": [*properties, "*"]}, defaults


def schema_of(kind: Any, named: Mapping[str, Mapping[str, Any]], depth: int = 0) -> Json:
    """Gives the JSON Schema of one CWL type, `x-cwl-type` included.

    A type that is optional keeps its shape and also takes null, so that a form shows one field for it.
    """
    if depth > _DEPTH:
        return {"x-cwl-type": "Any"}
    options = _options(kind, named)
    nullable = any(option == "null" for option in options)
    others = [option for option in options if option != "null"]
    if not others:
        return {"type": "null", "x-cwl-type": "null"}
    if len(others) == 1:
        schema = _one(others[0], named, depth)
        return _or_null(schema) if nullable else schema
    schemas = [_one(option, named, depth) for option in others]
    words = " | ".join(str(schema["x-cwl-type"]) for schema in schemas)
    for schema in schemas:
        schema.setdefault("title", schema["x-cwl-type"])
    if nullable:
        schemas.append({"type": "null", "title": "none"})
        words += " | null"
    return {"anyOf": schemas, "x-cwl-type": words}


def short(identifier: str) -> str:
    """Gives the name an author wrote, of an identifier the loader made a URL of."""
    parts = urlsplit(identifier)
    tail = parts.fragment or parts.path
    return tail.rsplit("/", 1)[-1]


def plain(value: Any, folder: str) -> Any:
    """Gives a value as plain JSON; the places of files become paths, relative to `folder` when below it."""
    if isinstance(value, Mapping):
        result = {str(key): plain(item, folder) for key, item in value.items()}
        if result.get("class") in ("File", "Directory"):
            for key in ("location", "path"):
                place = result.get(key)
                if isinstance(place, str) and place.startswith("file://"):
                    del result[key]
                    result["path"] = _relative(unquote(urlsplit(place).path), folder)
        return result
    if isinstance(value, (list, tuple)):
        return [plain(item, folder) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)


def in_written_order(parameters: Any) -> list[Any]:
    """Gives the parameters (or steps) of a process as the author ordered them.

    The loader sorts what was written as a mapping by name; the lines and columns it keeps tell the order.
    """
    places = getattr(getattr(parameters, "lc", None), "data", None) or {}

    def place(index: int) -> tuple[int, int]:
        own = getattr(parameters[index], "lc", None)
        line, column = (
            places[index][:2] if index in places else (getattr(own, "line", None), getattr(own, "col", None))
        )
        return (line or 0, column or 0)

    return [parameters[index] for index in sorted(range(len(parameters)), key=place)]


def text_of(doc: Any) -> str | None:
    """Gives a `doc` or `label` as text; a list of lines is joined."""
    if isinstance(doc, (list, tuple)):
        return "\n".join(str(line) for line in doc)
    return str(doc) if doc is not None else None


def _relative(path: str, folder: str) -> str:
    relative = os.path.relpath(path, folder)
    return path if relative.startswith("..") else relative


def _options(kind: Any, named: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Flattens unions, follows names, and expands `x?` and `x[]`, which updated documents may still hold."""
    if isinstance(kind, (list, tuple)):
        flat: list[Any] = []
        for option in kind:
            flat.extend(item for item in _options(option, named) if item not in flat)
        return flat
    if isinstance(kind, str):
        if kind in named:
            return [named[kind]]
        if kind.endswith("?"):
            return ["null", *_options(kind[:-1], named)]
        if kind.endswith("[]"):
            return [{"type": "array", "items": kind[:-2]}]
        return [kind]
    if isinstance(kind, Mapping) and kind.get("type") not in ("record", "enum", "array") and "type" in kind:
        return _options(kind["type"], named)
    return [kind]


def _nullable(kind: Any, named: Mapping[str, Mapping[str, Any]]) -> bool:
    return "null" in [option for option in _options(kind, named) if isinstance(option, str)]


def _one(kind: Any, named: Mapping[str, Mapping[str, Any]], depth: int) -> Json:
    if isinstance(kind, Mapping):
        word = kind.get("type")
        if word == "array":
            items = schema_of(kind.get("items", "Any"), named, depth + 1)
            inner = str(items["x-cwl-type"])
            schema: Json = {
                "type": "array",
                "items": items,
                "x-cwl-type": f"({inner})[]" if " | " in inner else f"{inner}[]",
            }
        elif word == "enum":
            symbols = [short(str(symbol)) for symbol in kind.get("symbols", ())]
            schema = {
                "oneOf": [{"const": symbol, "title": symbol} for symbol in symbols],
                "x-cwl-type": "enum",
            }
        elif word == "record":
            schema = _record(kind, named, depth)
        else:
            schema = _any()
        _describe(schema, kind)
        return schema
    if kind in _NUMBERS:
        return {**_NUMBERS[kind], "x-cwl-type": kind}
    if kind in ("string", "boolean"):
        return {"type": kind, "x-cwl-type": kind}
    if kind in ("File", "stdin"):
        return _file("File", ("path", "location", "contents"))
    if kind == "Directory":
        return _file("Directory", ("path", "location", "listing"))
    return _any()


def _any() -> Json:
    return {"type": ["string", "number", "boolean", "object", "array"], "x-cwl-type": "Any"}


def _file(word: str, ways: tuple[str, ...]) -> Json:
    text: Json = {"type": "string"}
    entries: Json = {"type": "array", "items": {"type": "object"}}
    properties: Json = {
        "class": {"const": word},
        "path": {**text, "title": "Path"},
        "location": {**text, "title": "Location (URL)"},
        "basename": text,
    }
    if word == "File":
        properties |= {"contents": text, "format": text, "secondaryFiles": entries}
    else:
        properties["listing"] = entries
    return {
        "type": "object",
        "format": f"cwl-{word.lower()}",
        "properties": properties,
        "required": ["class"],
        "anyOf": [{"required": [way]} for way in ways],
        "x-cwl-type": word,
    }


def _record(kind: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]], depth: int) -> Json:
    fields = kind.get("fields") or ()
    properties: Json = {}
    required: list[str] = []
    for field in fields:
        name = short(str(field["name"]))
        properties[name] = schema_of(field.get("type"), named, depth + 1)
        _describe(properties[name], field)
        if not _nullable(field.get("type"), named):
            required.append(name)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "x-cwl-type": "record",
    }


def _or_null(schema: Json) -> Json:
    """Lets a schema take null as well, without changing the field a form shows for it."""
    word = str(schema["x-cwl-type"])
    schema["x-cwl-type"] = f"{word}?"
    if "oneOf" in schema:
        schema["oneOf"] = [{"const": None, "title": "none"}, *schema["oneOf"]]
    elif isinstance(schema.get("type"), list):
        schema["type"] = [*schema["type"], "null"]
    elif "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "anyOf" in schema:
            schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    return schema


def _describe(schema: Json, words: Mapping[str, Any]) -> None:
    """Adds label, doc, format and secondary files of a parameter, a field or a type."""
    label, doc = text_of(words.get("label")), text_of(words.get("doc"))
    if label:
        schema["title"] = label
    if doc:
        schema["description"] = doc.strip()
    form = words.get("format")
    formats = [str(item) for item in (form if isinstance(form, (list, tuple)) else [form] if form else [])]
    formats = [item for item in formats if not _computed(item)]
    if formats:
        schema["x-cwl-format"] = formats
    beside = words.get("secondaryFiles")
    if beside:
        entries = beside if isinstance(beside, (list, tuple)) else [beside]
        schema["x-cwl-secondaryFiles"] = [_secondary(entry) for entry in entries]
        patterns = ", ".join(
            f"{'(computed)' if _computed(entry['pattern']) else entry['pattern']}"
            f"{'' if entry['required'] is True else ' (if there)'}"
            for entry in schema["x-cwl-secondaryFiles"]
        )
        told = schema.get("description")
        schema["description"] = (
            f"{told}\n\nWith its secondary files: {patterns}"
            if told
            else f"With its secondary files: {patterns}"
        )


def _computed(text: str) -> bool:
    return text.startswith(("$(", "${"))


def _secondary(entry: Any) -> Json:
    if isinstance(entry, Mapping):
        required = entry.get("required")
        return {
            "pattern": str(entry.get("pattern")),
            "required": True if required is None else plain(required, "/"),
        }
    pattern = str(entry)
    return {"pattern": pattern.removesuffix("?"), "required": not pattern.endswith("?")}
