"""Measures whether a container engine works here, by running something in it.

`podman info` says yes on machines where no container starts, so the proof is a container: an empty root
folder with this machine's own programs mounted read-only, no image and no network, 0.2 s.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.errors import Unavailable
from ellip_lab.shell import run, write_atomic

INSTALL = (
    "apt-get install -y --no-install-recommends podman runc netavark aardvark-dns iptables uidmap slirp4netns"
)
"""What Debian needs; Recommends alone would leave out the runtime."""

DOCKER_SOCKET = "unix:///var/run/docker.sock"


def podman(state: Path) -> ContainerEngine:
    """Measures podman: as it is first, then with a configuration made for this machine.

    `state` is the room's folder, where that configuration is written.
    """
    command = shutil.which("podman")
    root = os.geteuid() == 0
    if command is None:
        return ContainerEngine(
            kind=EngineKind.PODMAN,
            problem="podman is not installed",
            hint=INSTALL if root else f"sudo {INSTALL}",
        )
    try:
        version = _version(command)
        problem = _start_one(command, {})
        env: dict[str, str] = {}
        if problem is not None and not os.environ.get("CONTAINERS_CONF"):
            env = {"CONTAINERS_CONF": str(_write_configuration(state))}
            problem = _start_one(command, env)
    except (Unavailable, ValueError, OSError) as error:
        detail = error.detail if isinstance(error, Unavailable) else str(error)
        return ContainerEngine(
            kind=EngineKind.PODMAN, command=command, problem=detail, hint=podman_hint(detail)
        )
    if problem is not None:
        return ContainerEngine(
            kind=EngineKind.PODMAN, command=command, version=version, rootless=not root,
            problem=f"podman cannot start a container: {problem}", hint=podman_hint(problem),
        )  # fmt: skip
    return ContainerEngine(
        kind=EngineKind.PODMAN, command=command, version=version, rootless=not root, env=env
    )


def docker() -> ContainerEngine:
    """Measures docker: the client, and whether a daemon answers it."""
    command = shutil.which("docker")
    if command is None:
        return ContainerEngine(
            kind=EngineKind.DOCKER, problem="docker is not installed",
            hint="Install docker, or podman, which needs no daemon.",
        )  # fmt: skip
    try:
        reply = run([command, "version", "--format", "{{.Server.Version}}"], timeout=20)
    except Unavailable as error:
        return ContainerEngine(kind=EngineKind.DOCKER, command=command, problem=error.detail)
    if reply.returncode != 0:
        problem = _last_line(reply.stderr) or f"docker version ended with code {reply.returncode}"
        denied = "permission denied" in problem.lower()
        hint = (
            "Add yourself to the group docker, then log in again."
            if denied
            else f"Start the docker daemon (systemctl start docker); it is looked for at {docker_host()}."
        )
        return ContainerEngine(kind=EngineKind.DOCKER, command=command, problem=problem, hint=hint)
    version = reply.stdout.decode(errors="replace").strip()
    return ContainerEngine(kind=EngineKind.DOCKER, command=command, version=version)


def docker_host() -> str:
    """Gives the address the docker client uses, unless a context says otherwise."""
    return os.environ.get("DOCKER_HOST") or DOCKER_SOCKET


def _version(command: str) -> str:
    reply = run([command, "--version"], timeout=20)
    words = reply.stdout.decode(errors="replace").split()
    return words[-1] if words else ""


def _write_configuration(state: Path) -> Path:
    from ellip_lab.containers.mending import configuration

    place = state / "containers.conf"
    write_atomic(place, configuration().encode(), 0o600)
    return place


def _start_one(command: str, env: Mapping[str, str]) -> str | None:
    """Starts a container and gives podman's complaint, or None when it ran.

    A podman whose containers live on another machine (a remote client) sees none of our folders: there
    the answer of `podman info` has to do.
    """
    environment = {**os.environ, **env}
    info = run([command, "info", "--format", "{{.Host.ServiceIsRemote}}"], timeout=60, env=environment)
    if info.returncode != 0:
        return _last_line(info.stderr) or f"podman info ended with code {info.returncode}"
    if info.stdout.strip() == b"true":
        return None
    mounts = [
        f"--volume={path}:{path}:ro" for path in ("/usr", "/bin", "/lib", "/lib64") if Path(path).exists()
    ]
    with tempfile.TemporaryDirectory(prefix="ellip-probe-", ignore_cleanup_errors=True) as folder:
        argv = [command, "run", "--rm", "--net=none", "--security-opt=label=disable", *mounts,
                "--rootfs", folder, "/bin/true"]  # fmt: skip
        reply: subprocess.CompletedProcess[bytes] = run(argv, timeout=60, env=environment)
    if reply.returncode == 0:
        return None
    return _last_line(reply.stderr) or f"podman run ended with code {reply.returncode}"


def _last_line(stream: bytes) -> str:
    lines = [line for line in stream.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("Error: ").strip() if lines else ""


def podman_hint(problem: str) -> str:
    """Says what to do about a complaint of podman's."""
    said = problem.lower()
    if "newuidmap" in said or "newgidmap" in said or "subuid" in said:
        return "apt-get install uidmap, and give the user a range: usermod --add-subuids 100000-165535 USER"
    if "xdg_runtime_dir" in said or "/run/user" in said:
        return "Set XDG_RUNTIME_DIR to a folder of yours with mode 0700."
    if "mount" in said and ("invalid argument" in said or "not permitted" in said):
        return (
            "Podman must be able to mount: neither a plain chroot nor a container without privileges lets it."
        )
    if "crun" in said or ("cgroup" in said and "runc" not in said):
        return "apt-get install runc: crun refuses the hybrid cgroup hierarchy of this machine."
    return "Run `podman run --rm IMAGE true` in a terminal to see the whole message."
