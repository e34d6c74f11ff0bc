"""The one handler: reads a request into contracts, calls the verb in a thread, writes the reply."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from pydantic_core import from_json
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from ellip_lab.contract import Contract
from ellip_lab.errors import EllipError, Internal, Invalid
from ellip_lab.lab import Lab
from ellip_lab.server.content import NoSuchRangeError
from ellip_lab.server.problem import MEDIA_TYPE, ProblemDetails, describe, describe_status, understand
from ellip_lab.server.route import BYTES, AnyRoute, Call, Picture, Stream
from ellip_lab.server.understanding import record, refuse_impossible, understood, written
from ellip_lab.server.workspace import Workspace

RESOURCE = "ellip-lab"
"""What the server's authorizer is asked about."""
POLL = 0.25
"""How often a waiting request looks again, in seconds: no thread waits."""
SERVERS_OWN = {"token", "_xsrf", "no_track_activity"}
"""What a query may say to the Jupyter server itself."""


@dataclass(frozen=True)
class Door:
    """Is what every request needs."""

    lab: Lab
    workspace: Workspace
    near: Executor
    far: Executor
    """For what waits for other machines: the threads of `near` stay free for what is here."""
    engine: Executor
    """For what waits for a container engine: one that hangs holds nothing else up."""


class RouteHandler(APIHandler):
    """Answers every method of one path, as the table says."""

    auth_resource = RESOURCE

    def initialize(self, door: Door, routes: Mapping[str, AnyRoute]) -> None:
        """Takes what the table says of this path."""
        self.door = door
        self.routes = routes
        self.gone = asyncio.Event()
        self.number = secrets.token_hex(4)
        if any(route.reply is Stream for route in routes.values()):
            # bytes go as they are: squeezed on the way, a range and a length would no longer be true
            self.request.headers.pop("Accept-Encoding", None)

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
            body=self.sent(route),
            headers=self.request.headers,
        )
        if route.reply is Stream:
            # as for Jupyter's own /files: a page from elsewhere cannot include what a cookie opens
            self.check_xsrf_cookie()
        if route.until is None:
            reply = await self.in_thread(route, call)
        else:
            reply = await self.wait_for(route, route.until, call)
        if isinstance(reply, Stream):
            await self.stream(reply)
        elif not self.gone.is_set():
            self.set_status(route.status)
            self.reply(reply)

    async def in_thread(self, route: AnyRoute, call: Call[Any, Any]) -> Any:
        """Calls the verb beside the event loop, which goes on answering others."""
        pool: Executor = getattr(self.door, route.threads)
        return await asyncio.get_running_loop().run_in_executor(pool, route.verb, call)

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

    def sent(self, route: AnyRoute) -> Any:
        """Gives the body as the route wants it: as words, or as the bytes it is."""
        body = self.request.body
        if len(body) > route.limit:
            raise HTTPError(413, f"The body has more than {route.limit} bytes")
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if route.body is bytes:
            if kind != BYTES:
                raise HTTPError(415, f"The body is not said to be {BYTES}")
            return body
        return understood(
            lambda: route.body.model_validate_json(self.json(body, kind), strict=True), route.body, "body"
        )

    def json(self, body: bytes, kind: str) -> bytes:
        """Gives a body, once it is known to be JSON; an empty object where there is none."""
        if not body:
            return b"{}"
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

    async def stream(self, stream: Stream) -> None:
        """Sends bytes as fast as the caller takes them, a piece at a time, and stops when it has gone."""
        loop = asyncio.get_running_loop()
        pieces = iter(stream.body or ())
        try:
            self.set_status(stream.status)
            for name, value in stream.headers.items():
                self.set_header(name, value)
            while piece := await loop.run_in_executor(self.door.far, next, pieces, b""):
                if self.gone.is_set():
                    return
                self.write(piece)
                await self.flush()
            self.finish(set_content_type=stream.headers.get("Content-Type", BYTES))
        except StreamClosedError:
            return
        finally:
            if stream.body is not None:
                await loop.run_in_executor(self.door.far, stream.body.close)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Gives an error the status that the table has for its kind."""
        if self._headers_written:
            # a reply that breaks off must not look whole: the caller counts fewer bytes than it was told
            self.detach().close()
            return
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
        if isinstance(error, NoSuchRangeError):
            return describe_status(416, error.detail)
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
        error = kwargs["exc_info"][1] if kwargs.get("exc_info") else None
        if isinstance(error, NoSuchRangeError):
            self.set_header("Content-Range", f"bytes */{error.size}")
        if self.details.status == 405:
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
