"""Inputs held against a form: one readable problem a fault, with the path of the field it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.contract import JsonObject
from ellip_lab.cwl.contract import Form
from ellip_lab.errors import Problem

_WORDS = {"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
          "boolean": "true or false", "null": "nothing"}  # fmt: skip
_MOST = 50


def faults_of(form: Form, inputs: JsonObject, base: Path) -> list[Problem]:
    """Gives what is wrong with an input object; empty when it can be run.

    `base` is the folder relative paths count from. Local files and folders must be there; what other
    schemes (http, s3) name is not looked at. Keys with a prefix (`cwl:requirements`, `$schemas`) belong to
    the runner and are left alone.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    given = {
        key: value
        for key, value in inputs.items()
        if ":" not in key and not key.startswith("$") and key != "id"
    }
    # CWL's `int` does not take 1.0, JSON Schema's `integer` does.
    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    validator = extend(Draft202012Validator, type_checker=checker)(form.json_schema)
    # An input with a default takes null, which stands for the default.
    absent = {key for key in form.defaults if key in given and given[key] is None}
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for error in validator.iter_errors({key: value for key, value in given.items() if key not in absent}):
        for problem in _problems(error, form):
            key = (problem.field or "", problem.message)
            if key not in seen:
                seen.add(key)
                problems.append(problem)
    wrong = {(problem.field or "").split(".")[0].split("[")[0] for problem in problems}
    for name, value in given.items():
        if name not in wrong:
            problems.extend(_missing(value, name, base))
    return problems[:_MOST]


def _problems(error: Any, form: Form) -> Iterator[Problem]:
    """Words one error of jsonschema; a failed union is followed into the option the value was meant for."""
    place = list(error.absolute_path)
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for name in error.instance:
            if name not in known:
                close = get_close_matches(str(name), known, n=1)
                what = "input" if not place else "field"
                hint = (
                    f"Did you mean `{close[0]}`?"
                    if close
                    else f"The {what}s are: {', '.join(known)}."
                    if known
                    else f"There are no {what}s."
                )
                yield Problem(message=f"there is no such {what}", field=_path([*place, name]), hint=hint)
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                if name == "class" and str(error.schema.get("format", "")).startswith("cwl-"):
                    yield _not_a(error.schema, error.instance, place)
                    return
                wanted = error.schema.get("properties", {}).get(name, {})
                yield Problem(
                    message="a value is missing",
                    field=_path([*place, name]),
                    hint=_give(wanted),
                )
        return
    if error.validator in ("anyOf", "oneOf") and "type" not in error.schema:
        options = error.schema.get("oneOf") if error.validator == "oneOf" else None
        if options is not None:
            words = [option["const"] for option in options if option.get("const") is not None]
            close = get_close_matches(str(error.instance), [str(word) for word in words], n=1)
            yield Problem(
                message=f"{_shown(error.instance)} is not one of {', '.join(map(str, words))}",
                field=_path(place),
                hint=f"Did you mean `{close[0]}`?" if close else None,
            )
            return
        # The option whose own type takes the value is the one meant: say what is wrong inside it.
        by_option: dict[int, list[Any]] = {}
        for inner in error.context:
            by_option.setdefault(inner.schema_path[0], []).append(inner)
        meant = [found for found in by_option.values() if not any(_outer(inner) for inner in found)]
        if len(meant) == 1:
            for inner in meant[0]:
                yield from _problems(inner, form)
            return
        yield Problem(
            message=f"{_shown(error.instance)} is none of {error.schema.get('x-cwl-type', 'the types')}",
            field=_path(place),
        )
        return
    if error.validator == "anyOf":
        word = "folder" if error.schema.get("format") == "cwl-directory" else "file"
        yield Problem(
            message=f"the {word} has neither path nor location", field=_path(place), hint="Add `path`."
        )
        return
    if error.validator == "const" and place and place[-1] == "class":
        yield Problem(
            message=f"this must be a {error.validator_value}, not a {error.instance}",
            field=_path(place[:-1]),
            hint=f"Give `class: {error.validator_value}` and a path to one.",
        )
        return
    if error.validator == "type":
        if str(error.schema.get("format", "")).startswith("cwl-"):
            yield _not_a(error.schema, error.instance, place)
            return
        yield Problem(
            message=f"{_shown(error.instance)} is not {_wanted(error.schema)}",
            field=_path(place),
            hint=_type_hint(error),
        )
        return
    if error.validator in ("minimum", "maximum"):
        yield Problem(
            message=f"{_shown(error.instance)} does not fit {error.schema.get('x-cwl-type', 'the type')}",
            field=_path(place),
        )
        return
    yield Problem(message=str(error.message)[:300], field=_path(place))


