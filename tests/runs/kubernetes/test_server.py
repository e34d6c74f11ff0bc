"""A real server is killed in the middle of a run on the cluster: the next one tells the same run, whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from server.live import LiveServer

from ellip_lab.lab import Lab
from ellip_lab.runs.cluster import save
from ellip_lab.runs.contract import RunQuery
from ellip_lab.runs.engines.calrissian_lines import ENDED
from ellip_lab.runs.engines.calrissian_manifests import RUNNER
from ellip_lab.settings import Settings
from ellip_lab.tasks.directory import read_or_none

from .conftest import DOCUMENTS, PATIENCE, Namespace, long, until

TICKS = 40


@pytest.fixture
def live(tmp_path: Path, namespace: Namespace) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path)
    server.state.mkdir(mode=0o700)
    save(server.state, namespace.settings)
    shutil.copy(DOCUMENTS / "ticks.cwl", server.root)
    yield server.start()
    server.stop()
    hall = Lab(Settings(state=server.state, root=server.root))
    for run in hall.runs.list(RunQuery()).runs:
        if not run.state.final:  # the test has failed
            hall.runs.stop(run.id)
            hall.runs.wait(run.id, PATIENCE)


def log_of(live: LiveServer, run: str) -> str:
    status, chunk = live.ask("GET", f"/runs/{run}/log", job="ticks", offset=0, limit=1_000_000)
    return str(chunk["text"]) if status == 200 else ""


def shown(live: LiveServer, run: str) -> dict[str, Any]:
    status, found = live.ask("GET", f"/runs/{run}")
    assert status == 200, found
    return dict(found)


@pytest.mark.parametrize(
    "victims",
    [
        pytest.param("server", marks=long),
        "everything",
        pytest.param("everything, until calrissian has ended", marks=long),
    ],
)
def test_a_killed_server_takes_up_its_run(live: LiveServer, namespace: Namespace, victims: str) -> None:
    body = {"document": "ticks.cwl", "engine": "calrissian", "inputs": {"ticks": TICKS}}
    status, run = live.ask("POST", "/runs", body)
    assert status == 201, run
    until(lambda: "tick 2" in log_of(live, run["id"]), "the log grows while the step runs")
    assert namespace.pods(run["id"], "tool")
    task = live.state / "tasks" / run["id"]
    live.kill()
    if victims != "server":
        # as a machine that loses its power: who follows the run, and who looks after that
        supervisor, beat = read_or_none(task / "supervisor.json"), read_or_none(task / "heartbeat")
        assert supervisor
        assert beat
        for pid in (int(supervisor["pid"]), int(beat["child"])):
            with suppress(ProcessLookupError):  # whoever follows goes with the other
                os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: not Path(f"/proc/{pid}").exists())
    if victims.endswith("ended"):
        [runner] = namespace.pods(run["id"], "runner")
        read = namespace.core.read_namespaced_pod_log
        until(
            lambda: ENDED in read(runner.metadata.name, namespace.name, container=RUNNER),
            "calrissian is done",
        )
    live.start()
    status, page = live.ask("GET", "/runs")
    assert [one["id"] for one in page["runs"]] == [run["id"]]

    def ended() -> dict[str, Any] | None:
        found = shown(live, run["id"])
        return found if found["state"] in ("done", "failed", "stopped") else None

    found = until(ended, "the run ends", PATIENCE)
    assert found["state"] == "done", found["failure"]
    assert found["outdir"] == run["outdir"]
    ticks = [line for line in log_of(live, run["id"]).splitlines() if line.startswith("tick")]
    assert ticks == [f"tick {number}" for number in range(TICKS)], "every line, once"
    assert [(step["state"], step["done"], step["total"]) for step in found["steps"]] == [("done", 1, 1)]
    events = [json.loads(line) for line in (task / "events.jsonl").read_text().splitlines()]
    assert len({one["pod"] for one in events if one["event"] == "job"}) == 1, "nothing has run twice"
    assert len([one for one in events if one["event"] == "taken-up"]) == (victims != "server")
    [output] = found["outputs"]
    assert Path(output["path"]).read_text() == "fine\n"
    # a run that is done is told before what it used here is gone
    until(lambda: not (task / "work").exists(), "no temporary folder is left", 60)
