"""Makes the CommandLineTool of a command: what its words are, what it writes, and how CWL says it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.packages.contract import ToolDraft, ToolPort, ToolRequest
from ellip_lab.packages.tooling_naming import Names
from ellip_lab.packages.tooling_outputs import outputs_of
from ellip_lab.packages.tooling_pieces import Piece, Reading, name_written
from ellip_lab.packages.tooling_reading import recognised
from ellip_lab.packages.tooling_trial import Say, Trial, tried
from ellip_lab.packages.tooling_words import Line, place_of, taken_apart
from ellip_lab.packages.tooling_writing import as_yaml, parameters_of, tool_of, type_of

if TYPE_CHECKING:
    from ellip_lab.containers.contract import ContainerEngine
    from ellip_lab.containers.service import ContainersService

VERSIONS = ("v1.0", "v1.1", "v1.2")


def draft(request: ToolRequest, containers: ContainersService, say: Say = lambda _line: None) -> ToolDraft:
    """Makes the tool of a command; `say` gets what the trial says meanwhile."""
    folder = Path(request.folder).expanduser().absolute()
    if not folder.is_dir():
        raise NotFound(
            f"there is no folder {request.folder}", hint="Name the one the command's paths count from."
        )
    if request.version not in VERSIONS:
        raise Invalid(f"there is no CWL {request.version}", hint=f"Choose {', '.join(VERSIONS)}.")
    if request.image is not None and not re.fullmatch(r"\w[\w./:@+-]*", request.image, re.ASCII):
        raise Invalid(f"{request.image!r} is no name of an image", hint="Name it as osgeo/gdal:3.9.")
    target = Path(request.target).expanduser().absolute() if request.target else folder
    line = taken_apart(request.argv, folder)
    reading = recognised(line.argv, folder)
    if line.stdin is not None:
        _standard_input(line.stdin, reading, folder)
    trial = None
    if request.run:
        engine = _engine(request.image, containers)
        trial, reading = _trial(line, reading, folder, request.limit, engine, say)
    names = Names()
    names.name(reading.pieces)
    id_ = re.sub(r"[^\w.-]+", "_", request.id or reading.name, flags=re.ASCII).strip("_.-") or "tool"
    if not re.match(r"[A-Za-z_]", id_):
        id_ = f"tool_{id_}"
    outputs = outputs_of(reading.pieces, line, trial, names, f"{id_}.txt")
    tool = tool_of(id_, list(request.argv), line, reading, outputs, request.image, request.version, target)
    return ToolDraft(
        id=id_,
        text=as_yaml(tool),
        inputs=tuple(
            ToolPort(id=piece.id, type=type_of(piece), value=_shown(piece), why=piece.why)
            for piece in reading.pieces
            if piece.kind != "fixed"
        ),
        outputs=tuple(ToolPort(id=out.id, type=out.type, value=out.value, why=out.why) for out in outputs),
        parameters=as_yaml(parameters_of(reading.pieces, target)),
        exit_code=trial.exit_code if trial else None,
        problem=trial.problem if trial else None,
        log=trial.log if trial else "",
        files=trial.files if trial else (),
    )


def _standard_input(word: str, reading: Reading, folder: Path) -> None:
    place = place_of(word, folder)
    if not place.is_file():
        raise NotFound(f"{word} does not exist", hint="It is what the command reads from standard input.")
    reading.pieces.append(Piece("File", [word], "standard input", places=[place], stdin=True))


def _engine(image: str | None, containers: ContainersService) -> tuple[ContainerEngine, str] | None:
    from ellip_lab.containers.contract import EngineKind

    if image is None:
        return None
    engine = containers.find()
    if engine.kind is EngineKind.NONE or not engine.works:
        raise Unavailable(engine.problem or "no container engine works here", hint=engine.hint)
    return engine, image


def _trial(
    line: Line,
    reading: Reading,
    folder: Path,
    limit: float,
    image: tuple[ContainerEngine, str] | None,
    say: Say,
) -> tuple[Trial, Reading]:
    """Tries a command; an input that it has written to may be a file of the last time: then it is tried without it."""
    first = tried(line, reading, folder, limit, image, say)
    index = [
        number
        for number, piece in enumerate(reading.pieces)
        if any(piece is one for one in first.changed)
        and piece.kind == "File"
        and not piece.many
        and not piece.program
    ]
    beside = any(
        piece is one for number in index for one, _, _ in first.beside for piece in [reading.pieces[number]]
    )
    if not index or beside or first.problem:
        return first, reading
    other = copy.deepcopy(reading)
    for number in index:
        name_written(other.pieces[number], "it was written, though it was there already")
    second = tried(line, other, folder, limit, image, say)
    return (first, reading) if second.problem or second.changed else (second, other)


def _shown(piece: Piece) -> str | None:
    return None if piece.kind == "boolean" else ", ".join(piece.words)
