"""Who is signed in to which registry: read from the files that podman, docker and their like keep.

Passwords are read only to ask a registry in the name of their owner; they go nowhere else. The order is that of
containers-auth.json(5).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from ellip_lab.containers.contract import EngineKind
from ellip_lab.shell import read_json, run

DOCKER_HUB = ("docker.io", "index.docker.io", "https://index.docker.io/v1/", "registry-1.docker.io")
"""The names that one registry has in such files."""
HELPER_SECONDS = 10.0


class Credentials(NamedTuple):
    """Is who somebody is for a registry."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Shows the user alone: a password must not reach a traceback or a log."""
        return f"Credentials({self.user!r})"


def own_file(engine: EngineKind) -> Path:
    """Gives the file that the engine's own `login` writes."""
    if engine is EngineKind.DOCKER:
        folder = os.environ.get("DOCKER_CONFIG")
        return (Path(folder) if folder else Path.home() / ".docker") / "config.json"
    chosen = os.environ.get("REGISTRY_AUTH_FILE")
    if chosen:
        return Path(chosen)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    # containers-auth.json(5): /run/containers/UID where there is no folder of the session
    base = Path(runtime) if runtime else Path("/run/containers") / str(os.geteuid())
    return (base / "containers" if runtime else base) / "auth.json"


def files(engine: EngineKind) -> list[Path]:
    """Gives the files that the engine looks into, in its order."""
    own = own_file(engine)
    if engine is EngineKind.DOCKER or os.environ.get("REGISTRY_AUTH_FILE"):
        return [own]
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    docker = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    return [own, config / "containers" / "auth.json", docker / "config.json"]


def users(engine: EngineKind) -> dict[str, str]:
    """Gives who is signed in where, by host; a namespace of a registry (`quay.io/team`) counts for its host."""
    found: dict[str, str] = {}
    for file in files(engine):
        whole = _read(file)
        names = [*whole.get("auths", {}), *whole.get("credHelpers", {})]
        for name in names:
            host = plain(name)
            known = None if host in found else _one(whole, name)
            if known and known.user:
                found[host] = known.user
    return found


def credentials(engine: EngineKind, host: str, repository: str = "") -> Credentials | None:
    """Gives who to be for a repository of a registry: the most particular entry of the first file that has one."""
    wanted = DOCKER_HUB if host in DOCKER_HUB else (host,)
    for file in files(engine):
        whole = _read(file)
        parts = repository.split("/")
        for count in range(len(parts), -1, -1):
            for name in wanted:
                key = "/".join([name, *parts[:count]]) if count else name
                known = _one(whole, key) or (None if count else _one(whole, f"https://{name}"))
                if known:
                    return known
    return None


def plain(name: str) -> str:
    """Gives the host of an entry, whose name may be a URL or have a namespace."""
    if name in DOCKER_HUB:
        return "docker.io"
    return re.sub(r"^https?://", "", name).partition("/")[0]


def _one(whole: dict[str, Any], name: str) -> Credentials | None:
    helper = whole.get("credHelpers", {}).get(name)
    entry = whole.get("auths", {}).get(name)
    if helper is None and isinstance(entry, dict) and not entry.get("auth"):
        helper = whole.get("credsStore")
    if helper:
        return _helped(str(helper), name)
    if not isinstance(entry, dict) or not entry.get("auth"):
        return None
    try:
        user, colon, password = base64.b64decode(str(entry["auth"])).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credentials(user, password.rstrip("\0")) if colon else None


def _helped(helper: str, name: str) -> Credentials | None:
    """Asks a credential helper (docker-credential-helpers' protocol: the name in, JSON out)."""
    program = shutil.which(f"docker-credential-{helper}") if re.fullmatch(r"[\w.-]+", helper) else None
    if program is None:
        return None
    reply = run([program, "get"], timeout=HELPER_SECONDS, stdin=name.encode())
    try:
        said = json.loads(reply.stdout) if reply.returncode == 0 else {}
        return Credentials(str(said["Username"]), str(said["Secret"]))
    except (ValueError, KeyError, TypeError):
        return None


def _read(file: Path) -> dict[str, Any]:
    """Gives a file as a document; one that is not there, or is no such document, knows nobody."""
    try:
        whole = read_json(file)
    except (OSError, ValueError):
        return {}
    return whole if isinstance(whole, dict) else {}
