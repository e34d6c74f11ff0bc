"""No process of an app is left when its server has ended, however it ended: twenty times out of twenty."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from server.live import PATIENCE, LiveServer

from .entry import describe, until

TIMES = int(os.environ.get("ELLIP_LAB_TEST_ENDINGS", "4"))
"""How many real servers end; the other ones of twenty are as much of a server as an app sees, which costs less."""
WAYS = (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, None)
"""The ways a server ends: asked, killed, Ctrl-C (twice: it asks), and by its own page."""


def belonging(state: Path) -> list[str]:
    """Gives what carries the mark of an app of this state folder, keepers too."""
    found = []
    for process in psutil.process_iter():
        try:
            env = process.environ()
            if "ELLIP_LAB_APP" in env and env.get("ELLIP_LAB_STATE") == str(state):
                found.append(f"{process.pid} {process.status()} {' '.join(process.cmdline())}")
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def end(server: LiveServer, way: signal.Signals | None) -> None:
    assert server.process is not None
    if way is None:
        import urllib.request

        request = urllib.request.Request(
            f"{server.url}/api/shutdown", method="POST", headers={"Authorization": f"token {server.token}"}
        )
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    else:
        server.process.send_signal(way)
        if way is signal.SIGINT:  # it is not a terminal: the first is enough, and a second does no harm
            time.sleep(0.05)
            if server.process.poll() is None:
                server.process.send_signal(way)
    server.process.wait(PATIENCE)


@pytest.mark.slow
@pytest.mark.timeout(1200 if TIMES > 4 else 280)
def test_nothing_is_left_when_a_server_ends(tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    describe(server.state, "--brood", "2")
    for number in range(TIMES):
        server.start()
        try:
            status, one = server.ask("POST", "/apps/start", {"app": "stub"})
            assert status == 201, one
            if number % 5 != 4:  # every fifth server ends while its app comes up
                until(
                    lambda: (
                        server.ask("GET", "/apps/app", app="stub")[1]["instances"][0]["state"] == "running"
                    ),
                    lambda: server.ask("GET", "/apps/app", app="stub"),
                )
                assert len(belonging(server.state)) >= 4
        finally:
            end(server, WAYS[number % len(WAYS)])
        until(lambda: belonging(server.state) == [], lambda: belonging(server.state))
    left = list((server.state / "apps" / "instances").glob("*/server.json"))
    assert len(left) <= 1, "what killed servers leave is cleared away by the next that starts an app"


@pytest.mark.skipif(TIMES >= 20, reason="real servers have ended often enough")
@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT, "mindful"])
def test_nothing_is_left_of_four_that_end_at_once(tmp_path: Path, way: signal.Signals | str) -> None:
    """With the test above, twenty endings."""
    servers: list[tuple[Path, subprocess.Popen[str]]] = []
    for number in range(4):
        state = tmp_path / str(number)
        describe(state, "--brood", "2")
        argv = [sys.executable, Path(__file__).with_name("light.py"), state, tmp_path]
        servers.append(
            (
                state,
                subprocess.Popen(
                    [*argv, "--mindful"] if way == "mindful" else argv,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "ELLIP_LAB_STATE": str(state)},
                ),
            )
        )
    for number, (state, server) in enumerate(servers):
        assert server.stdout is not None
        wanted = "starting" if number == 3 else "running"
        assert any(line.strip() == wanted for line in server.stdout)
        assert number == 3 or len(belonging(state)) >= 4
    for _, server in servers:
        server.send_signal(signal.SIGTERM if isinstance(way, str) else way)
    for state, server in servers:
        with server:
            server.wait(PATIENCE)
        if way == "mindful":
            assert belonging(state) == [], "it waits until nothing is left"
        until(lambda state=state: belonging(state) == [], lambda state=state: belonging(state))  # type: ignore[misc]
