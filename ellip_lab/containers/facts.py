"""The facts of an engine, as a panel shows them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ellip_lab.containers.contract import Engine

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api


def told(api: Api, about: Engine) -> Engine:
    """Gives what is known of an engine, completed by what its service says of itself."""
    found = api.get("info")
    facts = _podman(found) if api.libpod else _docker(found)
    facts["used"] = _used(api.get("system/df"), libpod=api.libpod)
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


def _used(df: dict[str, Any], *, libpod: bool) -> int | None:
    """Adds up what images and containers take; layers that images share are counted once where that is told."""
    whole = df.get("ImagesSize" if libpod else "LayersSize")
    if not whole:  # neither podman 4 nor its compatible API tells it
        sizes = {
            image.get("ImageID") or image.get("Id"): int(image.get("Size") or 0)
            for image in df.get("Images") or ()
        }
        whole = sum(sizes.values())
    key = "RWSize" if libpod else "SizeRw"
    return int(whole) + sum(int(container.get(key) or 0) for container in df.get("Containers") or ())


def _free(store: Path) -> int | None:
    try:
        return shutil.disk_usage(store).free
    except OSError:
        return None
