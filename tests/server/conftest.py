"""A Jupyter server in this process, with a token, and rooms that can be made to fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - its fixtures, for this folder alone
from s3.stores import WeedServer, store  # noqa: F401 - a fixture
from tornado.httpclient import HTTPClientError

from ellip_lab.lab import Lab
from ellip_lab.server.route import BYTES

from .standin import Ask, Raw


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
def lab(jp_serverapp: Any) -> Lab:
    found = jp_serverapp.web_app.settings["ellip_lab"].door.lab
    assert isinstance(found, Lab)
    return found


@pytest.fixture
def ask(jp_fetch: Any) -> Ask:
    async def asked(
        path: str, *, body: Any = None, headers: dict[str, str] | None = None, **rest: Any
    ) -> Any:
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
        if isinstance(body, Raw):
            headers.setdefault("Content-Type", BYTES)
        elif body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            return await jp_fetch(path, body=body, headers=headers, allow_nonstandard_methods=True, **rest)
        except HTTPClientError as error:
            return error.response

    return asked


@pytest.fixture
def told_of_store(lab: Lab, store: WeedServer) -> WeedServer:  # noqa: F811
    """A real store, and the server knows its connections: `admin` (the default), `reader`, `one`, `anyone`."""
    for name, who in (("admin", "admin"), ("reader", "reader"), ("one", "one"), ("anyone", None)):
        lab.s3.save_connection(store.request(name, who))
    return store
