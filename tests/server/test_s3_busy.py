"""Large transfers are not the server's work: it answers while they run. (The figures are `benchmarks/run s3_busy`.)"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from s3.stores import WeedServer

from .live import LiveServer
from .standin import asked

SIZE = 256 * 2**20
PATIENCE = 120.0


@pytest.fixture
def live(tmp_path: Path, store: WeedServer) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path).start()
    status, saved = server.ask("POST", "/s3/connections", asked(store, "admin", "admin"))
    assert status == 200, saved
    yield server
    server.stop()


def carriers() -> dict[int, int]:
    """Gives the processes that carry transfers, each with how nice it is."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if b"ellip_lab.s3.transfer_child" in (place / "cmdline").read_bytes():
                found[int(place.name)] = os.getpriority(os.PRIO_PROCESS, int(place.name))
        except OSError:
            continue
    return found


def moved(pid: int) -> int:
    """Gives the bytes a process has read and written until now."""
    lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(lines["rchar"]) + int(lines["wchar"])


@pytest.mark.timeout(400)
def test_light_requests_are_answered_while_two_transfers_run(live: LiveServer, store: WeedServer) -> None:
    bucket = store.bucket("busy")
    ids = []
    assert live.process is not None
    for name in ("a.bin", "b.bin"):
        with (live.root / name).open("wb") as file:
            for number in range(SIZE // 2**20):
                file.write(number.to_bytes(8, "big") * 2**17)
    before = moved(live.process.pid)
    for name in ("a.bin", "b.bin"):
        status, transfer = live.ask(
            "POST", "/s3/transfers", {"sources": [name], "target": f"s3://admin@{bucket}/{name}"}
        )
        assert status == 201, transfer
        ids.append(transfer["id"])
    took: list[float] = []
    seen: dict[int, int] = {}
    running = set(ids)
    end = time.monotonic() + PATIENCE
    while running:
        assert time.monotonic() < end, running
        for path in ("/tasks", "/s3/connections", "/s3/transfers", "/s3/presets"):
            begun = time.perf_counter()
            status, _ = live.ask("GET", path)
            took.append(time.perf_counter() - begun)
            assert status == 200
        seen |= carriers()
        states = {one: live.ask("GET", f"/s3/transfers/{one}")[1]["state"] for one in running}
        running = {one for one, state in states.items() if state in ("queued", "running")}
        assert set(states.values()) <= {"queued", "running", "done"}, states
    assert len(seen) >= 2, "they were carried by processes of their own"
    assert all(nice > 0 for nice in seen.values()), seen
    # their bytes have not gone through the server, nor has it stood still for them
    assert moved(live.process.pid) - before < SIZE / 4
    slow = sorted(took)[len(took) * 99 // 100]
    assert slow < 1.0, f"{slow * 1000:.0f} ms of {len(took)}"
