"""Tells which tasks change: the one file that knows the library `watchfiles`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from ellip_lab.tasks.directory import ID


async def watch(bell: Path, stop_event: asyncio.Event) -> AsyncIterator[set[tuple[str, str]]]:
    """Gives sets of (id, "changed" | "removed") until the event is set.

    Only the flat folder of bells is watched: what a task does in its own folder costs nothing.
    """
    from watchfiles import awatch

    async for changes in awatch(bell, stop_event=stop_event, recursive=False, step=50, debounce=400):
        told = {Path(path).name for _, path in changes}
        # what is there now counts: one batch may hold a change and the removal after it
        yield {
            (name, "changed" if (bell / name).exists() else "removed") for name in told if ID.fullmatch(name)
        }
