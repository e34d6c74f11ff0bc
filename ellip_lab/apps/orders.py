"""What is started for an instance: a command, an environment and a folder, as its data file says."""

from __future__ import annotations

import getpass
import os
import re
from dataclasses import dataclass
from pathlib import Path

from ellip_lab.apps.contract import AppSettings
from ellip_lab.apps.descendants import MARK
from ellip_lab.apps.entries import Entry
from ellip_lab.apps.finding import expanded
from ellip_lab.tasks.identity import surroundings

HOLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Places:
    """Is where an instance has its things."""

    socket: Path
    runtime: Path
    """A private folder that goes with it."""
    data: Path
    """A private folder that stays."""
    folder: Path
    file: Path | None
    url: str
    """Its path on the server, as a URL says it, with its last slash."""


@dataclass(frozen=True)
class Order:
    """Is what a keeper starts."""

    argv: tuple[str, ...]
    shown: tuple[str, ...]
    """The command for the log, without what a person has added: that may be secret."""
    env: dict[str, str]
    cwd: Path
    ready: str
    files: dict[str, str]


def order(entry: Entry, program: tuple[str, ...], places: Places, chosen: AppSettings, mark: str) -> Order:
    """Gives the command of an app for an instance."""
    words = {
        "unix_socket": str(places.socket),
        "base_url": places.url,
        "root_path": places.url.rstrip("/"),
        "folder": str(places.folder),
        "file": str(places.file or ""),
        "file_folder": str(places.file.parent if places.file else places.folder),
        "data": str(places.data),
        "runtime": str(places.runtime),
        "catalogue": str(entry.folder),
        "user": _user(),
    }

    def filled(text: str) -> str:
        return HOLE.sub(lambda hole: words.get(hole.group(1), hole.group()), text)

    own = tuple(filled(word) for word in expanded(program, entry.start.command))
    env = {name: value for name, value in surroundings().items() if name not in entry.start.unset}
    env |= {name: filled(value) for name, value in entry.start.environment.items()}
    env |= {name: value for name, value in chosen.environment.items() if value is not None}
    env[MARK] = mark
    more = ("(and its settings)",) if chosen.arguments else ()
    ready = entry.start.ready
    return Order(
        argv=(*own, *chosen.arguments),
        shown=(*own, *more),
        env=env,
        cwd=places.folder,
        ready=places.url.rstrip("/") + ready if entry.start.absolute_url else ready,
        files={name: filled(text) for name, text in entry.start.files.items()},
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        return str(os.geteuid())
