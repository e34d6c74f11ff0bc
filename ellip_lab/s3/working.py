"""What the threads of a transfer share."""

from __future__ import annotations

import errno
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ellip_lab.errors import EllipError, Unavailable
from ellip_lab.s3.figures import Figures
from ellip_lab.s3.journal import Journal
from ellip_lab.s3.retrying import Stopped, persistently

Result = TypeVar("Result")

PARTS_AT_ONCE = 6
PARTS_HERE = 3
"""So many are under way to or from a store on this machine: it has no distance to make up for, and more only crowd it."""
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


class Changed(Exception):  # noqa: N818
    """The source is another than it was when it was begun."""


class DiskFull(Unavailable):
    """There is no room for what arrives: nothing further can."""


class Work:
    """Is a transfer at work."""

    def __init__(self, journal: Journal, figures: Figures, log: Callable[[str], None]) -> None:
        self.journal = journal
        self.figures = figures
        self.log = log
        self.stop = threading.Event()
        self._parts = ThreadPoolExecutor(PARTS_AT_ONCE, "part")
        self._folders: set[str] = set()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Lets the threads go."""
        self._parts.shutdown(wait=True, cancel_futures=True)

    def persistently(self, work: Callable[[], Result]) -> Result:
        """Does something, and again while it fails for a reason that may pass."""
        return persistently(work, self.stop)

    def in_parts(
        self,
        count: int,
        one: Callable[[int], Result],
        behind: Callable[[int, Result], None] | None = None,
        *,
        here: bool = False,
    ) -> list[Result]:
        """Does something for every number below `count`, several at a time; the first failure ends it.

        `behind` is called with each result in the order of the numbers, in the caller's thread. `here` says that the
        store is on this machine.
        """
        lanes = threading.BoundedSemaphore(PARTS_HERE if here else PARTS_AT_ONCE)
        over = threading.Event()

        def in_lane(number: int) -> Result:
            with lanes:
                if over.is_set():
                    raise Stopped
                return one(number)

        results: list[Result] = []
        under_way: deque[Future[Result]] = deque()
        following = iter(range(count))
        try:
            while True:
                while len(under_way) < 2 * PARTS_AT_ONCE:
                    number = next(following, None)
                    if number is None:
                        break
                    if self.stop.is_set():
                        raise Stopped
                    under_way.append(self._parts.submit(in_lane, number))
                if not under_way:
                    return results
                result = under_way[0].result()
                under_way.popleft()
                if behind:
                    behind(len(results), result)
                results.append(result)
        finally:
            over.set()
            for future in under_way:
                future.cancel()
            for future in under_way:
                if not future.cancelled():
                    future.exception()  # nobody writes to a file that is closed

    def folder_of(self, path: str, root: str) -> None:
        """Makes the folder of a file below `root`; `NotADirectoryError` when it cannot be there.

        A link that leads out of `root` is refused: `PermissionError`.
        """
        folder = os.path.dirname(path)  # noqa: PTH120 - once for every file
        with self._lock:
            if folder in self._folders:
                return
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, "a file", folder) from error
        base = os.path.realpath(root)
        if not f"{os.path.realpath(folder)}/".startswith(base.rstrip("/") + "/"):
            raise PermissionError(errno.EACCES, "a link leads out of the target folder", folder)
        with self._lock:
            self._folders.add(folder)


def disk_full(path: str) -> EllipError:
    """Says that there is no more room."""
    return DiskFull(
        f"the disk of {os.path.dirname(path)} is full",  # noqa: PTH120
        hint="Make room, and resume the transfer: it goes on where it was.",
    )
