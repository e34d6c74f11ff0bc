"""The way to an endpoint, hop by hop: name, connection, TLS, what answers, its clock. No key is sent."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ellip_lab.errors import Unavailable

if TYPE_CHECKING:
    from ellip_lab.s3.boto import Reach

WAIT = 9.0
"""Seconds for one wait on the network."""
SKEW = 15 * 60
"""Seconds a clock may differ (Amazon S3 API Reference, error RequestTimeTooSkewed)."""
_ROOT = re.compile(rb"<\s*(?!\?|!)(?:\w+:)?(\w+)")


@dataclass(frozen=True)
class Said:
    """Is what a step has found."""

    detail: str
    hint: str | None = None
    tried: bool = True
    """False when there was nothing to try."""


class Probe:
    """Walks to an endpoint; each step needs the one before."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        parts = urlsplit(reach.endpoint)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._path = parts.path or "/"
        self._proxy = reach.proxy and _proxied(parts.scheme, self._host)
        self._socket: socket.socket | None = None
        self._skew: float | None = None

    def close(self) -> None:
        """Closes the connection."""
        if self._socket is not None:
            self._socket.close()

    def resolve(self) -> Said:
        """Looks the host's name up."""
        if self._proxy:
            return Said("left to the proxy of the environment", tried=False)
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable(
                f"there is no host {self._host}", hint="Check the endpoint for a slip, and the network."
            ) from error
        return Said(f"{self._host} is {', '.join(sorted({str(entry[4][0]) for entry in found})[:3])}")

    def connect(self) -> Said:
        """Opens a connection."""
        if self._proxy:
            return Said("left to the proxy of the environment", tried=False)
        place = f"{self._host}:{self._port}"
        try:
            self._socket = socket.create_connection((self._host, self._port), timeout=WAIT)
        except ConnectionRefusedError as error:
            raise Unavailable(
                f"{place} refuses connections", hint="Check the port, and that the store runs."
            ) from error
        except OSError as error:
            raise Unavailable(
                f"{place} cannot be reached",
                hint="Check the network, a firewall, and the proxy if you need one.",
            ) from error
        return Said(f"{place} takes connections")

    def secure(self) -> Said:
        """Agrees on TLS, and looks at the certificate."""
        if self._socket is None:
            return Said("left to the proxy of the environment", tried=False)
        if not self._secure:
            local = not self._reach.proxy
            return Said(
                "the endpoint is http: nothing is encrypted",
                None if local else "Use https where the service has it.",
                tried=False,
            )
        try:
            context = ssl.create_default_context(cafile=_file(self._reach.verify))
            self._socket = context.wrap_socket(self._socket, server_hostname=self._host)
        except ssl.SSLCertVerificationError as error:
            raise _untrusted(error.verify_code, self._host) from error
        except (ssl.SSLError, OSError) as error:
            raise Unavailable(
                f"{self._host} does not speak TLS as it should",
                hint="An endpoint without TLS begins with http://.",
            ) from error
        return Said(f"{self._socket.version()}, the certificate is trusted")

    def answer(self) -> Said:
        """Asks the root without a key: an object store answers in its own XML, whatever it answers."""
        if self._socket is None:
            return Said("left to the proxy of the environment", tried=False)
        client = http.client.HTTPConnection(self._host, self._port, timeout=WAIT)
        client.sock = self._socket
        try:
            client.request("GET", self._path, headers={"Accept": "*/*", "User-Agent": "ellip-lab"})
            reply = client.getresponse()
            start = reply.read(64 * 1024)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(
                f"{self._host}:{self._port} does not answer as a web server does",
                hint="Check the port, and whether the endpoint begins with http:// or https://.",
            ) from error
        finally:
            client.close()
        date = reply.headers.get("Date")
        if date:
            try:
                self._skew = time.time() - parsedate_to_datetime(date).timestamp()
            except (ValueError, TypeError):
                self._skew = None
        kind = reply.headers.get_content_type()
        root = _ROOT.search(start)
        name = root.group(1).decode() if root else ""
        if name in ("Error", "ListAllMyBucketsResult", "ListBucketResult") or any(
            header.lower().startswith("x-amz-") for header in reply.headers
        ):
            return Said("an object store answers")
        if kind == "text/html" or name.lower() == "html":
            raise Unavailable(
                "a web page answers, not an object store",
                hint="Give the S3 endpoint of the service; its portal has another address.",
            )
        raise Unavailable(
            f"what answers is not an object store (status {reply.status})",
            hint="Check the endpoint and its port; a path belongs to it only where the service says so.",
        )

    def clock(self) -> Said:
        """Compares the clocks."""
        if self._skew is None:
            return Said("the service does not tell its time", tried=False)
        seconds = abs(self._skew)
        if seconds >= SKEW:
            way = "ahead of" if self._skew > 0 else "behind"
            raise Unavailable(
                f"the clock of this machine is {_span(seconds)} {way} the service's",
                hint="Set the clock (timedatectl set-ntp true): signatures are good for 15 minutes only.",
            )
        return Said(f"the clocks differ by {seconds:.0f} s")


def _span(seconds: float) -> str:
    minutes = seconds / 60
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def _file(verify: str | bool) -> str | None:
    return verify if isinstance(verify, str) else None


def _proxied(scheme: str, host: str) -> bool:
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _untrusted(code: int, host: str) -> Unavailable:
    """Says why a certificate is not trusted, by OpenSSL's number (X509_V_ERR)."""
    if code == 10:
        return Unavailable(
            f"the certificate of {host} has expired",
            hint="Tell those who run it; check the clock of this machine.",
        )
    if code in (62, 64):
        return Unavailable(
            f"the certificate of {host} is for another host",
            hint="Check the endpoint; path style may help where buckets stand in the host name.",
        )
    return Unavailable(
        f"the certificate of {host} is not trusted",
        hint="Name a file with the certificates of its authority (CA bundle) in the connection.",
    )
