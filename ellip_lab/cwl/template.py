"""A parameters file to fill in: every input with its type, its doc and what it may be, as comments."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from ellip_lab.contract import JsonObject
from ellip_lab.cwl.contract import Form

_WIDTH = 100
_ONLY_NEW = re.compile(r"0o[0-7]+$|[-+]?\.?\d")
"""What YAML 1.2 reads as a number and 1.1 may not."""


def template_of(form: Form) -> str:
    """Gives the YAML of a form: inputs that must be given with a placeholder, the others commented out or at
    their default.

    The text is valid YAML, and a valid input object as soon as the placeholders are replaced.
    """  # fmt: skip
    name = form.entry.label or form.entry.id or "this document"
    lines = [f"# The inputs of {' '.join(name.split())}."]
    if form.entry.doc:
        lines += _comment(form.entry.doc)
    properties: JsonObject = form.json_schema.get("properties", {})
    required = set(form.json_schema.get("required", ()))
    if not properties:
        return "\n".join([*lines, "# There are none.", "{}", ""])
    if not required and not form.defaults:
        # All lines below are comments: say explicitly that the object is empty.
        lines += ["# All inputs are optional: replace {} by the ones to give.", "{}"]
    for key, schema in properties.items():
        lines.append("")
        lines += _comment(_words(schema, key in required))
        if key in form.defaults:
            lines += _yaml({key: form.defaults[key]})
        elif key in required:
            lines += _yaml({key: example_of(schema)})
        else:
            lines += [f"# {line}" for line in _yaml({key: example_of(schema)})]
    return "\n".join([*lines, ""])


def example_of(schema: JsonObject) -> Any:
    """Gives a placeholder of the right type for a schema."""
    if "default" in schema:
        return schema["default"]
    if "oneOf" in schema:
        return next(option["const"] for option in schema["oneOf"] if option["const"] is not None)
    if "anyOf" in schema and "type" not in schema:
        return example_of(schema["anyOf"][0])
    kinds = schema.get("type")
    kind = next((item for item in kinds if item != "null"), "null") if isinstance(kinds, list) else kinds
    form = schema.get("format")
    if form == "cwl-file":
        return {"class": "File", "path": "path/to/file"}
    if form == "cwl-directory":
        return {"class": "Directory", "path": "path/to/folder"}
    if kind == "object":
        properties: JsonObject = schema.get("properties", {})
        return {key: example_of(inner) for key, inner in properties.items()}
    if kind == "array":
        return [example_of(schema.get("items", {}))]
    return {"integer": 0, "number": 0.0, "boolean": False, "string": "a string"}.get(str(kind))


def _words(schema: JsonObject, required: bool) -> str:
    kind = str(schema.get("x-cwl-type", "Any"))
    if "oneOf" in schema:
        options = [str(option["const"]) for option in schema["oneOf"] if option["const"] is not None]
        kind = f"one of {', '.join(options)}"
    parts = [str(schema["title"])] if schema.get("title") else []
    need = "required" if required else "has a default" if "default" in schema else "optional"
    parts.append(f"({kind}; {need})")
    text = " ".join(parts)
    if schema.get("x-cwl-format"):
        text += f"\nFormat: {', '.join(schema['x-cwl-format'])}"
    if schema.get("description"):
        text += f"\n{schema['description']}"
    return text


def _comment(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.strip().splitlines():
        lines += [f"# {line}" for line in textwrap.wrap(paragraph, _WIDTH)] or ["#"]
    return lines


def _yaml(value: JsonObject) -> list[str]:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes what YAML 1.1 or 1.2 would take for something other than text (`yes`, `0o10`)."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Dumper, word: str) -> yaml.ScalarNode:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:str",
            word,
            style="|" if "\n" in word else "'" if _ONLY_NEW.match(word) else None,
        )

    Dumper.add_representer(str, text)
    plain = json.loads(json.dumps(value))
    return (
        yaml.dump(plain, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=4096)
        .rstrip("\n")
        .splitlines()
    )
