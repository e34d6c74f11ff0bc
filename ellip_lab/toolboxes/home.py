"""The folder of the toolboxes: which are there, whole or not, and what is known of each."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import Field

from ellip_lab.contract import Contract, JsonObject
from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.toolboxes.contract import (
    Proof,
    Toolbox,
    Toolboxes,
    ToolboxPackage,
    ToolboxState,
    ToolboxSummary,
)
from ellip_lab.toolboxes.site import RECORD
from ellip_lab.toolboxes.work_cleaning import KERNEL

LOCK = "conda-meta/pixi.lock"
COMMANDS = 500
"""How many commands are named."""
SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win"}
MACHINES = {"x86_64": "64", "AMD64": "64", "aarch64": "aarch64", "arm64": "arm64", "ppc64le": "ppc64le"}


class Record(Contract):
    """Is what is kept of a toolbox, in the file that makes it one."""

    name: str
    title: str
    prefix: str
    """The folder it was made for: its files have this path in them."""
    description: str = ""
    entry: str | None = None
    homepage: str | None = None
    licence: str | None = None
    specs: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    created: datetime
    changed: datetime
    version: str | None = None
    contents: tuple[ToolboxPackage, ...] = ()
    commands: tuple[str, ...] = ()
    command_count: int = 0
    env: dict[str, str] = Field(default_factory=dict)
    """What its activation sets besides PATH."""
    path: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    proving: tuple[str, ...] = ()
    """The commands that prove that it works."""
    software: tuple[str, ...] = ()
    size: int | None = None
    python: str | None = None
    """The version of its Python; null without one."""
    ipykernel: bool = False


class Home:
    """Is the folder of the toolboxes.

    A toolbox is `<folder>/<name>/`, whole when it has its record; what begins with a dot is no toolbox.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = (settings.toolboxes_dir or settings.state / "toolboxes").absolute()
        self.cache = self.folder / ".cache"
        self.kernels = self.folder / ".kernels"
        self.claims = self.folder / ".claims"
        self.entries = self.folder / "catalogue.d"
        self.channels = self.folder / ".channels.json"
        self.logins = self.folder / ".logins.json"

    @property
    def platform(self) -> str:
        """Gives what packages are chosen for, as conda calls it (`linux-64`)."""
        machine = platform.machine()
        return f"{SYSTEMS.get(sys.platform, sys.platform)}-{MACHINES.get(machine, machine)}"

    def prefix(self, name: str) -> Path:
        """Gives the folder of a toolbox, whether it is there or not."""
        return self.folder / name

    def make(self) -> None:
        """Makes the folder, of this user alone; `Unavailable` when that cannot be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for place in (self.cache, self.kernels, self.claims, self.entries):
                place.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(
                f"the folder of toolboxes {self.folder} cannot be used: {error.strerror}",
                hint="Choose another one (EllipLabApp.toolboxes_dir), or make room.",
            ) from error

    def free(self) -> int:
        """Gives how many bytes are free where toolboxes go."""
        place = self.folder
        while not place.exists():
            place = place.parent
        return shutil.disk_usage(place).free

    # -- records

    def names(self) -> Iterator[str]:
        """Gives the names of the toolboxes that have a record."""
        try:
            found = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_dir())
        except OSError:
            return
        for name in found:
            if not name.startswith(".") and (self.folder / name / RECORD).is_file():
                yield name

    def record(self, name: str) -> Record:
        """Gives what is kept of a toolbox; `NotFound` when there is none, `ValueError` when it is damaged."""
        try:
            return Record.model_validate(read_json(self.prefix(name) / RECORD))
        except OSError as error:
            raise NotFound(
                f"there is no toolbox {name}", hint="List them, or install it from the catalogue."
            ) from error
        except ValueError as error:  # what pydantic raises is one
            raise ValueError("its record is damaged") from error

    def records(self) -> dict[str, Record]:
        """Gives what is kept of every toolbox whose record can be read."""
        found = {}
        for name in self.names():
            try:
                found[name] = self.record(name)
            except (NotFound, ValueError):
                continue
        return found

    def made_of(self) -> dict[str, tuple[str, ...]]:
        """Gives the toolboxes that were made of each entry of the catalogue."""
        found: dict[str, tuple[str, ...]] = {}
        for name, record in self.records().items():
            if record.entry:
                found[record.entry] = (*found.get(record.entry, ()), name)
        return found

    # -- what a door shows

    def list(self, busy: Mapping[str, str]) -> Toolboxes:
        """Gives every toolbox; `busy` has the works that go on, by toolbox."""
        shown = {name: self._summary(name, busy.get(name)) for name in self.names()}
        for name, work in busy.items():
            shown.setdefault(name, self._coming(name, work))
        problem, hint = self.problem()
        return Toolboxes(
            toolboxes=tuple(shown[name] for name in sorted(shown)),
            folder=str(self.folder),
            free=self.free(),
            platform=self.platform,
            problem=problem,
            hint=hint,
        )

    @staticmethod
    def problem() -> tuple[str | None, str | None]:
        """Says why nothing can be installed, and what to do; nothing when it can."""
        if find_spec("rattler") is None:
            return "py-rattler is not installed", "pip install 'ellip-lab[toolboxes]'"
        return None, None

    def show(self, name: str, busy: Mapping[str, str]) -> Toolbox:
        """Gives everything known of a toolbox; `NotFound` when there is none."""
        work = busy.get(name)
        try:
            record = self.record(name)
        except NotFound:
            if work is None:
                raise
            return Toolbox(**self._coming(name, work).model_dump())
        except ValueError:
            return Toolbox(**self._summary(name, work).model_dump())
        lock = self.prefix(name) / LOCK
        return Toolbox(
            **self._fields(name, record, work, missing(self.prefix(name))),
            specs=record.specs,
            channels=record.channels,
            contents=tuple(sorted(record.contents, key=lambda one: (not one.requested, one.name))),
            commands=record.commands,
            command_count=record.command_count,
            env=record.env,
            proofs=record.proofs,
            lock=str(lock) if lock.is_file() else None,
            kernel_title=kernel_title(record),
            homepage=record.homepage,
            licence=record.licence,
        )

    def _summary(self, name: str, work: str | None) -> ToolboxSummary:
        try:
            record = self.record(name)
        except (NotFound, ValueError) as error:
            return ToolboxSummary(
                name=name, title=name, state=ToolboxState.WORKING if work else ToolboxState.BROKEN,
                reason=None if work else f"{error}", work=work, prefix=str(self.prefix(name)),
            )  # fmt: skip
        return ToolboxSummary(**self._fields(name, record, work, None))

    def _fields(self, name: str, record: Record, work: str | None, gone: str | None) -> JsonObject:
        reason = self.broken(name, record) or gone
        state = ToolboxState.WORKING if work else ToolboxState.BROKEN if reason else ToolboxState.READY
        return {
            "name": name, "title": record.title, "description": record.description, "entry": record.entry,
            "state": state, "reason": None if work else reason, "work": work, "version": record.version,
            "packages": len(record.contents), "size": record.size, "created": record.created,
            "changed": record.changed, "prefix": str(self.prefix(name)), "kernel": kernel_name(name),
            "language": record.python if record.ipykernel else None,
        }  # fmt: skip

    def _coming(self, name: str, work: str) -> ToolboxSummary:
        return ToolboxSummary(
            name=name, title=name, state=ToolboxState.WORKING, work=work, prefix=str(self.prefix(name))
        )

    def broken(self, name: str, record: Record) -> str | None:
        """Says in one sentence what is wrong with a toolbox; nothing when it looks whole."""
        prefix = self.prefix(name)
        if str(prefix) != record.prefix:
            return f"it was made for {record.prefix} and does not work elsewhere"
        there = sum(1 for place in (prefix / "conda-meta").glob("*.json") if place.name != "ellip.json")
        if there < len(record.contents):
            return f"{len(record.contents) - there} of its {len(record.contents)} packages are gone"
        failed = next((proof for proof in record.proofs if not proof.passed), None)
        return f"`{failed.command}` does not work" if failed else None


def missing(prefix: Path) -> str | None:
    """Says which files of a toolbox are gone; nothing when all are there."""
    gone: list[str] = []
    for place in (prefix / "conda-meta").glob("*.json"):
        if place.name == "ellip.json":
            continue
        try:
            files = meta(place).get("files", ())
        except (OSError, ValueError):
            return f"{place.name} is damaged"
        gone += [file for file in files if not os.path.lexists(prefix / file)]
    if not gone:
        return None
    return f"{gone[0]} is gone" + (f", and {len(gone) - 1} more files" if gone[1:] else "")


def meta(place: Path) -> dict[str, Any]:
    """Reads what is kept of a package in a prefix; `ValueError` when it is damaged."""
    found = read_json(place)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - as for any other damage
    return found


def kernel_name(name: str) -> str:
    """Gives the name of the kernel of a toolbox."""
    return f"{KERNEL}{name}"


def kernel_title(record: Record) -> str:
    """Gives the name of a toolbox's kernel, as the launcher shows it."""
    return record.title if record.title == record.name else f"{record.title} ({record.name})"
