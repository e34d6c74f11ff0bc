"""Apps through a real server: pages and websockets, who gets in, and what the app gets to see."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from ellip_lab.apps.contract import AppState
from ellip_lab.apps.service import AppsService
from ellip_lab.server.apps_proxy import _without_ours

from .entry import describe

APP = "ellip-lab/app/stub/"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def asked(jp_fetch: Any) -> Any:
    async def ask(path: str, **rest: Any) -> HTTPResponse:
        try:
            response = await jp_fetch(path, allow_nonstandard_methods=True, follow_redirects=False, **rest)
        except HTTPClientError as error:
            response = error.response
        assert isinstance(response, HTTPResponse)
        return response

    return ask


@pytest.fixture
def raw(http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]) -> Any:
    """Asks for a path as it stands, character for character."""

    async def ask(path: str) -> HTTPResponse:
        response = await http_server_client.fetch(jp_base_url + path, headers=dict(jp_auth_header))
        assert isinstance(response, HTTPResponse)
        return response

    return ask


@pytest.fixture
def cookies(jp_serverapp: Any, jp_fetch: Any, jp_asyncio_loop: Any) -> str:
    """What a browser has after it has opened the Lab with its token."""
    token = jp_serverapp.identity_provider.token
    home = jp_asyncio_loop.run_until_complete(
        jp_fetch("api/status", params={"token": token}, headers={"Authorization": ""})
    )
    found = "; ".join(item.partition(";")[0] for item in home.headers.get_list("Set-Cookie"))
    assert "username-" in found
    return found


async def answers(apps: AppsService, state: AppState = AppState.RUNNING) -> None:
    for _ in range(3000):
        if apps.reach("stub")[0].state is state:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(apps.reach("stub"))


@pytest.fixture
def stub(apps: AppsService, tmp_path: Path, jp_fetch: Any, jp_asyncio_loop: Any) -> AppsService:
    describe(tmp_path / "state")

    async def come_up() -> None:
        reply = await jp_fetch(
            "ellip-lab/apps/start", method="POST", body='{"app": "stub"}', headers=dict(JSON)
        )
        assert reply.code == 201
        assert json.loads(reply.body)["path"] == APP
        await answers(apps)

    jp_asyncio_loop.run_until_complete(come_up())
    return apps


def told(response: HTTPResponse) -> Any:
    assert response.code == 200, (response.code, response.body)
    return json.loads(response.body)


async def socket(
    http_server_port: Any, jp_base_url: str, path: str, **headers: str
) -> WebSocketClientConnection:
    url = f"ws://127.0.0.1:{http_server_port[-1]}{jp_base_url}{path}"
    return await websocket_connect(HTTPRequest(url, headers=headers))


async def test_a_page_is_asked_for_as_it_was(stub: AppsService, asked: Any, raw: Any) -> None:
    page = told(await raw(APP + "a%20b/c%2Fd%25.html?x=1+2&y=%C3%BC;z"))
    assert page["uri"] == "/a%20b/c%2Fd%25.html?x=1+2&y=%C3%BC;z"
    assert page["headers"]["X-Forwarded-Prefix"] == "/a%40b/ellip-lab/app/stub"
    sent = told(await asked(APP + "form", method="POST", body="hello"))
    assert (sent["method"], sent["body"]) == ("POST", "hello")
    away = await asked(APP + "away")
    assert (away.code, away.headers["Location"]) == (302, "/a%40b/ellip-lab/app/stub/elsewhere?a=1")
    slash = await asked(APP.rstrip("/"))
    assert (slash.code, slash.headers["Location"]) == (302, "/a%40b/ellip-lab/app/stub/")


async def test_the_whole_address_where_it_is_wanted(stub: AppsService, raw: Any, tmp_path: Path) -> None:
    stub.stop("stub")
    describe(tmp_path / "state", absolute_url=True)
    stub.restart("stub")
    await answers(stub)
    page = told(await raw(APP + "a%20b/?x=1"))
    assert page["uri"] == "/a%40b/ellip-lab/app/stub/a%20b/?x=1"


async def test_the_app_sees_nothing_that_opens_the_server(
    stub: AppsService, asked: Any, cookies: str, jp_serverapp: Any
) -> None:
    token = jp_serverapp.identity_provider.token
    for headers, query in (
        ({}, {"mine": "1"}),  # the token in a header
        ({"Authorization": "", "Cookie": f"{cookies}; mine=1"}, {"mine": "1"}),
        ({"Authorization": ""}, {"mine": "1", "token": token}),
        ({"Referer": f"http://localhost/a%40b/ellip-lab/app/stub/?token={token}"}, {"mine": "1"}),
    ):
        response = await asked(APP, headers=headers, params=query)
        told(response)
        assert token not in response.body.decode()
        assert "username-" not in response.body.decode()
        assert "_xsrf" not in response.body.decode()
        assert "mine=1" in response.body.decode()
    assert "Bearer of-its-own" in (await asked(APP, headers={"Authorization": "Bearer of-its-own", "Cookie": cookies})).body.decode()  # fmt: skip


async def test_the_lab_may_frame_it_and_nobody_else(stub: AppsService, asked: Any) -> None:
    headers = (await asked(APP)).headers
    assert "X-Frame-Options" not in headers
    assert headers.get_list("Content-Security-Policy") == ["frame-ancestors 'self'"]


async def test_a_websocket(
    stub: AppsService, http_server_port: Any, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    line = await socket(http_server_port, jp_base_url, APP + "ws?a=b%20c", **jp_auth_header)
    first = json.loads(str(await line.read_message()))
    assert first["uri"] == "/ws?a=b%20c"
    assert "Authorization" not in first["headers"]
    await line.write_message("hello")
    assert await line.read_message() == "hello"
    await line.write_message(b"\x00\xff", binary=True)
    assert await line.read_message() == b"\x00\xff"
    line.close()
    assert await line.read_message() is None


async def test_without_the_token_nobody_gets_there(stub: AppsService, asked: Any) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for headers in ({"Authorization": ""}, {"Authorization": "token guessed"}):
            for path in (APP, APP + "die", APP.rstrip("/")):
                response = await asked(path, method=method, headers=dict(headers))
                if response.code == 302:
                    assert response.headers["Location"].startswith("/a%40b/login?")
                else:
                    assert response.code in (403, 405), (method, path, response.body)
                assert b"headers" not in response.body
    assert stub.reach("stub")[0].state is AppState.RUNNING


async def test_without_the_token_no_websocket(
    stub: AppsService, http_server_port: Any, jp_base_url: str, cookies: str
) -> None:
    for headers in (
        {},
        {"Authorization": "token guessed"},
        {"Cookie": cookies, "Origin": "https://elsewhere.example"},
    ):
        with pytest.raises(HTTPClientError) as caught:
            await socket(http_server_port, jp_base_url, APP + "ws", **headers)
        assert caught.value.code == 403
    port = http_server_port[-1]
    line = await socket(
        http_server_port, jp_base_url, APP + "ws", Cookie=cookies, Origin=f"http://127.0.0.1:{port}"
    )
    assert json.loads(str(await line.read_message()))["uri"] == "/ws"
    line.close()
    assert await line.read_message() is None


async def test_a_page_from_elsewhere_sends_nothing(stub: AppsService, asked: Any, cookies: str, http_server_port: Any) -> None:  # fmt: skip
    """A foreign page brings the cookie of the browser, and says where it is from."""
    from_here = {"Authorization": "", "Cookie": cookies, "Origin": f"http://127.0.0.1:{http_server_port[-1]}"}
    assert told(await asked(APP, method="POST", body="x", headers=from_here))["body"] == "x"
    for elsewhere in (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/page"},
        {},
    ):
        response = await asked(
            APP, method="POST", body="x", headers={"Authorization": "", "Cookie": cookies, **elsewhere}
        )
        assert response.code == 403, elsewhere


async def test_a_page_from_elsewhere_loads_nothing(stub: AppsService, asked: Any, cookies: str) -> None:
    """A script or a picture of a foreign page brings the cookie, too; a link that is followed is let in."""
    for site, mode, code in (
        ("cross-site", "no-cors", 403),
        ("same-site", "cors", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "no-cors", 200),
        ("none", "navigate", 200),
    ):
        headers = {"Authorization": "", "Cookie": cookies, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        assert (await asked(APP, headers=headers)).code == code, (site, mode)
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    assert (await asked(APP, headers=foreign)).code == 200  # with the token


def test_the_login_goes_to_no_app_whatever_it_is_called() -> None:
    assert _without_ours("my-login=a=b; mine=1; _xsrf=2|3; username-x=1", "my-login") == "mine=1"


class Refusing(Authorizer):
    """Refuses everything of ours."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "ellip-lab"


