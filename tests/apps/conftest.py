"""A Jupyter server in this process, with a token, an odd base URL, and the stub among its apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - its fixtures, for this folder alone

from ellip_lab.apps.service import AppsService


@pytest.fixture
def jp_server_config(tmp_path: Path) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"ellip_lab": True, "jupyter_server_terminals": False},
            "allow_unauthenticated_access": False,
        },
        "EllipLabApp": {"state_dir": str(tmp_path / "state"), "container": "none"},
    }


@pytest.fixture
def apps(jp_serverapp: Any) -> AppsService:
    found = jp_serverapp.web_app.settings["ellip_lab"].door.lab.apps
    assert isinstance(found, AppsService)
    return found
