"""The data files of apps: those that come with the package, and the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from ellip_lab.apps.contract import AppName, VariableName
from ellip_lab.contract import Contract
from ellip_lab.errors import NotFound

STOCK = Path(__file__).with_name("catalogue")
ICON_MAX = 64 * 1024
"""Bytes that a picture may have."""

Words = tuple[str, ...]


class Find(Contract):
    """Says how an app is found: what is named first goes first."""

    module: str | None = None
    """A Python module, in the environment of the server."""
    own: Words = ()
    """What is started of an installation of this room: words with `{prefix}`."""
    programs: Words = ()
    """Programs: names that are looked for on PATH, or absolute places."""
    version: Words = ()
    """The command that tells its version: words with `{program}`."""
    proves: bool = False
    """It is here only when that command succeeds."""
    missing: str
    """What is missing, in a sentence."""
    hint: str
    """How it can be had otherwise than by this room."""


class Start(Contract):
    """Says how an app is started."""

    command: Words = Field(min_length=1)
    """Words with `{program}`, which stands alone and may become several words, `{unix_socket}`, `{base_url}` (its
    address below the server, with its last slash), `{root_path}` (without), `{folder}`, `{file}`, `{file_folder}`,
    `{data}` (a folder that stays), `{runtime}` (one that goes), `{user}` and `{catalogue}`."""
    environment: dict[VariableName, str] = Field(default={})
    """More variables; the same words."""
    unset: Words = ()
    """Variables that it must not get."""
    absolute_url: bool = False
    """It wants to be asked by its whole address, below the server's base URL."""
    files: dict[str, str] = Field(default={})
    """Files that are written into `{runtime}` first; the same words."""
    timeout: float = Field(default=60, ge=1, le=3600)
    """How many seconds it may take to answer."""
    grace: float = Field(default=3, ge=0, le=60)
    """How many seconds it has to end by itself."""
    ready: str = "/"
    """The page that is asked for to see whether it answers."""
    open: str = ""
    """What is added to its address when it is opened: `?folder={folder}`."""


class Serve(Contract):
    """Says which files an app serves."""

    suffixes: Words = ()
    imports: Words = ()
    """The Python modules of which such a file imports one."""
    names: Words = ()
    """The names of files that are taken for one whatever is in them (`app.R`)."""
    example: str
    """The file of the catalogue that is served where none is named."""
    example_name: str
    """The name it gets."""


class Need(Contract):
    """Is something that an installation needs of the machine: one of these programs or files."""

    what: str
    programs: Words = ()
    files: Words = ()
    """Absolute places; `*` stands for any name."""
    package: str
    """The Debian package that has it."""


class InstallStep(Contract):
    """Is one command of an installation."""

    name: str
    command: Words = Field(min_length=1)
    """Words with `{python}` and `{prefix}`."""
    environment: dict[VariableName, str] = Field(default={})


class Install(Contract):
    """Says how an app is installed without root."""

    how: Literal["npm", "pip"]
    what: str
    seconds: int = Field(ge=1)
    megabytes: int = Field(ge=1)
    needs: tuple[Need, ...] = ()
    steps: tuple[InstallStep, ...] = Field(min_length=1)


class Entry(Contract):
    """Is an app, as its data file describes it."""

    name: AppName
    title: Annotated[str, Field(min_length=1, max_length=60)]
    description: str
    homepage: str
    licence: str
    rank: int = 1000
    icon: str | None = None
    """The name of an SVG file beside this one."""
    find: Find
    start: Start
    serve: Serve | None = None
    install: Install | None = None

    folder: Path = STOCK
    """The folder of its data file; no file says it itself."""


class Catalogue:
    """Reads the data files; the user's own go before those of the package."""

    def __init__(self, own: Path) -> None:
        self._own = own

    def read(self) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        """Gives every app by its rank, and what is wrong with files that cannot be read."""
        found: dict[str, Entry] = {}
        problems: list[str] = []
        for file in self._files():
            try:
                entry = _read(file)
            except (OSError, ValueError) as error:
                problems.append(f"{file} is no description of an app: {_reason(error)}")
                continue
            found.setdefault(entry.name, entry)
        entries = sorted(found.values(), key=lambda entry: (entry.rank, entry.title))
        return tuple(entries), tuple(problems)

    def entry(self, name: str) -> Entry:
        """Gives one app; `NotFound` when there is none of that name."""
        entries, _ = self.read()
        for entry in entries:
            if entry.name == name:
                return entry
        there = ", ".join(entry.name for entry in entries)
        raise NotFound(f"there is no app {name[:80]!r}", hint=f"There are: {there}.")

    def _files(self) -> Iterator[Path]:
        for folder in (self._own, STOCK):
            if folder.is_dir():
                yield from sorted(folder.glob("*.toml"))


def _read(file: Path) -> Entry:
    """Reads one data file; `ValueError` when it is none."""
    entry = Entry.model_validate(
        {"name": file.stem, **tomllib.loads(file.read_text(encoding="utf-8")), "folder": file.parent}
    )
    if entry.name != file.stem:
        raise ValueError(f"its name is {entry.name}")
    return entry


def _reason(error: Exception) -> str:
    """Says in a sentence why a file cannot be read."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)


def icon(entry: Entry) -> str:
    """Gives the picture of an app, as SVG text; a plain one where it has none."""
    for file in (entry.folder / (entry.icon or ""), STOCK / "app.svg"):
        if file.is_file() and file.stat().st_size <= ICON_MAX:
            return file.read_text(encoding="utf-8", errors="replace")
    return ""
