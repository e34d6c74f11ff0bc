"""What a transfer has finished, and what it has left half done: a file of lines, so that another can go on.

It lies in `<state>/s3/transfers/<id of the first task>/`, not in the task's own folder: a transfer that is resumed
is another task, and what it has left in a store must be known until it is removed, even when the record of the
task has gone.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any


@dataclass
class Half:
    """Is a file that is half there."""

    kind: str
    """`upload`: parts in a store; `download`: a `.part` file."""
    connection: str
    bucket: str
    place: str
    """The key, or the path of the `.part` file."""
    part: int
    """Bytes of every part but the last."""
    upload: str = ""
    tag: str | None = None
    """The entity tag of the source."""
    ranges: dict[int, str] = field(default_factory=dict)
    """Of a download: the ranges that have arrived, each with its MD5."""


class Journal:
    """Remembers; in a file, or for `folder` None as long as the process lives."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._done: set[bytes] = set()
        self._begun: set[bytes] = set()
        self.half: dict[str, Half] = {}
        self._stream: Any = None
        self._waiting = b""
        self.torn = False
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "journal"
        if path.exists():
            self._load(path.read_bytes())
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._stream = os.fdopen(handle, "ab", buffering=0)
        if self.torn:
            self._stream.write(b"\n")

    def close(self) -> None:
        """Closes the file."""
        if self._stream:
            self.flush()
            self._stream.close()

    def flush(self) -> None:
        """Writes what waits."""
        with self._lock:
            self._write(b"")

    def is_done(self, item: str) -> bool:
        """Tells whether a file has been carried, whole."""
        return bytes.fromhex(item) in self._done

    def is_begun(self, item: str) -> bool:
        """Tells whether somebody had begun to carry a file before: what is at its target now may be that."""
        return bytes.fromhex(item) in self._begun

    def begun(self, *items: str) -> None:
        """Remembers that files are going to be carried: they may arrive, and nobody live to say so."""
        with self._lock:
            self._write(b"".join(_line({"s": item}) for item in items))

    def done(self, item: str) -> None:
        """Remembers that a file is there, whole; what was half of it is no more."""
        with self._lock:
            self._done.add(bytes.fromhex(item))
            if self.half.pop(item, None):
                self._write(_line({"d": item}))
            else:
                # It has been said that it is begun: should this line be lost, it is carried again. So it waits for
                # the next one, or for `flush`, and many small files take half the writes.
                self._waiting += _line({"d": item})

    def begin(self, item: str, half: Half) -> None:
        """Remembers a file that is going to be there in parts."""
        with self._lock:
            self.half[item] = half
            told = {name: value for name, value in vars(half).items() if name != "ranges"}
            self._write(_line({"b": item, **told}))

    def arrived(self, item: str, number: int, digest: str) -> None:
        """Remembers a range of a download that is on the disk."""
        with self._lock:
            self.half[item].ranges[number] = digest
            self._write(_line({"r": item, "n": number, "h": digest}))

    def forget(self, item: str) -> None:
        """Remembers that what was half there has been removed."""
        with self._lock:
            self.half.pop(item, None)
            self._write(_line({"x": item}))

    def _write(self, line: bytes) -> None:
        # one write for whole lines: a process that is killed leaves no half of one
        if self._stream:
            data, self._waiting = self._waiting + line, b""
            if data:
                self._stream.write(data)

    def _load(self, data: bytes) -> None:
        self.torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            try:
                entry = json.loads(line)
                if "d" in entry:
                    self._done.add(bytes.fromhex(entry["d"]))
                    self.half.pop(entry["d"], None)
                elif "s" in entry:
                    self._begun.add(bytes.fromhex(entry["s"]))
                elif "b" in entry:
                    name = entry.pop("b")
                    self.half[name] = Half(**entry)
                elif "r" in entry:
                    self.half[entry["r"]].ranges[int(entry["n"])] = str(entry["h"])
                elif "x" in entry:
                    self.half.pop(entry["x"], None)
            except (ValueError, KeyError, TypeError):
                continue  # a line that a power cut has torn: what it said is done again


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def name_of(*parts: object) -> str:
    """Gives the name of a file in a journal: the same file, unchanged, has the same one."""
    return blake2b("\0".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