class TestAuthorizer:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = Refusing
        return jp_server_config

    async def test_is_asked(
        self, apps: AppsService, asked: Any, tmp_path: Path, http_server_port: Any, jp_base_url: str, jp_auth_header: dict[str, str]
    ) -> None:  # fmt: skip
        describe(tmp_path / "state")
        from ellip_lab.apps.contract import StartAppRequest

        apps.start(StartAppRequest(app="stub"))
        await answers(apps)
        assert (await asked(APP)).code == 403
        with pytest.raises(HTTPClientError) as caught:
            await socket(http_server_port, jp_base_url, APP + "ws", **jp_auth_header)
        assert caught.value.code == 403


async def test_the_page_of_one_that_comes_up(apps: AppsService, asked: Any, tmp_path: Path) -> None:
    from ellip_lab.apps.contract import StartAppRequest

    assert (await asked(APP)).code == 404
    describe(tmp_path / "state", "--silent", timeout=3)
    apps.start(StartAppRequest(app="stub"))
    for _ in range(1000):
        response = await asked(APP)
        if b"thinking" in response.body:
            break
        await asyncio.sleep(0.02)
    assert response.code == 503
    assert b"Stub is starting" in response.body
    assert b"refresh" in response.body
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    await answers(apps, AppState.FAILED)
    failed = await asked(APP)
    assert failed.code == 503
    assert b"Stub has not answered in 3 s" in failed.body
    assert b"thinking" in failed.body
    assert b"refresh" not in failed.body


