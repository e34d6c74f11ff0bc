"""Light requests while two large transfers run: they are tasks, so the server has time for whoever asks.

Fifty requests a second go to a Jupyter server, each when its time has come whatever became of the one before (an open
loop: a server that stalls is seen), first while nothing else happens, then while two transfers of 1 GiB run, one
into the embedded store and one out of it. BENCHMARK_BYTES makes them smaller.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Line, Result

SIZE = int(os.environ.get("BENCHMARK_BYTES", str(2**30)))
RATE = 50
"""Requests a second."""
IDLE = 10.0
"""Seconds that are measured while nothing else happens."""
TARGET = 50.0
"""Milliseconds that 99 of 100 requests may take at the most."""
PATHS = ("tasks", "runs?limit=20", "s3/connections", "s3/transfers", "s3/presets")
READY = 60.0


def measure() -> list[Result]:
    """Measures the idle server, then the busy one."""
    from ellip_lab.lab import Lab
    from ellip_lab.s3.contract import BucketRequest, Policy, TransferRequest
    from ellip_lab.settings import Settings

    with tempfile.TemporaryDirectory() as made:
        root = Path(made, "root")
        root.mkdir()
        lab = Lab(Settings(state=Path(made, "state"), root=root, task_limit=2))
        lab.s3.start_store()
        try:
            block = os.urandom(2**20)
            with (root / "up.bin").open("wb") as file:
                for number in range(SIZE // 2**20):
                    file.write(number.to_bytes(8, "big") + block[8:])
            lab.s3.make_bucket(BucketRequest(connection="local", bucket="busy"))
            first = TransferRequest(sources=(str(root / "up.bin"),), target="s3://local@busy/down.bin")
            lab.s3.transfer_now(first)
            with server(lab.settings.state, root) as ask:
                idle = answered(ask, lambda passed: passed < IDLE)
                ids = [
                    lab.s3.transfer(
                        TransferRequest(sources=(source,), target=target, policy=Policy.REPLACE)
                    ).id
                    for source, target in (
                        (str(root / "up.bin"), "s3://local@busy/up.bin"),
                        ("s3://local@busy/down.bin", str(root / "down.bin")),
                    )
                ]
                busy = answered(ask, lambda _: not all(lab.tasks.show(id_).state.final for id_ in ids))
            ends = [lab.s3.show_transfer(id_) for id_ in ids]
            if any(end.state.value != "done" or end.bytes_done != SIZE for end in ends):
                raise SystemExit(f"a transfer did not end well: {[end.detail for end in ends]}")
        finally:
            lab.s3.stop_store()
    while_ = f"{RATE} requests/s during 2 x {SIZE / 2**30:g} GiB"
    return [
        line(f"{RATE} requests/s, idle: p99 of {len(idle)}", idle, 99, idle),
        line(f"{while_}: p99 of {len(busy)}", busy, 99, idle),
        line(f"{while_}: p50", busy, 50, idle),
    ]


def line(what: str, took: list[float], percent: int, idle: list[float]) -> Line:
    """Gives the line of one percentile, beside the idle server's."""
    ours, other = (percentile(times, percent) * 1000 for times in (took, idle))
    return Line(what, f"{ours:.1f} ms", f"idle {other:.1f} ms", ours, TARGET, "ms")


def percentile(times: list[float], percent: int) -> float:
    """Gives the time that so many of a hundred do not exceed."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def answered(ask: Callable[[str], bytes], goes_on: Callable[[float], bool]) -> list[float]:
    """Sends requests at their times, and gives how long after its time each was answered, in seconds."""
    took: list[float] = []
    begun = time.perf_counter()

    def one(number: int) -> None:
        due = begun + number / RATE
        if not json.loads(ask(PATHS[number % len(PATHS)])):
            raise SystemExit(f"{PATHS[number % len(PATHS)]} is empty")
        took.append(time.perf_counter() - due)

    with ThreadPoolExecutor(8) as pool:
        waiting, number = [], 0
        # whether it goes on is asked ten times a second: the question must not take the requests' time
        over = threading.Event()

        def look() -> None:
            while goes_on(time.perf_counter() - begun):
                over.wait(0.1)
            over.set()

        looking = threading.Thread(target=look)
        looking.start()
        while not over.is_set():
            time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            waiting.append(pool.submit(one, number))
            number += 1
        looking.join()
        for future in waiting:
            future.result()
    return took


@contextmanager
def server(state: Path, root: Path) -> Iterator[Callable[[str], bytes]]:
    """Runs a Jupyter server with the extension, and gives a call that asks it, each thread by its own connection."""
    token = secrets.token_hex(16)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", f"--port={port}", "--ServerApp.port_retries=0", "--no-browser",
         "--allow-root", f"--ServerApp.root_dir={root}", "--ServerApp.jpserver_extensions={'ellip_lab': True}"],
        env={**os.environ, "ELLIP_LAB_STATE": str(state), "JUPYTER_TOKEN": token}, cwd=root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    own: Any = threading.local()

    def ask(path: str) -> bytes:
        if not hasattr(own, "line"):
            own.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        own.line.request("GET", f"/ellip-lab/{path}", headers={"Authorization": f"token {token}"})
        reply = own.line.getresponse()
        body: bytes = reply.read()
        if reply.status != 200:
            raise SystemExit(f"the server answers {path} with {reply.status}: {body.decode()[:300]}")
        return body

    try:
        end = time.monotonic() + READY
        while True:
            try:
                ask(PATHS[0])
                break
            except OSError:
                own.__dict__.clear()
                if time.monotonic() > end or process.poll() is not None:
                    raise
                time.sleep(0.1)
        for path in PATHS:
            ask(path)
        yield ask
    finally:
        process.terminate()
        process.wait(30)
