"""Compares STAC documents by what they say: Items by their ids, whatever their order, wherever they lie.

What every run makes anew (`created`, `updated`, `processing:datetime`) is not looked at, nor are links beyond their
relations. An asset that is a file here is given back as a pair, for whoever compares files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ellip_lab.contract import JsonObject
from ellip_lab.stac.alike import alike, canonical, read_json, shortened
from ellip_lab.stac.contract import Difference, DifferenceKind
from ellip_lab.stac.service import catalogue_file

VOLATILE = frozenset({"created", "updated", "processing:datetime"})
"""Fields that every run makes anew."""
OF_FILES = frozenset({"file:checksum", "file:size"})
"""Fields that say of an asset what its file says itself."""

Key = tuple[str, str, int]
"""Type, id, and how many of these came before: ids are to be unique, and are not always."""
ROOT: Key = ("", "", 0)


@dataclass
class Side:
    """Is what one side has: its documents, and where each lies."""

    root: Path
    """The folder below which files are its own."""
    whole: bool
    """The folder is a catalogue; else one document is compared by itself."""
    documents: dict[Key, tuple[JsonObject, Path]] = field(default_factory=dict)
    loose: Counter[str] = field(default_factory=Counter)
    """Features without an id."""
    claimed: set[Path] = field(default_factory=set)
    """Files that are compared here: the documents, and the assets of the pairs."""

    def add(self, document: JsonObject, path: Path) -> None:
        """Takes a document in: the first is the root, which answers to the other root whatever its id."""
        self.claimed.add(path)
        if not self.documents:
            self.documents[ROOT] = (document, path)
            return
        kind, name = str(document.get("type")), str(document.get("id"))
        number = 0
        while (kind, name, number) in self.documents:
            number += 1
        self.documents[kind, name, number] = (document, path)


@dataclass
class Compared:
    """Is what the comparison of two catalogues, or documents, has come to."""

    differences: list[Difference]
    pairs: list[tuple[str, Path, Path]]
    """Files of assets that are still to be compared: where, left, right."""
    left: Side
    right: Side
    items: int
    """How many Items were compared."""


def compare(left: Path, right: Path) -> Compared | None:
    """Compares two catalogues (folders) or two documents (files); None when these are not both of a kind known here."""
    one, other = _side(left), _side(right)
    if one is None or other is None:
        return None
    found = Compared([], [], one, other, 0)
    for key in dict.fromkeys([*one.documents, *other.documents]):
        name = f"#{key[1]}"
        if key not in one.documents or key not in other.documents:
            found.differences.append(_missing(name, _called(key), key in one.documents))
            continue
        mine, theirs = one.documents[key], other.documents[key]
        found.items += mine[0].get("type") == "Feature"
        found.differences += _fields(name, mine[0], theirs[0], frozenset({"links", "assets", "properties"}))
        tables = _table(mine[0], "properties"), _table(theirs[0], "properties")
        found.differences += _fields(f"{name}/properties", *tables)
        rels = sorted(_rels(mine[0])), sorted(_rels(theirs[0]))
        if rels[0] != rels[1]:
            words = "the relations of the links differ"
            found.differences.append(_told(f"{name}/links", rels[0], rels[1], words))
        found.differences += _assets(f"{name}/assets", mine, theirs, found)
    for more, fewer, on_left in ((one.loose, other.loose, True), (other.loose, one.loose, False)):
        for feature in (more - fewer).elements():
            found.differences.append(_missing("#", f"the feature {shortened(feature)}", on_left))
    found.items += (one.loose & other.loose).total()
    return found


def _side(path: Path) -> Side | None:
    """Reads what is compared of a folder or file; None when it is no catalogue, Item or collection of features."""
    if path.is_dir():
        entry = catalogue_file(path)
        if entry is None:
            return None
        side = Side(path, whole=True)
        for document, place in _below(entry, path, set()):
            side.add(document, place)
        return side
    document = read_json(path)
    side = Side(path.parent, whole=False)
    if not isinstance(document, dict):
        return None
    if document.get("type") == "FeatureCollection" and isinstance(document.get("features"), list):
        about = {key: value for key, value in document.items() if key != "features"}
        side.add(about, path)
        for feature in document["features"]:
            if isinstance(feature, dict) and feature.get("id") is not None:
                side.add(feature, path)
            else:
                side.loose[canonical(feature)] += 1
    elif "stac_version" in document and document.get("type") in ("Catalog", "Collection", "Feature"):
        side.add(document, path)
    else:
        return None
    return side


def _below(entry: Path, root: Path, seen: set[Path]) -> Iterator[tuple[JsonObject, Path]]:
    """Gives a document, and those it links to below the root."""
    if entry in seen:
        return
    seen.add(entry)
    document = read_json(entry)
    if not isinstance(document, dict) or "type" not in document:
        return  # what is no document is compared as the file it is, where there is one
    yield document, entry
    links = document.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") in ("child", "item"):
            place = _place(link.get("href"), entry, root)
            if place is not None:
                yield from _below(place, root, seen)


def _place(href: Any, document: Path, root: Path) -> Path | None:
    """Gives the file below the root that a reference leads to; None when it leads elsewhere, or to nothing.

    An absolute path is that of the folder in which a tool has worked: its end says which file is meant.
    """
    if not isinstance(href, str):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return None
    path = unquote(parts.path) if parts.scheme else parts.path
    if "\0" in path:
        return None
    if not path.startswith("/"):
        ways = [document.parent / path, document.parent / unquote(path)]
    else:
        names = [name for name in path.split("/") if name]
        ways = [Path(path), *(root.joinpath(*names[start:]) for start in range(len(names)))]
    base = root.resolve()
    for way in ways:
        try:
            real = way.resolve()
            if real.is_relative_to(base) and real.is_file():
                return root / real.relative_to(base)
        except (OSError, RuntimeError):
            continue
    return None


def _assets(
    where: str, mine: tuple[JsonObject, Path], theirs: tuple[JsonObject, Path], found: Compared
) -> Iterator[Difference]:
    """Gives the differences of the assets of two documents; those that are files here become pairs."""
    left, right = _table(mine[0], "assets"), _table(theirs[0], "assets")
    for key in dict.fromkeys([*left, *right]):
        place = f"{where}/{key}"
        if key not in left or key not in right:
            yield _missing(place, f"the asset {key}", key in left)
            continue
        asset, other = left[key], right[key]
        if not isinstance(asset, dict) or not isinstance(other, dict):
            if asset != other:
                yield _told(place, asset, other, "the assets differ")
            continue
        one, two = _file(asset, mine[1], found.left), _file(other, theirs[1], found.right)
        yield from _fields(
            place, asset, other, frozenset({"href"}) | (OF_FILES if one and two else frozenset())
        )
        if one and two:
            found.pairs.append((place, one, two))
            found.left.claimed.add(one)
            found.right.claimed.add(two)
        elif one or two:
            yield _missing(place, f"the file of the asset {key}", one is not None)
        elif _elsewhere(asset.get("href")) != _elsewhere(other.get("href")):
            words = "the asset leads elsewhere"
            yield _told(f"{place}/href", asset.get("href"), other.get("href"), words)


def _file(asset: JsonObject, path: Path, side: Side) -> Path | None:
    """Gives the file of an asset; one document by itself has none: its files are outputs of their own."""
    return _place(asset.get("href"), path, side.root) if side.whole else None


def _elsewhere(href: Any) -> Any:
    """Gives of a reference what does not depend on the place: all of a URL, the name of a file."""
    if not isinstance(href, str):
        return href
    scheme, _, rest = href.partition("://")
    return href if rest and scheme != "file" else href.rpartition("/")[2]


def _fields(
    where: str, left: JsonObject, right: JsonObject, skipped: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Gives the fields of two objects that differ."""
    for key in dict.fromkeys([*left, *right]):
        if key in VOLATILE or key in skipped:
            continue
        if key not in left or key not in right:
            yield _missing(f"{where}/{key}", f"the field {key}", key in left, left.get(key), right.get(key))
        elif not alike(left[key], right[key], key):
            yield _told(f"{where}/{key}", left[key], right[key], f"{key} differs")


