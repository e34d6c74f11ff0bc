"""What the tests of containers share: a podman store of their own with a small image, and a service on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import IMAGE, add_busybox, podman, private_store

from containers.registry import certified, locked, password, registry
from ellip_lab.containers.service import ContainersService
from ellip_lab.settings import Settings

__all__ = ["IMAGE", "certified", "locked", "password", "registry"]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Gives the environment that leads to a store with `IMAGE`; what tests add to it, they remove again."""
    folder = tmp_path_factory.mktemp("containers")
    home = folder / "home"
    home.mkdir()
    (home / "auth.json").write_text("{}")  # podman refuses to work with one that is named and not there
    # a socket's path must be short, and pytest's folders are not
    runtime = Path(tempfile.mkdtemp(prefix="ellip-"))
    try:
        with private_store(folder / "store") as env:
            env |= {
                "HOME": str(home),
                "XDG_RUNTIME_DIR": str(runtime),
                "REGISTRY_AUTH_FILE": str(home / "auth.json"),
            }
            # podman 4.3 pulls nothing while the file that this variable names is not there
            (home / "auth.json").write_text("{}")
            add_busybox(env, folder)
            try:
                yield env
            finally:
                _end_service(env, folder)
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


def _end_service(env: dict[str, str], folder: Path) -> None:
    """Ends the service that the tests have started on the store, so that the store can be removed."""
    from ellip_lab.containers.serving import Serving

    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, env)
        settings = Settings(state=folder / "state", root=folder)
        Serving(settings, ContainersService(settings).find).stop()


def _enter(patch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    for name in ("CONTAINER_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        patch.delenv(name, raising=False)
    for name, value in env.items():
        patch.setenv(name, value)


@pytest.fixture(scope="session")
def measured(store: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the file of the engine's measurement in that store: measuring takes a container, once is enough."""
    state = tmp_path_factory.mktemp("measured")
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, store)
        engine = ContainersService(Settings(state=state, root=state)).find("podman")
    assert engine.works, engine.problem
    return state / "containers" / "podman.json"


@pytest.fixture
def rooms(
    settings: Settings, store: dict[str, str], measured: Path, monkeypatch: pytest.MonkeyPatch
) -> ContainersService:
    """Gives the room on that store, with a state and a workspace of the test's own."""
    _enter(monkeypatch, store)
    (settings.state / "containers").mkdir(parents=True)
    shutil.copy(measured, settings.state / "containers" / "podman.json")
    return ContainersService(settings)


@pytest.fixture
def image(rooms: ContainersService, store: dict[str, str]) -> Iterator[str]:
    """Gives an image of the test's own, busybox with a layer more; it is removed at the end."""
    name = f"localhost/ellip/own-{os.urandom(4).hex()}:1"
    made = podman(store, "create", IMAGE, "true")
    assert made.returncode == 0, made.stderr
    container = made.stdout.strip()
    reply = podman(store, "commit", "-q", "--change", f"LABEL test={name}", container, name)
    assert reply.returncode == 0, reply.stderr
    podman(store, "rm", container)
    yield name
    podman(store, "rmi", "-f", reply.stdout.strip())  # by its id: whatever names it has by now
