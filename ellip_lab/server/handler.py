"""The one handler: reads a request into contracts, calls the verb in a thread, writes the reply."""

from __future__ import annotations

import asyncio
import difflib
import json
import math
import re
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json
from tornado.web import HTTPError, authenticated

from ellip_lab.contract import Contract
from ellip_lab.errors import EllipError, Internal, Invalid, NotFound, Problem
from ellip_lab.lab import Lab
from ellip_lab.server.problem import MEDIA_TYPE, ProblemDetails, describe, describe_status, understand
from ellip_lab.server.route import AnyRoute, Call, Picture
from ellip_lab.server.workspace import Workspace
from ellip_lab.tasks.contract import TaskId

RESOURCE = "ellip-lab"
"""What the server's authorizer is asked about."""
BODY_MAX = 8 * 2**20
"""The largest body read, in bytes: inputs are names and numbers, never data."""
POLL = 0.25
"""How often a waiting request looks again, in seconds: no thread waits."""
SERVERS_OWN = {"token", "no_track_activity"}
"""What a query may say to the Jupyter server itself."""

ID = TypeAdapter[str](TaskId)
M = TypeVar("M", bound=Contract)


@dataclass(frozen=True)
class Door:
    """Is what every request needs."""

    lab: Lab
    workspace: Workspace
    pool: Executor


