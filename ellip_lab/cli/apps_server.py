"""The running Jupyter server: found by the files it writes, asked by its routes with its token."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from ellip_lab.contract import Contract
from ellip_lab.errors import Denied, EllipError, NotFound, Unavailable, restored

R = TypeVar("R", bound=Contract)

PATIENCE = 60.0
"""Seconds that a server may take to answer."""


class Server:
    """Is a Jupyter server of this user."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.url = str(told["url"])
        self.root = Path(str(told["root_dir"]))
        self._token = str(told.get("token") or os.environ.get("JUPYTER_TOKEN", ""))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str, reply: type[R], query: Contract | None = None) -> R:
        """Asks for something."""
        asked = {} if query is None else query.model_dump(mode="json", exclude_none=True)
        return self._asked("GET", f"{path}?{urlencode(asked)}" if asked else path, None, reply)

    def post(self, path: str, body: Contract, reply: type[R]) -> R:
        """Asks for something to be done."""
        return self._asked("POST", path, body.model_dump_json(exclude_none=True).encode(), reply)

    def _asked(self, method: str, path: str, body: bytes | None, reply: type[R]) -> R:
        request = urllib.request.Request(  # noqa: S310 - http or https, as the server says of itself
            f"{self.url}ellip-lab{path}",
            data=body,
            method=method,
            headers={"Authorization": f"token {self._token}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return reply.model_validate_json(response.read())
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, error.read(), self.url) from error
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise Unavailable(f"the server {self.url} does not answer: {reason}") from error

    def place(self, path: str) -> str:
        """Gives a path of this machine as the server knows it; `Denied` for one outside its root folder."""
        place = Path(path).expanduser().resolve()
        try:
            return place.relative_to(self.root.resolve()).as_posix()
        except ValueError:
            raise Denied(
                f"{path} is outside the workspace {self.root}",
                hint="Choose one below it, or start the Lab there.",
            ) from None

    def address(self, path: str, *, token: bool) -> str:
        """Gives the URL of a path below the server."""
        if not token or not self._token:
            return f"{self.url}{path}"
        return f"{self.url}{path}{'&' if '?' in path else '?'}token={self._token}"


def servers() -> list[Server]:
    """Gives the servers of this user that run, newest first."""
    from jupyter_core.paths import jupyter_runtime_dir

    found = []
    folder = Path(jupyter_runtime_dir())
    files = folder.glob("jpserver-*.json") if folder.is_dir() else ()
    for file in sorted(files, key=_age, reverse=True):
        try:
            told = json.loads(file.read_bytes())
            if not told.get("sock") and _alive(int(told["pid"])):
                found.append(Server(told))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written, or of a server that was killed
    return found


def running(url: str | None = None) -> Server | None:
    """Gives the server to ask: the one of a URL, of the terminal this runs in, of this folder, or the newest."""
    everything = servers()
    wanted = url or os.environ.get("JUPYTER_SERVER_URL")
    if wanted:
        for one in everything:
            if one.url.rstrip("/") == wanted.rstrip("/"):
                return one
        if url:
            known = ", ".join(one.url for one in everything) or "none"
            raise NotFound(f"no server of yours runs at {url}", hint=f"There are: {known}.")
    here = Path.cwd().resolve()
    around = [one for one in everything if here.is_relative_to(one.root.resolve())]
    return max(around, key=lambda one: len(one.root.parts), default=next(iter(everything), None))


def needed(url: str | None = None) -> Server:
    """Gives the server to ask; `Unavailable` when none runs."""
    server = running(url)
    if server is None:
        raise Unavailable(
            "no Jupyter server of yours is running: apps run in one, and end with it",
            hint="Start it: jupyter lab",
        )
    return server


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _refusal(status: int, body: bytes, url: str) -> EllipError:
    """Gives the error that a reply stands for."""
    try:
        told = json.loads(body)
        kind = str(told["type"]).rsplit("/", 1)[-1]
        return restored(
            {"kind": kind, "detail": told["detail"], "hint": told["hint"], "problems": told["problems"]}
        )
    except (ValueError, KeyError, TypeError):
        if status in (401, 403):
            return Denied(f"the server {url} does not accept its token", hint="Set JUPYTER_TOKEN to it.")
        return Unavailable(f"the server {url} has no apps (it answers {status})", hint="pip install 'ellip-lab[apps]' there, and start it again.")  # fmt: skip
