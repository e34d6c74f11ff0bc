"""Starting JupyterLab in a workspace, and saying where it is once it is there."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import click

from ellip_lab.cli.exits import Ended
from ellip_lab.errors import Unavailable

READY = 120.0
"""Seconds the server may take to answer; three to ten on an idle machine."""


def opened(folder: Path, run: str, port: int | None) -> None:
    """Starts JupyterLab in a folder with a run on screen, prints its URL, and stays until it ends.

    `Unavailable` when JupyterLab is not installed or does not come up.
    """
    from importlib.util import find_spec

    if find_spec("jupyterlab") is None:
        raise Unavailable("JupyterLab is not installed", hint="pip install 'ellip-lab[lab]'")
    port = port or free_port()
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_urlsafe(24)
    argv = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--Application.log_level=WARN",
    ]  # fmt: skip
    if os.geteuid() == 0:
        argv.append("--allow-root")
    # The token goes by the environment: everybody can read a command line.
    server = subprocess.Popen(argv, cwd=folder, env={**os.environ, "JUPYTER_TOKEN": token})
    previous = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        wait_for(server, port)
        query = urlencode({"token": token, "ellip-run": run})
        click.echo(f"\n{click.style('JupyterLab:', bold=True)} http://127.0.0.1:{port}/lab?{query}", err=True)
        click.echo("Ctrl-C ends it, and the object store with it, unless another uses that.", err=True)
        code = server.wait()
    except KeyboardInterrupt:
        server.terminate()  # Ctrl-C has been the answer to Jupyter's own question
        code = server.wait()
    finally:
        signal.signal(signal.SIGTERM, previous)
        if server.poll() is None:
            server.kill()
    if code not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise Ended(code)


def wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Waits until the server answers; `Unavailable` when it ends or takes too long."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    limit = time.monotonic() + READY
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise Unavailable(f"JupyterLab ended with code {server.returncode}")
        try:
            with opener.open(f"http://127.0.0.1:{port}/api", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise Unavailable(f"JupyterLab did not answer in {READY:g} s")


def free_port(first: int = 8888) -> int:
    """Gives the first free port of a hundred."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Unavailable(f"no port from {first} to {first + 99} is free", hint="Choose one with --port.")
