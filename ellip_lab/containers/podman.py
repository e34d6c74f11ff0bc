"""The wrapper of podman-py: a client of an engine's REST service whose every failure is an error of ours.

The same client speaks podman's own API (`libpod`) and the one that podman and docker have in common. It belongs
to one thread, as podman-py's do.
"""

from __future__ import annotations

import json as codec
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ellip_lab.containers import refusals
from ellip_lab.errors import Unavailable

CONNECT = 5.0
"""Seconds to reach the service."""
ANSWER = 45.0
"""Seconds without a byte after which a request counts as hung."""

PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds to wait for a service that has just gone to be gone, or for an image that is being written to be whole."""

Params = Mapping[str, Any] | None


class Gone(Exception):  # noqa: N818 - no error of a caller's: it asks for the service to be started again
    """The service is not there any more; `before` says that nothing of the request has reached it."""

    def __init__(self, cause: BaseException, *, before: bool) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.before = before


class Api:
    """Asks one service; `revive` starts it again when it has gone, and is None where that is not ours to do.

    Raises what the errors of the room are: `NotFound` for what the engine does not have, `Conflict` for what is in
    use, `Denied` for a socket of somebody else, `Unavailable` for an engine that is down or hangs.
    """

    def __init__(
        self,
        address: str,
        program: str,
        *,
        compatible: bool = False,
        revive: Callable[[], object] | None = None,
    ) -> None:
        from podman.api.client import APIClient

        self.address = address
        self.program = program
        self._revive = revive
        try:
            self._client = APIClient(base_url=address)
        except ValueError as error:
            raise Unavailable(
                f"{address} is no address of a container engine",
                hint="CONTAINER_HOST and DOCKER_HOST take unix:///PATH, ssh://USER@HOST/PATH or tcp://HOST:PORT.",
            ) from error
        if address.startswith("unix://"):
            self._client.mount("http://", _adapter(self._client.base_url.geturl()))
        weakref.finalize(self, self._client.close)
        # proxies of the environment are for the network, not for an engine; so are the keys of .netrc
        self._client.trust_env = False
        headers = self._versions()
        own = headers.get("Libpod-API-Version")
        self.libpod = own is not None and not compatible
        """The service is podman's, and is spoken to in podman's own words."""
        if own:
            self._client.path_prefix = f"/v{own}/libpod/"
        shared = headers.get("Api-Version")
        if shared:
            self._client.compatible_prefix = f"/v{shared}/"

    def get(self, path: str, params: Params = None, *, timeout: float | None = None) -> Any:
        """Gives what the service says of something, parsed; an empty answer is None."""
        for pause in PAUSES:
            try:
                return self._parsed(self._ask("GET", path, params, timeout=timeout))
            except refusals.HalfWritten:
                time.sleep(pause)  # somebody builds or pulls it now
        return self._parsed(self._ask("GET", path, params, timeout=timeout))

    def post(
        self, path: str, params: Params = None, *, json: Any = None, timeout: float | None = None
    ) -> Any:
        """Makes the service do something."""
        return self._parsed(self._ask("POST", path, params, json=json, timeout=timeout))

    def delete(self, path: str, params: Params = None, *, timeout: float | None = None) -> Any:
        """Makes the service remove something."""
        return self._parsed(self._ask("DELETE", path, params, timeout=timeout))

    def stream(
        self, path: str, params: Params = None, *, method: str = "GET", timeout: float | None = None
    ) -> Iterator[bytes]:
        """Gives an answer piece by piece, as it comes; leaving early ends the request."""
        reply = self._ask(method, path, params, timeout=timeout, stream=True)
        try:
            yield from reply.iter_content(chunk_size=65_536)
        except OSError as error:
            raise refusals.unreachable(error, self.address, self.program) from error
        finally:
            reply.close()

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _versions(self) -> Mapping[str, str]:
        """Asks which API the service speaks, in which version: the client's own may be newer than it."""
        self._client.compatible_prefix = "/"
        reply = self._ask("GET", "_ping", None, shared=True)
        found: Mapping[str, str] = reply.headers
        return found

    def _ask(self, method: str, path: str, params: Params, **rest: Any) -> Any:
        try:
            if self._revive is not None and method != "GET":
                # what changes something is sent once: a service that has gone is to be found out before
                self._awake(self._revive)
            return self._send(method, path, params, **rest)
        except Gone as gone:
            if self._revive is None or not (gone.before or method == "GET"):
                raise refusals.unreachable(gone.cause, self.address, self.program) from gone.cause
        try:
            self._awake(self._revive)
            return self._send(method, path, params, **rest)
        except Gone as gone:
            raise refusals.unreachable(gone.cause, self.address, self.program) from gone.cause

    def _awake(self, revive: Callable[[], object]) -> None:
        """Starts the service unless it answers, and waits: one that is being killed still takes connections."""
        for pause in PAUSES:
            revive()
            try:
                self._send("GET", "_ping", None, shared=True)
            except Gone:
                time.sleep(pause)
            else:
                return

    def _send(
        self,
        method: str,
        path: str,
        params: Params,
        *,
        json: Any = None,
        timeout: float | None = None,
        stream: bool = False,
        shared: bool = False,
    ) -> Any:
        import requests
        from podman.errors import APIError, PodmanError

        body: dict[str, Any] = {}
        if json is not None:
            body = {"data": codec.dumps(json), "headers": {"Content-Type": "application/json"}}
        try:
            reply = getattr(self._client, method.lower())(
                path,
                params=_words(params),
                timeout=(CONNECT, timeout or ANSWER),
                stream=stream,
                compatible=shared or not self.libpod,
                **body,
            )
            if reply.status_code < 400:
                return reply
            said = _complaint(reply.content)
        except (APIError, PodmanError, requests.RequestException, OSError) as error:
            cause = _root(error)
            if isinstance(cause, (FileNotFoundError, ConnectionRefusedError)):
                raise Gone(error, before=True) from error
            if isinstance(
                cause, (ConnectionError, requests.exceptions.ChunkedEncodingError)
            ) and not isinstance(cause, requests.exceptions.Timeout):
                raise Gone(error, before=False) from error
            raise refusals.unreachable(error, self.address, self.program) from error
        raise refusals.refused(reply.status_code, said, self.program)

    @staticmethod
    def _parsed(reply: Any) -> Any:
        data = reply.content
        if not data.strip():
            return None
        try:
            return codec.loads(data)
        except ValueError:
            return data.decode(errors="replace")


