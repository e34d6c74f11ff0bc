"""From a store to the workspace: a file has its name when it is whole and checked, not before."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from typing import Any

from ellip_lab.s3.checking import (
    CHUNK,
    LARGEST_CHUNK,
    MIB,
    SMALL,
    bare,
    encrypted,
    joined,
    likely_part,
    md5,
    parts_of,
    plain,
    spans,
)
from ellip_lab.s3.ends import End, Item
from ellip_lab.s3.journal import Half, name_of
from ellip_lab.s3.remote import Found, Remote
from ellip_lab.s3.retrying import Damaged, answer
from ellip_lab.s3.working import FULL_DISK, Changed, Work, disk_full

NAME = 200
"""Bytes of a file's name that its `.part` file keeps: there must be room for the rest."""


def part_of(path: str, name: str) -> str:
    """Gives the place of the bytes of a file that is not whole."""
    folder, _, last = path.rpartition("/")
    return f"{folder}/{os.fsdecode(os.fsencode(last)[:NAME])}.{name}.part"


def fetch(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Fetches a small object in one request; says how it was checked."""
    bucket, key = item.origin.bucket, item.found.name

    def once() -> tuple[Any, Found, str]:
        data, found, _ = remote.whole(bucket, key, 2 * SMALL)
        size = len(memoryview(data))
        if size != found.size:
            raise Damaged
        expected = (
            md5(data) if plain(found.tag) else joined([md5(data)]) if parts_of(found.tag) == 1 else None
        )
        if expected is None:
            return data, found, "size"
        if bare(found.tag) == expected:
            return data, found, "checksum"
        if not encrypted(remote.headers(bucket, key) or {}):
            raise Damaged
        return data, found, "size"

    data, found, checked = work.persistently(once)
    work.folder_of(item.target, end.name if item.target != end.name else os.path.dirname(end.name))  # noqa: PTH120
    part = part_of(item.target, name_of("down", item.source, item.target))
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
        try:
            _write(handle, data, 0)
            os.utime(handle, (found.modified, found.modified))
        finally:
            os.close(handle)
        os.replace(part, item.target)  # noqa: PTH105
    except OSError as error:
        with suppress(OSError):
            os.unlink(part)  # noqa: PTH108
        if error.errno in FULL_DISK:
            raise disk_full(item.target) from error
        raise
    work.figures.carried(found.size)
    return checked


def fetch_parts(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Fetches a large object in ranges, and goes on with those that are there; says how it was checked."""
    for _ in range(3):
        try:
            return _Fetch(work, item, end, remote).run()
        except Changed:
            # another object has come under this key: what was fetched of the one before is worth nothing
            found = work.persistently(lambda: remote.head(item.origin.bucket, item.found.name))
            if found is None:
                raise
            item.found = found
    raise Changed


class _Fetch:
    """Is a large object on its way."""

    def __init__(self, work: Work, item: Item, end: End, remote: Remote) -> None:
        self.work = work
        self.item = item
        self.end = end
        self.remote = remote
        self.found = item.found
        self.name = name_of("down", item.source, item.found.size, item.found.tag, item.target)
        self.path = part_of(item.target, self.name)
        self.counted = 0
        self.guessed = False
        self.lock = threading.Lock()

    def run(self) -> str:
        single = self.item.target == self.end.name
        self.work.folder_of(self.item.target, os.path.dirname(self.end.name) if single else self.end.name)  # noqa: PTH120
        half, parts = self.begun()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            self.room(handle, half)
            os.ftruncate(handle, self.found.size)
            checked = self.carry(handle, half, parts)
        except Damaged:
            self.drop()
            raise
        except OSError as error:
            if error.errno in FULL_DISK:
                raise disk_full(self.path) from error
            raise
        except Exception as error:
            code = answer(error)
            if code in ("PreconditionFailed", "412"):
                self.drop()
                raise Changed from error
            if code in ("NoSuchKey", "404"):
                self.drop()
            raise
        finally:
            os.close(handle)
        os.utime(self.path, (self.found.modified, self.found.modified))
        os.replace(self.path, self.item.target)  # noqa: PTH105
        return checked

    def begun(self) -> tuple[Half, int | None]:
        """Goes on with what is there, or begins; gives the size of the parts the object was sent in, if known."""
        count = parts_of(self.found.tag)
        part = None
        if count:
            part = likely_part(self.found.size, count)
            self.guessed = part is not None
            part = part or self.told(count)
        step = part if part and part <= LARGEST_CHUNK else CHUNK
        half = self.work.journal.half.get(self.name)
        usable = half is not None and half.part == step and half.place == self.path
        if half is None or not usable or not os.path.isfile(self.path):  # noqa: PTH113
            half = Half(
                "download", self.remote.name, self.item.origin.bucket, self.path, step, tag=self.found.tag
            )
            self.work.journal.begin(self.name, half)
        return half, part

    def told(self, count: int) -> int | None:
        """Asks the store for the size of the parts that an object was sent in."""
        tag = self.found.tag or ""
        part = self.work.persistently(
            lambda: self.remote.first_part(self.item.origin.bucket, self.found.name, tag)
        )
        return part if part and part >= MIB and -(-self.found.size // part) == count else None

    def room(self, handle: int, half: Half) -> None:
        """Refuses to begin what the disk cannot hold."""
        space = os.fstatvfs(handle)
        missing = self.found.size - len(half.ranges) * half.part
        if space.f_bavail * space.f_frsize < missing:
            raise disk_full(self.path)

    def carry(self, handle: int, half: Half, part: int | None) -> str:
        """Fetches the ranges that are missing, several at a time, and checks the whole."""
        cut = spans(self.found.size, half.part)
        tag = plain(self.found.tag)
        # Hashed once: range by range where that gives the entity tag (or there is none to compare with), else
        # from the first byte to the last, behind the ranges as they arrive.
        through = None if part == half.part or not (tag or part) else Through(handle, part or self.found.size)
        before = dict(half.ranges)

        def one(number: int) -> str:
            start, stop = cut[number]
            digest = before.get(number)
            if digest is None or (digest and md5(os.pread(handle, stop - start, start)) != digest):
                digest = self.work.persistently(lambda: self.piece(handle, start, stop, through is None))
                self.work.journal.arrived(self.name, number, digest)
            with self.lock:
                self.counted += stop - start
            self.work.figures.carried(stop - start)
            return digest

        def behind(number: int, _: str) -> None:
            if through:
                through.take(*cut[number])

        digests = self.work.in_parts(len(cut), one, behind, here=self.remote.here)
        if through and not part:
            return self.judge(through.digests()[0])
        if not part:
            return "size"
        digest = joined(through.digests() if through else digests)
        if self.guessed and digest != bare(self.found.tag):
            real = self.told(parts_of(self.found.tag) or 0)
            if real is None:
                return "size"
            again = Through(handle, real)
            again.take(0, self.found.size)
            digest = joined(again.digests())
        return self.judge(digest)

    def piece(self, handle: int, start: int, stop: int, hashed: bool) -> str:
        """Puts a range, of this object and no other, at its place; gives its MD5 if it is to be hashed."""
        running = hashlib.md5(usedforsecurity=False)
        at = start
        for data in self.remote.pieces(self.item.origin.bucket, self.found.name, start, stop, self.found.tag):
            size = len(memoryview(data))
            if at + size > stop:
                raise Damaged
            _write(handle, data, at)
            if hashed:
                running.update(data)
            at += size
        if at != stop:
            raise Damaged
        return running.hexdigest() if hashed else ""

    def judge(self, digest: str) -> str:
        """Says how the file is known to be whole; `Damaged` when it is not."""
        if bare(self.found.tag) == digest:
            return "checksum"
        headers = self.remote.headers(self.item.origin.bucket, self.found.name)
        if headers is None or not encrypted(headers):
            raise Damaged
        return "size"

    def drop(self) -> None:
        """Removes what is there of it."""
        self.work.figures.carried(-self.counted)
        with suppress(FileNotFoundError):
            os.unlink(self.path)  # noqa: PTH108
        self.work.journal.forget(self.name)


class Through:
    """Hashes a file from its first byte on, in stretches of `step` bytes."""

    def __init__(self, handle: int, step: int) -> None:
        self._handle = handle
        self._step = step
        self._running = hashlib.md5(usedforsecurity=False)
        self._found: list[str] = []
        self._at = 0

    def take(self, start: int, stop: int) -> None:
        """Goes on with the bytes from `start`, where it has come to, to `stop`."""
        while start < stop:
            end = min(stop, (start // self._step + 1) * self._step, start + MIB)
            self._running.update(os.pread(self._handle, end - start, start))
            start = self._at = end
            if end % self._step == 0:
                self._close()

    def digests(self) -> list[str]:
        """Gives the MD5 of every stretch, once it has come to the end."""
        if self._at % self._step or not self._found:
            self._close()
        return self._found

    def _close(self) -> None:
        self._found.append(self._running.hexdigest())
        self._running = hashlib.md5(usedforsecurity=False)


def _write(handle: int, data: Any, start: int) -> None:
    """Writes all of a range at its place."""
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, start)
        start += written
        view = view[written:]
