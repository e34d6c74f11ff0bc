"""What every test may use: settings whose state and workspace are the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    root = tmp_path / "root"
    root.mkdir()
    return Settings(state=tmp_path / "state", root=root, task_limit=2)
