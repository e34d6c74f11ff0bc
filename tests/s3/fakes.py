"""Small servers for faults a real store does not produce on demand: a web page, a skewed clock, an expired token."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What a fake answers with."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    date: float | None = None


@dataclass
class Fake:
    """A running one."""

    url: str
    requests: list[tuple[str, str, dict[str, str], bytes]]


Answer = Callable[[str, str, dict[str, str]], Reply]


@contextlib.contextmanager
def serving(answer: Answer, certificate: Path | None = None) -> Iterator[Fake]:
    """Answers every request on a free port of loopback: `answer(method, path, headers)`."""
    seen: list[tuple[str, str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            seen.append((self.command, self.path, headers, body))
            reply = answer(self.command, self.path, headers)
            self.send_response_only(reply.status)
            self.send_header("Date", formatdate(reply.date, usegmt=True))
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Fake(f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}", seen)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def refused(code: str, status: int = 403, extra: str = "", **headers: str) -> Reply:
    """An error as S3 tells it; `extra` is what else stands in it, a message for instance."""
    more = extra or "<Message>no</Message>"
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code>{more}</Error>".encode()
    return Reply(status, body, {"Content-Type": "application/xml", **headers})


BUCKETS = Reply(
    200,
    b"<?xml version='1.0'?><ListAllMyBucketsResult><Buckets><Bucket><Name>abc</Name></Bucket></Buckets>"
    b"</ListAllMyBucketsResult>",
    {"Content-Type": "application/xml"},
)
PAGE = Reply(200, b"<!DOCTYPE html><html><body>Welcome</body></html>", {"Content-Type": "text/html"})
