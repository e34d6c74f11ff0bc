"""Reading a parameters file: the CWL input object, in YAML or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Invalid, NotFound, Problem

if TYPE_CHECKING:
    from ellip_lab.cwl.reading import Finding

TOOL = "cwl:tool"
"""The key that makes a parameters file name its document (CWL, "Executing CWL documents as scripts")."""


class Parameters(NamedTuple):
    """Is what a parameters file holds."""

    inputs: JsonObject
    tool: str | None
    """The document it names by `cwl:tool`, relative to the file, or None."""


def names_its_document(path: Path) -> bool:
    """Tells whether a file is a parameters file with `cwl:tool`, without parsing what is not."""
    try:
        with path.open("rb") as stream:
            return TOOL.encode() in stream.read(1_048_576)
    except OSError:
        return False


def read_parameters(path: Path) -> Parameters:
    """Reads a parameters file.

    Raises
    ------
    NotFound
        There is no such file.
    Invalid
        It is not YAML or JSON, not a mapping, or holds aliases that multiply; with line and column.

    """
    from ellip_lab.cwl.reading import RefusedError, read

    if not path.exists():
        raise NotFound(
            f"the parameters file {path} does not exist",
            hint="ellip template DOC > params.yml writes one to fill in.",
        )
    try:
        if path.is_file() and path.stat().st_size == 0:
            return Parameters({}, None)  # every input has a default: an empty file says just that
        text = read(path)
    except RefusedError as refusal:
        raise _unreadable(path, refusal.finding) from None
    return parse_parameters(text, path)


def parse_parameters(text: str, path: Path) -> Parameters:
    """Gives the input object that a text holds; `path` is where it comes from, for the errors."""
    from ellip_lab.cwl.reading import RefusedError, refuse_too_many_nodes

    try:
        refuse_too_many_nodes(text, path)
    except RefusedError as refusal:
        raise _unreadable(path, refusal.finding) from None
    try:
        value = json.loads(text)
    except ValueError:
        value = parse_yaml(text, path)
    if value is None:
        value = {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Invalid(
            f"{path.name} is not a parameters file: it must be a mapping of input names to values",
            hint="One input a line: `name: value`.",
        )
    tool = value.pop(TOOL, None)
    if tool is not None and not isinstance(tool, str):
        raise Invalid(f"{path.name}: {TOOL} must be the path of a document", hint=f"{TOOL}: document.cwl")
    return Parameters(value, tool)


def parse_yaml(text: str, path: Path) -> Any:
    """Parses YAML 1.2 as the engine does: dates stay text, `yes` and `no` stay words."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    class WithoutDates(SafeConstructor):
        """Builds what the text says, and no dates of it."""

    WithoutDates.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)
    loader = YAML(typ="safe", pure=True)
    loader.Constructor = WithoutDates
    try:
        return loader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Invalid(
            f"{path.name} is not YAML",
            problems=[
                Problem(
                    message=error.problem or "cannot be parsed",
                    file=str(path),
                    line=mark.line + 1 if mark else None,
                    column=mark.column + 1 if mark else None,
                )
            ],
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Invalid(f"{path.name} is not YAML: {message}") from None


def _unreadable(path: Path, finding: Finding) -> Invalid:
    """Gives the error for a file that cannot be read, in the words of parameters, not of documents."""
    message = finding["message"].replace("a CWL document", "a parameters file")
    problem = Problem.model_validate({**finding, "message": message, "hint": None})
    return Invalid(f"{path.name} is not a parameters file", problems=[problem])


def anchored(value: Any, base: Path) -> Any:
    """Gives an input object whose relative File and Directory paths no longer depend on where they count from."""
    if isinstance(value, list):
        return [anchored(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: anchored(item, base) for key, item in value.items()}
    if made.get("class") in ("File", "Directory"):
        for key in ("path", "location"):
            place = made.get(key)
            if isinstance(place, str) and "://" not in place and not place.startswith("_:"):
                made[key] = str(base / place)
    return made
