"""Starting JupyterLab: a real one, with a token that only its user sees."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest

from ellip_lab.cli.laboratory import free_port

START = "import sys; from pathlib import Path; from ellip_lab.cli.laboratory import opened; "
RUN = "20261122t163638672-runs-39c1"


def code(url: str) -> int:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(url, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.slow
def test_the_lab_opens_on_the_run_for_whoever_has_the_token(tmp_path: Path) -> None:
    port = free_port(8950)
    command = START + f"opened(Path({str(tmp_path)!r}), {RUN!r}, {port})"
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "ELLIP_LAB_STATE": str(tmp_path / "s"),
    }
    environment.pop("JUPYTER_TOKEN", None)
    with subprocess.Popen(
        [sys.executable, "-c", command], stderr=subprocess.PIPE, text=True, env=environment
    ) as lab:
        try:
            assert lab.stderr
            said = []
            for line in lab.stderr:
                said.append(line)
                if found := re.search(r"http://127\.0\.0\.1\S+", line):
                    break
            else:
                pytest.fail("".join(said))
            url = found[0]
            query = parse_qs(urlsplit(url).query)
            [token] = query["token"]
            assert query["ellip-run"] == [RUN]
            assert code(url) in (200, 302)
            assert code(f"http://127.0.0.1:{port}/api/contents?token={token}") == 200
            assert code(f"http://127.0.0.1:{port}/api/contents") == 403
            processes = [psutil.Process(lab.pid), *psutil.Process(lab.pid).children(recursive=True)]
            assert len(processes) > 1
            assert all(token not in " ".join(process.cmdline()) for process in processes)
        finally:
            lab.send_signal(signal.SIGTERM)
        lab.stderr.read()
        assert lab.wait(30) == 0
    gone, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []
    assert len(gone) == len(processes)


def test_a_port_that_is_taken_is_passed_over() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert free_port(port) != port
