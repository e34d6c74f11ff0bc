"""Wires between a client and a store: they count what passes, and are cut when a test wants it; and a web page.

- `Wire(endpoint)`: a TCP proxy on loopback. `.endpoint` leads through it; `.down` and `.up` are the bytes that have
  passed; `.requests` are the first lines of what was asked; `.cut(after, times)` cuts the next `times` connections
  of which more than `after` bytes come down.
- `WebPage()`: an endpoint that answers everything with HTML and status 200 (`status` may be another).

Both are context managers.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_ASKED = re.compile(rb"(?:GET|HEAD|PUT|POST|DELETE) [^\r\n]* HTTP/1\.1")


class Wire:
    """Is a TCP proxy to a store on loopback."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        assert parts.hostname
        assert parts.port
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.down = 0
        self.up = 0
        self.requests: list[str] = []
        self.cuts = 0
        self._after = 0
        self._left = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # a thread that waits in accept is woken by shutdown, not by close
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        self._thread.join(10)

    def cut(self, after: int, times: int = 1) -> None:
        """Cuts the next connections of which more than `after` bytes come down from now on."""
        with self._lock:
            self._after, self._left = after, times
        self.cut_all()

    def cut_all(self) -> None:
        """Cuts what is open."""
        with self._lock:
            still, self._open = self._open, set()
        for end in still:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target, timeout=60)
            except OSError:
                return
            server.settimeout(None)
            with self._lock:
                self._open |= {client, server}
            for pump in (self._up, self._down):
                threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        for data in _pieces(client):
            with self._lock:
                self.up += len(data)
                self.requests += [line.decode() for line in _ASKED.findall(data)]
            with contextlib.suppress(OSError):
                server.sendall(data)
        self._end(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        for data in _pieces(server):
            with self._lock:
                self.down += len(data)
                cut = self._left > 0 and passed + len(data) > self._after
                if cut:
                    self._left -= 1
                    self.cuts += 1
                    data = data[: max(0, self._after - passed)]
            passed += len(data)
            with contextlib.suppress(OSError):
                client.sendall(data)
            if cut:
                break
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            with self._lock:
                self._open.discard(end)


def _pieces(end: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            data = end.recv(65_536)
        except OSError:
            return
        if not data:
            return
        yield data


class WebPage:
    """Is an endpoint that is a portal for people, not a store."""

    def __init__(self, status: int = 200) -> None:
        class Page(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = b"<!DOCTYPE html><html><body>Welcome to the portal</body></html>"
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> WebPage:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
