"""What of the workspace has to do with images: its CWL documents and its Containerfiles, found with a bound.

A folder of documents is walked in milliseconds, a home with everything in it takes seconds: what a walk has found is
kept the longer the longer it took.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ellip_lab.containers.contract import DockerPull, ImageUser
from ellip_lab.errors import EllipError
from ellip_lab.settings import Settings

FILES_MAX = 2_000
"""So many documents are looked at."""
FOLDERS_MAX = 20_000
"""So many folders are looked into."""
CONTAINERFILES = ("Containerfile", "Dockerfile")
PASSED_OVER = frozenset(("node_modules", "site-packages", "__pycache__"))
"""Folders that hold the work of others; hidden ones and the one of results are passed over too."""
KEPT = 20.0
"""A walk is kept this many times as long as it took."""
SIZE_MAX = 10_000_000
"""Bytes of a document; a larger one is none."""
TELLING = (b"dockerPull", b"dockerImageId", b"$import")
"""A file without any of these names no image of its own."""


class Found(NamedTuple):
    """Is what a walk has found, those nearest to the root first."""

    documents: tuple[Path, ...]
    containerfiles: tuple[Path, ...]


class Workspace:
    """Knows the documents and the Containerfiles of a workspace."""

    def __init__(self, settings: Settings, pulls: Callable[[Path], Sequence[DockerPull]]) -> None:
        self._settings = settings
        self._pulls = pulls
        self._lock = threading.Lock()
        self._walked: tuple[float, Found] | None = None
        self._known: dict[Path, tuple[tuple[int, int], tuple[DockerPull, ...]]] = {}

    def found(self) -> Found:
        """Gives the documents and the Containerfiles there are."""
        with self._lock:
            return self._find()

    def users(self) -> Mapping[str, Sequence[ImageUser]]:
        """Gives, by the name that documents write, every document that names an image, and where."""
        with self._lock:
            documents = self._find().documents
            known = {place: kept for place in documents if (kept := self._images(place))}
            self._known = known
        users: dict[str, dict[tuple[str, int], ImageUser]] = {}
        for place, (_, pulls) in known.items():
            for pull in pulls:
                # a document that another one runs speaks for itself
                if pull.path == str(place) or Path(pull.path) not in known:
                    one = ImageUser(kind="document", name=pull.path, line=pull.line)
                    users.setdefault(pull.image, {})[pull.path, pull.line] = one
        return {image: tuple(found.values()) for image, found in users.items()}

    def _images(self, place: Path) -> tuple[tuple[int, int], tuple[DockerPull, ...]] | None:
        """Gives the images of a document, read again when it has changed; None when it has gone or is no text."""
        try:
            status = place.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            kept = self._known.get(place)
            if kept and kept[0] == stamp:
                return kept
            text = place.read_bytes() if status.st_size <= SIZE_MAX else b""
            return stamp, tuple(self._pulls(place)) if any(word in text for word in TELLING) else ()
        except (OSError, EllipError):
            return None

    def _find(self) -> Found:
        if self._walked and time.monotonic() < self._walked[0]:
            return self._walked[1]
        begun = time.monotonic()
        found = self._walk()
        ended = time.monotonic()
        self._walked = (ended + KEPT * (ended - begun), found)
        return found

    def _walk(self) -> Found:
        """Looks into the folders, those nearest to the root first; links are not followed."""
        documents: list[Path] = []
        containerfiles: list[Path] = []
        folders = [str(self._settings.root)]
        looked = 0
        while looked < min(len(folders), FOLDERS_MAX) and len(documents) < FILES_MAX:
            folder = folders[looked]
            looked += 1
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:
                continue  # one that may not be read, or has gone
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in PASSED_OVER and entry.name != self._settings.results:
                        folders.append(entry.path)
                elif entry.name.endswith(".cwl") and len(documents) < FILES_MAX:
                    documents.append(Path(entry.path))
                elif entry.name in CONTAINERFILES:
                    containerfiles.append(Path(entry.path))
        return Found(tuple(documents), tuple(containerfiles))
