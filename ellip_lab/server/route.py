"""What a line of the route table is: a method, a path, the words that come in and go out, and the verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ellip_lab.contract import Contract

if TYPE_CHECKING:
    from ellip_lab.lab import Lab
    from ellip_lab.server.workspace import Workspace

PREFIX = "/ellip-lab"
"""Where every route hangs, below the server's base URL."""

Q = TypeVar("Q", bound=Contract)
B = TypeVar("B", bound=Contract)
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


@dataclass(frozen=True)
class Call(Generic[Q, B]):
    """Is one request, understood: what a verb gets."""

    lab: Lab
    workspace: Workspace
    id: str
    """The `{id}` of the path; empty where there is none."""
    query: Q
    body: B


@dataclass(frozen=True, kw_only=True)
class Route(Generic[Q, B, R]):
    """Is one line of the table; the handlers, the OpenAPI document and the REST page are made from it."""

    method: Method
    path: str
    """Below the prefix, with `{id}` for a record's id."""
    action: Action
    query: type[Q]
    body: type[B]
    reply: type[R]
    verb: Callable[[Call[Q, B]], R]
    """Runs in a thread: it may block."""
    status: int = 200
    until: Callable[[R], bool] | None = None
    """For a query that has `wait`: whether the reply is worth giving before the waiting time is over."""

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
