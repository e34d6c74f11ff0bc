"""Gives a tool its outputs: by what a trial has written, or, where there was none, by what the arguments say."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePath

from ellip_lab.packages.tooling_copies import written_name
from ellip_lab.packages.tooling_naming import Names
from ellip_lab.packages.tooling_pieces import Piece
from ellip_lab.packages.tooling_trial import Trial
from ellip_lab.packages.tooling_words import Line

FEW = 4
"""Fewer files than this, whose names have nothing in common but their ending, are outputs of their own."""


@dataclass
class Out:
    """Is an output of a tool."""

    id: str
    type: str
    """`File`, `Directory`, `File[]`, `Directory[]`, `stdout`, `stderr`."""
    glob: str
    value: str
    why: str
    secondary: list[str] = field(default_factory=list)


def outputs_of(pieces: list[Piece], line: Line, trial: Trial | None, names: Names, printed: str) -> list[Out]:
    """Gives the outputs; `printed` names the file that takes what the command prints, where that is an output."""
    if trial is not None and trial.problem is None:
        made = _appeared(pieces, line, trial, names)
        prints = trial.printed
    else:
        made = [
            Out(
                names.output(piece),
                piece.written,
                f"$(inputs.{piece.id})",
                written_name(piece.words[0]),
                piece.why,
            )
            for piece in pieces
            if piece.written
        ]
        prints = True
    for stream, target in (("stdout", line.stdout), ("stderr", line.stderr)):
        if target:
            name = written_name(target)
            made.append(Out(names.new(PurePath(name).stem), stream, name, name, f"where {stream} goes"))
    if not made and prints:
        line.stdout = printed
        why = (
            "what it prints"
            if trial is not None and trial.problem is None
            else "nothing else that it writes is named"
        )
        made.append(Out(names.new("output"), "stdout", printed, printed, why))
    return made


def _appeared(pieces: list[Piece], line: Line, trial: Trial, names: Names) -> list[Out]:
    """Gives the outputs that a trial has written, bound to the arguments that name them."""
    left = dict(trial.appeared)
    made: list[Out] = []
    for piece in pieces:
        value = written_name(piece.words[0]) if piece.written else piece.words[0] if piece.words else ""
        if piece.kind == "string" and len(piece.words) == 1 and value in left and not piece.many:
            kind = "Directory" if left.pop(value) else "File"
            if not piece.written:
                piece.written = kind
                names.renamed(piece)
            piece.written = kind
            made.append(Out(names.output(piece), kind, f"$(inputs.{piece.id})", value, "it was written"))
            if kind == "File":
                _with_secondary(made[-1], left)
    for piece in pieces:
        beginning = piece.kind == "string" and len(piece.words) == 1 and len(piece.words[0]) > 1
        if (piece.written or beginning) and not any(out.glob == f"$(inputs.{piece.id})" for out in made):
            value = written_name(piece.words[0])
            found = [name for name in left if value != "." and name.startswith(value)]
            if found:  # the beginning of names: `pdftoppm in.pdf page` writes page-1.ppm, page-2.ppm
                if not piece.written:
                    piece.written, piece.why = "File", "the beginning of names that were written"
                    names.renamed(piece)
                folders = [left.pop(name) for name in found]
                kind = "Directory[]" if all(folders) else "File[]"
                if (
                    len(found) == 1
                    and "." not in value
                    and (suffix := found[0][len(value) :]).startswith(".")
                ):
                    out = Out(
                        names.output(piece),
                        kind[:-2],
                        f"$(inputs.{piece.id}){suffix}",
                        found[0],
                        "it was written",
                    )
                else:
                    out = Out(
                        names.output(piece),
                        kind,
                        f"$(inputs.{piece.id})*",
                        ", ".join(found),
                        "they were written",
                    )
                made.append(out)
            elif piece.written and value != ".":
                piece.written, piece.why = "", "a text"
    for piece, name, folder in trial.beside:
        piece.staged = True
        kind = "Directory" if folder else "File"
        made.append(
            Out(
                names.new(PurePath(name).stem),
                kind,
                _of_input(pieces, name),
                name,
                "it was written beside its input",
            )
        )
    for piece in trial.changed:
        if piece.program:
            continue
        piece.staged = piece.changed = True
        gone = any(one is piece for one, _, _ in trial.beside)
        for place in [] if gone else piece.places[:1] if not piece.many else []:
            glob = f"$(inputs.{piece.id}.basename)"
            made.append(Out(names.new(f"{piece.id}_changed"), piece.kind, glob, place.name, "it was changed"))
    for target in filter(None, (line.stdout, line.stderr)):
        left.pop(written_name(target), None)
    return made + _rest(pieces, left, names)


def _rest(pieces: list[Piece], left: dict[str, bool], names: Names) -> list[Out]:
    """Gives the outputs that no argument names: several of one kind are one array."""
    made: list[Out] = []
    alike: dict[str, list[str]] = defaultdict(list)
    for name, folder in left.items():
        bound = _of_input(pieces, name)
        if bound != escaped(name) and not folder:
            made.append(
                Out(names.new(PurePath(name).stem), "File", bound, name, "it was written, named as an input")
            )
        elif folder:
            made.append(Out(names.new(name), "Directory", escaped(name), name, "it was written"))
        else:
            alike[PurePath(name).suffix].append(name)
    for suffix, group in alike.items():
        start = re.sub(r"\d+$", "", _beginning(group))
        # the ending is in it already where the names have nothing else of their own
        start = start.removesuffix(suffix) if suffix else start
        if len(group) == 1 or (len(group) < FEW and not start):
            made += [
                Out(names.new(PurePath(name).stem), "File", escaped(name), name, "it was written")
                for name in group
            ]
        else:
            glob = f"{escaped(start)}*{escaped(suffix)}"
            wish = start.strip("_-. ") or "files"
            made.append(Out(names.new(wish), "File[]", glob, ", ".join(group), "they were written"))
    return made


def _beginning(names: list[str]) -> str:
    """Gives what all names begin with."""
    first, last = min(names), max(names)
    same = (index for index, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, min(len(first), len(last)))]


def _with_secondary(out: Out, left: dict[str, bool]) -> None:
    """Makes of files that are named as an output its secondary files (`out.tif.aux.xml`, `out.dbf` of `out.shp`)."""
    name = out.value
    stem = PurePath(name).stem
    for other in [one for one, folder in left.items() if not folder]:
        if other.startswith(f"{name}."):
            out.secondary.append(other[len(name) :])
        elif other.startswith(f"{stem}.") and "." not in other[len(stem) + 1 :] and stem != name:
            out.secondary.append("^" + other[len(stem) :])
        else:
            continue
        del left[other]


def _of_input(pieces: list[Piece], name: str) -> str:
    """Gives the glob of a file, bound to the input that it is named after."""
    for piece in pieces:
        if piece.kind != "File" or piece.many or piece.program or not piece.places:
            continue
        source = piece.places[0]
        if name != source.name and name.startswith(source.name):
            return f"$(inputs.{piece.id}.basename){escaped(name[len(source.name) :])}"
        if len(source.stem) > 1 and re.match(re.escape(source.stem) + r"[^A-Za-z0-9]", name):
            return f"$(inputs.{piece.id}.nameroot){escaped(name[len(source.stem) :])}"
    return escaped(name)


def escaped(name: str) -> str:
    """Gives the pattern that is a name itself, and no expression."""
    return re.sub(r"([*?[])", r"[\1]", name).replace("$(", "\\$(").replace("${", "\\${")
