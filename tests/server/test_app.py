"""The extension: its traits become settings, it starts at once, it ends cleanly."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.lab import Lab
from ellip_lab.server.app import EllipLabApp
from ellip_lab.server.route import PREFIX

from .standin import Ask, Stand


class TestTraits:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["EllipLabApp"] |= {
            "task_limit": 3,
            "keep_days": 7.5,
            "keep_count": 20,
            "container": "podman",
            "results": "out",
        }
        return jp_server_config

    async def test_become_settings(self, lab: Lab, jp_root_dir: Path, tmp_path: Path) -> None:
        said = lab.settings
        assert said.root == jp_root_dir
        assert said.state == tmp_path / "state"
        assert (said.task_limit, said.keep_days, said.keep_count) == (3, 7.5, 20)
        assert (said.container, said.results) == ("podman", "out")


def test_every_setting_has_a_trait() -> None:
    """A choice that a person at the command line has, a person in the Lab has too."""
    traits = set(EllipLabApp.class_own_traits(config=True))
    settings = set(Lab().settings.model_dump()) - {"root", "state"}
    assert settings | {"state_dir"} == traits


async def test_what_is_left_open_is_the_rooms_own(jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELLIP_LAB_STATE", "/somewhere/else")
    app = EllipLabApp(state_dir="")
    assert app.chosen(Path("/here")) == Lab().settings.model_copy(update={"root": Path("/here")})


async def test_the_base_url_is_the_servers(ask: Ask, http_server_client: Any, jp_auth_header: Any) -> None:
    assert (await ask(f"{PREFIX}/openapi.json")).code == 200
    bare = await http_server_client.fetch(
        f"{PREFIX}/openapi.json", headers=jp_auth_header, raise_error=False, follow_redirects=False
    )
    assert bare.code in (302, 404)


def test_the_extension_list_says_ok(tmp_path: Path) -> None:
    """With the configuration file that the wheel installs, Jupyter finds the extension and can load it."""
    root = Path(__file__).resolve().parents[2]
    enabled = tmp_path / "jupyter_server_config.d"
    enabled.mkdir()
    shutil.copy(root / "jupyter-config" / "ellip_lab.json", enabled)
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "PYTHONPATH": str(root)}
    program = "from jupyter_server.extension.serverextension import main; main(['list'])"
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    said = done.stdout + done.stderr
    assert re.search(r"ellip_lab enabled", re.sub(r"\x1b\[[0-9;]*m", "", said)), said
    assert re.search(r"ellip_lab\s+\S*\s+OK", re.sub(r"\x1b\[[0-9;]*m", "", said)), said


def thread_names() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("ellip-lab")}


async def test_a_start_holds_nobody_up(jp_serverapp: Any, lab: Lab, ask: Ask) -> None:
    """A state folder on a disk that hangs: the server is up, and answers."""
    release, begun = threading.Event(), threading.Event()

    def hang(*_: Any) -> list[str]:
        begun.set()
        assert release.wait(20)
        return []

    lab.__dict__["tasks"] = Stand(hang)
    before = time.monotonic()
    await asyncio.wait_for(jp_serverapp.extension_manager.start_all_extensions(), 5)
    assert (await ask("api/status")).code == 200
    assert time.monotonic() - before < 5
    assert await asyncio.get_running_loop().run_in_executor(None, begun.wait, 10)
    release.set()


async def test_recovery_goes_on_after_a_failure(jp_serverapp: Any, caplog: pytest.LogCaptureFixture) -> None:
    app: EllipLabApp = jp_serverapp.web_app.settings["ellip_lab"]
    asked: list[int] = []

    def recover(*_: Any) -> list[str]:
        asked.append(1)
        if len(asked) == 1:
            raise OSError(5, "the disk is away")
        app._stop.set()
        return ["20260102t030405678-runs-0a1b"]

    app.door.lab.__dict__["tasks"] = Stand(recover)
    app._stop = asyncio.Event()
    await asyncio.wait_for(app.recover(every=0.01), 10)
    assert len(asked) == 2
    assert "the disk is away" in caplog.text
    assert "0a1b is lost" in caplog.text


async def test_it_ends_with_the_server(jp_serverapp: Any, ask: Ask) -> None:
    manager = jp_serverapp.extension_manager
    await manager.start_all_extensions()
    app: EllipLabApp = jp_serverapp.web_app.settings["ellip_lab"]
    assert len(app._keeping) == 3
    before = time.monotonic()
    await asyncio.wait_for(manager.stop_all_extensions(), 10)
    assert time.monotonic() - before < 5
    assert all(task.done() for task in app._keeping)
    for _ in range(500):
        if not thread_names():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"threads are left: {thread_names()}")
