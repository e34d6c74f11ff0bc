"""What the kernel tells of processes and of containers' control groups (v1 and v2). Standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
RUNTIMES = frozenset(("runc", "crun", "conmon", "podman", "kata-runtime", "runsc", "youki"))
NO_LIMIT = 1 << 60
"""Bytes; cgroup v1 says that there is no limit with a number near 2**63."""


@dataclass(frozen=True)
class Cgroup:
    """Reads one container's control group."""

    cpu: Path | None
    memory: Path | None
    unified: bool

    @classmethod
    def of(cls, pid: int, identity: str, mounted: Path = Path("/sys/fs/cgroup")) -> Cgroup | None:
        """Finds the group of a process, when it is the container's own; a shared one says nothing about it."""
        try:
            lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        except OSError:
            return None
        places: dict[str, str] = {}
        for line in lines:
            _, controllers, place = line.split(":", 2)
            if identity in place:
                places.update(dict.fromkeys(controllers.split(","), place.lstrip("/")))
        accounts = mounted / "cpuacct" / places["cpuacct"] if "cpuacct" in places else None
        bytes_ = mounted / "memory" / places["memory"] if "memory" in places else None
        if accounts is not None or bytes_ is not None:
            return cls(accounts, bytes_, unified=False)
        if "" in places:
            whole = mounted / places[""]
            return cls(whole, whole, unified=True) if (whole / "cpu.stat").exists() else None
        return None

    def seconds(self) -> float | None:
        """Gives the CPU time of everything that was ever in the group."""
        if self.cpu is None:
            return None
        if self.unified:
            micro = _keyed(self.cpu / "cpu.stat").get("usage_usec")
            return None if micro is None else micro / 1e6
        nano = _number(self.cpu / "cpuacct.usage")
        return None if nano is None else nano / 1e9

    def limit(self) -> int | None:
        """Gives the limit of its memory, in bytes, where there is one."""
        if self.memory is None:
            return None
        limit = _number(self.memory / ("memory.max" if self.unified else "memory.limit_in_bytes"))
        return limit if limit is not None and limit < NO_LIMIT else None

    def killed(self) -> bool:
        """Tells whether the kernel has killed a process of it for want of memory."""
        if self.memory is None:
            return False
        events = self.memory / ("memory.events" if self.unified else "memory.oom_control")
        return _keyed(events).get("oom_kill", 0) > 0


def tree(root: int) -> Iterator[int]:
    """Gives a process and everything below it that is alive."""
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children(pid)


def children(pid: int) -> list[int]:
    """Gives the children of a process, of all its threads."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - ten times a second: no Path objects
            with open(f"/proc/{pid}/task/{thread}/children") as stream:  # noqa: PTH123
                found += [int(word) for word in stream.read().split()]
    except OSError:
        return found
    return found


def memory(pid: int) -> tuple[int, int]:
    """Gives the resident memory of a process, now and at its peak, in bytes; zeros when it is gone."""
    now = peak = 0
    try:
        with open(f"/proc/{pid}/status") as stream:  # noqa: PTH123
            for line in stream:
                if line.startswith("VmHWM:"):
                    peak = int(line.split()[1]) * 1024
                elif line.startswith("VmRSS:"):
                    now = int(line.split()[1]) * 1024
                    break
    except (OSError, ValueError, IndexError):
        return 0, 0
    return now, peak


def cpu(pid: int) -> float:
    """Gives the CPU time of a process and of its children that have ended, in seconds."""
    try:
        with open(f"/proc/{pid}/stat") as stream:  # noqa: PTH123
            fields = stream.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


def making(pid: int) -> bool:
    """Tells whether a process below a monitor is the engine's own: it makes the container, or takes it away."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115
    except OSError:
        return True
    own = program.rpartition("/")[2] in RUNTIMES
    return own or "memfd:" in program or program.endswith("(deleted)")  # runc runs from a copy of itself


def monitors(identity: str) -> list[int]:
    """Finds the processes that look after a container: conmon or a shim, with its id in the arguments."""
    found = []
    wanted = identity.encode()
    for name in os.listdir("/proc"):  # noqa: PTH208
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as stream:  # noqa: PTH123
                arguments = stream.read().split(b"\0")
        except OSError:
            continue
        program = arguments[0].rpartition(b"/")[2]
        if (program == b"conmon" or program.startswith(b"containerd-shim")) and wanted in arguments:
            found.append(int(name))
    return found


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _keyed(file: Path) -> dict[str, int]:
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}
    except OSError:
        return {}