def _outer(error: Any) -> bool:
    """Tells whether an error is about the value itself (its type, its class), not about something inside it."""
    if error.validator in ("type", "oneOf", "anyOf"):
        return len(error.relative_path) == 0
    return (error.validator == "const" and list(error.relative_path) == ["class"]) or (
        error.validator == "required" and "class" in error.validator_value and "class" not in error.instance
    )


def _not_a(schema: JsonObject, value: Any, place: Sequence[Any]) -> Problem:
    word = "Directory" if schema["format"] == "cwl-directory" else "File"
    path = value if isinstance(value, str) else f"path/to/{'folder' if word == 'Directory' else 'file'}"
    return Problem(
        message=f"{_shown(value)} is not a {word}",
        field=_path(place),
        hint=f"Write {{class: {word}, path: {path}}}.",
    )


def _missing(value: Any, field: str, base: Path) -> Iterator[Problem]:
    """Finds the files and folders below a value that are not there, or are the other of the two."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(item, f"{field}[{index}]", base)
        return
    if not isinstance(value, dict):
        return
    word = value.get("class")
    if word not in ("File", "Directory"):
        for key, item in value.items():
            yield from _missing(item, f"{field}.{key}", base)
        return
    given = value.get("path") or value.get("location")
    if given is None:
        return
    path = _local(str(given), base)
    if path is not None:
        try:
            found = path.exists()
            right = path.is_dir() if word == "Directory" else path.is_file() or (found and not path.is_dir())
        except OSError as error:
            yield Problem(message=f"{given} cannot be looked at: {error.strerror}", field=field)
            return
        if not found:
            beside = path.parent.is_dir() and get_close_matches(
                path.name, [item.name for item in path.parent.iterdir()], n=1
            )
            yield Problem(
                message=f"{given} does not exist",
                field=field,
                hint=f"Did you mean {beside[0]}?" if beside else f"Looked for {path}.",
            )
        elif not right:
            other = "a folder" if word == "File" else "a file"
            yield Problem(message=f"{given} is {other}, not a {word}", field=field)
    for key in ("secondaryFiles", "listing"):
        entries = value.get(key)
        if isinstance(entries, list):
            for index, item in enumerate(entries):
                yield from _missing(item, f"{field}.{key}[{index}]", base)


def _local(place: str, base: Path) -> Path | None:
    parts = urlsplit(place)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    if parts.scheme and "://" in place:
        return None
    # A path may hold `#`; a location is a URI reference, in which cwltool cuts a fragment off only with a scheme.
    return base / place


def _path(place: Sequence[Any]) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value if len(value) < 60 else value[:57] + '…'}”"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, dict):
        word = value.get("class")
        return f"a {word}" if word in ("File", "Directory") else "a mapping"
    return "a list" if isinstance(value, list) else str(value)


def _wanted(schema: JsonObject) -> str:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        kinds = [kind for kind in kinds if kind != "null"]
        return " or ".join(_WORDS[kind] for kind in kinds)
    return _WORDS.get(str(kinds), "of the right type")


def _type_hint(error: Any) -> str | None:
    word = error.schema.get("x-cwl-type")
    if isinstance(error.instance, str) and str(word).removesuffix("?") in (
        "int",
        "long",
        "float",
        "double",
        "boolean",
    ):
        return "Write it without quotes."
    if str(word).removesuffix("?").endswith("[]") and not isinstance(error.instance, list):
        return f"The type is {word}: write a list."
    return f"The type is {word}." if word else None


def _give(schema: JsonObject) -> str | None:
    word = schema.get("x-cwl-type")
    return f"Give a value of type {word}." if word else None
