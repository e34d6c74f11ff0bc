"""Recognises what the words of a command are: its name, options, files that are there, files that will be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ellip_lab.packages import tooling_habits as habits
from ellip_lab.packages.tooling_words import place_of

_INT = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"-?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)")
_KEY = re.compile(r"[A-Za-z_][\w.-]*=")
_NAMES_A_FILE = re.compile(r"[^\s:?*|<>\"']*[^\s/:?*|<>\"'.][^\s/:?*|<>\"']*\.[A-Za-z][A-Za-z0-9]{0,9}/?")
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|/vsi[a-z0-9_]+/", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z][\w-]*")
_INT32 = 2**31


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


def recognised(argv: list[str], folder: Path) -> Reading:
    """Recognises the words of a command whose relative paths count from a folder."""
    reader = _Reader(argv, folder)
    reader.read()
    pieces = _arrays(_repeated(reader.pieces), reader.command)
    _written(pieces, reader.command, folder)
    remote = any(_REMOTE.match(word) for piece in pieces for word in piece.words)
    return Reading(reader.base, pieces, reader.name, remote)


class _Reader:
    def __init__(self, argv: list[str], folder: Path) -> None:
        self.words = argv
        self.folder = folder
        self.pieces: list[Piece] = []
        self.base: list[str] = []
        self.command = PurePath(argv[0]).name
        self.name = self.command
        self.at = 0

    def read(self) -> None:
        self._command()
        while self.at < len(self.words):
            word = self.words[self.at]
            self.at += 1
            if word == "--":
                self.pieces.append(Piece("fixed", [], "ends the options", prefix=word))
                while self.at < len(self.words):
                    self._plain(self.words[self.at])
                    self.at += 1
            elif word == "-":
                self.pieces.append(Piece("fixed", [], "standard input or output", prefix=word))
            elif word.startswith("-") and not _INT.fullmatch(word) and not _FLOAT.fullmatch(word):
                self._option(word)
            elif word.startswith("-") and not self._after_number():
                self.pieces.append(Piece("boolean", [], "an option", prefix=word))  # as in `gzip -9`
            else:
                self._plain(word)

    def _after_number(self) -> bool:
        return bool(self.pieces) and self.pieces[-1].kind in ("int", "long", "double")

    # -- the command itself

    def _command(self) -> None:
        first = self.words[0]
        self.at = 1
        if "/" in first and not first.startswith("/") and place_of(first, self.folder).is_file():
            self._program(first)
            return
        self.base = [first]
        if habits.INTERPRETERS.fullmatch(self.command):
            self._interpreter()
            return
        for _ in range(habits.SUBCOMMANDS.get(self.command, 0)):
            word = self._next()
            if word is None or not _PLAIN.fullmatch(word) or place_of(word, self.folder).exists():
                break
            self.base.append(word)
            self.at += 1
        if len(self.base) > 1 and self.command != "tar":
            self.name = "_".join([self.command, *self.base[1:]])

    def _interpreter(self) -> None:
        family = re.sub(r"[\d.]+$", "", self.command)
        while (word := self._next()) is not None and word.startswith("-"):
            self.base.append(word)
            self.at += 1
            if word in habits.BY_WORD.get(family, ()):
                named = self._next()
                if word == "-m" and named is not None:
                    self.base.append(named)
                    self.at += 1
                    self.name = named.rpartition(".")[2]
                if word == "-jar" and named is not None:
                    self._named_program(named)
                return
        if word is not None:
            self._named_program(word)

    def _named_program(self, word: str) -> None:
        self.name = PurePath(word).stem
        place = place_of(word, self.folder)
        if place.is_file() and not (word.startswith("/") and place.is_relative_to("/usr")):
            self._program(word)
        else:
            self.base.append(word)
        self.at += 1

    def _program(self, word: str) -> None:
        place = place_of(word, self.folder)
        self.name = place.stem
        self.pieces.append(
            Piece("File", [word], "the program, which comes with the document", places=[place], program=True)
        )

    def _next(self, further: int = 0) -> str | None:
        index = self.at + further
        return self.words[index] if index < len(self.words) else None

    # -- options

    def _option(self, word: str) -> None:
        name, equals, value = word.partition("=")
        if equals:
            self.pieces.append(self._valued(name + "=", [value], separate=False))
            return
        values = self._values(word)
        if values:
            self.pieces.append(self._valued(word, values))
        else:
            self.pieces.append(Piece("boolean", [], "an option", prefix=word))
        self.at += len(values)

    def _values(self, option: str) -> list[str]:
        """Gives the words behind an option that are its values."""
        first = self._next()
        bare = option.lstrip("-")
        if first is None or bare in habits.FLAGS or bare.startswith("no-") or self._is_option(first):
            return []
        if habits.WRITING.match(option):
            return [first]
        there = place_of(first, self.folder).exists() and not _number(first)
        if there:
            return self._files(option, first)
        if len(bare) > 1 and _number(first):
            count = 1
            while (more := self._next(count)) is not None and _number(more):
                count += 1
            return [self.words[self.at + index] for index in range(count)]
        return [first]

    def _files(self, option: str, first: str) -> list[str]:
        """Gives the files that are there which an option takes: several, one or none."""
        count = 1
        while (more := self._next(count)) is not None and not self._is_option(more) and self._is_there(more):
            count += 1
        bare = option.lstrip("-")
        if (
            count > 1
            and len(bare) > 1
            and self._next(count) is not None
            and self._is_option(self.words[self.at + count])
        ):
            return [self.words[self.at + index] for index in range(count)]
        if habits.ARCHIVE.fullmatch(option) and self.command == "tar":
            return [first]
        if len(bare) > 1 and habits.READING.search(bare):
            return [first]
        if habits.READING.fullmatch(option):
            return [first]
        others = any(not self._is_option(word) for word in self.words[self.at + 1 :])
        return [first] if option.startswith("--") and others else []

    def _is_option(self, word: str) -> bool:
        return word.startswith("-") and word != "-" and not _number(word)

    def _is_there(self, word: str) -> bool:
        return bool(word) and place_of(word, self.folder).exists()

    # -- values

    def _plain(self, word: str) -> None:
        key = _KEY.match(word)
        if key and not self._is_there(word):
            self.pieces.append(self._valued(key[0], [word[key.end() :]], separate=False))
        else:
            self.pieces.append(self._valued(None, [word]))

    def _valued(self, prefix: str | None, values: list[str], *, separate: bool = True) -> Piece:
        kind, why, places, many = self._kind(values)
        piece = Piece(kind, values, why, prefix, separate, many, places=places)
        if many == "commas":
            piece.words = values[0].split(",")
        option = (prefix or "").rstrip("=")
        if option and _writes(option) and len(values) == 1 and not _number(values[0]) and values[0]:
            folder = values[0].endswith("/") or habits.FOLDER.search(option) or piece.kind == "Directory"
            piece.existed = bool(places)
            piece.kind, piece.places, piece.many, piece.words = "string", [], "", values
            piece.written = "Directory" if folder else "File"
            piece.why = f"the value of {option}"
        elif option and kind == "string" and len(values) == 1 and _names_what_is_not_there(option, values[0]):
            piece.written = "Directory" if values[0].endswith("/") else "File"
            piece.why = "the name of a file that is not there yet"
        return piece

    def _kind(self, values: list[str]) -> tuple[str, str, list[Path], str]:
        many = "words" if len(values) > 1 else ""
        for pattern, kind in ((_INT, "int"), (_FLOAT, "double")):
            if all(pattern.fullmatch(value) for value in values):
                long = kind == "int" and any(abs(int(value)) >= _INT32 for value in values)
                return ("long" if long else kind), "a number", [], many
        if all(_number(value) and not value.endswith("%") for value in values):
            return "double", "a number", [], many
        places = [place_of(value, self.folder) for value in values]
        if all(values):
            if all(place.is_file() for place in places):
                return "File", "a file that is there", places, many
            if all(place.is_dir() for place in places):
                return "Directory", "a folder that is there", places, many
        if len(values) == 1 and "," in values[0]:
            parts = values[0].split(",")
            there = [place_of(part, self.folder) for part in parts]
            if all(parts) and all(place.is_file() for place in there):
                return "File", "files that are there", there, "commas"
        return "string", "an address" if _REMOTE.match(values[0]) else "a text", [], many


def names_a_file(word: str) -> bool:
    """Tells whether a word looks like the name of a file: it has an ending and nothing that a name has not."""
    if _REMOTE.match(word) or _number(word):
        return False
    return bool(_NAMES_A_FILE.fullmatch(word)) or (word.endswith("/") and len(word) > 1)


def _number(word: str) -> bool:
    return bool(_INT.fullmatch(word.removesuffix("%")) or _FLOAT.fullmatch(word.removesuffix("%")))


def _names_what_is_not_there(option: str, word: str) -> bool:
    archive = habits.ARCHIVE.fullmatch(option) is not None
    return names_a_file(word) and (archive or not habits.READING.search(option))


def _writes(option: str) -> bool:
    return bool(habits.WRITING.match(option if option.startswith("-") else f"--{option}"))


def _repeated(pieces: list[Piece]) -> list[Piece]:
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


def _arrays(pieces: list[Piece], command: str) -> list[Piece]:
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


def _written(pieces: list[Piece], command: str, folder: Path) -> None:
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
        if chosen.kind == "string" and (_REMOTE.match(chosen.words[0]) or not chosen.words[0]):
            return
        name_written(chosen, f"what {command} writes")


def name_written(piece: Piece, why: str) -> None:
    """Makes of an argument one that names what the command writes."""
    piece.existed = bool(piece.places)
    piece.written = "Directory" if piece.kind == "Directory" else "File"
    piece.kind, piece.places, piece.why = "string", [], why
