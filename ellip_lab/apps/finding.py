"""Whether an app is here, and what is started of it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ellip_lab.apps.choosing import Chosen
from ellip_lab.apps.entries import Entry
from ellip_lab.shell import read_json
from ellip_lab.tasks.identity import surroundings

VERSION = re.compile(r"(?m)(?:^|[\s ])v?(\d+\.\d[\w.+-]*)")
PATIENCE = 20.0
"""Seconds that a command may take to tell its version."""
AGAIN = 30.0
"""Seconds after which one that did not prove itself is asked again: what it lacks may have been installed since."""


@dataclass(frozen=True)
class Found:
    """Is how an app was found, or that it was not."""

    words: tuple[str, ...] = ()
    """What is started: a program, and what it always gets."""
    how: str | None = None
    version: str | None = None
    own: bool = False
    missing: str | None = None
    facts: Any = field(default=None, compare=False)
    until: float = field(default=float("inf"), compare=False)
    """When this has to be found out anew, by the monotonic clock."""

    @property
    def installed(self) -> bool:
        """Tells whether it is here."""
        return bool(self.words)


class Finding:
    """Finds apps; an answer is kept while what was found stays as it is."""

    def __init__(self, installed: Path, chosen: Chosen) -> None:
        self._installed = installed
        self._chosen = chosen
        self._kept: dict[str, Found] = {}
        self._lock = threading.Lock()

    def all(self, entries: tuple[Entry, ...]) -> list[Found]:
        """Finds several at once: each may have to be asked for its version."""
        with ThreadPoolExecutor(len(entries) or 1) as pool:
            return list(pool.map(self.find, entries))

    def find(self, entry: Entry) -> Found:
        """Finds an app."""
        candidate = next(self._candidates(entry), Found())
        facts = (candidate.words, candidate.how, _stamp(candidate.words), self.prefix(entry.name))
        with self._lock:
            kept = self._kept.get(entry.name)
        if kept is not None and kept.facts == facts and time.monotonic() < kept.until:
            return kept
        found = self._asked(entry, candidate, facts)
        with self._lock:
            self._kept[entry.name] = found
        return found

    def forget(self, app: str) -> None:
        """Forgets what was found of an app."""
        with self._lock:
            self._kept.pop(app, None)

    def prefix(self, app: str) -> str | None:
        """Gives the folder of an app that this room has installed."""
        try:
            kept = read_json(self._installed / app / "installed.json")
            prefix = self._installed / app / str(kept["folder"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return str(prefix) if prefix.is_dir() else None

    def _candidates(self, entry: Entry) -> Iterator[Found]:
        """Gives what an app could be started by, first things first."""
        chosen = self._chosen.of(entry.name).program
        if chosen is not None:
            place = shutil.which(str(Path(chosen).expanduser()))
            if place is None:
                yield Found(missing=f"{chosen}, the program of its settings, is not there")
            else:
                yield Found((place,), "as its settings say")
            return
        prefix = self.prefix(entry.name)
        if prefix is not None and entry.find.own:
            words = tuple(word.replace("{prefix}", prefix) for word in entry.find.own)
            if all(Path(word).exists() for word in words if word.startswith("/")):
                yield Found(words, "installed from here", own=True)
        if entry.find.module and _module(entry.find.module):
            yield Found((sys.executable,), "in the environment of the Jupyter server")
        for program in entry.find.programs:
            for place in _places(program):
                yield Found((place,), "on PATH" if "/" not in program else f"at {place}")

    def _asked(self, entry: Entry, found: Found, facts: Any) -> Found:
        """Gives what was found with its version, where it tells one."""
        if not found.words:
            return Found(missing=found.missing or entry.find.missing, facts=facts)
        version: str | None = None
        if entry.find.version:
            said = _said(found.words, entry.find.version)
            if said is None and entry.find.proves:
                return Found(missing=entry.find.missing, facts=facts, until=time.monotonic() + AGAIN)
            match = VERSION.search(said or "")
            version = match.group(1) if match else None
        return Found(found.words, found.how, version, found.own, facts=facts)


def expanded(program: tuple[str, ...], words: tuple[str, ...]) -> list[str]:
    """Gives a command whose `{program}` has become what was found."""
    return [part for word in words for part in (program if word == "{program}" else (word,))]


def _module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _places(program: str) -> Iterator[str]:
    if "/" not in program:
        if on_path := shutil.which(program):
            yield on_path
        return
    place = Path(program).expanduser()
    anchor = Path(place.anchor)
    for found in sorted(anchor.glob(str(place.relative_to(anchor))), reverse=True):
        if found.is_file() and os.access(found, os.X_OK):
            yield str(found)


def _stamp(words: tuple[str, ...]) -> tuple[Any, ...]:
    """Gives what changes when a program is replaced."""
    stamps: list[tuple[int, ...] | None] = []
    for word in words:
        try:
            stat = Path(word).stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(stamps)


def _said(program: tuple[str, ...], words: tuple[str, ...]) -> str | None:
    """Gives what a command says of its version; None when it does not work.

    Not in the workspace: Python and R load files of the folder they are started in, and this is asked unasked.
    """
    try:
        done = subprocess.run(
            expanded(program, words), capture_output=True, timeout=PATIENCE, check=False, env=surroundings(),
            stdin=subprocess.DEVNULL, start_new_session=True, cwd="/",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    return (done.stdout or done.stderr).decode(errors="replace")
