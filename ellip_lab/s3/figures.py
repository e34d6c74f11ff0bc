"""How far a transfer is: counted by its threads, told as one document."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT_FAILURES = 100
WINDOW = 8.0
"""Seconds that a rate is an average of."""


@dataclass
class Figures:
    """Is what has been done and what is left."""

    files_done: int = 0
    files_total: int | None = None
    bytes_done: int = 0
    bytes_total: int | None = None
    skipped: int = 0
    failed: int = 0
    deleted: int = 0
    verified: dict[str, int] = field(default_factory=dict)
    """How many were checked by `checksum` and how many by `size`."""
    failures: list[dict[str, Any]] = field(default_factory=list)
    detail: str | None = None
    refused: dict[str, Any] | None = None
    """Why it could not be, found before anything was carried; as `errors.told` says it."""
    _known: tuple[int, int] = (0, 0)
    _seen: deque[tuple[float, int]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, size: int) -> None:
        """Counts a file that is to be carried."""
        with self._lock:
            self._known = (self._known[0] + 1, self._known[1] + size)

    def counted(self) -> None:
        """Says that there are no more files than those expected."""
        with self._lock:
            self.files_total, self.bytes_total = self._known

    def carried(self, size: int) -> None:
        """Counts bytes that have arrived; less than none for those that must be sent again."""
        with self._lock:
            self.bytes_done += size

    def done(self, verified: str | None = None) -> None:
        """Counts a file that is there, whole."""
        with self._lock:
            self.files_done += 1
            if verified:
                self.verified[verified] = self.verified.get(verified, 0) + 1

    def passed(self) -> None:
        """Counts a file that needed nothing."""
        with self._lock:
            self.skipped += 1

    def gone(self, count: int) -> None:
        """Counts what was deleted."""
        with self._lock:
            self.deleted += count

    def fail(self, source: str, message: str, hint: str | None) -> None:
        """Counts a file that was not carried, and keeps why for the first hundred."""
        with self._lock:
            self.failed += 1
            if len(self.failures) < KEPT_FAILURES:
                self.failures.append({"source": source, "message": message, "hint": hint})

    def how_verified(self) -> str | None:
        """Says in one word how the copies were checked."""
        return "mixed" if len(self.verified) > 1 else next(iter(self.verified), None)

    def told(self) -> dict[str, Any]:
        """Gives everything as a document."""
        now = time.monotonic()
        with self._lock:
            self._seen.append((now, self.bytes_done))
            while len(self._seen) > 2 and self._seen[0][0] < now - WINDOW:
                self._seen.popleft()
            then, before = self._seen[0]
            rate = max(0.0, (self.bytes_done - before) / (now - then)) if now - then > 0.2 else None
            left = None if self.bytes_total is None else max(0, self.bytes_total - self.bytes_done)
            return {
                "files_done": self.files_done, "files_total": self.files_total,
                "bytes_done": self.bytes_done, "bytes_total": self.bytes_total,
                "rate": rate, "remaining": left / rate if rate and left is not None else None,
                "skipped": self.skipped, "failed": self.failed, "deleted": self.deleted,
                "verified": self.how_verified(), "failures": list(self.failures), "detail": self.detail,
                "refused": self.refused,
            }  # fmt: skip
