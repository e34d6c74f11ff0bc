"""A real Streamlit, through a real server: its page, its websocket, and a widget that is moved."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from ellip_lab.apps.contract import AppState, ServeQuery, StartAppRequest
from ellip_lab.apps.descendants import marked
from ellip_lab.apps.service import AppsService

SCRIPT = """\
import sys

import beside
import streamlit as st

width = st.slider("Width", 0, 100, 10)
st.write(f"width {width} {beside.WORD} {len(sys.argv)}")
"""


async def come_up(apps: AppsService, instance: str) -> None:
    for _ in range(6000):
        one = apps.reach(instance)[0]
        if one.state is AppState.RUNNING:
            return
        assert one.state is AppState.STARTING, one.failure
        await asyncio.sleep(0.02)
    raise AssertionError(apps.log)


async def rerun(line: WebSocketClientConnection, states: Any = None) -> str:
    """Has the script run, and gives everything it has put on the page."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    asked = BackMsg()
    asked.rerun_script.query_string = ""
    if states is not None:
        asked.rerun_script.widget_states.CopyFrom(states)
    await line.write_message(asked.SerializeToString(), binary=True)
    said = []
    while True:
        data = await asyncio.wait_for(line.read_message(), 60)
        assert isinstance(data, bytes), data
        message = ForwardMsg.FromString(data)
        said.append(str(message))
        if message.WhichOneof("type") == "script_finished":
            return "".join(said)


async def test_it_is_served_and_used(
    apps: AppsService,
    jp_root_dir: Path,
    jp_fetch: Any,
    http_server_port: Any,
    jp_base_url: str,
    jp_auth_header: dict[str, str],
) -> None:
    script = jp_root_dir / "wide.py"
    script.write_text(SCRIPT)
    (jp_root_dir / "beside.py").write_text("WORD = 'found'\n")
    [choice] = apps.serve_choices(ServeQuery(path=str(script))).choices
    assert (choice.app, choice.reason, choice.installed) == ("streamlit", "it imports streamlit", True)

    one = apps.start(StartAppRequest(app="streamlit", file=str(script)))
    assert one.title == "wide.py"
    assert one.id.startswith("streamlit-")
    await come_up(apps, one.id)
    page = await jp_fetch(one.path)
    assert b"<title>Streamlit</title>" in page.body
    assert b"./static/" in page.body, "what it loads is beside it, whatever the address"
    assert (await jp_fetch(one.path + "_stcore/health")).body == b"ok"

    url = f"ws://127.0.0.1:{http_server_port[-1]}{jp_base_url}{one.path}_stcore/stream"
    headers = {**jp_auth_header, "Origin": f"http://127.0.0.1:{http_server_port[-1]}"}
    line = await websocket_connect(HTTPRequest(url, headers=headers), subprotocols=["streamlit"])
    first = await rerun(line)
    assert "width 10 found 1" in first
    from streamlit.proto.WidgetStates_pb2 import WidgetStates

    states = WidgetStates()
    moved = states.widgets.add()
    moved.id = first.partition("slider {\n")[2].partition('id: "')[2].partition('"')[0]
    moved.double_array_value.data.append(42)
    assert "width 42 found 1" in await rerun(line, states)
    line.close()
    while await line.read_message() is not None:
        continue
    running = marked(Path(apps._instances._instance(one.id).folder).name)
    assert running
    ports = [port for pid in running for port in psutil.Process(pid).net_connections("inet")]
    assert ports == [], "nobody else on the machine gets there"
