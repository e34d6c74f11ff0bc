"""The data file of the stub, as a person would write one."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ellip_lab.apps.contract import AppInstance, AppState, StartAppRequest
from ellip_lab.apps.service import AppsService

STUB = Path(__file__).with_name("stub.py")
PATIENCE = 60.0


def describe(state: Path, *words: str, name: str = "stub", timeout: float = 30, **start: object) -> None:
    """Puts the stub into the user's own catalogue."""
    folder = state / "apps" / "catalogue"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["{program}", str(STUB), "{unix_socket}", *words]
    more = "\n".join(f"{key} = {json.dumps(value)}" for key, value in start.items())
    (folder / f"{name}.toml").write_text(
        f"""\
title = "Stub"
description = "An app for tests."
homepage = "https://example.org"
licence = "MIT"

[find]
programs = [{json.dumps(sys.executable)}]
missing = "the stub is not here"
hint = "It is in the tests."

[start]
command = {json.dumps(command)}
timeout = {timeout}
grace = 0.3
{more}
"""
    )


def until(what: Callable[[], bool], why: Callable[[], object] = lambda: "it did not happen") -> None:
    """Waits until something is true."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, why()
        time.sleep(0.02)


def come_to(room: AppsService, instance: str, state: AppState) -> AppInstance:
    """Waits until an instance has come to a state, and gives it."""
    until(
        lambda: room.reach(instance)[0].state is state,
        lambda: (room.reach(instance), room.reach(instance)[0].failure),
    )
    return room.reach(instance)[0]


def started(room: AppsService, **request: str) -> AppInstance:
    """Starts an app, and gives it once it answers."""
    one = room.start(StartAppRequest(**{"app": "stub", **request}))
    return come_to(room, one.id, AppState.RUNNING)
