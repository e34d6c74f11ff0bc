"""The routes of room `tasks`."""

from __future__ import annotations

from ellip_lab.contract import Acknowledged, Empty
from ellip_lab.server.route import Action, Call, Method, Route
from ellip_lab.tasks.contract import LogChunk, LogQuery, Task, TaskPage, TaskQuery


def list_(call: Call[TaskQuery, Empty]) -> TaskPage:
    """Lists tasks, newest first, a page at a time."""
    return call.lab.tasks.list(call.query)


def show(call: Call[Empty, Empty]) -> Task:
    """Gives one task."""
    return call.lab.tasks.show(call.id)


def log(call: Call[LogQuery, Empty]) -> LogChunk:
    """Gives a stretch of a task's log, and waits for more where there is none yet."""
    return call.lab.tasks.log(call.id, call.query)


def stop(call: Call[Empty, Empty]) -> Task:
    """Stops a task: its processes, and what they started."""
    return call.lab.tasks.stop(call.id)


def remove(call: Call[Empty, Empty]) -> Acknowledged:
    """Removes the record of an ended task."""
    return call.lab.tasks.remove(call.id)


def telling(chunk: LogChunk) -> bool:
    """Tells whether a stretch of log is worth a reply: it has text, or no more will come."""
    return bool(chunk.text) or chunk.finished


ROUTES = (
    Route(
        method=Method.GET,
        path="/tasks",
        action=Action.READ,
        query=TaskQuery,
        body=Empty,
        reply=TaskPage,
        verb=list_,
    ),
    Route(
        method=Method.GET,
        path="/tasks/{id}",
        action=Action.READ,
        query=Empty,
        body=Empty,
        reply=Task,
        verb=show,
    ),
    Route(
        method=Method.GET,
        path="/tasks/{id}/log",
        action=Action.READ,
        query=LogQuery,
        body=Empty,
        reply=LogChunk,
        verb=log,
        until=telling,
    ),
    Route(
        method=Method.POST,
        path="/tasks/{id}/stop",
        action=Action.EXECUTE,
        query=Empty,
        body=Empty,
        reply=Task,
        verb=stop,
    ),
    Route(
        method=Method.DELETE,
        path="/tasks/{id}",
        action=Action.WRITE,
        query=Empty,
        body=Empty,
        reply=Acknowledged,
        verb=remove,
    ),
)
