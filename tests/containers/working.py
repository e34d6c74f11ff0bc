"""What the tests of works share: waiting for them, and looking whether they have left anything."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podman_store import podman

from ellip_lab.containers import contract as words
from ellip_lab.containers.half_written import named
from ellip_lab.containers.service import ContainersService
from ellip_lab.tasks.contract import LogQuery, State

WAIT = 90.0
"""Seconds that a work may take on a busy machine."""


def ended(rooms: ContainersService, work: words.WorkSummary) -> words.Work:
    """Waits for the end of a work."""
    rooms._tasks.wait(work.id, WAIT)
    return rooms.show_work(work.id)


def done(rooms: ContainersService, work: words.WorkSummary) -> words.Work:
    """Waits for the good end of a work."""
    last = ended(rooms, work)
    assert last.state is State.DONE, (last.detail, last.failure, log(rooms, work))
    return last


def failed(rooms: ContainersService, work: words.WorkSummary) -> words.WorkFailure:
    """Waits for the bad end of a work, and gives why."""
    last = ended(rooms, work)
    assert last.state is State.FAILED, (last.state, log(rooms, work))
    assert last.failure is not None, log(rooms, work)
    assert last.detail == last.failure.headline
    return last.failure


def log(rooms: ContainersService, work: words.WorkSummary) -> str:
    """Gives the whole log of a work."""
    return rooms.work_log(work.id, LogQuery(offset=0, limit=1_000_000)).text


def until(found: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Waits for something to be there, and gives it."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return value


def kept(rooms: ContainersService, work: words.WorkSummary) -> dict[str, Any]:
    """Gives what the process of a work knows."""
    told: dict[str, Any] = json.loads((rooms._tasks.root / work.id / "work.json").read_text())
    return told


def carriers(work: words.WorkSummary) -> list[int]:
    """Gives the processes of a work's client."""
    return _with(f"ELLIP_LAB_WORK={work.id}")


def processes(word: str) -> list[str]:
    """Gives the processes with a word in their command, those of containers included."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if word in text:
                found.append(f"{entry.name} {text}")
    return found


def _with(entry: str) -> list[int]:
    found = []
    for place in Path("/proc").iterdir():
        try:
            if place.name.isdigit() and entry.encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def containers(store: dict[str, str]) -> list[str]:
    """Gives every container of a store, working containers of builds included."""
    reply = podman(store, "ps", "--all", "--external", "--format", "{{.ID}} {{.Names}} {{.Status}}")
    assert reply.returncode == 0, reply.stderr
    return reply.stdout.splitlines()


def half_written(store: dict[str, str]) -> list[str]:
    """Gives the images of which podman misses a part."""
    said = podman(store, "images", "--all", "--no-trunc").stderr
    return sorted(named(said))


def halve(store: dict[str, str], identity: str) -> None:
    """Makes an image half written: what a writer leaves that is killed between its record and its manifest."""
    graph = podman(store, "info", "--format", "{{.Store.GraphRoot}}/{{.Store.GraphDriverName}}-images").stdout
    records = Path(graph.strip()) / "images.json"
    told = json.loads(records.read_text())
    (mine,) = (one for one in told if one["id"] == identity)
    for name in [name for name in mine["big-data-names"] if name.startswith("manifest")]:
        mine["big-data-names"].remove(name)
        del mine["big-data-sizes"][name], mine["big-data-digests"][name]
        coded = base64.b64encode(name.encode()).decode()
        for file in (records.parent / identity / name, records.parent / identity / f"={coded}"):
            file.unlink(missing_ok=True)
    records.write_text(json.dumps(told))


def clean(rooms: ContainersService, store: dict[str, str], work: words.WorkSummary, word: str = "") -> None:
    """Checks that an ended work has left nothing: no process, no container, no temporary file."""
    until(lambda: not (rooms._tasks.root / work.id / "reserve").exists())  # the last step of the clean-up
    assert carriers(work) == []
    if word:
        assert processes(word) == []
    assert half_written(store) == []
    assert containers(store) == [], (rooms.show_work(work.id), log(rooms, work))
    scratch = kept(rooms, work)["scratch"]
    assert not Path(scratch).exists()
    known = subprocess.run(["runc", "list"], capture_output=True, text=True, timeout=60, check=False)
    assert scratch not in known.stdout
