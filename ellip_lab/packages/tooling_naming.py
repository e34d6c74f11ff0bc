"""Names the inputs and outputs of a tool: after options and files, valid as ids, each once."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

from ellip_lab.packages import tooling_habits as habits
from ellip_lab.packages.tooling_pieces import Piece

_SHORT = frozenset(("o", "O", "out", "output"))


class Names:
    """Gives ids, and remembers those that it has given."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._outputs: dict[int, str] = {}

    def new(self, wish: str, *others: str) -> str:
        """Gives an id that is free: the wish, else one of the others, else the wish with a number."""
        wishes = [word for word in map(valid, (wish, *others)) if word] or ["value"]
        for word in wishes:
            if word not in self._taken:
                self._taken.add(word)
                return word
        number = 2
        while f"{wishes[0]}_{number}" in self._taken:
            number += 1
        self._taken.add(f"{wishes[0]}_{number}")
        return f"{wishes[0]}_{number}"

    def name(self, pieces: list[Piece]) -> None:
        """Names the inputs; those of files first, whose names are the best."""
        named = [piece for piece in pieces if piece.kind != "fixed"]
        for piece in sorted(
            named, key=lambda piece: (bool(piece.written), piece.prefix is None and not piece.places)
        ):
            self._name(piece)

    def renamed(self, piece: Piece) -> None:
        """Names an input anew that has turned out to name what is written."""
        self._taken.discard(piece.id)
        self._name(piece)

    def output(self, piece: Piece) -> str:
        """Gives the id of the output that an input names."""
        return self._outputs[id(piece)]

    def _name(self, piece: Piece) -> None:
        option = (piece.prefix or "").strip("-=")
        if piece.written:
            self._name_written(piece, option)
        elif piece.program:
            piece.id = self.new("script")
        elif option:
            piece.id = self.new(option, f"flag_{option}")
        elif piece.places:
            place = piece.places[0]
            if piece.many:
                piece.id = self.new("files" if piece.kind == "File" else "folders")
            else:
                piece.id = self.new(place.stem, place.name.replace(".", "_"))
        else:
            piece.id = self.new({"string": "text"}.get(piece.kind, "number"))

    def _name_written(self, piece: Piece, option: str) -> None:
        path = PurePath(piece.words[0])
        end = "folder" if piece.written == "Directory" else "name"
        if habits.ARCHIVE.fullmatch(piece.prefix or ""):
            wishes = ["archive"]
        elif option:
            wishes = ["output" if option in _SHORT else re.sub(r"[-_.](name|file|path)$", "", option)]
        else:
            wishes = [path.stem, path.name.replace(".", "_")]
        stem = next(
            (wish for wish in map(valid, wishes) if wish and wish not in self._taken), ""
        ) or self.new(*wishes)
        self._taken.add(stem)
        self._outputs[id(piece)] = stem
        piece.id = self.new(f"{stem}_{end}")


def valid(word: str) -> str:
    """Gives a word as an id: letters, digits and `_`, not beginning with a digit."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    plain = re.sub(r"\W+", "_", plain).strip("_")
    return f"n_{plain}" if plain[:1].isdigit() else plain
