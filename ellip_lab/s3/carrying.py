"""A transfer from its first file to its last: who carries what, several at a time, and what follows."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ellip_lab.errors import EllipError, NotFound, Unavailable
from ellip_lab.s3 import copying, fetching, removing, sending
from ellip_lab.s3.checking import SMALL
from ellip_lab.s3.contract import Action
from ellip_lab.s3.deciding import Decision, Existing, decide
from ellip_lab.s3.ends import End, Item, Way, exact
from ellip_lab.s3.journal import name_of
from ellip_lab.s3.refusals import refusal
from ellip_lab.s3.retrying import Damaged, Stopped
from ellip_lab.s3.working import Changed, DiskFull, Work

SMALL_AT_ONCE = 24
SMALL_HERE = 8
"""The same where a store runs on this machine: it needs the cores as much as this process does."""
LARGE_AT_ONCE = 2
TOGETHER = 8
"""So many small files are handed to a thread at once."""
WAITING = 5_000
"""So many files are known beforehand; a list is not read further than that."""
HOPELESS = 50
"""So many failures, and nothing that went well, and the rest is not tried."""
TOLD = 500
"""So many small files have a line of their own in the log."""


class Carrier:
    """Carries a transfer out."""

    def __init__(self, way: Way, work: Work) -> None:
        self.way = way
        self.work = work
        self.figures = work.figures
        self.existing = Existing(way)
        self.names: set[str] = set()
        self.ended: EllipError | None = None
        ends = [end for end in (*way.sources, way.target) if end and end.remote]
        here = any(end.remote.here for end in ends if end.remote)
        self._small = ThreadPoolExecutor(SMALL_HERE if here else SMALL_AT_ONCE, "small")
        self._large = ThreadPoolExecutor(LARGE_AT_ONCE, "large")
        self._room = threading.BoundedSemaphore(WAITING)
        self._moved: dict[tuple[str, str], tuple[End, removing.Names]] = {}
        self._left: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self._together: list[tuple[Item, str]] = []

    def carry(self) -> None:
        """Carries everything; what a single file hinders is kept in the figures, and the others go on.

        An error that hinders all of them is raised, when those under way have come to their end.
        """
        try:
            if self.way.request.action is Action.DELETE:
                self._delete()
                return
            try:
                self._carry()
            except BaseException:
                self.work.stop.set()
                raise
            finally:
                self._small.shutdown(wait=True, cancel_futures=self.work.stop.is_set())
                self._large.shutdown(wait=True, cancel_futures=self.work.stop.is_set())
            if self.ended:
                raise self.ended
            self._follow()
        finally:
            self.work.close()

    def _carry(self) -> None:
        for item in self._ready():
            if self.work.stop.is_set():
                break
            if item.problem:
                self._fail(item, item.problem, item.hint)
                continue
            if self.way.request.delete:
                self.names.add(item.target)
            name = name_of(item.source, item.target, item.found.size, item.found.tag or item.found.modified)
            if self.work.journal.is_done(name):
                self.figures.expect(item.found.size)
                self.figures.carried(item.found.size)
                self.figures.done()
                self._moved_on(item)
                continue
            # what was begun, and may have arrived when nobody lived to say so, is ours to write again
            begun = self.work.journal.is_begun(name)
            decision = Decision.CARRY if begun else decide(self.way, item, self.existing.at(item))
            if decision is Decision.SKIP:
                self.figures.passed()
            elif decision is Decision.REFUSE:
                goal = self.way.target.said(item.target) if self.way.target else item.target
                self._fail(item, f"{goal} exists already", "Choose skip, replace or newer.")
            else:
                self._submit(item, name)
        self._hand_over()
        self.figures.counted()

    def _ready(self) -> Iterator[Item]:
        """Gives every item, looked at; those that are named one by one are looked at several at a time."""
        items = iter(self.way.items())
        while batch := list(islice(items, 64)):
            if all(item.found.size >= 0 for item in batch):
                yield from batch
                self._hand_over()  # before the list is waited for
                continue
            looked: list[tuple[Item, Future[Item] | None]] = [
                (item, self._small.submit(self._look, item) if item.found.size < 0 else None)
                for item in batch
            ]
            for item, future in looked:
                yield future.result() if future else item

    def _look(self, item: Item) -> Item:
        try:
            return self.work.persistently(lambda: exact(item))
        except EllipError as error:
            item.problem, item.hint = error.detail, error.hint
            return item

    def _submit(self, item: Item, name: str) -> None:
        self.figures.expect(item.found.size)
        while not self._room.acquire(timeout=0.2):
            if self.work.stop.is_set():
                return
        if item.found.size >= SMALL:
            self._large.submit(self._several, [(item, name)])
            return
        self._together.append((item, name))
        if len(self._together) >= TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._together:
            self._small.submit(self._several, self._together)
            self._together = []

    def _several(self, items: list[tuple[Item, str]]) -> None:
        """Carries some files, one after the other."""
        try:
            if not self.work.stop.is_set():
                self.work.journal.begun(*(name for _, name in items))
        except OSError as error:
            self._end(Unavailable(f"what is begun could not be written down: {error.strerror}"))
        for item, name in items:
            self._one(item, name)

    def _one(self, item: Item, name: str) -> None:
        """Carries one file, whatever becomes of it."""
        try:
            if self.work.stop.is_set():
                return
            before = _state(item)
            checked = self._carried(item)
            self.work.journal.done(name)
            self.figures.done(checked)
            self._tell(item, checked)
            self._moved_on(item, before)
        except Stopped:
            return
        except Changed:
            self._fail(
                item, f"{item.source} changed while it was read", "Transfer it again when it is finished."
            )
        except Damaged:
            self._fail(item, f"{item.source} arrived damaged: its checksum is another", "Try again.")
        except DiskFull as error:
            self._end(error)
        except EllipError as error:
            self._fail(item, error.detail, error.hint)
        except OSError as error:
            self._fail(item, _reason(item, error), None)
        except Exception as error:  # noqa: BLE001 - one file must not end the others; what it is gets told
            told = refusal(error, self._what(error, item))
            if told is None:
                self._end(
                    Unavailable(f"{item.source}: a fault of this program ({type(error).__name__}: {error})")
                )
            else:
                self._fail(item, told.detail, told.hint)
        finally:
            self._room.release()

    def _carried(self, item: Item) -> str:
        end = self.way.target
        if end is None:
            raise ValueError("there is no target")
        source, goal = item.origin.remote, end.remote
        large = item.found.size >= SMALL
        if source is None and goal is None:
            raise Unavailable("both ends are paths", hint="The file browser copies files.")
        if goal is None and source is not None:
            if item.target.endswith("/"):
                return self._folder(item, end)
            return (fetching.fetch_parts if large else fetching.fetch)(self.work, item, end, source)
        if goal is None:
            raise ValueError("there is no store")
        if source is None:
            return (sending.send_parts if large else sending.send)(self.work, item, end, goal)
        if source is goal:
            return copying.copy(self.work, item, end, goal)
        return (copying.stream_parts if large else copying.stream)(self.work, item, end, goal)

    def _folder(self, item: Item, end: End) -> str:
        """Makes the folder that a mark in the store stands for."""
        if item.found.size:
            raise NotADirectoryError(0, "its key ends in / and it has bytes", item.target)
        self.work.folder_of(f"{item.target}x", end.name)
        return "size"

    def _what(self, error: BaseException, item: Item) -> str:
        """Names the end an error is about."""
        writes = ("Put", "Upload", "Create", "Complete", "Abort", "ListParts")
        end = self.way.target
        if end and end.remote and str(getattr(error, "operation_name", "")).startswith(writes):
            return end.said(item.target)
        return item.source if item.origin.remote or end is None else end.said(item.target)

    def _moved_on(self, item: Item, before: tuple[int, int] | None = None) -> None:
        """Removes the source of a move, whose copy is there and checked."""
        if self.way.request.action is not Action.MOVE:
            return
        self.work.journal.flush()  # what is not at its source any more must be known to be at its target
        if item.origin.remote is None:
            if before in (None, _state(item)):
                os.unlink(item.found.name)  # noqa: PTH108
            return
        key = (item.origin.remote.name, item.origin.bucket)
        with self._lock:
            self._left.setdefault(item.origin.name, set()).update(
                removing.folders_of(item.origin.name, item.found.name)
            )
            end, names = self._moved.setdefault(key, (item.origin, []))
            names.append((item.found.name, None))
            if len(names) < removing.BATCH:
                return
            self._moved[key] = (end, [])
        removing.delete(self.work, end, names)

    def _follow(self) -> None:
        """Does what comes after the last file."""
        for origin, names in self._moved.values():
            removing.delete(self.work, origin, names)
        self._leave_no_folders()
        request = self.way.request
        if request.action is Action.MOVE:
            for one in self.way.sources:
                if one.remote is None and one.many:
                    removing.prune(one.name)
        end = self.way.target
        if request.delete and end is not None:
            self._sync_deletions(end)

    def _leave_no_folders(self) -> None:
        emptied = self.way.request.action in (Action.MOVE, Action.DELETE)
        if emptied and not self.figures.failed:
            for one in self.way.sources:
                removing.leave_no_folders(one, self._left.get(one.name, ()))

    def _sync_deletions(self, end: End) -> None:
        if self.figures.failed:
            self.work.log("nothing was deleted at the target, since not everything was copied")
            return
        if not self.names:
            raise NotFound(
                f"there is nothing in {self.way.sources[0].whole}",
                hint="So nothing was deleted at the target. Delete it by itself if that is meant.",
            )
        surplus = [name for name in self.existing.listed() if name not in self.names]
        if end.remote:
            for batch in removing.batches((name, None) for name in surplus):
                removing.delete(self.work, end, batch)
        else:
            for path in surplus:
                os.unlink(path)  # noqa: PTH108
                self.figures.gone(1)
            removing.prune(end.name)
        if surplus:
            self.work.log(f"deleted {len(surplus):,} at the target that the source has not")

    def _delete(self) -> None:
        request = self.way.request
        pending: list[Future[set[str]]] = []
        for one in self.way.sources:
            found = 0
            for batch in removing.batches(self._doomed(one)):
                found += len(batch)
                pending.append(self._small.submit(self._batch, one, batch))
                if len(pending) > 2 * SMALL_AT_ONCE:
                    pending.pop(0).result()
            if not found:
                what = "is nothing below" if one.many else "is no"
                self.figures.fail(one.whole, f"there {what} {one.whole}", None)
        self.figures.counted()
        for future in pending:
            future.result()
        self._small.shutdown()
        self._leave_no_folders()
        self.work.log(f"deleted {self.figures.deleted:,}{' versions' if request.versions else ''}")

    def _doomed(self, one: End) -> Iterator[tuple[str, str | None]]:
        for key, version, _ in removing.below(one, self.way.request.versions):
            if self.work.stop.is_set():
                raise Stopped
            self.figures.expect(0)
            self._left.setdefault(one.name, set()).update(removing.folders_of(one.name, key))
            yield key, version

    def _batch(self, one: End, batch: removing.Names) -> set[str]:
        stayed = removing.delete(self.work, one, batch)
        for _ in range(len(batch) - len(stayed)):
            self.figures.done()
        return stayed

    def _fail(self, item: Item, message: str, hint: str | None) -> None:
        self.figures.fail(item.source, message, hint)
        if self.figures.failed <= TOLD:
            self.work.log(f"not carried: {item.source}: {message}")
        if self.figures.failed >= HOPELESS and not self.figures.files_done and not item.problem:
            self._end(Unavailable(f"the first {HOPELESS} files all failed: {message}", hint=hint))

    def _end(self, error: EllipError) -> None:
        """Ends everything: what hinders this file hinders all of them."""
        with self._lock:
            self.ended = self.ended or error
        self.work.stop.set()

    def _tell(self, item: Item, checked: str) -> None:
        if self.figures.files_done <= TOLD or item.found.size >= SMALL:
            self.work.log(f"{item.source} ({item.found.size:,} bytes, {checked})")
            if self.figures.files_done == TOLD:
                self.work.log("from here on only large files are told one by one")


def _state(item: Item) -> tuple[int, int] | None:
    """Gives what changes when a file of the workspace is written."""
    if item.origin.remote is not None:
        return None
    status = os.stat(item.found.name)  # noqa: PTH116
    return status.st_size, status.st_mtime_ns


def _reason(item: Item, error: OSError) -> str:
    """Says what the file system has against a file."""
    at = item.source if item.origin.remote is None else item.target
    if isinstance(error, IsADirectoryError):
        return f"{at} is a folder, and a file cannot take its place"
    if isinstance(error, NotADirectoryError):
        return f"{at}: there is a file where its folder should be"
    if isinstance(error, FileNotFoundError):
        return f"{at} is not there any more"
    return f"{at}: {error.strerror or type(error).__name__}"


def translate(error: Exception, what: str) -> EllipError | None:
    """Gives the error of the tree for what ended a whole transfer."""
    return error if isinstance(error, EllipError) else refusal(error, what)
