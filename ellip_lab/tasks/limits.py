"""The limits of a process that looks at what may be hostile. Standard library only."""

from __future__ import annotations

import resource

MEMORY = 1536 * 2**20
"""Bytes of private data; a large packed workflow needs 250 MB."""
CPU = 30
"""Seconds of work; a document of 5,000 lines takes three."""


def bounded(memory: int = MEMORY, cpu: int = CPU) -> None:
    """Sets them for this process: beyond the first Python raises `MemoryError`, beyond the second it is killed (SIGXCPU)."""
    for kind, value in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        # the end by CPU time is told by the soft limit's signal: the hard one would kill without saying why
        resource.setrlimit(kind, (value, hard if kind == resource.RLIMIT_CPU else value))
