"""Measures what the processes of a job use: peak memory and CPU time.

The engine's own numbers are wrong (facts: cwltool reads a percentage of the wrong total), so the kernel's are
read: /proc for the memory of each process, the container's cgroup (v1 or v2) for the CPU time, /proc again
where there is no cgroup of its own. Waiting is done on process descriptors, so that a job's end is noticed at
once and sampling costs nothing while nothing happens.

Standard library only: it runs inside the engine's process.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PERIOD = 0.1
"""Seconds between two samples, once a process is older than a few of them."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """Is what a job has used so far."""

    memory: int | None = None
    """Peak of the resident memory of its processes together, in bytes."""
    cpu: float | None = None
    """CPU time, in seconds."""
    limit: int | None = None
    """The limit of its memory, in bytes, where its cgroup has one."""
    killed: bool = False
    """The kernel has killed a process of it for want of memory."""

    def saw(self, memory: int) -> None:
        """Keeps the highest."""
        if memory > 0:
            self.memory = max(self.memory or 0, memory)


class Processes:
    """Measures a process and everything it has started."""

    def __init__(self, root: int, usage: Usage) -> None:
        self._root = root
        self._usage = usage
        self.seconds = 0.0
        """The CPU time of the processes, those that have been waited for included."""

    def sample(self) -> None:
        """Looks once."""
        together = 0
        seconds = 0.0
        for pid in tree(self._root):
            resident, peak = memory(pid)
            together += resident
            self._usage.saw(peak)
            seconds += cpu(pid)
        self._usage.saw(together)
        self.seconds = max(self.seconds, seconds)


@dataclass
class Container:
    """Measures a container, found by the file its engine writes its id to."""

    cidfile: Path
    usage: Usage
    _processes: Processes | None = None
    _cgroup: Cgroup | None = None
    _sought: int = 0
    _next: float = 0.0
    _descriptor: int | None = field(default=None)

    def sample(self) -> None:
        """Looks once, and finds the container first while it has not been found."""
        if self._processes is None and not self._find():
            return
        assert self._processes is not None  # noqa: S101 - told by _find
        self._processes.sample()
        self.final()

    def final(self) -> None:
        """Reads what the container's cgroup knows; after its last process it still knows everything."""
        if self._cgroup is not None:
            self._cgroup.read(self.usage)
        elif self._processes is not None:
            self.usage.cpu = max(self.usage.cpu or 0.0, self._processes.seconds)

    def descriptor(self) -> int | None:
        """Gives a descriptor that becomes readable when the container's first process ends; None until found."""
        return self._descriptor

    def _find(self) -> bool:
        """Looks for the monitor (conmon, or containerd's shim) that names the container in its arguments."""
        now = time.monotonic()
        if now < self._next or self._sought > 50:
            return False
        try:
            identity = self.cidfile.read_text().strip()
        except OSError:
            return False
        if not identity:
            return False
        self._sought += 1
        self._next = now + 0.01 * self._sought
        for monitor in monitors(identity):
            for first in children(monitor):
                if making(first):
                    return False
                self._processes = Processes(first, self.usage)
                self._cgroup = Cgroup.of(first, identity)
                self._descriptor = _descriptor(first)
                return True
        return False


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

    def read(self, usage: Usage) -> None:
        """Adds what the group counts: CPU time, its limit, and whether the kernel killed for memory."""
        if self.cpu is not None:
            if self.unified:
                micro = _keyed(self.cpu / "cpu.stat").get("usage_usec")
                seconds = None if micro is None else micro / 1e6
            else:
                nano = _number(self.cpu / "cpuacct.usage")
                seconds = None if nano is None else nano / 1e9
            if seconds is not None:
                usage.cpu = max(usage.cpu or 0.0, seconds)
        if self.memory is not None:
            events = "memory.events" if self.unified else "memory.oom_control"
            if _keyed(self.memory / events).get("oom_kill", 0) > 0:
                usage.killed = True
            limit = _number(self.memory / ("memory.max" if self.unified else "memory.limit_in_bytes"))
            if limit is not None and limit < 1 << 60:  # v1 says "no limit" with a number near 2**63
                usage.limit = limit


def watch(process: subprocess.Popen[str], measured: Processes | Container, usage: Usage) -> None:
    """Waits for a process to end and samples meanwhile: often at its start, then ten times a second."""
    pause = 0.005
    own = _descriptor(process.pid)
    inner: int | None = None
    poll = select.poll()
    if own is not None:
        poll.register(own, select.POLLIN)
    try:
        while True:
            measured.sample()
            if inner is None and isinstance(measured, Container):
                inner = measured.descriptor()
                if inner is not None:
                    poll.register(inner, select.POLLIN)
            if own is None:
                if _ended(process, pause):
                    break
            else:
                ready = {descriptor for descriptor, _ in poll.poll(pause * 1000)}
                if inner is not None and inner in ready:
                    measured.sample()
                    poll.unregister(inner)
                if own in ready:
                    measured.sample()  # not waited for yet: the kernel still tells its times
                    break
            pause = min(PERIOD, pause * 1.5)
    finally:
        for descriptor in (own, inner):
            if descriptor is not None:
                os.close(descriptor)
    process.wait()
    if isinstance(measured, Processes):
        usage.cpu = measured.seconds


def _ended(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


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
    """Tells whether a container is still being made: its first process is the runtime, not yet the tool."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115
    except OSError:
        return True
    return any(word in program for word in ("runc", "crun", "conmon", "memfd:", "(deleted)"))


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


def _descriptor(pid: int) -> int | None:
    opener: Callable[[int], int] | None = getattr(os, "pidfd_open", None)
    if opener is None:
        return None
    try:
        return opener(pid)
    except OSError:
        return None


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
