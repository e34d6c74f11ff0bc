"""A task that changes is told on the server's event bus, from a real task to a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from jupyter_events import EventLogger

from ellip_lab.lab import Lab
from ellip_lab.server.events import SCHEMA_ID, TaskEvent, announce, schema
from ellip_lab.tasks.contract import Command, State, TaskSpec

from .standin import ID


def test_the_bus_takes_the_schema() -> None:
    bus = EventLogger()
    bus.register_event_schema(schema())
    assert SCHEMA_ID in bus.schemas


@pytest.fixture
def events(jp_serverapp: Any) -> list[tuple[str, str, str]]:
    """Collects what is emitted."""
    found: list[tuple[str, str, str]] = []

    async def note(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        event = TaskEvent.model_validate(data)
        found.append((event.id, event.room, event.change))

    jp_serverapp.event_logger.add_listener(schema_id=SCHEMA_ID, listener=note)
    return found


class Watched:
    """Is a watcher that fails first, and then sees two changes."""

    def __init__(self) -> None:
        self.asked = 0

    async def watch(self, stop: asyncio.Event) -> AsyncIterator[set[tuple[str, str]]]:
        self.asked += 1
        if self.asked == 1:
            raise OSError(28, "no inotify watches left")
        yield {(ID, "changed")}
        yield {(ID, "removed")}
        stop.set()


async def test_a_watcher_that_fails_is_tried_again(
    jp_serverapp: Any, events: list[tuple[str, str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched()
    log = logging.getLogger("ellip_lab.test")
    stop = asyncio.Event()
    await asyncio.wait_for(announce(watched, jp_serverapp.event_logger, stop, log, pause=0.01), 10)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert watched.asked == 2
    assert [change for _, _, change in events] == ["changed", "removed"]
    assert "inotify" in caplog.text


async def test_from_a_task_to_a_browser(jp_serverapp: Any, jp_ws_fetch: Any, lab: Lab) -> None:
    await jp_serverapp.extension_manager.start_all_extensions()
    socket = await jp_ws_fetch("api", "events", "subscribe")
    loop = asyncio.get_running_loop()
    spec = TaskSpec(room="runs", title="a task", command=Command(argv=("/bin/echo", "hello")))
    seen: list[TaskEvent] = []

    async def told(id_: str, change: str) -> None:
        while True:
            event = json.loads(await asyncio.wait_for(socket.read_message(), 30))
            if event.pop("schema_id") != SCHEMA_ID:
                continue
            words = {name: value for name, value in event.items() if not name.startswith("__")}
            seen.append(TaskEvent.model_validate(words))
            if (seen[-1].id, seen[-1].change) == (id_, change):
                return

    # the watch may still be starting: events are fire-and-forget, so ring until the first is heard
    task = await loop.run_in_executor(None, lab.tasks.start, spec)
    ended = await loop.run_in_executor(None, lab.tasks.wait, task.id, 30)
    assert ended.state is State.DONE
    bell = lab.settings.state / "bell" / task.id
    ringing = asyncio.ensure_future(ring(bell))
    try:
        await told(task.id, "changed")
    finally:
        ringing.cancel()
    await loop.run_in_executor(None, lab.tasks.remove, task.id)
    await told(task.id, "removed")
    assert {event.room for event in seen} == {"runs"}
    socket.close()


async def ring(bell: Any) -> None:
    while True:
        bell.touch()
        await asyncio.sleep(0.5)