def _table(document: JsonObject, key: str) -> JsonObject:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _rels(document: JsonObject) -> set[str]:
    """Gives the relations of the links; `self` says a place, which a document may leave out."""
    links = document.get("links")
    found = (
        {str(link.get("rel")) for link in links if isinstance(link, dict)}
        if isinstance(links, list)
        else set()
    )
    return found - {"self"}


def _called(key: Key) -> str:
    """Names a document in a sentence."""
    kind = {"Feature": "the Item", "Catalog": "the Catalog", "Collection": "the Collection"}.get(
        key[0], key[0]
    )
    return f"{kind} {key[1]}{f' ({key[2] + 1})' if key[2] else ''}"


def _told(place: str, left: Any, right: Any, words: str) -> Difference:
    return Difference(
        place=place, kind=DifferenceKind.METADATA, left=shortened(left), right=shortened(right), words=words
    )


def _missing(place: str, what: str, on_left: bool, left: Any = None, right: Any = None) -> Difference:
    """Says that only one side has something."""
    return Difference(
        place=place,
        kind=DifferenceKind.MISSING,
        left=shortened(left if left is not None else "there") if on_left else None,
        right=None if on_left else shortened(right if right is not None else "there"),
        words=f"only the {'left' if on_left else 'right'} has {what}",
    )
