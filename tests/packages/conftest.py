"""A house with a store and an image of its own, for the tests that run the demo package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import private_store

from ellip_lab.lab import Lab
from ellip_lab.settings import Settings


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Lab whose containers are in a store of the tests' own.

    It reads the images of the machine's store and writes none there: an image of this very source that
    `scripts/demo` has made is not made again.
    """
    folder = tmp_path_factory.mktemp("house")
    (folder / "root").mkdir()
    lab = Lab(Settings(state=folder / "state", root=folder / "root", task_limit=2))
    with private_store(folder / "store") as env, pytest.MonkeyPatch.context() as patch:
        machine = Path("/var/lib/containers/storage")
        if os.geteuid() == 0 and machine.is_dir():
            configuration = Path(env["CONTAINERS_STORAGE_CONF"])
            shared = f'[storage.options]\nadditionalimagestores = ["{machine}"]\n'
            configuration.write_text(configuration.read_text() + shared)
        for name, value in {**env, "ELLIP_LAB_STATE": str(folder / "state")}.items():
            patch.setenv(name, value)
        yield lab
        lab.s3.stop_store()
