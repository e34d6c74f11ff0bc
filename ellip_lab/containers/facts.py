"""The facts of an engine, as a panel shows them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers import stock
from ellip_lab.containers.contract import Engine

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api
    from ellip_lab.containers.sizes import Sizes


def told(api: Api, about: Engine, sizes: Sizes) -> Engine:
    """Gives what is known of an engine, completed by what its service says of itself."""
    found = api.get("info")
    facts = _podman(found) if api.libpod else _docker(found)
    facts["used"] = _used(api, sizes)
    if not about.remote and facts.get("store"):
        facts["free"] = _free(Path(facts["store"]))
    return about.model_copy(update={name: value for name, value in facts.items() if value not in (None, "")})


def _podman(info: dict[str, Any]) -> dict[str, Any]:
    host, store = info.get("host") or {}, info.get("store") or {}
    return {
        "version": (info.get("version") or {}).get("Version", ""),
        "rootless": bool((host.get("security") or {}).get("rootless")),
        "cgroups": _joined(host.get("cgroupVersion"), host.get("cgroupManager")),
        "runtime": (host.get("ociRuntime") or {}).get("name", ""),
        "driver": store.get("graphDriverName", ""),
        "store": store.get("graphRoot", ""),
        "cpus": host.get("cpus"),
        "memory": host.get("memTotal"),
    }


def _docker(info: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": info.get("ServerVersion", ""),
        "rootless": any("rootless" in str(option) for option in info.get("SecurityOptions") or ()),
        "cgroups": _joined(info.get("CgroupVersion"), info.get("CgroupDriver")),
        "runtime": info.get("DefaultRuntime", ""),
        "driver": info.get("Driver", ""),
        "store": info.get("DockerRootDir", ""),
        "cpus": info.get("NCPU"),
        "memory": info.get("MemTotal"),
    }


def _joined(version: str | None, manager: str | None) -> str:
    number = str(version or "").removeprefix("v")
    return ", ".join(part for part in (f"v{number}" if number else "", manager or "") if part)


def _used(api: Api, sizes: Sizes) -> int:
    """Adds up what images and containers take; layers that images share are counted once."""
    have = stock.read(api, intermediate=True, sizes=True)
    return sizes.total(api, (image.id for image in have.images)) + sum(one.written for one in have.containers)


def _free(store: Path) -> int | None:
    try:
        return shutil.disk_usage(store).free
    except OSError:
        return None
