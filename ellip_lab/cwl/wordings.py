"""The sentences: what schema-salad and cwltool say, and what is said instead, with a hint."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from urllib.parse import unquote, urlsplit

CLASSES = ("CommandLineTool", "Workflow", "ExpressionTool", "Operation")
TYPES = ("null", "boolean", "int", "long", "float", "double", "string", "File", "Directory", "Any", "stdin",
         "stdout", "stderr", "record", "enum", "array")  # fmt: skip
REQUIREMENTS = (
    "DockerRequirement", "EnvVarRequirement", "InitialWorkDirRequirement", "InlineJavascriptRequirement",
    "InplaceUpdateRequirement", "LoadListingRequirement", "MultipleInputFeatureRequirement", "NetworkAccess",
    "ResourceRequirement", "ScatterFeatureRequirement", "SchemaDefRequirement", "ShellCommandRequirement",
    "SoftwareRequirement", "StepInputExpressionRequirement", "SubworkflowFeatureRequirement", "ToolTimeLimit",
    "WorkReuse",
)  # fmt: skip
_QUOTED = re.compile(r"'([^']*)'")


def worded(raw: str) -> tuple[str, str | None] | None:
    """Gives the sentence and the hint for a message of the loaders; None for one that says it well itself."""
    for pattern, word in _WORDINGS:
        match = pattern.search(raw)
        if match:
            return word(match)
    return None


def _meant(word: str, choices: Sequence[str], otherwise: str | None = None) -> str | None:
    close = get_close_matches(word, choices, n=1, cutoff=0.6) or [
        choice for choice in choices if choice.lower() == word.lower()
    ]
    return f"Did you mean `{close[0]}`?" if close else otherwise


def _undefined_reference(match: re.Match[str]) -> tuple[str, str | None]:
    field, target = match["field"], match["target"]
    parts = urlsplit(target)
    path = unquote(parts.path)
    last = parts.fragment or path.rsplit("/", 1)[-1]
    if field == "run":
        if parts.scheme in ("http", "https"):
            return (
                f"the step runs {target}, which is not on this machine",
                "A local document is not completed from the network: download the file and name the copy in `run`.",
            )
        if parts.fragment and os.path.exists(path):  # noqa: PTH110
            name = path.rsplit("/", 1)[-1]
            return f"the step runs `#{last}`, but {name} has no process `{last}`", "Add it, or mend `run`."
        return f"the step runs {last}, which does not exist", f"Create {path}, or mend the path in `run`."
    if field == "class":
        known = (*CLASSES, *REQUIREMENTS, "File", "Directory")
        return f"`{last}` is not a class CWL knows", None if last in known else _meant(last, known)
    return f"`{field}` refers to `{last}`, which does not exist", None


def _unknown_identifier(match: re.Match[str]) -> tuple[str, str | None]:
    field, name = match["field"], match["name"]
    if field in ("type", "items"):
        return f"`{name}` is not a type", _meant(name.removesuffix("?").removesuffix("[]"), TYPES,
            "CWL's types are string, int, long, float, double, boolean, File, Directory, enum, record, array and Any.")  # fmt: skip
    if field in ("source", "outputSource"):
        return (
            f"`{field}` names `{name}`, which is neither an input of the workflow nor an output of a step",
            "Write the id of an input, or `step/output`.",
        )
    if field == "scatter":
        return f"the step scatters over `{name}`, which is not one of its inputs", "Name an input of `in`."
    return f"`{field}` names `{name}`, which is not in this document", None


def _invalid_field(match: re.Match[str]) -> tuple[str, str | None]:
    fields = _QUOTED.findall(match["choices"])
    return f"`{match['name']}` is not a field here", _meant(
        match["name"], fields, f"Fields here: {', '.join(fields)}." if fields else None
    )


def _expected(match: re.Match[str]) -> tuple[str, str | None]:
    kinds = {"CommentedSeq": "a list", "CommentedMap": "a mapping", "str": "text", "int": "a number",
             "ScalarFloat": "a number", "float": "a number", "bool": "true or false", "NoneType": "nothing"}  # fmt: skip
    got = kinds.get(match["got"], match["got"])
    expected = match["expected"].replace("null or ", "").replace("<", "").replace(">", "")
    return f"this is {got}; expected {expected}", None


def _link(match: re.Match[str]) -> tuple[str, str | None]:
    return (
        f"`{match['source']}` is {_type(match['from'])}, but goes to `{match['sink']}`, which is {_type(match['to'])}",
        "The step may be skipped, which gives null: use `pickValue`, or make the input optional."
        if "conditional step" in match.string
        else "Make the two types agree, or convert the value with `valueFrom`.",
    )


def _type(text: str) -> str:
    """Words a type as an author writes it, of the JSON in cwltool's messages."""
    try:
        kind, _ = json.JSONDecoder().raw_decode(text.strip())
    except ValueError:
        return text.strip()
    if isinstance(kind, list) and len(kind) == 2 and "null" in kind:
        rest = kind[1 - kind.index("null")]
        return f"{_type(json.dumps(rest))}?"
    if isinstance(kind, list):
        return " | ".join(_type(json.dumps(item)) for item in kind)
    if isinstance(kind, dict):
        return f"{_type(json.dumps(kind['items']))}[]" if "items" in kind else str(kind.get("type"))
    return str(kind).rsplit("#", 1)[-1]


