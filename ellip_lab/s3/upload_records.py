"""The records of uploads: a file for each, and one for each of its parts.

Several servers may take parts of the same upload at the same time, on a disk where locks do not hold: each part has
a file of its own, replaced as a whole, and nobody changes what another has written. No secret is in them.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from ellip_lab.contract import Contract
from ellip_lab.errors import NotFound
from ellip_lab.s3.contract import Written
from ellip_lab.shell import read_json, write_json

PATTERN = "[0-9a-f]" * 32


class Record(Contract):
    """Is what is remembered of an upload."""

    connection: str
    bucket: str
    key: str
    size: int
    part_size: int
    media_type: str
    if_absent: bool
    begun: float
    """Seconds since 1970."""
    upload: str | None = None
    """The store's own id; null until it has given one."""
    finished: Written | None = None
    """What became of it, kept for a day: who has not heard the answer may ask again."""

    @property
    def count(self) -> int:
        """Gives how many parts it has."""
        return -(-self.size // self.part_size)

    def bytes_of(self, number: int) -> int:
        """Gives how many bytes a part has; the last one has the rest."""
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class Part(Contract):
    """Is a part that has arrived."""

    etag: str
    size: int = Field(ge=0)


class Records:
    """Keeps the records in a folder that only the user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, record: Record) -> str:
        """Writes a new record, and gives its id."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        id_ = secrets.token_hex(16)
        self._parts(id_).mkdir(mode=0o700)
        self.write(id_, record)
        return id_

    def write(self, id_: str, record: Record) -> None:
        """Replaces a record."""
        write_json(self._file(id_), record.model_dump(mode="json"), 0o600)

    def read(self, id_: str) -> Record:
        """Reads a record; `NotFound` when there is none, or it is damaged."""
        try:
            return Record.model_validate(read_json(self._file(id_)))
        except (FileNotFoundError, ValidationError, ValueError) as error:
            raise NotFound("there is no such upload", hint="It may have ended; begin a new one.") from error

    def remove(self, id_: str) -> None:
        """Removes a record and those of its parts."""
        self._file(id_).unlink(missing_ok=True)
        shutil.rmtree(self._parts(id_), ignore_errors=True)

    def add(self, id_: str, number: int, part: Part) -> None:
        """Notes that a part has arrived; `NotFound` when the upload has been given up meanwhile."""
        try:
            write_json(self._parts(id_) / str(number), part.model_dump(), 0o600)
        except FileNotFoundError as error:
            raise NotFound(
                "there is no such upload any more", hint="It was finished or given up meanwhile."
            ) from error

    def forget(self, id_: str, number: int) -> None:
        """Notes that a part must come again."""
        (self._parts(id_) / str(number)).unlink(missing_ok=True)

    def numbers(self, id_: str) -> tuple[int, ...]:
        """Gives the numbers of the parts that have arrived, in order."""
        try:
            return tuple(sorted(int(file.name) for file in self._parts(id_).iterdir() if file.name.isdigit()))
        except FileNotFoundError:
            return ()

    def parts(self, id_: str) -> dict[int, Part]:
        """Gives the parts that have arrived."""
        folder = self._parts(id_)
        return {number: Part.model_validate(read_json(folder / str(number))) for number in self.numbers(id_)}

    def clear(self, id_: str) -> None:
        """Removes the records of the parts of an upload that is finished."""
        shutil.rmtree(self._parts(id_), ignore_errors=True)

    def idle(self, seconds: float) -> Iterator[str]:
        """Gives the ids of uploads of which nothing has been heard for so long."""
        before = time.time() - seconds
        for file in sorted(self._folder.glob(f"{PATTERN}.json")):
            id_ = file.stem
            try:
                last = max(place.stat().st_mtime for place in (file, self._parts(id_)) if place.exists())
            except (FileNotFoundError, ValueError):
                continue  # it has just ended
            if last < before:
                yield id_

    def others(self, id_: str) -> set[str]:
        """Gives the store's own ids of all other uploads."""
        found = set()
        for file in self._folder.glob(f"{PATTERN}.json"):
            if file.stem != id_:
                try:
                    found.add(self.read(file.stem).upload)
                except NotFound:
                    continue  # it has just ended
        return {upload for upload in found if upload}

    def _file(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _parts(self, id_: str) -> Path:
        return self._folder / f"{id_}.parts"
