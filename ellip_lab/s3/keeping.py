"""Keeps what a user has said of connections: `connections.json` without secrets, keys apart.

Both stand in `<state>/s3/`, a folder of the user alone. Every change is made under a lock, from what is on the
disk at that moment, and replaces a file as a whole: two processes that save at once lose nothing, and a full disk
leaves what was there.
"""

from __future__ import annotations

import configparser
import fcntl
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ellip_lab.errors import Invalid, Unavailable
from ellip_lab.shell import read_json, write_atomic

ACCESS, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"


@dataclass(frozen=True)
class Keys:
    """Is who asks, and the proof of it; its text says nothing of either."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Kept:
    """Is what `connections.json` says."""

    default: str | None
    connections: dict[str, dict[str, Any]]
    """By name: the settings, and `kept_in`."""


class Keeping:
    """Reads and writes the files of connections."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "connections.json"
        self.credentials = folder / "credentials"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the files for a change; others wait their turn. `Unavailable` when they cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.folder / "lock").open("a") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise Unavailable(
                f"connections cannot be written in {self.folder}: {error.strerror or type(error).__name__}",
                hint="Make room on the disk or choose another state folder; what was kept before is untouched.",
            ) from error

    def read(self) -> Kept:
        """Reads the connections; `Invalid` when the file is damaged."""
        try:
            value = read_json(self.file)
            connections = {str(entry["name"]): dict(entry) for entry in value["connections"]}
            default = value.get("default")
        except FileNotFoundError:
            return Kept(None, {})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Invalid(
                f"{self.file} is damaged: {type(error).__name__}",
                hint="Mend or remove it; keys are kept elsewhere.",
            ) from error
        return Kept(default if isinstance(default, str) else None, connections)

    def write(self, kept: Kept) -> None:
        """Replaces the connections; to be called while they are locked."""
        entries = [{**entry, "name": name} for name, entry in kept.connections.items()]
        text = json.dumps({"default": kept.default, "connections": entries}, indent=1, ensure_ascii=False)
        write_atomic(self.file, text.encode() + b"\n", 0o600)

    def keys(self, name: str) -> Keys | None:
        """Reads the keys of a connection from the file, or None when there are none."""
        parser = self._parser()
        if not parser.has_section(name):
            return None
        section = parser[name]
        if ACCESS not in section or SECRET not in section:
            return None
        return Keys(section[ACCESS], section[SECRET], section.get(TOKEN))

    def write_keys(self, name: str, keys: Keys | None) -> None:
        """Replaces or removes the keys of a connection in the file; to be called while it is locked."""
        parser = self._parser()
        had = parser.remove_section(name)
        if keys is not None:
            parser.add_section(name)
            parser[name].update({ACCESS: keys.access, SECRET: keys.secret})
            if keys.token:
                parser[name][TOKEN] = keys.token
        elif not had:
            return
        text = io.StringIO()
        parser.write(text)
        write_atomic(self.credentials, text.getvalue().encode(), 0o600)

    def _parser(self) -> configparser.RawConfigParser:
        # No section is special here: a name is a name.
        parser = configparser.RawConfigParser(default_section="\x00", interpolation=None)
        try:
            parser.read_string(self.credentials.read_text("utf-8"))
        except FileNotFoundError:
            pass
        except (configparser.Error, UnicodeDecodeError):
            # The parser's own sentence repeats the line, which may hold a key.
            raise Invalid(
                f"{self.credentials} is damaged", hint="Mend or remove it, and save the keys again."
            ) from None
        return parser
