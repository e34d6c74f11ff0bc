"""Puts pieces together: repeated options, files that follow one another; and recognises what names what is written."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from ellip_lab.packages import tooling_habits as habits
from ellip_lab.packages.tooling_pieces import REMOTE, Piece, name_written, names_a_file
from ellip_lab.packages.tooling_words import place_of


def repeated(pieces: list[Piece]) -> list[Piece]:
    """Makes one piece of an option that is written several times, with nothing but options between."""
    made: list[Piece] = []
    for piece in pieces:
        before = None
        if piece.prefix is not None and piece.kind != "fixed":
            for other in reversed(made):
                if other.prefix is None:
                    break
                if other.prefix == piece.prefix and other.separate == piece.separate:
                    before = other
                    break
        if before is not None and piece.kind == before.kind == "boolean":
            made.append(Piece("fixed", [], "repeated", prefix=piece.prefix))  # as in `-v -v`
        elif (
            before is None
            or before.many not in ("", "each")
            or piece.many
            or "boolean" in (piece.kind, before.kind)
        ):
            made.append(piece)
        else:
            _join(before, piece, "each")
    return made


def _join(before: Piece, piece: Piece, many: str) -> None:
    kinds = {before.kind, piece.kind}
    if len(kinds) > 1:
        before.kind = "double" if kinds <= {"int", "long", "double"} else "string"
        if before.kind == "string":
            before.places, piece.places = [], []
            before.why = "texts"
    before.words += piece.words
    before.places += piece.places
    before.many = many
    if not before.why.startswith("several"):
        before.why = f"several: {before.why}"


def arrays(pieces: list[Piece], command: str) -> list[Piece]:
    """Makes one piece of files that follow one another and are of one kind."""
    made: list[Piece] = []
    run: list[Piece] = []

    def ended() -> None:
        names = [piece.words[0] for piece in run]
        alike = {(re.sub(r"\d+", "#", PurePath(name).name)) for name in names}
        if len(run) > 2 or (len(run) == 2 and (command in habits.SEVERAL or len(alike) == 1)):
            whole = run[0]
            for piece in run[1:]:
                _join(whole, piece, "words")
            made.append(whole)
        else:
            made.extend(run)
        run.clear()

    last = pieces[-1] if pieces else None
    for piece in pieces:
        plain = (
            piece.kind in ("File", "Directory")
            and piece.prefix is None
            and not piece.program
            and not piece.many
        )
        # what a command writes, and was written before, is none of its inputs
        if plain and piece is last and command in habits.LAST_IS_WRITTEN and piece.kind == "File":
            plain = False
        if (
            plain
            and not run
            and command in habits.FIRST_IS_WRITTEN
            and not any(other.prefix is None and not other.program for other in made)
        ):
            plain = False
        if not plain or (run and run[-1].kind != piece.kind):
            ended()
        (run if plain else made).append(piece)
    ended()
    return made


def find_written(pieces: list[Piece], command: str, folder: Path) -> None:
    """Recognises the arguments that name what the command writes."""
    plain = [
        piece for piece in pieces if piece.prefix is None and not piece.program and piece.kind != "fixed"
    ]
    for piece in plain:
        if piece.kind == "string" and not piece.many and names_a_file(piece.words[0]):
            piece.written = "Directory" if piece.words[0].endswith("/") else "File"
            piece.why = "the name of a file that is not there yet"
    if len(plain) < 2:
        return
    named = [piece for piece in plain if piece.written]
    if len(named) > 1 and not any(piece.kind == "File" and not piece.program for piece in pieces):
        # nothing is read that is there: what is named first is what is to be read, and is elsewhere
        wanted = named[1:] if command in habits.FIRST_IS_WRITTEN else named[:-1]
        for piece in wanted:
            piece.kind, piece.written, piece.why = "File", "", "the name of a file, which is not here"
            piece.places = [place_of(piece.words[0], folder)]
    chosen = (
        plain[-1]
        if command in habits.LAST_IS_WRITTEN
        else plain[0]
        if command in habits.FIRST_IS_WRITTEN
        else None
    )
    if chosen is not None and not chosen.many and not chosen.written and chosen.kind in ("string", "File"):
        if chosen.kind == "string" and (REMOTE.match(chosen.words[0]) or not chosen.words[0]):
            return
        name_written(chosen, f"what {command} writes")
