"""No route answers without a token, and none without the authorizer's leave."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.base.handlers import JupyterHandler

from ellip_lab.cwl.editing import DocumentText
from ellip_lab.server.handler import RouteHandler
from ellip_lab.server.route import PREFIX, AnyRoute
from ellip_lab.server.routes import TABLE

from .standin import Ask, example, told, url

ROUTES = pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path}")


@ROUTES
async def test_no_token_no_answer(ask: Ask, route: AnyRoute) -> None:
    told(await ask(url(route), headers={"Authorization": ""}, **example(route)), 403)


@ROUTES
async def test_a_wrong_token_is_no_token(ask: Ask, route: AnyRoute) -> None:
    told(await ask(url(route), headers={"Authorization": "token guessed"}, **example(route)), 403)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_not_even_a_path_that_is_not_there(ask: Ask, method: str) -> None:
    response = await ask(f"{PREFIX}/nothing", method=method, headers={"Authorization": ""})
    assert response.code == 403


class Refusing(Authorizer):
    """Refuses everything of ours, and remembers what it was asked."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose: the server makes the object

    def is_authorized(self, handler: JupyterHandler, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return False


class TestAuthorizer:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = Refusing
        Refusing.asked.clear()
        return jp_server_config

    @ROUTES
    async def test_is_asked_for_every_route(self, ask: Ask, route: AnyRoute) -> None:
        details = told(await ask(url(route), **example(route)), 403)
        assert str(route.action) in details.detail
        assert Refusing.asked == [(str(route.action), "ellip-lab")]


def test_what_changes_something_needs_more_than_reading() -> None:
    for route in TABLE:
        # a text as it is being typed is a question that is too long for an address
        asks = route.method == "GET" or (
            isinstance(route.body, type) and issubclass(route.body, DocumentText)
        )
        assert (route.action == "read") == asks, route.path


@pytest.mark.parametrize(
    "route",
    [route for route in TABLE if route.method != "GET"],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_a_cookie_alone_changes_nothing(
    ask: Ask, jp_serverapp: Any, jp_fetch: Any, route: AnyRoute
) -> None:
    """A browser that a foreign page sends here brings its cookie, but not the XSRF token."""
    token = jp_serverapp.identity_provider.token
    home = await jp_fetch("api/status", params={"token": token}, headers={"Authorization": ""})
    cookies = "; ".join(item.partition(";")[0] for item in home.headers.get_list("Set-Cookie"))
    assert "username-" in cookies
    details = told(
        await ask(url(route), headers={"Authorization": "", "Cookie": cookies}, **example(route)), 403
    )
    assert "_xsrf" in details.detail


async def test_a_foreign_page_reads_nothing(ask: Ask, jp_serverapp: Any, jp_fetch: Any) -> None:
    token = jp_serverapp.identity_provider.token
    home = await jp_fetch("api/status", params={"token": token}, headers={"Authorization": ""})
    cookies = "; ".join(item.partition(";")[0] for item in home.headers.get_list("Set-Cookie"))
    headers = {"Authorization": "", "Cookie": cookies, "Origin": "https://elsewhere.example"}
    assert (await ask(f"{PREFIX}/openapi.json", headers=headers)).code in (403, 404)


def test_no_handler_is_outside_the_table(jp_serverapp: Any) -> None:
    """Walks what is hung into the server, as JupyterLab's own check of authentication does."""
    ours = [
        rule
        for router in jp_serverapp.web_app.default_router.rules
        for rule in getattr(router.target, "rules", [])
        if str(getattr(rule.target, "__module__", "")).startswith("ellip_lab")
    ]
    # the ways to apps are no routes: tests/apps/test_proxy.py sees that nobody gets there without a token
    proxies = [rule for rule in ours if rule.target.__module__.endswith(".apps_proxy")]
    assert len(proxies) == 2
    assert len(ours) == len({route.path for route in TABLE}) + 1 + len(proxies)
    for rule in ours:
        if rule in proxies:
            continue
        assert issubclass(rule.target, RouteHandler)
        for method in ("get", "head", "post", "put", "patch", "delete"):
            assert not getattr(getattr(rule.target, method), "__allow_unauthenticated", False), (rule, method)


async def test_preflight_tells_nothing(ask: Ask) -> None:
    response = await ask(f"{PREFIX}/tasks", method="OPTIONS", headers={"Authorization": ""})
    assert response.code in (200, 204)
    assert response.body == b""
