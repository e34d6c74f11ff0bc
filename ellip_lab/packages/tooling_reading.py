"""Recognises what the words of a command are: its name, options, files that are there, files that will be."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from ellip_lab.packages import tooling_habits as habits
from ellip_lab.packages.tooling_joining import arrays, find_written, repeated
from ellip_lab.packages.tooling_pieces import (
    FLOAT,
    INT,
    INT32,
    KEY,
    PLAIN,
    REMOTE,
    Piece,
    Reading,
    is_number,
    names_a_file,
)
from ellip_lab.packages.tooling_words import place_of

_KERNEL = (("dev",), ("proc",), ("sys",))


def recognised(argv: list[str], folder: Path) -> Reading:
    """Recognises the words of a command whose relative paths count from a folder."""
    reader = _Reader(argv, folder)
    reader.read()
    pieces = arrays(repeated(reader.pieces), reader.command)
    find_written(pieces, reader.command, folder)
    remote = any(REMOTE.match(word) for piece in pieces for word in piece.words)
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
            elif word.startswith("-") and not INT.fullmatch(word) and not FLOAT.fullmatch(word):
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
            if word is None or not PLAIN.fullmatch(word) or place_of(word, self.folder).exists():
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
        there = place_of(first, self.folder).exists() and not is_number(first)
        if there:
            return self._files(option, first)
        if len(bare) > 1 and is_number(first):
            count = 1
            while (more := self._next(count)) is not None and is_number(more):
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
        return word.startswith("-") and word != "-" and not is_number(word)

    def _is_there(self, word: str) -> bool:
        return bool(word) and place_of(word, self.folder).exists()

    # -- values

    def _plain(self, word: str) -> None:
        key = KEY.match(word)
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
        if option and _writes(option) and len(values) == 1 and not is_number(values[0]) and values[0]:
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
        for pattern, kind in ((INT, "int"), (FLOAT, "double")):
            if all(pattern.fullmatch(value) for value in values):
                long = kind == "int" and any(abs(int(value)) >= INT32 for value in values)
                return ("long" if long else kind), "a number", [], many
        if all(is_number(value) and not value.endswith("%") for value in values):
            return "double", "a number", [], many
        places = [place_of(value, self.folder) for value in values]
        # what the kernel shows is no data, and cannot be copied
        if all(values) and not any(place.parts[1:2] in _KERNEL for place in places):
            if all(place.is_file() for place in places):
                return "File", "a file that is there", places, many
            if all(place.is_dir() for place in places):
                return "Directory", "a folder that is there", places, many
        if len(values) == 1 and "," in values[0]:
            parts = values[0].split(",")
            there = [place_of(part, self.folder) for part in parts]
            if all(parts) and all(place.is_file() for place in there):
                return "File", "files that are there", there, "commas"
        return "string", "an address" if REMOTE.match(values[0]) else "a text", [], many


def _names_what_is_not_there(option: str, word: str) -> bool:
    archive = habits.ARCHIVE.fullmatch(option) is not None
    return names_a_file(word) and (archive or not habits.READING.search(option))


def _writes(option: str) -> bool:
    return bool(habits.WRITING.match(option if option.startswith("-") else f"--{option}"))