def _adapter(url: str) -> Any:
    """Gives podman-py's way to a socket, without its leak: it leaves the socket open when nobody listens."""
    from podman.api.uds import UDSAdapter, UDSConnection, UDSConnectionPool, UDSSocket

    class Connection(UDSConnection):
        """Is a connection that closes what it could not connect."""

        def connect(self) -> None:
            """Connects, or leaves nothing behind."""
            link = UDSSocket(self.uds)
            link.settimeout(self.timeout)
            try:
                link.connect()  # type: ignore[no-untyped-call]
            except BaseException:
                link.close()
                raise
            self.sock = link

    class Pool(UDSConnectionPool):
        """Is a pool of such connections."""

        ConnectionCls = Connection

    adapter: Any = UDSAdapter(url)
    adapter.poolmanager.pool_classes_by_scheme = {"http": Pool}
    return adapter


def quoted(name: str) -> str:
    """Gives the name of an image or a container as a part of a path."""
    return quote(name, safe="")


def _words(params: Params) -> dict[str, Any] | None:
    """Writes parameters as the services read them."""
    if params is None:
        return None
    return {
        key: ("true" if value else "false") if isinstance(value, bool)
        else codec.dumps(value) if isinstance(value, dict) else value
        for key, value in params.items() if value is not None
    }  # fmt: skip


def _complaint(content: bytes) -> str:
    try:
        said = codec.loads(content)
        return str(said.get("message") or said.get("cause") or said)
    except (ValueError, AttributeError):
        return content.decode(errors="replace")


def _root(error: BaseException) -> BaseException:
    """Gives what the system said: the deepest of the errors that libraries have wrapped it in."""
    from urllib3.exceptions import HTTPError

    this = error
    while True:
        inner = this.__cause__ or getattr(this, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((part for part in this.args if isinstance(part, BaseException)), None)
        if not isinstance(inner, BaseException):
            inner = this.__context__ if isinstance(this, (HTTPError, OSError)) else None
        if inner is None or inner is this:
            return this
        this = inner
