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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ellip_lab.runs.kernel import Cgroup, children, cpu, making, memory, monitors, tree

PERIOD = 0.1
"""Seconds between two samples, once a process is older than a few of them."""


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
            self._read(self._cgroup)
        elif self._processes is not None:
            self.usage.cpu = max(self.usage.cpu or 0.0, self._processes.seconds)

    def _read(self, group: Cgroup) -> None:
        seconds = group.seconds()
        if seconds is not None:
            self.usage.cpu = max(self.usage.cpu or 0.0, seconds)
        self.usage.limit = group.limit() or self.usage.limit
        self.usage.killed = self.usage.killed or group.killed()

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


def _descriptor(pid: int) -> int | None:
    opener: Callable[[int], int] | None = getattr(os, "pidfd_open", None)
    if opener is None:
        return None
    try:
        return opener(pid)
    except OSError:
        return None
