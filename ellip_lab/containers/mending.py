"""What podman needs to be told on machines where its own defaults do not work.

Two machines are mended: one whose root lacks CAP_SYS_RESOURCE (most sandboxes), where podman's default
limits cannot be set; and one with the hybrid cgroup hierarchy or without systemd, where crun and the
systemd cgroup manager refuse. Nothing is written outside this program's state: podman is pointed to the
file by the environment variable CONTAINERS_CONF.
"""

from __future__ import annotations

import os
import resource
import shutil
import tomllib
from pathlib import Path
from typing import Any

SHIPPED = Path("/usr/share/containers/containers.conf")
"""The distribution's file; what the machine was measured to need goes before it."""

NETAVARK = ("/usr/lib/podman/netavark", "/usr/libexec/podman/netavark", "/usr/local/libexec/podman/netavark")


def chosen_files() -> list[Path]:
    """Gives the configuration files that a person may have written, weakest first."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "containers"
    files = [Path("/etc/containers/containers.conf")]
    for folder in (Path("/etc/containers/containers.conf.d"), config / "containers.conf.d"):
        files += sorted(folder.glob("*.conf")) if folder.is_dir() else []
    return [*files, config / "containers.conf"]


def has_sys_resource() -> bool:
    """Tells whether this process may raise limits above the hard ones (CAP_SYS_RESOURCE, bit 24)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> 24 & 1)
    return False


def unified_cgroups() -> bool:
    """Tells whether the machine has the unified (v2) cgroup hierarchy, at its usual place."""
    return Path("/sys/fs/cgroup/cgroup.controllers").exists()


def _limit(which: int, ceiling: str) -> int:
    """Gives a hard limit as a number; an unlimited one is what the kernel can have at most."""
    hard = resource.getrlimit(which)[1]
    return hard if hard != resource.RLIM_INFINITY else int(Path(ceiling).read_text())


def measured() -> dict[str, Any]:
    """Gives the settings this machine needs, by table, as containers.conf has them."""
    settings: dict[str, Any] = {}
    if os.geteuid() == 0 and not has_sys_resource():
        files = _limit(resource.RLIMIT_NOFILE, "/proc/sys/fs/nr_open")
        processes = _limit(resource.RLIMIT_NPROC, "/proc/sys/kernel/pid_max")
        processes = min(processes, int(Path("/proc/sys/kernel/pid_max").read_text()))
        limits = [f"nofile={files}:{files}", f"nproc={processes}:{processes}"]
        settings.setdefault("containers", {})["default_ulimits"] = limits
    if not Path("/run/systemd/system").is_dir():
        settings.setdefault("engine", {}).update(cgroup_manager="cgroupfs", events_logger="file")
    if not unified_cgroups() and shutil.which("runc"):
        settings.setdefault("engine", {})["runtime"] = "runc"
    if any(Path(place).exists() for place in NETAVARK):
        settings.setdefault("network", {})["network_backend"] = "netavark"
    return settings


def merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Gives both configurations as one, table by table; what `over` says holds."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def configuration() -> str:
    """Writes the containers.conf for this machine.

    CONTAINERS_CONF replaces every other file, so the distribution's and the person's are merged in: what
    a person has written holds, what was measured goes before the distribution's.

    `ValueError` when a configuration file of the machine is not TOML; podman would refuse it as well.
    """
    import tomli_w

    whole = _read(SHIPPED)
    whole = merge(whole, measured())
    for file in chosen_files():
        whole = merge(whole, _read(file))
    return "# Written by ellip-lab from what this machine was measured to need.\n" + tomli_w.dumps(whole)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text())
    except FileNotFoundError:
        return {}
