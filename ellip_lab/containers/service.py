"""The verbs of room `containers`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.errors import Invalid
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FORGET_PROBLEM = 15.0
"""Seconds after which an engine that did not work is measured again; one that works is remembered."""


class ContainersService:
    """Finds the container engine of this machine, and makes images with it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.state / "containers"

    def find(self, preference: str = "auto") -> ContainerEngine:
        """Gives the engine to use: `auto` is the first of podman and docker that works, else none.

        A named one is given whether it works or not, its `problem` and `hint` filled when it does not.
        Measuring takes up to a second; the answer is kept, and kept answers cost a millisecond.
        `Invalid` for a word that is no engine.
        """
        if preference != "auto":
            try:
                return self._measure(EngineKind(preference))
            except ValueError:
                raise Invalid(
                    f"{preference} is no container engine", hint="Choose auto, podman, docker or none."
                ) from None
        podman = self._measure(EngineKind.PODMAN)
        if podman.works:
            return podman
        docker = self._measure(EngineKind.DOCKER)
        if docker.works:
            return docker
        return ContainerEngine(
            kind=EngineKind.NONE,
            problem=f"no container engine works here ({podman.problem}; {docker.problem})",
            hint=podman.hint,
        )

    def list(self) -> tuple[ContainerEngine, ...]:
        """Gives every choice there is, as measured: podman, docker and none."""
        return tuple(self._measure(kind) for kind in EngineKind)

    def image_label(self, engine: ContainerEngine, name: str, key: str) -> str | None:
        """Gives a label of an image of the engine's own store: empty without it, None without the image."""
        from ellip_lab.containers import images

        return images.label(engine, name, key)

    def build_image(
        self,
        engine: ContainerEngine,
        folder: Path,
        name: str,
        say: Callable[[str], None],
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Builds the image of a folder's Containerfile; `say` gets each line of the build.

        `Unavailable` with the last lines when the build fails, for one when no registry has its base.
        """
        from ellip_lab.containers import images

        images.build(engine, folder, name, say, labels)

    def image_from_debian(
        self,
        engine: ContainerEngine,
        name: str,
        packages: Sequence[str],
        say: Callable[[str], None],
        files: Mapping[str, Path] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Makes an image of Debian packages without any registry; `files` puts programs at places in it.

        `Unavailable` on a machine without apt, or when Debian's mirror does not answer.
        """
        from ellip_lab.containers import debian_base

        debian_base.make(engine, name, packages, say, files or {}, labels or {}, self._folder / "debian")

    def _measure(self, kind: EngineKind) -> ContainerEngine:
        """Gives the remembered measurement while nothing it depends on has changed, else a new one."""
        if kind is EngineKind.NONE:
            return ContainerEngine(kind=kind)
        facts = _facts(kind)
        place = self._folder / f"{kind.value}.json"
        try:
            kept = read_json(place)
            engine = ContainerEngine.model_validate(kept["engine"])
            if kept["facts"] == facts and self._still_holds(engine, float(kept["measured"])):
                return engine
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass  # never measured, or by another version: measure
        from ellip_lab.containers import probe

        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = probe.podman(self._folder) if kind is EngineKind.PODMAN else probe.docker()
        write_json(
            place, {"facts": facts, "measured": time.time(), "engine": engine.model_dump(mode="json")}, 0o600
        )
        return engine

    @staticmethod
    def _still_holds(engine: ContainerEngine, measured: float) -> bool:
        if not engine.works:
            return time.time() - measured < FORGET_PROBLEM
        if not all(Path(value).exists() for key, value in engine.env.items() if key == "CONTAINERS_CONF"):
            return False
        return engine.kind is not EngineKind.DOCKER or _daemon_listens()


def _facts(kind: EngineKind) -> dict[str, Any]:
    """Gives what a measurement depends on: when any of it changes, the engine is measured again."""
    import resource

    programs = ("podman", "runc", "crun", "netavark") if kind is EngineKind.PODMAN else ("docker",)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [shutil.which(program) for program in programs]
    files += ["/etc/containers/containers.conf", str(home / "containers/containers.conf")]
    files += [str(Path.home() / ".docker/config.json")] if kind is EngineKind.DOCKER else []
    variables = ("CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_STORAGE_CONF", "CONTAINER_HOST",
                 "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT")  # fmt: skip
    facts = {
        "files": [[file, *_stamp(file)] for file in files],
        "variables": {name: os.environ.get(name) for name in variables},
        "user": os.geteuid(),
        "limits": [resource.getrlimit(which)[1] for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)],
        "boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        if Path("/proc/sys/kernel/random/boot_id").exists()
        else "",
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _stamp(file: str | None) -> list[int]:
    try:
        status = Path(file or "").stat() if file else None
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size] if status else []


def _daemon_listens() -> bool:
    """Tells in a moment whether something listens at docker's local socket; a remote one is trusted."""
    from ellip_lab.containers.probe import docker_host

    host = docker_host()
    if not host.startswith("unix://") or os.environ.get("DOCKER_CONTEXT"):
        return True
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        try:
            link.connect(host.removeprefix("unix://"))
        except OSError:
            return False
    return True