def _jshint(match: re.Match[str]) -> tuple[str, str | None]:
    reason = match["reason"].strip().rstrip(".")
    hint = "CWL's expressions are ECMAScript 5.1." if match["code"] in ("W119", "W104") else None
    return f"JavaScript: {reason}", hint


def _circular(match: re.Match[str]) -> tuple[str, str | None]:
    steps = sorted(name.rsplit("#", 1)[-1] for name in _QUOTED.findall(match["steps"]))
    return f"the steps {' and '.join(steps)} wait for one another", "Cut one of the links between them."


def _said(message: str, hint: str | None = None) -> Callable[[re.Match[str]], tuple[str, str | None]]:
    return lambda match: (match.expand(message), hint)


_WORDINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str | None]]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), word)
    for pattern, word in (
        (r"Field '(?P<field>[^']*)' contains undefined reference to '(?P<target>[^']*)'", _undefined_reference),
        (r"Field '(?P<field>[^']*)' references unknown identifier '(?P<name>[^']*)'", _unknown_identifier),
        (r"invalid field '(?P<name>[^']*)', expected one of:(?P<choices>.*)", _invalid_field),
        (r"missing required field '([^']*)'", _said(r"the field `\1` is missing")),
        (r"value is an? (?P<got>\w+), expected (?P<expected>.*)", _expected),
        (r"value is not valid, expected (.*)", _said(r"this value is not valid; expected \1")),
        (r"No cwlVersion found", _said("there is no `cwlVersion`: this is not a CWL document",
            "A document starts with `cwlVersion: v1.2` and `class: CommandLineTool` or `Workflow`.")),
        (r"no longer supports pre CWL v1.0", _said("this `cwlVersion` is not supported", "Use v1.0, v1.1 or v1.2.")),
        (r"Version '([^']*)' is a development", _said(r"\1 is a development version of CWL", "Use v1.2.")),
        (r"found duplicate key \"([^\"]*)\"", _said(r"the key `\1` stands here a second time", "Keep one of them.")),
        (r"workflow_?jobj must be a dict", _said("the document is not a mapping", "A document starts with `cwlVersion: v1.2`.")),
        (r"Workflow step output '([^']*)' does not correspond to\s+tool output \(expected '(.*)'\)",
            _said(r"the step has no output `\1`; its tool gives `\2`", "Name an output of the tool in `out`.")),
        (r"Step is missing required parameters? '(.*)'$",
            _said(r"the step gives no value to `\1`, which its tool needs", "Add it to `in`, or give the tool's input a default.")),
        (r"'([^']*)' is not an input parameter of (\S+), expected (.*)",
            _said(r"the tool of this step has no input `\1`; it has \3")),
        (r"Source '(?P<source>[^']*)' of type (?P<from>.*?) (?:is|may be) incompatible\s+with sink '(?P<sink>[^']*)' of type (?P<to>.*)", _link),
        (r"object id '([^']*)' previously defined", lambda match: (
            f"`{re.split('[/#]', match[1])[-1]}` names two things of one process (an input and an output?)", "Rename one of them.")),
        (r"'\$import' must be the only field", _said("`$import` cannot stand in for one entry of a mapping",
            "Write the inputs as a list (`- $import: file`), or import all of them.")),
        (r"circular dependency:(?P<steps>.*)", _circular),
        (r"contains scatter but ScatterFeatureRequirement", _said("the workflow scatters without saying so",
            "Add `ScatterFeatureRequirement: {}` to its `requirements`.")),
        (r"contains embedded workflow but", _said("the workflow has a sub-workflow without saying so",
            "Add `SubworkflowFeatureRequirement: {}` to its `requirements`.")),
        (r"contains multiple inbound links .* but MultipleInputFeatureRequirement", _said("an input has several sources",
            "Add `MultipleInputFeatureRequirement: {}` to the workflow's `requirements`.")),
        (r"\"outputs\" section is not valid", _said("`outputs` is missing or not valid", "A process without outputs says `outputs: []`.")),
        (r"JSHINT: (?P<code>[WEI]\d+): (?P<reason>.*)$", _jshint),
        (r"Type property '[^']*?([^'./#]+)' not a valid Avro schema", _said(r"the loader cannot make a type of `\1`",
            "Is everything that it names defined before it?")),
        (r"Unsupported requirement (\S+)", _said(r"`\1` is not a requirement cwltool can meet", "Move it to `hints`, or remove it.")),
        (r"\[Errno 2\] No such file or directory: '([^']*/)?([^'/]*)'", _said(r"\2 does not exist", "Create it, or mend the path.")),
        (r"Error fetching (\S+): .*", _said(r"\1 cannot be fetched", "Look at the address and the network.")),
        (r"expected '<document start>', but found|could not find expected|did not find expected|mapping values are not allowed"
            r"|expected .* but (?:got|found)|found (?:character|undefined|unexpected|unknown)|found a tab", lambda match: (f"YAML: {match.string}", None)),
    )
)  # fmt: skip
