"""Compares what two runs have given: output by output, file by file, catalogues by what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Conflict
from ellip_lab.runs.comparison import Comparison
from ellip_lab.runs.contract import Run
from ellip_lab.runs.outputs import place, walk
from ellip_lab.stac.alike import alike, read_json, shortened
from ellip_lab.stac.contract import Difference, DifferenceKind
from ellip_lab.tasks.contract import State
from ellip_lab.tasks.wording import size

if TYPE_CHECKING:
    from ellip_lab.stac.service import StacService

SHOWN = 500
"""How many differences are told one by one."""
Sides = tuple[str | None, ...]
"""What is shown of the left and of the right."""
PIECE = 1 << 20
"""Bytes of a file that are read at once."""


def compare(left: Run, right: Run, stac: StacService) -> Comparison:
    """Compares the outputs of two runs that are done; `Conflict` when one of them is not."""
    for run in (left, right):
        if run.state is not State.DONE:
            raise Conflict(
                f"run {run.id} is {run.state}: it has no outputs that could be compared",
                hint=f"ellip runs show {run.id}",
            )
        if run.output_object is None:
            raise Conflict(
                f"the outputs of run {run.id} cannot be read",
                hint=f"ellip runs log {run.id} shows what it said.",
            )
    comparing = Comparing(stac, left.published, right.published)
    one, other = left.output_object or {}, right.output_object or {}  # seen above to be there
    comparing.record("", one, other)
    return Comparison(
        left=left.id,
        right=right.id,
        left_engine=_engine(left),
        right_engine=_engine(right),
        same=not comparing.differences,
        differences=tuple(comparing.differences[:SHOWN]),
        count=len(comparing.differences),
        notes=tuple(comparing.notes[:SHOWN]),
        outputs=len(one.keys() & other.keys()),
        files=comparing.files,
        items=comparing.items,
    )


def _engine(run: Run) -> str:
    return ", ".join(part for part in (run.engine, run.container) if part)


class Comparing:
    """Is a comparison on its way."""

    def __init__(self, stac: StacService, *published: str | None) -> None:
        self._stac = stac
        self._published = published
        self.differences: list[Difference] = []
        self.notes: list[Difference] = []
        self.files = 0
        self.items = 0

    def record(self, where: str, left: JsonObject, right: JsonObject) -> None:
        """Compares two objects, name by name."""
        for name in dict.fromkeys([*left, *right]):
            below = f"{where}/{name}" if where else name
            if name not in left or name not in right:
                self._missing(below, left.get(name), right.get(name), name in left)
            else:
                self.value(below, left[name], right[name])

    def value(self, where: str, left: Any, right: Any) -> None:
        """Compares two values of the output objects."""
        kinds = _kind(left), _kind(right)
        if kinds[0] != kinds[1]:
            words = f"the left is {kinds[0]}, the right is {kinds[1]}"
            self._differ(where, DifferenceKind.CLASS, kinds, words)
        elif kinds[0] == "a File":
            self._file(where, left, right)
        elif kinds[0] == "a Directory":
            self._directory(where, left, right)
        elif isinstance(left, dict):
            self.record(where, left, right)
        elif isinstance(left, list):
            if len(left) != len(right):
                words = f"the left has {len(left)} of them, the right {len(right)}"
                self._differ(where, DifferenceKind.VALUE, (str(len(left)), str(len(right))), words)
            for number, (one, other) in enumerate(zip(left, right, strict=False)):
                self.value(f"{where}/{number}", one, other)
        elif not alike(left, right):
            sides = shortened(left), shortened(right)
            self._differ(where, DifferenceKind.VALUE, sides, "the values differ")

    def _file(self, where: str, left: JsonObject, right: JsonObject) -> None:
        names = _name(left), _name(right)
        if names[0] != names[1]:
            words = f"the left is called {names[0]}, the right {names[1]}"
            self._differ(where, DifferenceKind.NAME, names, words)
        if left.get("format") != right.get("format"):
            formats = shortened(left.get("format")), shortened(right.get("format"))
            self._differ(where, DifferenceKind.METADATA, formats, "the formats differ")
        files = place(left), place(right)
        if files[0] and files[0].is_file() and files[1] and files[1].is_file():
            self.content(where, files[0], files[1])
        else:
            self._by_record(where, left, right, files)
        beside = [{_name(one): one for one in side.get("secondaryFiles") or ()} for side in (left, right)]
        self.record(where, *beside)

    def _by_record(
        self, where: str, left: JsonObject, right: JsonObject, files: tuple[Path | None, Path | None]
    ) -> None:
        """Compares files by what the engines have written down of them: one is not there any more."""
        sums = _recorded(left, files[0]), _recorded(right, files[1])
        for side in (0, 1):
            if sums[side] is None:
                self._gone(where, side)
        if None not in sums:
            self.files += 1
            if sums[0] != sums[1]:
                self._differ(where, DifferenceKind.CONTENT, sums, "the content differs")

    def _directory(self, where: str, left: JsonObject, right: JsonObject) -> None:
        names = _name(left), _name(right)
        if names[0] != names[1]:
            words = f"the left is called {names[0]}, the right {names[1]}"
            self._differ(where, DifferenceKind.NAME, names, words)
        one, other = place(left), place(right)
        absent = [side for side, folder in enumerate((one, other)) if folder is None or not folder.is_dir()]
        for side in absent:
            self._gone(where, side)
        if absent or one is None or other is None:
            return
        done: tuple[set[Path], set[Path]] = (set(), set())
        compared = self._stac.compare(one, other)
        if compared is not None:
            self.items += compared.items
            self._told(where, compared.differences)
            for place_, mine, theirs in compared.pairs:
                self.content(f"{where}{place_}", mine, theirs)
            done = compared.left.claimed, compared.right.claimed
        trees = _tree(one, done[0]), _tree(other, done[1])
        for name in sorted(trees[0].keys() & trees[1].keys()):
            self.content(f"{where}/{name}", trees[0][name], trees[1][name])
        alone = trees[0].keys() - trees[1].keys(), trees[1].keys() - trees[0].keys()
        left_alone, right_alone = ({name: trees[side][name] for name in alone[side]} for side in (0, 1))
        self._strays(where, left_alone, right_alone)

    def _strays(self, where: str, left: dict[str, Path], right: dict[str, Path]) -> None:
        """Tells of files that only one side has; what has the same content under another name is renamed."""
        for name, file in sorted(left.items()):
            twin = next((other for other, path in sorted(right.items()) if _same_bytes(file, path)), None)
            if twin is None:
                self._missing(f"{where}/{name}", file, None, True)
            else:
                del right[twin]
                self.files += 1
                words = f"{name} is called {twin} on the right"
                self._differ(f"{where}/{name}", DifferenceKind.NAME, (name, twin), words)
        for name, file in sorted(right.items()):
            self._missing(f"{where}/{name}", None, file, False)

    def content(self, where: str, left: Path, right: Path) -> None:
        """Compares two files: by their bytes, then by what they say."""
        self.files += 1
        sizes = left.stat().st_size, right.stat().st_size
        sums = [_digest(file, "sha256") for file in (left, right)]
        if sizes[0] == sizes[1] and sums[0] == sums[1]:
            return
        shown = tuple(f"{size(sizes[side])}, sha256 {sums[side][:16]}" for side in (0, 1))
        compared = self._stac.compare(left, right)
        if compared is not None:
            self.items += compared.items
            self._told(where, compared.differences)
            if not compared.differences:
                self._note(where, shown, "other bytes, and the documents say the same")
            return
        documents = read_json(left), read_json(right)
        if None not in documents and alike(*documents):
            self._note(where, shown, "other bytes, and the documents say the same")
            return
        words = "the content differs"
        if self._stac.has_quicklook(left) and self._stac.has_quicklook(right):
            same = self._stac.same_raster(left, right)
            if same:
                self._note(where, shown, "other bytes, and the same pixels")
                return
            words = (
                "the pixels differ"
                if same is False
                else "the bytes differ; the pixels could not be looked at"
            )
        self._differ(where, DifferenceKind.CONTENT, shown, words)

    def _told(self, where: str, found: list[Difference]) -> None:
        self.differences += [one.model_copy(update={"place": f"{where}{one.place}"}) for one in found]

    def _differ(self, where: str, kind: DifferenceKind, sides: Sides, words: str) -> None:
        self.differences.append(
            Difference(place=where, kind=kind, left=sides[0], right=sides[1], words=words)
        )

    def _note(self, where: str, sides: Sides, words: str) -> None:
        kind = DifferenceKind.CONTENT
        self.notes.append(Difference(place=where, kind=kind, left=sides[0], right=sides[1], words=words))

    def _missing(self, where: str, left: Any, right: Any, on_left: bool) -> None:
        there = left if on_left else right
        shown = size(there.stat().st_size) if isinstance(there, Path) else _brief(there)
        words = f"only the {'left' if on_left else 'right'} has it"
        sides = (shown, None) if on_left else (None, shown)
        self._differ(where, DifferenceKind.MISSING, sides, words)

    def _gone(self, where: str, side: int) -> None:
        """Tells that an output is not there any more, and where it is to be had."""
        words = f"it is not there any more on the {('left', 'right')[side]}"
        if self._published[side]:
            words += (
                f"; it was published to {self._published[side]}: copy it back (ellip s3 cp) to compare it"
            )
        self._differ(where, DifferenceKind.GONE, (None, None), words)


def _kind(value: Any) -> str:
    """Names what a value is."""
    match value:
        case {"class": "File"}:
            return "a File"
        case {"class": "Directory"}:
            return "a Directory"
        case dict():
            return "a record"
        case list():
            return "an array"
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
    return "a text"


def _brief(value: Any) -> str:
    return _name(value) if _kind(value) in ("a File", "a Directory") else shortened(value)


def _name(value: JsonObject) -> str:
    """Gives the name of a File or Directory."""
    if value.get("basename"):
        return str(value["basename"])
    path = place(value)
    return path.name if path else str(value.get("location", "")).rstrip("/").rpartition("/")[2]


def _recorded(value: JsonObject, file: Path | None) -> str | None:
    """Gives the checksum of a File: of what is there now, else as the engine has written it down."""
    if file is not None and file.is_file():
        return f"sha1${_digest(file, 'sha1')}"
    return value.get("checksum")


def _tree(folder: Path, without: set[Path]) -> dict[str, Path]:
    """Gives the files of a folder by their paths in it."""
    return {
        file.relative_to(folder).as_posix(): file
        for file, _ in walk(folder)
        if file not in without and file.is_file()
    }


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _digest(file: Path, algorithm: str) -> str:
    found = hashlib.new(algorithm, usedforsecurity=False)
    for piece in _pieces(file):
        found.update(piece)
    return found.hexdigest()


def _same_bytes(left: Path, right: Path) -> bool:
    return left.stat().st_size == right.stat().st_size and all(
        one == other for one, other in zip(_pieces(left), _pieces(right), strict=True)
    )
