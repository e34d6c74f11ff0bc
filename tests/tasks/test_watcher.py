"""Changes are told by a watcher of one flat folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ellip_lab.tasks.contract import State
from ellip_lab.tasks.service import TasksService

from .driving import shell


async def gather(
    tasks: TasksService, work: Callable[[], object], enough: Callable[[set[tuple[str, str]]], bool]
) -> set[tuple[str, str]]:
    """Watches while something is done, until enough has been told."""
    stop = asyncio.Event()
    told: set[tuple[str, str]] = set()
    ready = asyncio.Event()

    async def listen() -> None:
        watching = tasks.watch(stop)
        ready.set()
        async for changes in watching:
            told.update(changes)
            if enough(told):
                stop.set()

    listener = asyncio.create_task(listen())
    await ready.wait()
    bell = tasks.home.bell / "20260101t000000000-runs-0000"
    while not told:  # until the watcher is in place
        bell.touch()
        await asyncio.sleep(0.1)
    told.clear()
    bell.unlink()
    await asyncio.to_thread(work)
    async with asyncio.timeout(60):
        await listener
    return told


def test_every_change_and_removal_is_told(tasks: TasksService) -> None:
    ids: list[str] = []

    def work() -> None:
        ids.append(tasks.start(shell("echo x; sleep 1; mkdir work; touch work/a work/b")).id)
        assert tasks.wait(ids[0], 60).state == State.DONE

    def run_and_remove() -> None:
        work()
        tasks.remove(ids[0])

    told = asyncio.run(gather(tasks, run_and_remove, lambda told: bool(ids) and (ids[0], "removed") in told))
    assert (ids[0], "changed") in told
    assert {change for _, change in told} <= {"changed", "removed"}
    assert {task for task, _ in told} <= {ids[0], "20260101t000000000-runs-0000"}


def test_growing_events_and_progress_ring(tasks: TasksService) -> None:
    """A child that only writes events is heard too: the run's steps move in the browser."""
    script = "sleep 1; echo {} >> events.jsonl; sleep 1; echo {} >> events.jsonl; sleep 1"
    task = tasks.start(shell(script))
    seen: list[set[tuple[str, str]]] = []

    async def listen() -> None:
        stop = asyncio.Event()
        async with asyncio.timeout(60):
            async for changes in tasks.watch(stop):
                seen.append(changes)
                if tasks.show(task.id).state.final:
                    stop.set()

    asyncio.run(listen())
    assert len([changes for changes in seen if (task.id, "changed") in changes]) >= 3


def test_the_watcher_stops_when_told(tasks: TasksService) -> None:
    async def listen() -> list[object]:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, stop.set)
        async with asyncio.timeout(30):
            return [changes async for changes in tasks.watch(stop)]

    assert asyncio.run(listen()) == []
