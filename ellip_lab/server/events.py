"""Puts changed tasks on the server's event bus: the browser then asks for that one record."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Literal

from ellip_lab.contract import Contract
from ellip_lab.tasks.contract import TaskId

if TYPE_CHECKING:
    from jupyter_events import EventLogger

    from ellip_lab.tasks.service import TasksService

SCHEMA_ID = "https://schema.ellip.studio/task/v1"


class TaskEvent(Contract):
    """Says that a task has changed or is gone; what it is now, a reader asks for."""

    id: TaskId
    """The task."""
    room: str
    """The room it belongs to (`runs`)."""
    change: Literal["changed", "removed"]


def schema() -> dict[str, Any]:
    """Gives the schema of the event as the event bus wants it, made from its words."""
    return {
        **TaskEvent.model_json_schema(),
        "$id": SCHEMA_ID,
        "version": "1",
        "title": "Task",
        "personal-data": False,
    }


async def announce(
    tasks: TasksService, logger: EventLogger, stop: asyncio.Event, log: logging.Logger, pause: float = 5
) -> None:
    """Emits an event for every task that changes, until told to stop.

    A watcher that cannot watch (no inotify watches left) is tried again every `pause` seconds: the panel
    still has what it lists, so the server goes on.
    """
    while not stop.is_set():
        try:
            # made in a thread: the folder to watch may lie on a disk that hangs
            async for changes in await asyncio.to_thread(tasks.watch, stop):
                for id_, change in sorted(changes):
                    event = {"id": id_, "room": id_.split("-")[1], "change": change}
                    logger.emit(schema_id=SCHEMA_ID, data=event)
        except Exception as error:  # noqa: BLE001 - whatever the watcher meets, the server lives on, and says so
            log.warning("Changes of tasks cannot be watched now (%s); trying again", error)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
