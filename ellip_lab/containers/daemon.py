"""A service of the engine of our own: `podman system service`, started on demand and ended by itself when idle.

It sees the same store as the engine's program does in the same environment: the name of its socket is a digest of
everything that decides which store that is, so that everybody of this user who asks for that store finds the one
service. It is nobody's child: it outlives whoever starts it, killed or not.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ellip_lab.errors import Denied, Unavailable
from ellip_lab.shell import read_json, runtime_folder, write_json
from ellip_lab.tasks.identity import MARKER, identity, kill

IDLE = 60
"""Seconds without a request after which the service ends."""
PATIENCE = 30.0
"""Seconds that it may take to listen; a quarter of one on an idle machine."""
LONGEST = 107
"""Bytes that the path of a socket may have."""
LOG_LIMIT = 1_000_000

DECIDING = ("CONTAINERS_", "CONTAINER_", "STORAGE_", "REGISTRIES_", "BUILDAH_", "_CONTAINERS_", "TMPDIR", "HOME",
            "XDG_", "PATH", "REGISTRY_AUTH_FILE", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
            "http_proxy", "https_proxy", "no_proxy")  # fmt: skip
"""The variables that a service behaves by, or how they begin."""
PASSING = ("XDG_SESSION_", "XDG_SEAT", "XDG_VTNR")
"""Of these, the ones that say only which login asks."""

DETACH = """
import os, signal, sys
os.umask(0o077)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.SIG_DFL)
pid = os.fork()
if pid:
    sys.stdout.write(str(pid))
else:
    os.setsid()
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.execv(sys.argv[2], sys.argv[2:])
"""


class Daemon:
    """Is the service that one program makes in one environment; it may run or not."""

    def __init__(self, program: str, env: Mapping[str, str], log: Path) -> None:
        self._program = program
        self._env = {name: value for name, value in env.items() if not name.startswith(MARKER)}
        self._log = log
        self._socket = _folder(self._env) / f"{_digest(program, self._env)}.sock"

    @property
    def address(self) -> str:
        """Gives where it listens, or would."""
        return f"unix://{self._socket}"

    def ensure(self) -> None:
        """Starts it unless it listens; of several that ask, one starts it.

        `Unavailable` with what it said when it does not come up.
        """
        if listens(self._socket):
            return
        with self._socket.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if listens(self._socket):
                return
            self._socket.unlink(missing_ok=True)  # of one that was killed
            self._start()

    def stop(self) -> bool:
        """Ends it, and tells whether it ran."""
        with self._socket.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                who = read_json(self._record)
                ended = kill(int(who["pid"]), int(who["start"]))
            except (FileNotFoundError, ValueError, KeyError, TypeError):
                ended = False
            self._socket.unlink(missing_ok=True)
            self._record.unlink(missing_ok=True)
            return ended

    @property
    def _record(self) -> Path:
        return self._socket.with_suffix(".json")

    def _start(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.unlink()
        before = self._log.stat().st_size if self._log.exists() else 0
        argv = [self._program, "system", "service", "--time", str(IDLE), self.address]
        reply = subprocess.run(
            [sys.executable, "-I", "-S", "-c", DETACH, str(self._log), *argv],
            env=self._env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            start_new_session=True, timeout=PATIENCE,
        )  # fmt: skip
        if reply.returncode != 0:
            raise Unavailable(f"the service of podman cannot be started: {reply.stderr.strip()[-300:]}")
        who = identity(int(reply.stdout))
        write_json(self._record, who, 0o600)
        limit = time.monotonic() + PATIENCE
        while not listens(self._socket):
            ended = not Path(f"/proc/{who['pid']}").exists()
            if ended or time.monotonic() > limit:
                raise self._failed(before, ended=ended)
            time.sleep(0.01)

    def _failed(self, before: int, *, ended: bool) -> Unavailable:
        from ellip_lab.containers.probe import podman_hint

        with self._log.open("rb") as stream:
            stream.seek(before)
            lines = stream.read()[-4000:].decode(errors="replace").strip().splitlines()
        said = lines[-1].removeprefix("Error: ") if lines else f"see {self._log}"
        how = "ends at once" if ended else f"does not listen after {PATIENCE:g} s"
        return Unavailable(f"the service of podman {how}: {said}", hint=podman_hint(said))


def listens(place: Path) -> bool:
    """Tells in a moment whether a service listens at a socket, even one that is too busy to answer."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(2)
        try:
            link.connect(str(place))
        except TimeoutError:
            return True  # its queue is full: it is there
        except OSError:
            return False
    return True


def _digest(program: str, env: Mapping[str, str]) -> str:
    """Gives a word that is the same whenever the same program would see the same store, set up the same."""
    chosen = {
        name: value
        for name, value in sorted(env.items())
        if name.startswith(DECIDING) and not name.startswith(PASSING)
    }
    home = Path(env.get("HOME") or "/")
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "containers"
    named = [env.get("CONTAINERS_CONF"), env.get("CONTAINERS_STORAGE_CONF"), env.get("CONTAINERS_CONF_OVERRIDE"),
             env.get("CONTAINERS_REGISTRIES_CONF")]  # fmt: skip
    files = [Path(name) for name in named if name]
    files += [folder / name for folder in (Path("/etc/containers"), config)
              for name in ("containers.conf", "storage.conf", "registries.conf")]  # fmt: skip
    facts = [program, os.geteuid(), chosen, [_stamp(file) for file in files]]
    return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _stamp(file: Path) -> list[int]:
    try:
        found = file.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


def _folder(env: Mapping[str, str]) -> Path:
    """Gives the folder of the sockets: this user's alone, and short enough for the path of a socket."""
    place = runtime_folder(env, LONGEST - 1 - 24 - len(".sock"))
    if place is not None:
        return place
    raise Denied(
        "there is no folder for the socket of podman's service",
        hint="Set XDG_RUNTIME_DIR to a folder of yours with mode 0700.",
    )
