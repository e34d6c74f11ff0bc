"""The pieces that the words of a command are put together to, and what words look like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath

INT = re.compile(r"-?(0|[1-9]\d{0,17})")
FLOAT = re.compile(r"-?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)")
KEY = re.compile(r"[A-Za-z_][\w.-]*=")
_NOT_IN_NAMES = re.compile(r"[\s:?*|<>\"']")
_ENDING = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}")
_LONGEST = 1024
REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|/vsi[a-z0-9_]+/", re.IGNORECASE)
PLAIN = re.compile(r"[A-Za-z][\w-]*")
INT32 = 2**31


@dataclass
class Piece:
    """Is a stretch of the command line that becomes one input, or a fixed argument."""

    kind: str
    """`File`, `Directory`, `int`, `long`, `double`, `boolean`, `string`, or `fixed`."""
    words: list[str]
    """Its values, as they are written; of a flag and of a fixed argument, none."""
    why: str
    prefix: str | None = None
    separate: bool = True
    many: str = ""
    """How several values are written: `words`, one behind the other; `each` behind the option; `commas`; empty for one."""
    written: str = ""
    """`File` or `Directory` when it names what the command writes."""
    places: list[Path] = field(default_factory=list)
    """Where its files are."""
    stdin: bool = False
    """It is read from standard input."""
    staged: bool = False
    """It has to lie in the folder the command runs in: something is written beside it."""
    changed: bool = False
    """The command writes to it."""
    program: bool = False
    """It is the program that is run, and comes with the document."""
    existed: bool = False
    """What it names to be written is there already."""
    id: str = ""

    def said(self, values: list[str]) -> list[str]:
        """Gives its words on a command line, with other values."""
        if self.kind in ("boolean", "fixed"):
            return [self.prefix or ""]
        if self.many == "commas":
            values = [",".join(values)]
        if self.prefix is None:
            return values
        if not self.separate:
            return [f"{self.prefix}{value}" for value in values]
        if self.many == "each":
            return [word for value in values for word in (self.prefix, value)]
        return [self.prefix, *values]


@dataclass
class Reading:
    """Is a command, recognised."""

    base: list[str]
    """What the command itself is, with a subcommand."""
    pieces: list[Piece]
    name: str
    """What it is called."""
    remote: bool = False
    """Something of it is read from a network."""


def names_a_file(word: str) -> bool:
    """Tells whether a word looks like the name of a file: it has an ending and nothing that a name has not."""
    if len(word) > _LONGEST or REMOTE.match(word) or is_number(word):
        return False
    if word.endswith("/"):
        return len(word) > 1
    stem, _, ending = PurePath(word).name.rpartition(".")
    return bool(stem.strip(".") and _ENDING.fullmatch(ending)) and not _NOT_IN_NAMES.search(word)


def is_number(word: str) -> bool:
    """Tells whether a word is a number, a percentage included."""
    return bool(INT.fullmatch(word.removesuffix("%")) or FLOAT.fullmatch(word.removesuffix("%")))


def name_written(piece: Piece, why: str) -> None:
    """Makes of an argument one that names what the command writes."""
    piece.existed = bool(piece.places)
    piece.written = "Directory" if piece.kind == "Directory" else "File"
    piece.kind, piece.places, piece.why = "string", [], why
