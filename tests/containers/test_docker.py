"""The docker client, against podman's socket, which speaks docker's language."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import add_busybox, private_store

from ellip_lab.containers import images
from ellip_lab.containers.contract import EngineKind
from ellip_lab.containers.service import ContainersService
from ellip_lab.settings import Settings

pytestmark = [
    pytest.mark.podman,
    pytest.mark.skipif(shutil.which("docker") is None, reason="the docker client is not installed"),
]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("docker")
    place = folder / "d.sock"
    with private_store(folder / "store") as env:
        add_busybox(env, folder)
        service = subprocess.Popen(
            ["podman", "system", "service", "--time=0", f"unix://{place}"],
            env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        limit = time.monotonic() + 30
        while not place.exists():
            assert service.poll() is None and time.monotonic() < limit
            time.sleep(0.05)
        yield f"unix://{place}", folder
        service.send_signal(signal.SIGTERM)
        service.wait(30)


def test_docker_works_where_something_answers_it(
    daemon: tuple[str, Path], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = daemon
    monkeypatch.setenv("DOCKER_HOST", address)
    rooms = ContainersService(settings)
    engine = rooms.find("docker")
    assert engine.works, engine.problem
    assert engine.kind is EngineKind.DOCKER
    assert engine.version
    name = "localhost/ellip/imported:1"
    assert rooms.image_label(engine, name, "source") is None
    images.load_folder(engine, folder / "busybox", name, {"source": "abc"})
    assert rooms.image_label(engine, name, "source") == "abc"


def test_auto_takes_docker_where_podman_does_not_work(
    daemon: tuple[str, Path], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "podman"
    broken.write_text("#!/bin/sh\nexit 125\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("DOCKER_HOST", daemon[0])
    assert ContainersService(settings).find().kind is EngineKind.DOCKER
