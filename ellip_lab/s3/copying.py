"""From a store to a store: by the store itself where both ends are one connection, else through here."""

from __future__ import annotations

from typing import Any

from ellip_lab.s3.checking import (
    LARGEST_CHUNK,
    MIB,
    SMALL,
    bare,
    how,
    joined,
    md5,
    part_size,
    parts_of,
    plain,
    spans,
)
from ellip_lab.s3.ends import End, Item
from ellip_lab.s3.journal import name_of
from ellip_lab.s3.remote import KEPT, Found, Remote
from ellip_lab.s3.retrying import Damaged
from ellip_lab.s3.sending import begun, finish
from ellip_lab.s3.working import Changed, Work

WHOLE = 5 * 2**30
"""The largest object a store copies in one request (Amazon S3 API Reference, CopyObject)."""
SPAN = 256 * MIB
"""Of a larger one, so much is copied with each request."""
LEAST = 5 * MIB
"""The smallest part a store takes, but for the last one."""


def copy(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Lets the store copy an object; says how it was checked."""
    found = item.found
    if found.size > WHOLE:
        return _copy_parts(work, item, end, remote)
    if not found.size and found.name.endswith("/"):
        # the mark of a folder: not every store can copy it, and there is nothing in it to copy
        work.persistently(lambda: remote.put(end.bucket, item.target, b"", {}))
        return "size"
    tag = work.persistently(lambda: remote.copy(item.origin.bucket, found, (end.bucket, item.target)))
    checked = "checksum" if tag and bare(tag) == bare(found.tag) else None
    if checked is None:
        there = work.persistently(lambda: remote.head(end.bucket, item.target))
        if there is None or there.size != found.size:
            raise Damaged
        checked = "checksum" if bare(there.tag) == bare(found.tag) else "size"
    work.figures.carried(found.size)
    return checked


def _copy_parts(work: Work, item: Item, end: End, remote: Remote) -> str:
    found = item.found
    name = name_of("copy", item.source, found.size, found.tag, remote.name, end.bucket, item.target)
    kept = _kept(work, item)
    half, there = begun(work, name, remote, (end.bucket, item.target), max(SPAN, part_size(found.size)), kept)
    cut = spans(found.size, half.part)

    def one(number: int) -> tuple[str, str]:
        start, stop = cut[number]
        known = there.get(number + 1)
        tag = (
            known[1]
            if known and known[0] == stop - start
            else work.persistently(
                lambda: remote.copy_part(
                    (item.origin.bucket, found),
                    (end.bucket, item.target),
                    half.upload,
                    number + 1,
                    (start, stop),
                )
            )
        )
        work.figures.carried(stop - start)
        return tag, ""

    return finish(work, name, remote, half, found.size, work.in_parts(len(cut), one))


def stream(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Reads a small object through one connection and writes it through another; says how it was checked."""
    source = _remote(item)

    def once() -> tuple[Any, dict[str, Any], Found]:
        data, found, kept = source.whole(item.origin.bucket, item.found.name, 2 * SMALL)
        if len(memoryview(data)) != found.size:
            raise Damaged
        return data, kept, found

    data, kept, found = work.persistently(once)
    digest = md5(data)
    arrived = plain(found.tag) == digest or bare(found.tag) == joined([digest])

    def put() -> str:
        tag = remote.put(end.bucket, item.target, data, kept)
        checked = (
            "checksum"
            if plain(tag) == digest
            else how(remote, end.bucket, item.target, found.size, tag, digest)
        )
        if checked is None:
            raise Damaged
        return checked

    checked = work.persistently(put)
    work.figures.carried(found.size)
    return checked if arrived else "size"


def stream_parts(work: Work, item: Item, end: End, remote: Remote) -> str:
    """Does the same with a large object, range by range; goes on with the parts that are there."""
    source, found = _remote(item), item.found
    name = name_of("stream", item.source, found.size, found.tag, remote.name, end.bucket, item.target)
    count = parts_of(found.tag)
    size = None
    if count and found.tag:
        tag = found.tag
        size = work.persistently(lambda: source.first_part(item.origin.bucket, found.name, tag))
    # In parts of the same size the copy gets the same entity tag, and that proves it
    fits = size and LEAST <= size <= LARGEST_CHUNK and -(-found.size // size) == count
    step = size if size and fits else part_size(found.size)
    half, there = begun(work, name, remote, (end.bucket, item.target), step, _kept(work, item))
    cut = spans(found.size, half.part)

    def piece(start: int, stop: int) -> Any:
        data = source.read(item.origin.bucket, found.name, start, stop, found.tag)
        if len(memoryview(data)) != stop - start:
            raise Damaged
        return data

    def one(number: int) -> tuple[str, str]:
        start, stop = cut[number]
        known = there.get(number + 1)
        if known and known[0] == stop - start and half.tag != "encrypted" and plain(known[1]):
            work.figures.carried(stop - start)
            return known[1], known[1]

        def once() -> tuple[str, str]:
            data = piece(start, stop)
            digest = md5(data)
            tag = remote.part(
                end.bucket, item.target, half.upload, number + 1, memoryview(data).tobytes(), digest
            )
            if tag != digest and plain(tag) and half.tag != "encrypted":
                raise Damaged
            return tag, digest

        result = work.persistently(once)
        work.figures.carried(stop - start)
        return result

    parts = work.in_parts(len(cut), one)
    if fits and joined(digest for _, digest in parts) != bare(found.tag):
        raise Damaged
    checked = finish(work, name, remote, half, found.size, parts)
    return checked if fits else "size"


def _remote(item: Item) -> Remote:
    if item.origin.remote is None:
        raise ValueError("the source is no store")
    return item.origin.remote


def _kept(work: Work, item: Item) -> dict[str, Any]:
    """Gives what an object has besides its bytes, so that its copy has it too."""
    source = _remote(item)
    headers = work.persistently(
        lambda: source.headers(item.origin.bucket, item.found.name, IfMatch=item.found.tag)
    )
    if headers is None:
        raise Changed
    return {name: headers[name] for name in KEPT if headers.get(name)}
