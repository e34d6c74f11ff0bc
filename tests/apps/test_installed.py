"""Real applications, installed by their Install action and seen through a real server; opt-in, for it takes minutes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from ellip_lab.apps.contract import AppState, InstallAppRequest, StartAppRequest
from ellip_lab.apps.descendants import marked
from ellip_lab.apps.service import AppsService
from ellip_lab.tasks.contract import State

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

FROM_PYPI = pytest.mark.skipif(
    "ELLIP_LAB_TEST_APPS" not in os.environ, reason="ELLIP_LAB_TEST_APPS is not set"
)
CODE_SERVER = pytest.mark.skipif(
    "ELLIP_LAB_TEST_CODE_SERVER" not in os.environ, reason="ELLIP_LAB_TEST_CODE_SERVER is not set"
)


async def until(what: Callable[[], bool]) -> None:
    """Waits until something is true; the time-out of the test ends it otherwise."""
    for _ in range(30_000):
        if what():
            return
        await asyncio.sleep(0.1)


async def installed(apps: AppsService, name: str, state: str) -> None:
    """Installs an app, unless the variable names the state folder of an installation that is there."""
    if (Path(state) / "apps" / "installed" / name).is_dir():
        here = apps._settings.state / "apps" / "installed" / name
        here.parent.mkdir(parents=True)
        here.symlink_to(Path(state) / "apps" / "installed" / name)
        assert apps.show(name).own
        return
    work = apps.install(InstallAppRequest(app=name))
    await until(lambda: apps.show_work(work.id).state.final)
    work = apps.show_work(work.id)
    assert work.state is State.DONE, work
    app = apps.show(name)
    assert (app.own, app.version) == (True, work.result)


async def served(apps: AppsService, name: str, folder: str | None = None) -> tuple[str, set[int]]:
    """Starts an app, sees that it has opened no port, and gives its path and its processes."""
    one = apps.start(StartAppRequest(app=name, folder=folder))
    await until(lambda: apps.reach(name)[0].state is not AppState.STARTING)
    found = apps.reach(name)[0]
    assert found.state is AppState.RUNNING, found.failure
    running = set(marked(Path(apps._instances._instance(name).folder).name))
    assert running
    for pid in running:
        assert psutil.Process(pid).net_connections("inet") == []
    return one.path, running


async def stopped(apps: AppsService, name: str, running: set[int]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, apps.stop, name)
    assert not [pid for pid in running if psutil.pid_exists(pid)]


@FROM_PYPI
@pytest.mark.parametrize(
    ("name", "where", "page", "socket"),
    [
        ("shiny", "", b"shiny.js", "websocket/"),
        ("panel", "panel_example", b"bokeh", "panel_example/ws"),
        ("streamlit", "", b"<title>Streamlit</title>", "_stcore/stream"),
    ],
)
async def test_from_pypi(
    apps: AppsService, jp_fetch: Any, http_server_port: Any, jp_base_url: str, jp_auth_header: dict[str, str],
    name: str, where: str, page: bytes, socket: str,
) -> None:  # fmt: skip
    await installed(apps, name, os.environ["ELLIP_LAB_TEST_APPS"])
    path, running = await served(apps, name)
    reply = await jp_fetch(path + where)
    assert page in reply.body
    url = f"ws://127.0.0.1:{http_server_port[-1]}{jp_base_url}{path}{socket}"
    subprotocols = None
    if name == "panel":
        token = reply.body.decode().partition('"token":"')[2].partition('"')[0]
        subprotocols = ["bokeh", token]
    line = await websocket_connect(HTTPRequest(url, headers=jp_auth_header), subprotocols=subprotocols)
    if name == "panel":
        assert "ACK" in str(await line.read_message())
    line.close()
    while await line.read_message() is not None:
        continue
    await stopped(apps, name, running)


@CODE_SERVER
async def test_code_server(
    apps: AppsService, jp_fetch: Any, jp_root_dir: Path, http_server_port: Any, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:  # fmt: skip
    await installed(apps, "code-server", os.environ["ELLIP_LAB_TEST_CODE_SERVER"])
    path, running = await served(apps, "code-server", str(jp_root_dir))
    assert path.endswith(f"?folder={jp_root_dir}")
    where, _, folder = path.partition("?folder=")
    page = await jp_fetch(where, params={"folder": folder})
    assert b"workbench" in page.body
    assert json.loads((await jp_fetch(where + "healthz")).body)["status"] in ("alive", "expired")
    await stopped(apps, "code-server", running)
