"""Writes a CommandLineTool, and the parameters that give its command again."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ellip_lab.packages.tooling_copies import sidecar_patterns, value_of
from ellip_lab.packages.tooling_outputs import Out
from ellip_lab.packages.tooling_pieces import Piece, Reading
from ellip_lab.packages.tooling_words import Line

_ONLY_NEW = re.compile(r"0o[0-7]+$|[-+]?\.?\d")
"""What YAML 1.2 reads as a number and 1.1 may not."""


class Inline(dict[str, Any]):
    """Is a mapping that is written on one line."""


class InlineList(list[Any]):
    """Is a list that is written on one line."""


def tool_of(
    id: str,  # noqa: A002 - the word of the contract
    said: list[str],
    line: Line,
    reading: Reading,
    outputs: list[Out],
    image: str | None,
    version: str,
    target: Path,
) -> dict[str, Any]:
    """Gives the tool as it is written: keys in the order in which a person reads them."""
    command = said[0].strip() if len(said) == 1 else shlex.join(said)
    tool: dict[str, Any] = {
        "cwlVersion": version,
        "class": "CommandLineTool",
        "id": id,
        "label": reading.name.replace("_", " ") if reading.base[1:] else reading.name,
        "doc": f"Made of the command: {command}",
    }
    requirements = _requirements(line, reading, image, version)
    if requirements:
        tool["requirements"] = requirements
    if reading.base:
        tool["baseCommand"] = reading.base[0] if len(reading.base) == 1 else InlineList(reading.base)
    inputs: dict[str, Any] = {}
    arguments = []
    for position, piece in enumerate(reading.pieces, 1):
        if piece.kind == "fixed":
            arguments.append(Inline(position=position, valueFrom=piece.prefix))
        else:
            inputs[piece.id] = _input(piece, position, target)
    if arguments:
        tool["arguments"] = arguments
    tool["inputs"] = inputs
    tool["outputs"] = {out.id: _output(out, version) for out in outputs}
    stdin = next((piece for piece in reading.pieces if piece.stdin), None)
    if stdin is not None:
        tool["stdin"] = f"$(inputs.{stdin.id}.path)"
    for out in outputs:
        if out.type in ("stdout", "stderr"):
            tool[out.type] = out.glob.replace("$(", "\\$(").replace("${", "\\${")
    return tool


def parameters_of(pieces: list[Piece], target: Path) -> dict[str, Any]:
    """Gives the input object that makes a tool say its command again; what comes with the document is left out."""
    return {
        piece.id: _value(piece, target, "path")
        for piece in pieces
        if piece.kind != "fixed" and not piece.program
    }


def _requirements(line: Line, reading: Reading, image: str | None, version: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if image:
        made["DockerRequirement"] = {"dockerPull": image}
    if line.env:
        made["EnvVarRequirement"] = {"envDef": {name: _literal(value) for name, value in line.env.items()}}
    listing: list[Any] = [
        Inline(entry=f"$(inputs.{piece.id})", writable=True) if piece.changed else f"$(inputs.{piece.id})"
        for piece in reading.pieces
        if piece.staged
    ]
    empty = [
        piece
        for piece in reading.pieces
        if piece.written == "Directory" and piece.existed and value_of(piece) != ["."]
    ]
    for piece in empty:  # a folder that the command expects to be there
        folder = "$({class: 'Directory', listing: []})"
        listing.append({"entryname": f"$(inputs.{piece.id})", "entry": folder, "writable": True})
    if listing:
        made["InitialWorkDirRequirement"] = {"listing": listing}
    if empty:
        made["InlineJavascriptRequirement"] = Inline()
    if reading.remote and version != "v1.0":
        made["NetworkAccess"] = {"networkAccess": True}
    return made


def _input(piece: Piece, position: int, target: Path) -> dict[str, Any]:
    binding: dict[str, Any] = {"position": position}
    if piece.prefix is not None:
        binding["prefix"] = piece.prefix
    if not piece.separate:
        binding["separate"] = False
    made: dict[str, Any] = {"type": _type(piece)}
    if piece.many == "each":
        inner = {key: value for key, value in binding.items() if key != "position"}
        made["type"] = {"type": "array", "items": piece.kind, "inputBinding": Inline(inner)}
        binding = {"position": position}
    elif piece.many == "commas":
        binding["itemSeparator"] = ","
    patterns = sidecar_patterns(piece.places[0]) if piece.kind == "File" and piece.places else []
    if patterns:
        made["secondaryFiles"] = InlineList(patterns)
    if piece.program or not piece.places:
        made["default"] = _value(piece, target, "location")
    if not piece.stdin:
        made["inputBinding"] = Inline(binding)
    return made


def _type(piece: Piece) -> str:
    return f"{piece.kind}[]" if piece.many else piece.kind


def type_of(piece: Piece) -> str:
    """Gives the type of an input, as CWL writes it."""
    return _type(piece)


def _value(piece: Piece, target: Path, key: str) -> Any:
    if piece.kind == "boolean":
        return True
    values: list[Any]
    if piece.places:
        values = []
        for place in piece.places:
            said = os.path.relpath(place, target)
            if said.startswith(".."):
                said = str(place) if key == "path" else place.as_uri()
            elif key == "location":
                said = quote(said)
            values.append(Inline({"class": piece.kind, key: said}))
    else:
        convert = {"int": int, "long": int, "double": float}.get(piece.kind, str)
        values = [convert(word) for word in value_of(piece)]
    return values if piece.many else values[0]


def _output(out: Out, version: str) -> dict[str, Any]:
    if out.type in ("stdout", "stderr"):
        return {"type": out.type}
    made: dict[str, Any] = {"type": out.type, "outputBinding": Inline(glob=out.glob)}
    if out.secondary:
        made["secondaryFiles"] = InlineList(out.secondary)
    return made


def _literal(text: str) -> str:
    """Gives a text that an engine does not take for an expression."""
    return text.replace("$(", "\\$(").replace("${", "\\${")


def as_yaml(value: Any) -> str:
    """Writes a value as YAML, what YAML 1.1 or 1.2 would take for something else in quotes."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes mappings in their order, and those that are marked on one line."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Dumper, word: str) -> yaml.ScalarNode:
        style = (
            '"'
            if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", word)
            else "'"
            if _ONLY_NEW.match(word)
            else None
        )
        return dumper.represent_scalar("tag:yaml.org,2002:str", word, style=style)

    def inline(dumper: Dumper, box: Inline) -> yaml.MappingNode:
        return dumper.represent_mapping("tag:yaml.org,2002:map", box.items(), flow_style=True)

    def inline_list(dumper: Dumper, box: InlineList) -> yaml.SequenceNode:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", box, flow_style=True)

    def number(dumper: Dumper, value: float) -> yaml.ScalarNode:
        return dumper.represent_scalar(
            "tag:yaml.org,2002:float", repr(value) if "." in repr(value) else f"{value:.1e}"
        )

    Dumper.add_representer(str, text)
    Dumper.add_representer(Inline, inline)
    Dumper.add_representer(InlineList, inline_list)
    Dumper.add_representer(float, number)
    return str(yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=4096))
