"""schemathesis, against a real server: whatever the document allows or forbids, no mistake of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import add_busybox, private_store

from ellip_lab.server.route import PREFIX

from .live import LiveServer

DOCUMENT = """\
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [echo]
inputs:
  words: {type: string, default: hello, inputBinding: {}}
outputs: []
"""

CONFIG = """\
headers = { Authorization = "Bearer ${TOKEN}" }

[checks]
# A path in the workspace that is there but is no document is refused with 400, as a wrong field is: JSON Schema cannot say it,
# nor that ten thousand names of five thousand letters are more than a body may have.
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "413"]

[[operations]]
# A store that cannot be reached, or that no program here can start, is said with 503: the mistake of ours would be 500.
include-path-regex = "/(s3|containers|toolboxes|apps)/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "413", "503"]
checks.negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "406", "413", "415", "422", "428"]
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]
"""


ELSEWHERE = r"/(containers/(pull|push|registries/(login|search|tags))|toolboxes/(plan|install)|apps/install|packages/tool)$"
"""Routes that ask whichever host they are told, or run a command: what is made up is nobody's to be asked, or run."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    # images and programs are those of a store and of a home that nobody else has
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "home").mkdir()
    with private_store(folder / "store") as env:
        if shutil.which("podman"):
            add_busybox(env, folder)
        server = LiveServer(tmp_path_factory.mktemp("live"), **env, HOME=str(folder / "home")).start()
        try:
            yield prepared(server)
        finally:
            server.stop()


def prepared(server: LiveServer) -> LiveServer:
    (server.root / "echo.cwl").write_text(DOCUMENT)
    status, run = server.ask("POST", "/runs", {"document": "echo.cwl"})
    assert status == 201, run
    # what names no connection goes to the store on this machine, not to somebody's on the network
    status, chosen = server.ask("POST", "/s3/connections/default", {"connection": "local"})
    assert status == 200, chosen
    return server


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_request_breaks_the_server(live: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            *("--config-file", tmp_path / "schemathesis.toml"),
            "run",
            f"{live.url}{PREFIX}/openapi.json",
            *("--url", live.url),
            *("--phases", "examples,coverage,fuzzing"),
            *("--checks", "all"),
            # without a token Jupyter answers 403 where this one takes only 401; that it refuses, ignored_auth sees
            *("--exclude-checks", "missing_required_header"),
            *("--exclude-path-regex", ELSEWHERE),
            *("--max-examples", "10"),
            *("--seed", "20260101"),
            "--generation-deterministic",
            *("--request-timeout", "40"),
            "--continue-on-failure",
            "--no-color",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TOKEN": live.token},
        timeout=560,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    assert " failed" not in done.stdout
    status, _ = live.ask("GET", "/runs")
    assert status == 200, "the server is alive"
    assert "Mistake" not in live.log.read_text()
    assert "Traceback" not in live.log.read_text()
