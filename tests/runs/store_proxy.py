"""A proxy before an object store that is slow, or refuses some requests, and remembers what it was asked."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

CHUNK = 65_536
REFUSAL = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>'


class Proxy(ThreadingHTTPServer):
    """Is the proxy; `rate` is in bytes a second, `refused` matches `METHOD /path`."""

    daemon_threads = True

    def __init__(self, endpoint: str, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.target = urlsplit(endpoint)
        self.rate = 0.0
        self.refused: re.Pattern[str] | None = None
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Gives the endpoint that it is."""
        return f"http://{self.server_address[0]}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def carry(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        line = f"{self.command} {unquote(self.path)}"
        self.server.asked.append(line)
        if self.server.refused and self.server.refused.search(line):
            self.rfile.read(size)
            self.reply(403, {"Content-Type": "application/xml"}, REFUSAL)
            return
        body = b"".join(self.pieces(size))
        upstream = http.client.HTTPConnection(str(self.server.target.hostname), self.server.target.port)
        try:
            upstream.request(self.command, self.path, body=body or None, headers=dict(self.headers))
            answer = upstream.getresponse()
            kept = {
                k: v for k, v in answer.getheaders() if k.lower() not in ("transfer-encoding", "connection")
            }
            self.reply(answer.status, kept, b"" if self.command == "HEAD" else answer.read())
        finally:
            upstream.close()

    def pieces(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self.rfile.read(min(CHUNK, size))
            size -= len(piece)
            self.slow(len(piece))
            yield piece

    def slow(self, size: int) -> None:
        if self.server.rate:
            time.sleep(size / self.server.rate)

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for start in range(0, len(body), CHUNK):
                self.wfile.write(body[start : start + CHUNK])
                self.slow(min(CHUNK, len(body) - start))
        except OSError:
            self.close_connection = True  # the run was stopped

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = carry  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def proxy(endpoint: str, host: str = "127.0.0.1") -> Iterator[Proxy]:
    """Gives a proxy of an endpoint while it is used."""
    with Proxy(endpoint, host) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
