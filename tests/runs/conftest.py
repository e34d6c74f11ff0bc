"""A hall with a state folder and a workspace of the tests' own, and a private podman where there is one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from podman_store import add_busybox, podman, private_store

from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Run
from ellip_lab.settings import Settings

DOCUMENTS = Path(__file__).parent / "documents"
PATIENCE = 120.0
"""Seconds a run may take on a busy machine before a test gives it up."""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What runs keep from one to the next: made once for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def lab(tmp_path: Path, cache: Path) -> Iterator[Lab]:
    """A hall; at the end nothing of it may be running."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / "cache").symlink_to(cache)
    root = tmp_path / "workspace"
    root.mkdir()
    hall = Lab(Settings(state=state, root=root, task_limit=4))
    yield hall
    from ellip_lab.runs.contract import RunQuery

    for run in hall.runs.list(RunQuery()).runs:
        if not run.state.final:
            hall.runs.stop(run.id)
            hall.runs.wait(run.id, PATIENCE)


@pytest.fixture
def document(lab: Lab) -> Callable[[str], Path]:
    """Gives a document of the fixtures, copied into the workspace."""

    def place(name: str) -> Path:
        target = lab.settings.root / name
        if not target.exists():
            shutil.copy(DOCUMENTS / name, target)
        return target

    return place


@pytest.fixture
def perform(lab: Lab, document: Callable[[str], Path]) -> Callable[..., Run]:
    """Runs a document of the fixtures to its end."""

    def run(name: str, inputs: dict[str, Any] | None = None, /, **options: Any) -> Run:
        options.setdefault("container", "none")
        path, _, entry = name.partition("#")
        place = f"{document(path)}{f'#{entry}' if entry else ''}"
        handle = lab.runs.start(place, inputs, **options).wait(PATIENCE)
        ended = handle.show()
        assert ended.state.final, f"still {ended.state} after {PATIENCE} s"
        return ended

    return run


@pytest.fixture(scope="session")
def podman_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A private store with the busybox image; skipped, and said so, on a machine without podman."""
    if shutil.which("podman") is None:
        pytest.skip("podman is not installed")
    if shutil.which("busybox") is None:
        pytest.skip("busybox-static is not installed")
    folder = tmp_path_factory.mktemp("podman")
    with private_store(folder) as env:
        add_busybox(env, folder / "image")
        yield env


@pytest.fixture
def in_podman(podman_store: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Leads everything to the private store; gives podman, and checks that no container is left."""
    for name, value in podman_store.items():
        monkeypatch.setenv(name, value)

    def ask(*arguments: str) -> str:
        reply = podman(podman_store, *arguments)
        assert reply.returncode == 0, reply.stderr
        return reply.stdout

    yield ask
    left = ask("ps", "-a", "--external", "--format", "{{.Names}}").split()
    assert not left, f"containers left: {left}"


def scratch(lab: Lab, patience: float = 20.0) -> list[str]:
    """Gives the temporary folders that are left of any run; a run that is done is told before they are gone."""
    until = time.monotonic() + patience
    while (left := [str(path) for path in lab.tasks.root.glob("*/work")]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def processes_of(run: str) -> list[int]:
    """Gives the processes that carry the mark of a run, in their environment or on their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if any(run.encode() in (folder / name).read_bytes() for name in ("environ", "cmdline")):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found
