"""The catalogue: a data file for each toolbox, in `catalogue/`, and in a folder of the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ellip_lab.errors import NotFound
from ellip_lab.toolboxes.contract import CatalogueEntry, CatalogueQuery, ToolboxCatalogue

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home

LARGEST = 1 << 20
"""Bytes of a file that are read."""
OURS = {"own", "here", "installed", "id"}
"""What a file does not say of itself."""


class Catalogue:
    """Is what can be installed by its id."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def list(self, query: CatalogueQuery) -> ToolboxCatalogue:
        """Lists entries, the user's own first; one of the user's takes the place of ours with the same id."""
        own, problems = self._own()
        text = (query.text or "").casefold()
        there = self._home.made_of()
        platform = self._home.platform
        entries = (
            entry.model_copy(
                update={"here": platform in entry.platforms, "installed": there.get(entry.id, ())}
            )
            for entry in (*own.values(), *(one for id_, one in provided().items() if id_ not in own))
            if text in said(entry)
        )
        return ToolboxCatalogue(entries=tuple(entries), folder=str(self._home.entries), problems=problems)

    def entry(self, id_: str) -> CatalogueEntry:
        """Gives an entry; `NotFound` when there is none, or the user's own of that id is wrong."""
        own, problems = self._own()
        found = own.get(id_) or provided().get(id_)
        if found is None:
            wrong = next((one for one in problems if f"{id_}.toml" in one), None)
            raise NotFound(
                wrong or f"the catalogue has no {id_}", hint="`ellip toolbox catalogue` lists what it has."
            )
        return found

    def _own(self) -> tuple[dict[str, CatalogueEntry], tuple[str, ...]]:
        """Gives the user's own entries, and what is wrong with files among them."""
        found: dict[str, CatalogueEntry] = {}
        problems = []
        for place in _files(self._home.entries):
            try:
                found[place.stem] = read(place.stem, place, own=True)
            except ValueError as error:
                problems.append(f"{place.name}: {error}")
        return found, tuple(problems)


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(place for place in folder.glob("*.toml") if place.is_file())
    except OSError:
        return


@cache
def provided() -> Mapping[str, CatalogueEntry]:
    """Gives the entries that come with this program, by title."""
    folder = files("ellip_lab.toolboxes").joinpath("catalogue")
    found = [
        read(place.name.removesuffix(".toml"), place)
        for place in folder.iterdir()
        if place.name.endswith(".toml")
    ]
    return {entry.id: entry for entry in sorted(found, key=lambda entry: entry.title.casefold())}


def read(id_: str, place: Traversable, own: bool = False) -> CatalogueEntry:
    """Reads an entry; `ValueError` says in one sentence what is wrong with it."""
    try:
        with place.open("rb") as stream:
            data: dict[str, Any] = tomllib.loads(stream.read(LARGEST).decode())
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML: {error}") from error
    if unknown := OURS & set(data):
        raise ValueError(f"{min(unknown)} is not for a file to say")
    try:
        return CatalogueEntry(id=id_, own=own, **data)
    except (ValidationError, TypeError) as error:
        raise ValueError(_first(error)) from error


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    one = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"


def said(entry: CatalogueEntry) -> str:
    """Gives everything of an entry that a text may be found in."""
    words = (entry.id, entry.title, entry.description, *entry.packages, *entry.software)
    return "\n".join(words).casefold()
