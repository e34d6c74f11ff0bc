"""kill -9 of the supervisor, of the engine's process and of a container, at random moments of a run."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ellip_lab.lab import Lab
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, processes_of, scratch

pytestmark = [pytest.mark.podman, pytest.mark.slow, pytest.mark.timeout(1200)]
Podman = Callable[..., str]
MOMENTS = 10


def supervisor(lab: Lab, id_: str, _: Podman) -> int | None:
    """Finds the supervisor of a run."""
    return _number(lab.tasks.directory(id_) / "supervisor.json", "pid")


def engine(lab: Lab, id_: str, _: Podman) -> int | None:
    """Finds the engine's process."""
    return _number(lab.tasks.directory(id_) / "heartbeat", "child")


def container(_: Lab, id_: str, ask: Podman) -> int | None:
    """Finds the first process of a container of a run."""
    for identity in ask("ps", "-q", "--filter", f"label=ellip-lab.run={id_}").split():
        try:
            return int(ask("inspect", "-f", "{{.State.Pid}}", identity)) or None
        except AssertionError:
            return None  # it has ended meanwhile
    return None


def _number(file: Path, key: str) -> int | None:
    try:
        return int(json.loads(file.read_text())[key]) or None
    except (FileNotFoundError, ValueError, KeyError):
        return None


@pytest.mark.parametrize("victim", [supervisor, engine, container], ids=lambda one: str(one.__name__))
def test_kill_at_a_random_moment(
    lab: Lab,
    in_podman: Podman,
    document: Callable[[str], Path],
    victim: Callable[[Lab, str, Podman], int | None],
) -> None:
    place = document("waits.cwl")
    inputs = {"words": ["a", "b", "c", "d"]}
    began = time.monotonic()
    whole = lab.runs.start(place, inputs, container="podman", check=False).wait(PATIENCE).show()
    assert whole.state is State.DONE, whole.failure
    duration = time.monotonic() - began
    seed = random.randrange(2**32)
    print(f"seed {seed}, a run takes {duration:.1f} s")
    moments = random.Random(seed)
    killed = 0
    states: list[str] = []
    for _ in range(MOMENTS):
        handle = lab.runs.start(place, inputs, container="podman", check=False)
        time.sleep(moments.uniform(0, 0.7 * duration))  # the first run is the slowest: caches are cold
        until = time.monotonic() + duration
        while (pid := victim(lab, handle.id, in_podman)) is None and time.monotonic() < until:
            if handle.show().state.final:
                break
            time.sleep(0.02)
        if pid is not None and not handle.show().state.final:
            try:
                os.kill(pid, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass  # it has ended at this very moment
        lab.tasks.recover()
        run = handle.wait(PATIENCE).show()
        states.append(run.state.value)
        assert run.state.final, run
        assert run.state is not State.LOST or run.failure is not None
        if run.state is not State.DONE:
            assert not Path(run.outdir).exists(), list(Path(run.outdir).rglob("*"))
        assert not scratch(lab)
        left = in_podman(
            "ps", "-a", "--external", "--filter", f"name=ellip-{handle.id}", "--format", "{{.Names}}"
        )
        assert left == "", (left, run.state)
        until = time.monotonic() + 20
        while (alive := processes_of(handle.id)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not alive, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in alive]
    print(states)
    assert killed >= MOMENTS // 3, f"only {killed} of {MOMENTS} moments met a live process"