class RouteHandler(APIHandler):
    """Answers every method of one path, as the table says."""

    auth_resource = RESOURCE

    def initialize(self, door: Door, routes: Mapping[str, AnyRoute]) -> None:
        """Takes what the table says of this path."""
        self.door = door
        self.routes = routes
        self.gone = asyncio.Event()
        self.number = secrets.token_hex(4)

    @authenticated
    async def get(self, *words: str) -> None:
        """Answers GET."""
        await self.answer(*words)

    @authenticated
    async def post(self, *words: str) -> None:
        """Answers POST."""
        await self.answer(*words)

    @authenticated
    async def delete(self, *words: str) -> None:
        """Answers DELETE."""
        await self.answer(*words)

    async def answer(self, *words: str) -> None:
        """Finds the route, asks the authorizer for its action, and carries it out."""
        route = self.routes.get(str(self.request.method))
        if route is None:
            raise HTTPError(405)
        permitted: Callable[..., Any] = authorized(action=str(route.action), resource=RESOURCE)
        await permitted(RouteHandler.carry_out)(self, route, *words)

    async def carry_out(self, route: AnyRoute, *words: str) -> None:
        """Understands the request, calls the verb in a thread, and replies."""
        call = Call(
            lab=self.door.lab,
            workspace=self.door.workspace,
            id=record(*words),
            query=understood(lambda: route.query.model_validate(self.asked()), route.query, "query"),
            body=understood(
                lambda: route.body.model_validate_json(self.sent(), strict=True), route.body, "body"
            ),
        )
        if route.until is None:
            reply = await self.in_thread(route, call)
        else:
            reply = await self.wait_for(route, route.until, call)
        if self.gone.is_set():
            return
        self.set_status(route.status)
        self.reply(reply)

    async def in_thread(self, route: AnyRoute, call: Call[Any, Any]) -> Any:
        """Calls the verb beside the event loop, which goes on answering others."""
        return await asyncio.get_running_loop().run_in_executor(self.door.pool, route.verb, call)

    async def wait_for(self, route: AnyRoute, until: Callable[[Any], bool], call: Call[Any, Any]) -> Any:
        """Asks again until there is something to say, the time is over, or the caller has gone."""
        end = time.monotonic() + call.query.wait
        now = Call(call.lab, call.workspace, call.id, call.query.model_copy(update={"wait": 0}), call.body)
        while True:
            reply = await self.in_thread(route, now)
            left = end - time.monotonic()
            if left <= 0 or self.gone.is_set() or until(reply):
                return reply
            try:
                await asyncio.wait_for(self.gone.wait(), min(POLL, left))
            except TimeoutError:
                continue

    def on_connection_close(self) -> None:
        """Ends a waiting request when its caller has gone."""
        self.gone.set()

    def asked(self) -> dict[str, Any]:
        """Gives the query, each name once, without what is the server's own.

        JupyterLab adds the time, as a name of digits without a value, to what must not be cached.
        """
        found: dict[str, Any] = {}
        for name, values in self.request.query_arguments.items():
            if name in SERVERS_OWN or (name.isdigit() and values == [b""]):
                continue
            if len(values) > 1:
                raise Invalid(f"{name} is given {len(values)} times", hint="Give it once.")
            try:
                found[name] = values[0].decode()
            except UnicodeDecodeError as error:
                raise Invalid(f"{name} is not UTF-8 text") from error
        refuse_impossible(found)
        return found

    def sent(self) -> bytes:
        """Gives the body, once it is known to be JSON; an empty object where there is none."""
        body = self.request.body
        if not body:
            return b"{}"
        if len(body) > BODY_MAX:
            raise HTTPError(413, f"The body has more than {BODY_MAX} bytes")
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise HTTPError(415, "The body is not said to be JSON")
        try:
            refuse_impossible(from_json(body, allow_inf_nan=False))
        except ValueError as error:
            raise Invalid(f"The body is not JSON: {error}") from error
        return body

    def reply(self, reply: Any) -> None:
        """Writes the reply of a verb."""
        if isinstance(reply, Picture):
            self.set_header("Cache-Control", "private, no-cache")  # asked again by its ETag, answered by 304
            self.finish(reply.data, set_content_type=reply.media_type)
        elif isinstance(reply, Contract):
            self.set_header("Cache-Control", "no-store")
            self.finish(written(reply))
        else:
            self.finish(json.dumps(reply))

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Gives an error the status that the table has for its kind."""
        self.details = self.explain(status_code, kwargs.get("exc_info"))
        super().send_error(self.details.status, **kwargs)

    def explain(self, status_code: int, exc_info: Any) -> ProblemDetails:
        """Gives the body for what went wrong."""
        error = exc_info[1] if exc_info else None
        if error is None:
            return describe_status(status_code)
        if isinstance(error, HTTPError):
            said = error.log_message or ""
            return describe_status(error.status_code, said % error.args if error.args else said)
        details = describe(understand(error, self.number))
        workspace = self.door.workspace
        said = workspace.say(details.detail)
        return details.model_copy(
            update={
                "detail": said,
                "message": said,
                "hint": details.hint and workspace.say(details.hint),
                "problems": workspace.show_problems(details.problems),
            }
        )

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Writes the one body that every error has."""
        if status_code == 405:
            self.set_header("Allow", ", ".join([*self.routes, "OPTIONS"]))
        self.set_header("Cache-Control", "no-store")
        self.finish(self.details.model_dump_json(), set_content_type=MEDIA_TYPE)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Logs what nobody foresaw, with the number that the caller was given; the rest in one line.

        Never the query: it can carry the server's token.
        """
        place = f"{self.request.method} {self.request.path}"
        if isinstance(value, HTTPError | EllipError) and not isinstance(value, Internal):
            self.log.debug("%s: %s", place, value)
        elif value is not None and not isinstance(understand(value, self.number), Internal):
            self.log.warning("%s: %s", place, value)
        else:
            self.log.error("Mistake %s in %s", self.number, place, exc_info=value)


class NoSuchRoute(RouteHandler):
    """Answers every other path below the prefix: 404, in the one shape."""

    async def answer(self, *words: str) -> None:
        """Says that there is no such route, to whoever may ask at all."""
        raise HTTPError(404)

    head = put = patch = RouteHandler.get


def record(id_: str = "") -> str:
    """Gives the id of the path; `NotFound` when no record can have it."""
    if id_:
        try:
            ID.validate_python(id_)
        except ValidationError as error:
            raise NotFound(
                "There is no record of that id", hint="List the records to see their ids."
            ) from error
    return id_


def understood(read: Callable[[], M], model: type[M], where: str) -> M:
    """Gives the words that a query or a body stands for.

    `Invalid` names every field that is wrong; a field nobody knows gets the nearest name as a hint.
    """
    try:
        return read()
    except ValidationError as error:
        problems = [
            problem(model, dict(item)) for item in error.errors(include_url=False, include_input=False)
        ]
    raise Invalid(
        f"The {where} cannot be understood: {problems[0]}", hint=problems[0].hint, problems=problems
    )


def problem(model: type[Contract], item: dict[str, Any]) -> Problem:
    """Gives one complaint of pydantic as a problem."""
    field = ".".join(str(part) for part in item["loc"]) or None
    if item["type"] != "extra_forbidden":
        return Problem(message=str(item["msg"]), field=field)
    near = difflib.get_close_matches(str(item["loc"][-1]), model.model_fields, n=1, cutoff=0.5)
    there = ", ".join(model.model_fields)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {there}." if there else "Leave it out."
    return Problem(message="There is no such field", field=field, hint=hint)


def refuse_impossible(value: Any) -> None:
    """Refuses what no path, argument or file here can hold, wherever it stands: null characters, infinity."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Invalid("Text cannot hold a null character", hint="Leave it out.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid("A number is too large")
    elif isinstance(value, list):
        for item in value:
            refuse_impossible(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            refuse_impossible(name)
            refuse_impossible(item)


def written(reply: Contract) -> str:
    """Gives a reply as JSON, also where a file's name is not UTF-8 (the bytes nobody can read replaced)."""
    try:
        return reply.model_dump_json()
    except PydanticSerializationError:
        return re.sub(
            "[\ud800-\udfff]", "\ufffd", json.dumps(reply.model_dump(mode="json"), ensure_ascii=False)
        )
