"""The way to an app: jupyter-server-proxy, to the socket of an instance that the room has started.

Whoever asks has to have the server's token, or a cookie that was given for it, and the authorizer's leave; a page from
elsewhere gets nowhere with the cookie alone. The app itself sees neither.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jupyter_server.utils import ensure_async, url_path_join
from jupyter_server_proxy.handlers import AddSlashHandler, NamedLocalProxyHandler
from tornado.web import HTTPError, authenticated

from ellip_lab.apps.contract import AppInstance, AppLogQuery, AppState
from ellip_lab.errors import NotFound
from ellip_lab.server.apps_page import POLICY, page
from ellip_lab.server.handler import RESOURCE, Door
from ellip_lab.server.route import PREFIX

PATH = f"{PREFIX}/app"
OURS = re.compile(r"_xsrf=|username-|jupyterhub-|jupyter-")
"""The cookies that open the server: no app gets them."""
START_LOG = 32 * 1024
"""Bytes of its log that the page of an app shows while it comes up."""
FRAMED = re.compile(r"frame-ancestors[^;]*")


class AppProxy(NamedLocalProxyHandler):  # type: ignore[misc]  # it has no types
    """Passes requests and websockets on to an instance, or says why it cannot."""

    auth_resource = RESOURCE

    def initialize(self, door: Door) -> None:
        """Takes what every request needs."""
        self.door = door
        self.instance: AppInstance | None = None
        self.rewrite_response = [lambda response: self.framed(response)]  # it counts the arguments

    async def prepare(self) -> None:
        """Lets nobody by who may not use the server, nor anybody whom the authorizer refuses."""
        socket = self.request.headers.get("Upgrade", "").lower() == "websocket"
        await super().prepare(_redirect_to_login=not socket)
        if self._finished:  # sent to the login page
            return
        leave = self.authorizer.is_authorized(self, self.current_user, "execute", RESOURCE)
        if not await ensure_async(leave):
            raise HTTPError(403, "You may not execute on ellip-lab")
        if self.is_part_of_elsewhere():
            raise HTTPError(403, "A page from elsewhere cannot use this app")

    def is_part_of_elsewhere(self) -> bool:
        """Tells whether a page from elsewhere loads this as a part of its own: a script, a picture, a request.

        Its browser sends the cookie along, and says so (Fetch Metadata); whoever follows a link is let in.
        """
        if self.token_authenticated or self.settings.get("disable_check_xsrf", False):
            return False
        headers = self.request.headers
        site, mode = headers.get("Sec-Fetch-Site", "none"), headers.get("Sec-Fetch-Mode", "")
        return site not in ("same-origin", "none") and mode not in ("navigate", "websocket")

    def check_xsrf_cookie(self) -> None:
        """Refuses what a page from elsewhere sends with a cookie; the pages of an app know no token of ours."""
        if not hasattr(self, "_jupyter_current_user"):
            return  # too early to know who asks: it is checked once that is known
        if self.token_authenticated or self.settings.get("disable_check_xsrf", False):
            return
        from_here = self.check_origin() if self.get_origin() is not None else self.check_referer()
        if not from_here:
            raise HTTPError(403, "A page from elsewhere cannot use this app")

    # -- passing on

    async def reached(self, name: str) -> AppInstance | None:
        """Finds an instance and how it is asked; None when the room has none of that name."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self.door.near, self.door.lab.apps.reach, name)
        except NotFound:
            return None
        self.instance, self.unix_socket, self.absolute_url = found
        self.proxy_base = f"{PATH.lstrip('/')}/{name}"
        return self.instance

    async def pass_on(self, name: str, path: str) -> None:
        """Passes a request on, or shows how the instance stands."""
        instance = await self.reached(name)
        if instance is not None and instance.state is AppState.RUNNING:
            await ensure_async(super().proxy(0, path))
        else:
            await self.show(instance)

    async def http_get(self, name: str, path: str) -> None:
        """Passes a GET on."""
        await self.pass_on(name, path)

    @authenticated
    async def get(self, name: str, path: str) -> None:
        """Passes a GET on, or a websocket."""
        await super().get(name, path)

    @authenticated
    async def post(self, name: str, path: str) -> None:
        """Passes every other method on."""
        await self.pass_on(name, path)

    put = delete = head = patch = options = post

    async def open(self, name: str, path: str) -> None:
        """Passes a websocket on."""
        instance = await self.reached(name)
        if instance is None or instance.state is not AppState.RUNNING:
            self.close(1013, "the app does not run")
            return
        try:
            await self.proxy_open("localhost", 0, path)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other end has not taken the websocket
            self.log.debug("%s takes no websocket: %s", self.request.path, error)
            self.close(1011, "the app takes no websocket here")

    async def show(self, instance: AppInstance | None) -> None:
        """Shows the page of an instance that cannot be asked."""
        self.set_header("Cache-Control", "no-store")
        if instance is None:
            raise HTTPError(404, "This app does not run. Start it from the launcher.")
        starting = instance.state is AppState.STARTING
        log = await self.start_log(instance.id) if starting else ""
        if starting:
            self.set_header("Retry-After", "1")
        # a browser shows a page whatever its status; a program must not take it for the app's
        self.set_status(503)
        self.set_header("Content-Security-Policy", f"{POLICY}; {self.ancestors()}")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        workspace = self.door.workspace
        if instance.failure is not None:
            told = {
                "headline": workspace.say(instance.failure.headline),
                "hint": instance.failure.hint and workspace.say(instance.failure.hint),
            }
            instance = instance.model_copy(update={"failure": instance.failure.model_copy(update=told)})
        self.finish(page(instance, log))

    async def start_log(self, name: str) -> str:
        """Gives what an instance has said so far."""
        query = AppLogQuery(instance=name, limit=START_LOG)
        read: Callable[[AppLogQuery], Any] = self.door.lab.apps.log
        chunk = await asyncio.get_running_loop().run_in_executor(self.door.near, read, query)
        return str(chunk.text)

    # -- what the app gets to see

    def get_client_uri(self, protocol: str, host: str, port: int, proxied_path: str) -> str:
        """Gives the address that the app is asked by: character for character what the browser said."""
        path = str(self.request.path)
        if not self.absolute_url:
            path = path[len(url_path_join(self.base_url, self.proxy_base)) :] or "/"
        query = self.query_without_token()
        return f"{protocol}://{host}:{port or 80}{path}{'?' if query else ''}{query}"

    def query_without_token(self) -> str:
        """Gives the query without the server's token, should it stand there."""
        query = str(self.request.query)
        token = self.identity_provider.token
        if not token or token not in query:
            return query
        pairs = parse_qsl(query, keep_blank_values=True)
        return urlencode([(name, value) for name, value in pairs if value != token])

    def proxy_request_headers(self) -> Any:
        """Gives the headers of a request without what opens the server."""
        headers = super().proxy_request_headers()
        if self.token_authenticated:
            headers.pop("Authorization", None)
        if self.identity_provider.token and self.identity_provider.token in headers.get("Referer", ""):
            del headers["Referer"]
        if "Cookie" in headers:
            kept = _without_ours(headers["Cookie"], self.identity_provider.get_cookie_name(self))
            del headers["Cookie"]
            if kept:
                headers["Cookie"] = kept
        return headers

    def framed(self, response: Any) -> None:
        """Lets the Lab have the app in a tab, and nobody else."""
        headers = response.headers
        if "X-Frame-Options" in headers:
            del headers["X-Frame-Options"]
        # besides a policy of the app's own: all that are there have to be met
        policies = [FRAMED.sub("", one) for one in headers.get_list("Content-Security-Policy")]
        if policies:
            del headers["Content-Security-Policy"]
        for policy in (*policies, self.ancestors()):
            if policy.strip(" ;"):
                headers.add("Content-Security-Policy", policy)

    def ancestors(self) -> str:
        """Gives the part of the server's own policy that says who may have its pages in a frame."""
        found = FRAMED.search(str(self.content_security_policy))
        return found.group().strip() if found else "frame-ancestors 'self'"


class Slash(AddSlashHandler):  # type: ignore[misc]  # it has no types
    """Sends whoever forgets the last slash where it is."""


def _without_ours(cookies: str, login: str) -> str:
    """Gives cookies without those of the server; `login` is the name of the one that says who asks."""
    kept = [one.strip() for one in cookies.split(";")]
    return "; ".join(one for one in kept if one and not OURS.match(one) and one.partition("=")[0] != login)


def handlers(door: Door) -> list[tuple[str, Any, dict[str, Any]]]:
    """Gives what is hung for apps, before what answers everything else below the prefix."""
    return [
        (PATH + r"/([a-z][a-z0-9-]*)(/.*)", AppProxy, {"door": door}),
        (PATH + r"/([a-z][a-z0-9-]*)", Slash, {}),
    ]
