"""Inputs said in words: `--name value` and `name=value`, typed by the form of the document.

The command line and the magics both stand on this.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ellip_lab.contract import JsonObject
from ellip_lab.cwl.contract import Form
from ellip_lab.errors import Invalid, Problem

MISSING = object()
"""Stands for a text that is not a value of a type."""
FLAGS = {"true": True, "false": False, "yes": True, "no": False}


class Said(NamedTuple):
    """Is one input as it was said."""

    name: str
    value: str | None
    """None for a name without a value: a flag."""


class Words(NamedTuple):
    """Is what stands after the options of a run."""

    document: str
    parameters: str | None
    said: tuple[Said, ...]


def read_words(words: Sequence[str]) -> Words:
    """Splits `DOC[#id] [PARAMS] [--name value | --name=value | --flag]...` into its parts.

    `Invalid` when an option stands where the document belongs, or a third plain word follows.
    """
    if not words:
        raise Invalid("no document named", hint="ellip run DOC[#id] [PARAMS] [--<input> VALUE ...]")
    if is_name(words[0]):
        raise Invalid(
            f"no such option: {words[0]}", hint="Inputs of the document stand after it. See: ellip run --help"
        )
    plain: list[str] = []
    said: list[Said] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if not is_name(word):
            plain.append(word)
        elif "=" in word:
            name, _, value = word[2:].partition("=")
            said.append(Said(name, value))
        elif position < len(words) and not is_name(words[position]):
            said.append(Said(word[2:], words[position]))
            position += 1
        else:
            said.append(Said(word[2:], None))
    if len(plain) > 2:
        raise Invalid(
            f"{plain[2]}: one document and one parameters file at the most",
            hint="An array is said by repeating its input: --name one --name two",
        )
    return Words(plain[0], plain[1] if len(plain) == 2 else None, tuple(said))


def is_name(word: str) -> bool:
    """Tells whether a word names an input (`--aoi`), rather than being a value or a path."""
    return word.startswith("--") and len(word) > 2


def read_pairs(pairs: Iterable[str]) -> tuple[Said, ...]:
    """Splits `name=value` words; `Invalid` for one without `=`."""
    said = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Invalid(f"{pair!r} is not an input", hint="Say it as NAME=VALUE.")
        said.append(Said(name, value))
    return tuple(said)


def typed(form: Form, said: Iterable[Said], base: Path) -> JsonObject:
    """Gives the input object of what was said, each value in the type its input has.

    Paths count from `base`. An array input takes every repetition, or one JSON array. A value that
    starts with `{` or `[` is JSON where the type is not text.

    Raises
    ------
    Invalid
        With a problem for each name the document does not have, each value that is not of its type, and each
        repetition of what is not an array.

    """
    properties: dict[str, Any] = form.json_schema.get("properties", {})
    found: JsonObject = {}
    problems: list[Problem] = []
    for name, value in said:
        if name not in properties:
            problems.append(unknown(name, properties))
            continue
        kinds = list(alternatives(properties[name]))
        read = read_value(kinds, value, base)
        if read is MISSING:
            wanted = " or ".join(dict.fromkeys(described(kind) for kind in kinds))
            shown = "nothing" if value is None else repr(value)
            problems.append(Problem(message=f"{shown} is not {wanted}", field=name))
        elif name not in found:
            found[name] = read
        elif isinstance(found[name], list) and isinstance(read, list):
            found[name] = [*found[name], *read]
        else:
            problems.append(
                Problem(
                    message="said more than once, and it is not an array", field=name, hint="Say it once."
                )
            )
    if problems:
        count = "an input is" if len(problems) == 1 else f"{len(problems)} inputs are"
        raise Invalid(
            f"{count} wrong", problems=problems, hint=f"ellip form {form.path} shows what it asks for."
        )
    return found


def unknown(name: str, properties: JsonObject) -> Problem:
    """Says that the document has no such input, and which one may be meant."""
    near = difflib.get_close_matches(name, properties, n=1)
    known = f"It has {', '.join(properties)}." if properties else "It has no inputs."
    return Problem(
        message="the document has no such input",
        field=name,
        hint=f"Did you mean {near[0]}?" if near else known,
    )


def alternatives(schema: JsonObject) -> Iterator[JsonObject]:
    """Gives each type an input can have, as a schema with one type, `null` left out."""
    if str(schema.get("x-cwl-type", "")).rstrip("?") == "Any":
        yield {"type": None}
        return
    if str(schema.get("format", "")).startswith("cwl-"):
        yield {**schema, "type": "object"}
        return
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices and all("const" in choice for choice in choices):
        yield {"enum": [choice["const"] for choice in choices if choice["const"] is not None]}
        return
    if choices:
        for choice in choices:
            yield from alternatives(choice)
        return
    kinds = schema.get("type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind != "null":
            yield {**schema, "type": kind}


ORDER = ("enum", "boolean", "integer", "number", "file", "array", "object", None, "string")
"""Text is tried last: every word is one."""


def rank(schema: JsonObject) -> int:
    """Gives the place of a type in the order of trying."""
    if "enum" in schema:
        return 0
    if str(schema.get("format", "")).startswith("cwl-"):
        return ORDER.index("file")
    kind = schema.get("type")
    return ORDER.index(kind) if kind in ORDER else ORDER.index(None)


def described(schema: JsonObject) -> str:
    """Gives a type in words, for an error."""
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    shape = str(schema.get("format", ""))
    if shape == "cwl-file":
        return "the path of a file"
    if shape == "cwl-directory":
        return "the path of a directory"
    return {
        "boolean": "true or false",
        "integer": "a whole number",
        "number": "a number",
        "array": "an item of the array, or a JSON array",
        "object": "a JSON object",
        "string": "text",
    }.get(str(schema.get("type")), "a JSON value")


def read_value(kinds: Sequence[JsonObject], text: str | None, base: Path) -> Any:
    """Gives the value that a text is in the first of the types it fits; `MISSING` when in none."""
    for kind in sorted(kinds, key=rank):
        read = read_as(kind, text, base)
        if read is not MISSING:
            return read
    return MISSING


def read_as(schema: JsonObject, text: str | None, base: Path) -> Any:
    """Gives the value that a text is in one type, or `MISSING`."""
    kind = schema.get("type")
    if text is None:
        return True if kind == "boolean" else MISSING
    if "enum" in schema:
        return next((choice for choice in schema["enum"] if str(choice) == text), MISSING)
    shape = str(schema.get("format", ""))
    if shape in ("cwl-file", "cwl-directory"):
        return placed(text, "File" if shape == "cwl-file" else "Directory", base)
    match kind:
        case "boolean":
            return FLAGS.get(text.lower(), MISSING)
        case "integer":
            return number(text, int)
        case "number":
            return number(text, float)
        case "string":
            return text
        case "array":
            whole = parsed(text)
            if isinstance(whole, list):
                return whole
            items = list(alternatives(schema.get("items", {})))
            item = read_value(items, text, base)
            return MISSING if item is MISSING else [item]
        case "object":
            whole = parsed(text)
            return whole if isinstance(whole, dict) else MISSING
    whole = parsed(text)
    return text if whole is MISSING else whole


def number(text: str, kind: type[int] | type[float]) -> Any:
    """Gives a finite number, or `MISSING`."""
    try:
        value = kind(text)
    except ValueError:
        return MISSING
    return value if kind is int or value - value == 0 else MISSING


def placed(text: str, kind: str, base: Path) -> Any:
    """Gives a File or Directory from a path, a URL or its JSON object."""
    if text.startswith("{"):
        whole = parsed(text)
        return whole if isinstance(whole, dict) else MISSING
    if "://" in text:
        return {"class": kind, "location": text}
    return {"class": kind, "path": str(base / Path(text).expanduser())} if text else MISSING


def parsed(text: str) -> Any:
    """Gives what a JSON text holds, or `MISSING`."""
    try:
        return json.loads(text)
    except ValueError:
        return MISSING
