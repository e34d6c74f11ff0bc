"""The names of the images that the container engine has, kept for some seconds: the engine may be slow, or away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from ellip_lab.errors import EllipError

KEPT = 10.0
"""Seconds for which names are not asked for again."""
PATIENCE = 1.5
"""Seconds that whoever types waits for them; later ones are there for the next question."""


class ImageNames:
    """Is what the engine said last, asked for by one thread at a time."""

    def __init__(self, ask: Callable[[], Iterable[str]]) -> None:
        self._ask = ask
        self._names: tuple[str, ...] = ()
        self._until = 0.0
        self._asking: threading.Event | None = None
        self._lock = threading.Lock()

    def known(self) -> tuple[str, ...]:
        """Gives the names; those of the last time, or none, while the engine does not answer."""
        with self._lock:
            if time.monotonic() < self._until:
                return self._names
            if self._asking is None:
                self._asking = threading.Event()
                threading.Thread(target=self._look, args=(self._asking,), daemon=True).start()
            asking = self._asking
        asking.wait(PATIENCE)
        return self._names

    def _look(self, asking: threading.Event) -> None:
        names: tuple[str, ...] = ()
        try:
            names = tuple(dict.fromkeys(self._ask()))
        except EllipError:
            pass  # no engine: whoever writes a document does without its names
        finally:
            with self._lock:
                self._names = names
                self._until = time.monotonic() + KEPT
                self._asking = None
            asking.set()
