"""What the tests of the door share: rooms that fail on demand, and the one shape of an error."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from s3.stores import WeedServer
from tornado.httpclient import HTTPResponse

from ellip_lab.contract import Contract
from ellip_lab.lab import Lab
from ellip_lab.server.problem import MEDIA_TYPE, ProblemDetails
from ellip_lab.server.route import PREFIX, AnyRoute

ID = "20260102t030405678-runs-0a1b"
ROOMS = ("tasks", "cwl", "runs", "packages", "s3", "containers", "toolboxes", "apps")

WORDS = {"number": 1, "size": 1, "sources": ["a.cwl"], "upload": "0" * 32, "images": ["a"], "containers": ["a"],
         "commands": ["a"], "other": ID, "action": "stop", "line": 1, "column": 1, "end_line": 1, "end_column": 1, "argv": ["true"],
         "name": "a", "to": "b", "app": "code-server", "instance": "code-server"}  # fmt: skip
"""Required fields that are no text, or not any text."""

Ask = Callable[..., Awaitable[HTTPResponse]]


class Raw(bytes):
    """Is a body of bytes that stands for itself."""


class Stand:
    """Stands in for every room: whatever is asked of it, it does the one thing it was given."""

    def __init__(self, act: Callable[..., Any]) -> None:
        self.act = act

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self.act


def stand_in(lab: Lab, act: Callable[..., Any]) -> None:
    for room in ROOMS:
        lab.__dict__[room] = Stand(act)


def failing(error: BaseException) -> Callable[..., Any]:
    def act(*_: Any, **__: Any) -> Any:
        raise error

    return act


def url(route: AnyRoute, id_: str = ID) -> str:
    return PREFIX + route.path.replace("{id}", id_)


def example(route: AnyRoute) -> dict[str, Any]:
    """Gives what `ask` needs to call a route in a way that it understands."""
    needed = required(route.query)
    body = Raw(b"a.cwl") if route.body is bytes else required(route.body)
    return {"method": route.method, "params": needed, **({"body": body} if route.method == "POST" else {})}


def required(words: type[Contract]) -> dict[str, Any]:
    """Gives the fields that words must have."""
    fields = words.model_fields.items()
    return {name: WORDS.get(name, "a.cwl") for name, field in fields if field.is_required()}


def asked(store: WeedServer, name: str, who: str | None) -> dict[str, Any]:
    """Gives a connection as a browser sends it, with its keys."""
    body = store.request(name, who).model_dump(mode="json", exclude={"credentials"})
    if who is not None:
        one = store.identities[who]
        body["credentials"] = {"access_key": one.access, "secret_key": one.secret}
    return body


def told(response: HTTPResponse, status: int) -> ProblemDetails:
    """Checks that a reply is an error of the one shape, and gives it."""
    assert response.code == status, (response.code, response.body)
    assert response.headers["Content-Type"].partition(";")[0] == MEDIA_TYPE
    assert response.headers["Cache-Control"] == "no-store"
    body = json.loads(response.body)
    assert set(body) == set(ProblemDetails.model_fields)
    details = ProblemDetails.model_validate(body)
    assert details.status == status
    assert details.detail
    assert details.message == details.detail
    assert details.type.startswith("https://schema.ellip.studio/problem/")
    assert "Traceback" not in response.body.decode()
    return details
