"""A run from its start to its removal, through the routes, with the real rooms and no container."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.lab import Lab
from ellip_lab.server.route import PREFIX

from .standin import Ask, told

DOCUMENT = """\
cwlVersion: v1.2
class: CommandLineTool
baseCommand: [sh, -c, 'echo "says $0" >&2; cat "$1"']
inputs:
  word: {type: string, inputBinding: {position: 1}}
  letter: {type: File, inputBinding: {position: 2}}
stdout: said.txt
outputs:
  said: {type: stdout}
"""


@pytest.fixture
def maps(jp_root_dir: Path) -> Path:
    folder = jp_root_dir / "maps"
    folder.mkdir()
    (folder / "tool.cwl").write_text(DOCUMENT)
    (folder / "letter.txt").write_text("dear reader\n")
    return folder


async def ended(ask: Ask, id_: str) -> dict[str, Any]:
    """Gives a run when it has ended."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        run: dict[str, Any] = json.loads((await ask(f"{PREFIX}/runs/{id_}")).body)
        if run["finished"]:
            return run
        await asyncio.sleep(0.1)
    raise AssertionError(f"the run hangs: {run}")


async def test_from_start_to_removal(ask: Ask, maps: Path) -> None:
    inputs = {"word": "hello", "letter": {"class": "File", "path": "letter.txt"}}
    body = {"document": "maps/tool.cwl", "inputs": inputs}
    response = await ask(f"{PREFIX}/runs", method="POST", body=body, request_timeout=90)
    assert response.code == 201, response.body
    id_ = json.loads(response.body)["id"]

    run = await ended(ask, id_)
    assert run["state"] == "done", run
    assert run["document"] == run["request"]["document"] == "maps/tool.cwl"
    assert run["request"]["base"] == "maps"
    [output] = run["outputs"]
    assert Path(output["path"]).read_text() == "dear reader\n"
    assert output["workspace_path"].startswith("results/")

    log = json.loads((await ask(f"{PREFIX}/runs/{id_}/log", params={"offset": "0", "wait": "20"})).body)
    assert log["finished"]
    assert "says hello" in log["text"]
    page = json.loads((await ask(f"{PREFIX}/runs", params={"text": "tool"})).body)
    assert [line["id"] for line in page["runs"]] == [id_]
    tasks = json.loads((await ask(f"{PREFIX}/tasks", params={"room": "runs", "state": "done"})).body)
    assert [task["id"] for task in tasks["tasks"]] == [id_]

    script = json.loads((await ask(f"{PREFIX}/runs/{id_}/script", params={"language": "shell"})).body)
    assert script["text"].startswith("ellip run ")
    told(await ask(f"{PREFIX}/runs/{id_}/quicklook", params={"path": "/etc/passwd"}), 403)

    again = {"inputs": {**inputs, "letter": {"class": "File", "path": "/etc/passwd"}}}
    told(await ask(f"{PREFIX}/runs/{id_}/rerun", method="POST", body=again), 403)

    gone = await ask(f"{PREFIX}/runs/{id_}", method="DELETE", params={"outputs": "true"})
    assert json.loads(gone.body) == {"id": id_}
    told(await ask(f"{PREFIX}/runs/{id_}"), 404)
    assert not Path(output["path"]).exists()


async def test_what_a_notebook_started_can_be_asked_again_here(
    ask: Ask, lab: Lab, maps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative paths of Python count from its own folder, wherever the run is repeated."""
    here = Path.cwd()
    os.chdir(maps)
    try:
        letter = {"class": "File", "path": "letter.txt"}
        start = lab.runs.start
        handle = await asyncio.to_thread(start, "tool.cwl", {"word": "a", "letter": letter}, container="none")
    finally:
        os.chdir(here)
    first = await ended(ask, handle.id)
    assert first["request"]["document"] == "maps/tool.cwl"
    response = await ask(
        f"{PREFIX}/runs/{handle.id}/rerun",
        method="POST",
        body={"inputs": {"word": "b", "letter": letter}},
        request_timeout=90,
    )
    assert response.code == 201, response.body
    second = await ended(ask, json.loads(response.body)["id"])
    assert (second["state"], second["rerun_of"]) == ("done", handle.id)
    assert second["inputs"]["word"] == "b"
