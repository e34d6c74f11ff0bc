"""A real Jupyter server in a process of its own, that can be killed and started again."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ellip_lab.lab import Lab
from ellip_lab.server.route import PREFIX
from ellip_lab.settings import Settings

PATIENCE = 60.0


class LiveServer:
    """Is a server with a token, a root folder and a state folder below one folder of the test."""

    def __init__(self, folder: Path, *, task_limit: int = 2, container: str = "none", **env: str) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.state = folder / "state"
        self.root.mkdir(parents=True, exist_ok=True)
        self.token = secrets.token_hex(16)
        self.env = {
            **os.environ,
            **env,
            "ELLIP_LAB_STATE": str(self.state),
            "JUPYTER_TOKEN": self.token,
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_NO_CONFIG": "",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }
        self.argv = [
            sys.executable,
            "-m",
            "jupyter_server",
            "--allow-root",
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            "--ServerApp.allow_unauthenticated_access=False",
            "--ServerApp.jpserver_extensions=ellip_lab=True",
            "--ServerApp.jpserver_extensions=jupyter_server_terminals=False",
            "--ServerApp.base_url=/base/",
            f"--ServerApp.root_dir={self.root}",
            f"--EllipLabApp.task_limit={task_limit}",
            f"--EllipLabApp.container={container}",
        ]
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> LiveServer:
        """Starts it, and waits until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                env=self.env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        info = self.folder / "runtime" / f"jpserver-{self.process.pid}.json"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            if info.exists() and (text := info.read_text()):
                self.url = json.loads(text)["url"].rstrip("/")
                status, _ = self.ask("GET", "/openapi.json")
                if status == 200:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"the server does not start: {self.log.read_text()}")

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Calls a route, and gives the status and the JSON of the reply; 0 when nobody answers."""
        where = f"{self.url}{PREFIX}{path}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(where, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except (urllib.error.URLError, ConnectionError):
            return 0, None

    def kill(self) -> None:
        """Kills the server's process alone, as the kernel does when memory is short."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        """Ends it as a person does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        # the demo starts the embedded object store, which outlives the server
        Lab(Settings(state=self.state)).s3.stop_store()
