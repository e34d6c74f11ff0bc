"""What every test may use: settings whose state and workspace are the test's own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ellip_lab.settings import Settings

HERE = Path(__file__).parent

# A shell starts what it puts into the background with Ctrl-C ignored, and every child inherits that: what a test
# interrupts must listen, however the tests were started.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test puts a key into the keyring of whoever runs it; those about keyrings bring their own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

# What is tested of the warm process brings its own; everything else would start one for each interpreter and wait for it.
os.environ["ELLIP_LAB_WARM"] = "off"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    root = tmp_path / "root"
    root.mkdir()
    return Settings(state=tmp_path / "state", root=root, task_limit=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what runs alone: podman's locks are shared by all stores of a machine, and a server is measured."""
    for item in items:
        if item.get_closest_marker("podman") or "server" in item.path.relative_to(HERE).parts:
            item.add_marker("alone")
