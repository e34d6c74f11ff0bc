"""A wire between a client and a store that can be cut, and a store that has lost its mind for a while."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit


class Wire:
    """Carries bytes to a store and back, on a port of its own; `cut` ends every connection and takes no new one."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self._goal = (parts.hostname or "", parts.port or 80)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._whole = threading.Event()
        self._whole.set()
        self._over = False
        self.endpoint = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.carried = 0
        self.most: float | None = None
        """Holds everything back once so many bytes have been carried."""
        self.requests: list[bytes] = []
        self.answer: Callable[[bytes], bytes | None] = lambda _head: None
        """Gives an answer to a request in the place of the store's, by the request's first bytes."""
        self.watch: Callable[[int], None] = lambda _carried: None
        """Is told how many bytes have been carried."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole.clear()
        self.most = None
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _close(end)

    def mend(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self._over = True
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while not self._over:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if not self._whole.is_set():
                _close(near)
                continue
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._goal)
        except OSError:
            _close(near)
            return
        with self._lock:
            self._open |= {near, far}
        threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
        self._pump(far, near, False)

    def _pump(self, source: socket.socket, goal: socket.socket, asking: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if asking and data[:5] in (b"GET /", b"PUT /", b"POST ", b"HEAD "):
                    self.requests.append(data.partition(b"\r\n")[0])
                    instead = self.answer(data)
                    if instead is not None:
                        source.sendall(instead)
                        break
                while self.most is not None and self.carried >= self.most and not self._over:
                    time.sleep(0.01)
                goal.sendall(data)
                self.carried += len(data)
                self.watch(self.carried)
        _close(source)
        _close(goal)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
