"""The server is killed in the middle of runs, at random moments: no run hangs, none is forgotten, nothing is left."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from podman_store import IMAGE, add_busybox, podman, private_store

from ellip_lab.tasks.contract import State
from ellip_lab.tasks.identity import MARKER

from .live import LiveServer

DICE = random.Random(20260101)
MOMENTS = [DICE.uniform(0, 4) for _ in range(10)]
"""Seconds after runs were asked for, or, every second time, after the first of them was accepted."""
DOCUMENT = f"""\
cwlVersion: v1.2
$graph:
  - class: Workflow
    id: main
    inputs: {{word: string}}
    outputs:
      said: {{type: File, outputSource: second/said}}
    steps:
      first: {{run: "#slow", in: {{word: word}}, out: [said]}}
      second: {{run: "#slow", in: {{word: word, after: first/said}}, out: [said]}}
  - class: CommandLineTool
    id: slow
    requirements:
      DockerRequirement: {{dockerPull: "{IMAGE}"}}
    baseCommand: [sh, -c, 'sleep 0.8; echo "$0"']
    inputs:
      word: {{type: string, inputBinding: {{}}}}
      after: File?
    stdout: said.txt
    outputs:
      said: {{type: stdout}}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str] | None]:
    """Gives the environment of a private store with the image; None, and says so, where podman is not there."""
    if not shutil.which("podman") or not shutil.which("busybox"):
        print("podman or busybox is not installed: the runs of this test go without containers")
        yield None
        return
    folder = tmp_path_factory.mktemp("store")
    with private_store(folder) as env:
        add_busybox(env, folder)
        yield env


@pytest.fixture
def live(tmp_path: Path, store: dict[str, str] | None) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path, task_limit=2, **(store or {}))
    (server.root / "slow.cwl").write_text(DOCUMENT)
    yield server.start()
    server.stop()
    for pid in processes(server):
        subprocess.run(["kill", "-9", str(pid)], check=False)


def processes(server: LiveServer) -> dict[int, str]:
    """Gives the processes that carry a task's mark and this server's state folder."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            surroundings = (folder / "environ").read_bytes()
            if f"{MARKER}=".encode() in surroundings and bytes(server.state) in surroundings:
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
    return found


def reach(condition: Any, what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what}, still after {seconds:g} s")


@pytest.mark.slow
@pytest.mark.podman
@pytest.mark.timeout(900)
def test_a_killed_server_loses_nothing(live: LiveServer, store: dict[str, str] | None) -> None:
    """Ten times: runs are asked for, the server is killed a random time later, and started again at once."""
    accepted: list[str] = []
    choices = ["none", "podman" if store else "none"]

    def ask_for_runs(word: str) -> None:
        for container in choices:
            body = {"document": "slow.cwl", "container": container, "inputs": {"word": word}}
            status, run = live.ask("POST", "/runs", body)
            assert status in (0, 201), run
            if status == 201:
                accepted.append(run["id"])

    for number, moment in enumerate(MOMENTS):
        asking = threading.Thread(target=ask_for_runs, args=(f"word {number}",))
        before = len(accepted)
        asking.start()
        if number % 2:
            reach(lambda before=before: len(accepted) > before, "no run is accepted", 60)
        time.sleep(moment)  # not waiting for anything: the moment is what is tested
        live.kill()
        asking.join(60)
        assert not asking.is_alive()
        live.start()

    runs: dict[str, dict[str, Any]] = {}

    def all_ended() -> bool:
        status, page = live.ask("GET", "/runs")
        assert status == 200, page
        runs.update({run["id"]: run for run in page["runs"]})
        return all(State(run["state"]).final for run in page["runs"])

    reach(all_ended, "a run hangs", 300)
    assert len(accepted) >= len(MOMENTS) // 2, "the server was killed before it could do anything"
    assert set(accepted) <= set(runs), "a run that was accepted is forgotten"
    assert {run["state"] for run in runs.values()} == {"done"}, (
        "the end of the server is not the end of a run"
    )
    for id_ in runs:
        status, run = live.ask("GET", f"/runs/{id_}")
        assert status == 200
        [output] = run["outputs"]
        assert Path(output["path"]).read_text().strip() == run["inputs"]["word"]

    reach(lambda: not processes(live), "processes are left", 30)
    assert list(live.state.glob("tasks/*/work")) == []
    assert {path.name for path in live.state.glob("tasks/*") if not path.name.startswith(".")} == set(runs)
    assert [path.name for path in (live.state / "slots").iterdir() if path.is_file()] == []
    if store:
        assert podman(store, "ps", "-a", "-q").stdout == ""