async def test_what_it_says_is_text(apps: AppsService, asked: Any, tmp_path: Path) -> None:
    from ellip_lab.apps.contract import StartAppRequest

    folder = tmp_path / "state" / "apps" / "catalogue"
    describe(tmp_path / "state")
    text = (folder / "stub.toml").read_text()
    command = json.dumps(["{program}", "-c", "print('<script>alert(1)</script>'); exit(4)"])
    (folder / "stub.toml").write_text(
        "\n".join(
            f"command = {command}" if line.startswith("command") else line for line in text.splitlines()
        )
    )
    apps.start(StartAppRequest(app="stub"))
    await answers(apps, AppState.FAILED)
    failed = await asked(APP)
    assert b"Stub ended with exit code 4" in failed.body
    assert b"&lt;script&gt;" in failed.body
    assert b"<script>" not in failed.body


async def test_one_that_dies_while_it_is_asked(stub: AppsService, asked: Any) -> None:
    assert (await asked(APP + "die")).code in (500, 502, 599)
    await answers(stub, AppState.FAILED)
    page = await asked(APP)
    assert page.code == 503
    assert b"exit code 7" in page.body
    assert b"told to die" in page.body


async def test_no_websocket_to_one_that_does_not_run(
    stub: AppsService, http_server_port: Any, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    stub.stop("stub")
    line = await socket(http_server_port, jp_base_url, APP + "ws", **jp_auth_header)
    assert await line.read_message() is None
    assert line.close_code == 1013
    line.close()


async def test_without_the_proxy_nothing_is_started(
    apps: AppsService, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_server_proxy", None)
    reply = await asked("ellip-lab/apps/start", method="POST", body='{"app": "stub"}', headers=dict(JSON))
    assert reply.code == 503
    assert "ellip-lab[apps]" in reply.body.decode()
