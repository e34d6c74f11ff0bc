"""From the workspace to a store."""

from __future__ import annotations

import mimetypes
import os
from typing import Any

from ellip_lab.s3.checking import how, joined, md5, part_size, plain, spans
from ellip_lab.s3.ends import End, Item
from ellip_lab.s3.journal import Half, name_of
from ellip_lab.s3.remote import Remote
from ellip_lab.s3.retrying import Damaged, answer
from ellip_lab.s3.working import Changed, Work

TYPES = {
    ".tif": "image/tiff", ".tiff": "image/tiff", ".geojson": "application/geo+json", ".jp2": "image/jp2",
    ".parquet": "application/vnd.apache.parquet", ".cwl": "application/cwl", ".md": "text/markdown",
    ".yml": "application/yaml", ".yaml": "application/yaml", ".ipynb": "application/x-ipynb+json",
}  # fmt: skip
"""Media types that Python does not know, or not everywhere."""


def kept_of(path: str) -> dict[str, Any]:
    """Gives what an object made of a file has besides its bytes."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    kind = TYPES.get(suffix) or mimetypes.guess_type(path)[0]
    return {"ContentType": kind or "application/octet-stream"}


def send(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Sends a small file in one request; says how it was checked."""
    with open(item.found.name, "rb") as stream:  # noqa: PTH123 - thousands of them
        data = stream.read()
    digest = md5(data)
    kept = kept_of(item.found.name)

    def once() -> str:
        tag = remote.put(end.bucket, item.target, data, kept)
        if plain(tag) == digest:
            return "checksum"
        checked = how(remote, end.bucket, item.target, len(data), tag, digest)
        if checked is None:
            raise Damaged
        return checked

    checked = work.persistently(once)
    work.figures.carried(len(data))
    return checked


def send_parts(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Sends a large file in parts, and goes on with the parts that are there; says how it was checked."""
    handle = os.open(item.found.name, os.O_RDONLY)
    try:
        before = os.fstat(handle)
        size = before.st_size
        name = name_of("up", item.found.name, size, before.st_mtime_ns, remote.name, end.bucket, item.target)
        half, there = _begun(work, name, item, end, remote, size)
        cut = spans(size, half.part)

        def one(number: int) -> tuple[str, str]:
            start, stop = cut[number]
            data = os.pread(handle, stop - start, start)
            if len(data) != stop - start:
                raise Changed
            digest = md5(data)
            known = there.get(number + 1)
            if known != (len(data), digest):
                tag = work.persistently(
                    lambda: _part(remote, end.bucket, item.target, half, number + 1, data, digest)
                )
            else:
                tag = digest
            work.figures.carried(len(data))
            return tag, digest

        try:
            parts = work.in_parts(len(cut), one, here=remote.here)
            _unchanged(handle, before)
        except Changed:
            drop(work, name, remote, half)
            raise
    finally:
        os.close(handle)
    return finish(work, name, remote, half, size, parts)


def _unchanged(handle: int, before: os.stat_result) -> None:
    after = os.fstat(handle)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Changed


def _part(remote: Remote, bucket: str, key: str, half: Half, number: int, data: bytes, digest: str) -> str:
    tag = remote.part(bucket, key, half.upload, number, data, digest)
    if tag != digest and plain(tag) and half.tag != "encrypted":
        raise Damaged
    return tag


def _begun(
    work: Work, name: str, item: Item, end: End, remote: Remote, size: int
) -> tuple[Half, dict[int, tuple[int, str]]]:
    """Goes on with the parts that are there, or begins anew."""
    return begun(work, name, remote, (end.bucket, item.target), part_size(size), kept_of(item.found.name))


def begun(
    work: Work, name: str, remote: Remote, place: tuple[str, str], part: int, kept: dict[str, Any]
) -> tuple[Half, dict[int, tuple[int, str]]]:
    """Goes on with an upload and gives the parts that are there, or begins one."""
    half = work.journal.half.get(name)
    if half is not None:
        upload = half.upload
        try:
            return half, work.persistently(lambda: remote.parts(*place, upload))
        except Exception as error:
            if answer(error) not in ("NoSuchUpload", "404"):
                raise
            work.journal.forget(name)  # somebody has tidied up in the store
    upload, encrypted = work.persistently(lambda: remote.begin(*place, kept))
    half = Half("upload", remote.name, *place, part, upload, "encrypted" if encrypted else None)
    work.journal.begin(name, half)
    return half, {}


def finish(work: Work, name: str, remote: Remote, half: Half, size: int, parts: list[tuple[str, str]]) -> str:
    """Puts the parts together, and says how they were checked; `parts` are entity tags and MD5 sums."""
    tags = [tag for tag, _ in parts]
    expected = joined(digest for _, digest in parts) if all(digest for _, digest in parts) else ""
    try:
        tag: str | None = work.persistently(
            lambda: remote.complete(half.bucket, half.place, half.upload, tags)
        )
    except Exception as error:
        if answer(error) not in ("NoSuchUpload", "404"):
            raise
        # The answer may have been lost on its way, not the question
        found = remote.head(half.bucket, half.place)
        if found is None or (found.tag or "").strip('"') != joined(tags):
            work.journal.forget(name)
            raise
        tag = found.tag
    checked = how(remote, half.bucket, half.place, size, tag, expected)
    if checked is None:
        # every part was checked before: the store has put together something else
        raise Damaged
    return checked


def drop(work: Work, name: str, remote: Remote, half: Half) -> None:
    """Gives an upload up and removes its parts."""
    work.persistently(lambda: remote.abort(half.bucket, half.place, half.upload))
    work.journal.forget(name)
