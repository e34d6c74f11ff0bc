"""Small servers for faults a real store does not produce on demand: a web page, a skewed clock, an expired token."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


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


def expired(folder: Path) -> Path:
    """A certificate for 127.0.0.1, its own authority, that was good until yesterday; openssl makes no such one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    place = folder / "expired.pem"
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    place.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return place
