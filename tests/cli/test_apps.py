"""`ellip apps`: through a real server where there is one, and one clear error where there is none."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from apps.entry import describe
from server.live import LiveServer

from .conftest import Desk


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("live"))
    describe(server.state)
    describe(server.state, "--silent", name="silent", timeout=1)
    describe(server.state, "--die", "3", name="dying")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def with_server(live: LiveServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LiveServer:
    desk.env |= {
        "ELLIP_LAB_STATE": str(live.state),
        "JUPYTER_RUNTIME_DIR": str(live.folder / "runtime"),
    }
    for name in ("JUPYTER_SERVER_URL", "JUPYTER_TOKEN"):
        desk.env.pop(name, None)
    return live


def test_without_a_server(desk: Desk) -> None:
    desk.env["JUPYTER_RUNTIME_DIR"] = str(desk.folder / "none")
    desk.env.pop("JUPYTER_SERVER_URL", None)
    listed = desk.ellip("apps", "ls")
    assert listed.returncode == 0
    assert "code-server" in listed.stdout
    assert "no Jupyter server of yours is running" in listed.stderr
    for words in (("start", "theia"), ("stop", "theia"), ("log", "theia"), ("restart", "theia")):
        done = desk.ellip("apps", *words)
        assert done.returncode == 6
        assert "error: no Jupyter server of yours is running" in done.stderr
        assert "hint: Start it: jupyter lab" in done.stderr
    assert desk.ellip("apps", "uninstall", "theia").returncode == 3
    nothing = desk.ellip("apps", "install", "theia")
    assert nothing.returncode == 1
    assert "Theia cannot be installed from here" in nothing.stderr


def test_started_listed_logged_and_stopped(with_server: LiveServer, desk: Desk) -> None:
    started = desk.ellip("apps", "start", "stub")
    assert started.returncode == 0, started.stderr
    address = started.stdout.strip()
    assert address == f"{with_server.url}/ellip-lab/app/stub/"
    assert "stub in " in started.stderr
    with (
        pytest.raises(urllib.error.HTTPError) as caught,
        urllib.request.urlopen(address + "x", timeout=30) as page,
    ):
        assert b"headers" not in page.read()
        raise urllib.error.HTTPError(address, 403, "the login page", page.headers, None)
    assert caught.value.code == 403
    with_token = desk.ellip("apps", "start", "stub", "--token").stdout.strip()
    with urllib.request.urlopen(with_token, timeout=30) as page:
        told = json.loads(page.read())
    assert told["uri"] == "/"
    assert with_server.token not in json.dumps(told)

    listed = desk.ellip("apps", "ls")
    assert "running" in listed.stdout
    assert "stub in " in desk.ellip("apps", "log", "stub").stdout
    assert desk.ellip("apps", "restart", "stub").stdout.strip() == address
    record = json.loads(desk.ellip("apps", "start", "stub", "--json").stdout)
    assert (record["state"], record["app"]) == ("running", "stub")
    assert desk.ellip("apps", "stop", "stub").stdout.strip() == "stopped: stub"
    assert "running" not in desk.ellip("apps", "ls").stdout


def test_what_does_not_come_up(with_server: LiveServer, desk: Desk) -> None:
    silent = desk.ellip("apps", "start", "silent")
    assert silent.returncode == 1
    assert silent.stdout == ""
    assert "thinking" in silent.stderr
    assert "error: Stub has not answered in 1 s" in silent.stderr
    dying = desk.ellip("apps", "start", "dying")
    assert dying.returncode == 1
    assert "pip install rasterio" in dying.stderr
    outside = desk.ellip("apps", "start", "stub", str(desk.folder))
    assert outside.returncode == 5
    assert "is outside the workspace" in outside.stderr
    assert desk.ellip("apps", "stop", "nothing").returncode == 3
    assert desk.ellip("apps", "start", "nothing").returncode == 3
    elsewhere = desk.ellip("apps", "ls", "--server", "http://127.0.0.1:1/")
    assert elsewhere.returncode == 3
    assert with_server.url in elsewhere.stderr
    assert Path(with_server.root).is_dir()
