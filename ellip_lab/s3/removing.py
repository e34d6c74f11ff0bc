"""Deleting: in batches of a thousand, a few at a time; and what a transfer has left half done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ellip_lab.errors import EllipError
from ellip_lab.s3 import boto
from ellip_lab.s3.ends import End, Remotes
from ellip_lab.s3.journal import Journal
from ellip_lab.s3.refusals import refusal
from ellip_lab.s3.remote import Remote
from ellip_lab.s3.working import Work

BATCH = 1_000
"""So many keys a store deletes with one request (Amazon S3 API Reference, DeleteObjects)."""
Names = list[tuple[str, str | None]]
"""Keys, each with a version or the newest one."""


def delete(work: Work, end: End, names: Names) -> set[str]:
    """Deletes objects of one bucket; gives the keys that stayed, and counts them as failures."""
    remote = end.remote
    if remote is None or not names:
        return set()
    try:
        stayed = work.persistently(lambda: remote.delete(end.bucket, names))
    except Exception as error:
        told = refusal(error, f"bucket {end.bucket!r}")
        if told is None:
            raise
        for key, _ in names:
            work.figures.fail(end.said(key), told.detail, told.hint)
        return {key for key, _ in names}
    for key, code in stayed.items():
        may_not = code in ("AccessDenied", "403")
        why = (
            "may not be deleted with these credentials" if may_not else f"could not be deleted ({code[:60]})"
        )
        work.figures.fail(end.said(key), f"{end.said(key)} {why}", None)
    work.figures.gone(len(names) - len(stayed))
    return set(stayed)


def batches(names: Iterable[tuple[str, str | None]]) -> Iterator[Names]:
    """Gives names by the thousand."""
    batch: Names = []
    for name in names:
        batch.append(name)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def below(end: End, versions: bool) -> Iterator[tuple[str, str | None, int]]:
    """Finds what a deletion of an end deletes: key, version, size."""
    remote = end.remote
    if remote is None:
        return
    with boto.translated(end.whole):
        if versions:
            for key, version in remote.versions(end.bucket, end.name):
                if end.many or key == end.name:
                    yield key, version, 0
        elif end.many:
            for found in remote.list(end.bucket, end.name):
                yield found.name, None, found.size
        else:
            there = remote.head(end.bucket, end.name)
            if there is not None:
                yield there.name, None, there.size


def folders_of(root: str, key: str) -> Iterator[str]:
    """Gives the folders that a key lies in, from `root` on: each ends in `/`."""
    at = key.find("/", len(root))
    if root:
        yield root
    while at >= 0:
        yield key[: at + 1]
        at = key.find("/", at + 1)


def leave_no_folders(end: End, folders: Iterable[str]) -> None:
    """Removes the folders below an end that are empty now, where a store keeps them apart from objects (SeaweedFS).

    Of one that does not, as Amazon's, nothing is asked to be deleted: a bucket with versions would keep a mark.
    """
    remote = end.remote
    if remote is None or not end.many:
        return
    with boto.translated(end.whole):
        if not _hollow(remote, end):
            return
        for folder in sorted(
            folders, key=lambda one: one.count("/"), reverse=True
        ):  # what is inside goes first
            # one by one: in a batch SeaweedFS leaves folders alone
            remote.client.delete_object(Bucket=end.bucket, Key=folder)


def _hollow(remote: Remote, end: End) -> bool:
    """Tells whether no object is left below an end, in a store that may have folders there all the same."""
    reply = remote.client.list_objects_v2(Bucket=end.bucket, Prefix=end.name, MaxKeys=1)
    # it is known by its name: what it lists of an empty folder depends on the prefix
    maker = str(reply["ResponseMetadata"]["HTTPHeaders"].get("server", ""))
    return not reply.get("Contents") and maker.startswith("SeaweedFS")


def discard(journal: Journal, remotes: Remotes, say: Callable[[str], None]) -> bool:
    """Removes what a transfer has left half done: parts in stores, `.part` files; tells whether all is gone."""
    clean = True
    for name, half in list(journal.half.items()):
        try:
            if half.kind == "download":
                with suppress(FileNotFoundError, NotADirectoryError):
                    os.unlink(half.place)  # noqa: PTH108
            else:
                _abort(remotes.get(half.connection), half.bucket, half.place, half.upload)
            journal.forget(name)
        except EllipError as error:
            say(f"{half.bucket}/{half.place}: its parts could not be removed: {error.detail}")
            clean = False
        except OSError as error:
            say(f"{half.place} could not be removed: {error.strerror}")
            clean = False
    return clean


def _abort(remote: Remote, bucket: str, key: str, upload: str) -> None:
    with boto.translated(remote.where(bucket, key)):
        remote.abort(bucket, key, upload)


def prune(folder: str) -> None:
    """Removes the folders of a moved folder that are empty now."""
    for found, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):  # one that is not empty stays
            Path(found).rmdir()
