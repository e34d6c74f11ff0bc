"""What a line of the route table is: a method, a path, the words that come in and go out, and the verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ellip_lab.contract import Contract

if TYPE_CHECKING:
    from ellip_lab.lab import Lab
    from ellip_lab.server.workspace import Workspace

PREFIX = "/ellip-lab"
"""Where every route hangs, below the server's base URL."""
BODY_MAX = 8 * 2**20
"""The largest body of words, in bytes: inputs are names and numbers, never data."""
BYTES = "application/octet-stream"
"""How a body of bytes is said to be one; a form of a foreign page cannot say it."""

Q = TypeVar("Q", bound=Contract)
B = TypeVar("B")
R = TypeVar("R")


class Method(StrEnum):
    """Is an HTTP method the door knows."""

    GET = "GET"
    POST = "POST"
    DELETE = "DELETE"


class Action(StrEnum):
    """Is what the server's authorizer is asked for, on the resource `ellip-lab`."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"


@dataclass(frozen=True)
class Picture:
    """Is a reply that is not JSON."""

    data: bytes
    media_type: str = "image/png"


class Opened(Protocol):
    """Is something open that gives its bytes in pieces; what reads it closes it."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Stream:
    """Is a reply of bytes that are sent while they are read, however many they are."""

    status: int
    headers: Mapping[str, str]
    body: Opened | None = None
    """Null where the headers say it all."""


@dataclass(frozen=True)
class Call(Generic[Q, B]):
    """Is one request, understood: what a verb gets."""

    lab: Lab
    workspace: Workspace
    id: str
    """The `{id}` of the path; empty where there is none."""
    query: Q
    body: B
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the caller's HTTP headers say; for the few verbs whose words HTTP has already."""


@dataclass(frozen=True, kw_only=True)
class Route(Generic[Q, B, R]):
    """Is one line of the table; the handlers, the OpenAPI document and the REST page are made from it."""

    method: Method
    path: str
    """Below the prefix, with `{id}` for a record's id."""
    action: Action
    query: type[Q]
    body: type[B]
    """Words as JSON, or `bytes` for whatever is sent."""
    reply: type[R]
    verb: Callable[[Call[Q, B]], R]
    """Runs in a thread: it may block."""
    status: int = 200
    limit: int = BODY_MAX
    """The largest body read, in bytes."""
    until: Callable[[R], bool] | None = None
    """For a query that has `wait`: whether the reply is worth giving before the waiting time is over."""

    @property
    def threads(self) -> str:
        """Names the threads it runs in: what waits for other machines, or for a container engine, has its own."""
        if self.path == "/runs/engines":
            return "engine"
        return {"s3": "far", "toolboxes": "far", "apps": "far", "containers": "engine"}.get(self.room, "near")

    @property
    def room(self) -> str:
        """Gives the room it belongs to: the first word of the path."""
        return self.path.strip("/").split("/")[0]

    @property
    def name(self) -> str:
        """Gives the verb's name as the room has it (`list_` stands for `list`)."""
        return self.verb.__name__.rstrip("_")

    @property
    def doc(self) -> str:
        """Gives what the verb says of itself."""
        return inspect.cleandoc(self.verb.__doc__ or "")

    @property
    def pattern(self) -> str:
        """Gives the regular expression of its URL, without the server's base URL."""
        return PREFIX + self.path.replace("{id}", "([^/]+)")


AnyRoute = Route[Any, Any, Any]
