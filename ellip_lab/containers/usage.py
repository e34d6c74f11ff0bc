"""What running containers use now."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ellip_lab.containers.contract import Usage
from ellip_lab.errors import Conflict, NotFound

if TYPE_CHECKING:
    from ellip_lab.containers.podman import Api

UNLIMITED = 1 << 60
"""A limit of memory above this is none."""
SHORT = 0.5
"""Seconds that two measurements are apart at least, to tell something."""
OLD = 60.0
"""Seconds after which a measurement is too old to tell what is used now."""


@dataclass(frozen=True)
class Sample:
    """Is the time of the processor that a container has used, in seconds, and when that was."""

    used: float
    at: float
    cpu: float
    """What was told of it then, in cores."""


class Measured:
    """Remembers the last measurement: engines tell the time used in all, and what is wanted is that of now."""

    def __init__(self) -> None:
        self._last: dict[str, Sample] = {}
        self._writing = threading.Lock()

    def now(self, api: Api) -> tuple[Usage, ...]:
        """Gives what each running container uses; of the processor since it was last asked, or began."""
        raw = list(_podman(api) if api.libpod else _docker(api))
        at = time.monotonic()
        with self._writing:
            samples = {
                one.container: _sample(self._last.get(one.container), used, at, one.cpu) for one, used in raw
            }
            self._last = samples
        return tuple(one.model_copy(update={"cpu": samples[one.container].cpu}) for one, _used in raw)


def _sample(before: Sample | None, used: float, at: float, average: float) -> Sample:
    """Gives the new sample; where two follow one another at once, the one before stays."""
    if before is None or at - before.at > OLD or used < before.used:
        return Sample(used, at, average)
    if at - before.at < SHORT:
        return before
    return Sample(used, at, (used - before.used) / (at - before.at))


def _podman(api: Api) -> Iterator[tuple[Usage, float]]:
    running = [one["Id"] for one in api.get("containers/json") or ()]
    if not running:
        return
    # those that ended in between are in the answer too, all zero
    reply = api.get("containers/stats", {"stream": False, "containers": running})
    for raw in reply.get("Stats") or ():
        if not raw.get("PIDs") and not raw.get("SystemNano"):
            continue
        yield (
            Usage(
                container=raw["ContainerID"],
                name=raw["Name"],
                cpu=float(raw.get("AvgCPU") or 0) / 100,
                memory=int(raw.get("MemUsage") or 0),
                memory_limit=_limit(raw.get("MemLimit")),
                read=int(raw.get("BlockInput") or 0),
                written=int(raw.get("BlockOutput") or 0),
                received=int(raw.get("NetInput") or 0),
                sent=int(raw.get("NetOutput") or 0),
                processes=int(raw.get("PIDs") or 0),
            ),
            float(raw.get("CPUNano") or 0) / 1e9,
        )


def _docker(api: Api) -> Iterator[tuple[Usage, float]]:
    for one in api.get("containers/json") or ():
        try:
            raw = api.get(f"containers/{one['Id']}/stats", {"stream": False, "one-shot": True})
        except (NotFound, Conflict):
            continue  # it has ended meanwhile
        if not raw:
            continue
        memory = raw.get("memory_stats") or {}
        # what the kernel keeps of files is given back when it is needed
        cached = int((memory.get("stats") or {}).get("inactive_file") or 0)
        networks = (raw.get("networks") or {}).values()
        disk = (raw.get("blkio_stats") or {}).get("io_service_bytes_recursive") or ()
        yield (
            Usage(
                container=one["Id"],
                name=next(iter(one.get("Names") or ()), one["Id"][:12]).lstrip("/"),
                cpu=0.0,
                memory=max(int(memory.get("usage") or 0) - cached, 0),
                memory_limit=_limit(memory.get("limit")),
                read=_bytes(disk, "read"),
                written=_bytes(disk, "write"),
                received=sum(int(network.get("rx_bytes") or 0) for network in networks),
                sent=sum(int(network.get("tx_bytes") or 0) for network in networks),
                processes=int((raw.get("pids_stats") or {}).get("current") or 0),
            ),
            float(((raw.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage") or 0) / 1e9,
        )


def _limit(value: Any) -> int | None:
    limit = int(value or 0)
    return limit if 0 < limit < UNLIMITED else None


def _bytes(disk: Any, kind: str) -> int:
    return sum(int(part.get("value") or 0) for part in disk if str(part.get("op", "")).lower() == kind)
