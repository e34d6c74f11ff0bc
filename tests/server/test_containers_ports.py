"""A port that a container publishes is reached through the server, by whoever has the server's token."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest
from podman_store import IMAGE, add_busybox, podman, private_store

from .live import LiveServer

pytestmark = pytest.mark.podman
PATIENCE = 60.0
SERVE = "mkdir /web; echo hello from a container > /web/index.html; httpd -f -p 80 -h /web"


def test_a_port_is_reached_through_the_server(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with private_store(tmp_path / "store") as env:
        add_busybox(env, tmp_path)
        made = podman(
            env, "run", "-d", "--name", "web", "-p", f"127.0.0.1:{port}:80", IMAGE, "sh", "-c", SERVE
        )
        assert made.returncode == 0, made.stderr
        server = LiveServer(tmp_path / "live", **env, HOME=str(tmp_path))
        server.argv.append("--ServerApp.jpserver_extensions=jupyter_server_proxy=True")
        server.start()
        try:
            status, told = server.ask("GET", "/containers/containers")
            assert status == 200
            assert told["containers"][0]["ports"] == [
                {"container": 80, "host": port, "address": "127.0.0.1", "protocol": "tcp"}
            ]
            page = f"{server.url}/proxy/{port}/"
            asked = urllib.request.Request(page, headers={"Authorization": f"token {server.token}"})
            with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:
                assert reply.read() == b"hello from a container\n"
            with urllib.request.urlopen(page, timeout=PATIENCE) as reply:
                assert "/login" in reply.url, "who has no token is sent to sign in"
                assert b"hello from a container" not in reply.read()
        finally:
            server.stop()
