"""Walks the grid of the house: every path can be guessed, and no verb is one-sided.

A room has a browser side when `src/<room>/` is there; then every cell of its row must be. What is on purpose
not on every side stands in the tables below, each with its reason; an entry that is no longer needed fails too.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from ellip_lab.server.routes import TABLE

ROOT = Path(__file__).resolve().parent.parent
GROUND = {"kit", "__tests__"}
ROOMS = sorted(path.name for path in (ROOT / "src").iterdir() if path.is_dir() and path.name not in GROUND)
EVERY_ROOM = sorted(path.parent.name for path in (ROOT / "ellip_lab").glob("*/contract.py"))

CELLS = {
    "words": "ellip_lab/{room}/contract.py",
    "verbs": "ellip_lab/{room}/service.py",
    "server door": "ellip_lab/server/{room}.py",
    "CLI door": "ellip_lab/cli/{room}.py",
    "browser verbs": "src/{room}/client.ts",
    "browser room": "src/{room}/index.ts",
    "settings": "schema/{room}.json",
    "tests": "tests/{room}/test_*.py",
    "browser test": "ui-tests/tests/{room}.spec.ts",
    "page": "docs/{room}.md",
}

NOT_OVER_HTTP = {
    ("apps", "base"): "the server says it of itself",
    ("apps", "end"): "the server does it by itself when it ends",
    ("apps", "reach"): "the proxy's: a browser opens the path of an instance",
    ("containers", "find"): "runs ask for the engine they use",
    ("containers", "list"): "the engine's facts have every choice; runs tell theirs",
    ("containers", "image_label"): "the demo's, to know whether its image is up to date",
    ("containers", "build_image"): "the demo's, before the Lab starts; a browser's build is a task",
    ("containers", "image_from_debian"): "the demo's, where no registry answers",
    ("containers", "script"): "a notebook's: the kernel runs it",
    ("cwl", "validate_inputs"): "runs.start asks it: a form is checked when it is sent",
    ("cwl", "pack"): "runs keeps the packed document as provenance",
    ("cwl", "software"): "a run without containers asks for it, through the hall",
    ("cwl", "ask"): "other rooms look at a document with it, as packages does for its rules",
    ("cwl", "docker_pulls"): "room containers asks for it, through the hall",
    ("packages", "demo_image"): "it takes minutes and is made once, by `ellip demo` before the Lab starts",
    ("runs", "handle"): "a run in hand is Python's; a browser has its id",
    ("runs", "wait"): "a browser hears of the end by an event",
    ("runs", "output_object"): "it is a field of what show gives",
    ("runs", "catalogue"): "it gives a pystac object to a notebook",
    ("s3", "sweep_uploads"): "the server does it by itself",
    ("s3", "walk"): "a terminal lists everything; a browser asks for pages",
    ("s3", "transfer_now"): "a run's own process carries it out; a door starts a task",
    ("s3", "transfer_refusal"): "a door of the server looks before it starts",
    ("s3", "start_store"): "it starts when its connection is first used; by hand from a terminal",
    ("s3", "show_store"): "the connection `local` says what a browser needs",
    ("s3", "stop_store"): "it ends with its last user; by hand from a terminal",
    ("s3", "release_store"): "the server does it by itself when it ends",
    ("s3", "kept_endpoint"): "a run asks for it, to know what its inputs name",
    ("s3", "keep_bucket"): "the demo's; a browser makes a bucket",
    ("s3", "take_back"): "a run's own process undoes with it what it has begun",
    ("s3", "put"): "the demo's; a browser writes, uploads or transfers",
    ("toolboxes", "activation"): "a terminal's and a run's: a browser opens a terminal or a kernel",
    ("toolboxes", "resolve"): "a run asks for it, through the hall",
    ("tasks", "start"): "a task is started by a room, never by a browser: its command would be anyone's",
    ("tasks", "directory"): "a place on the disk is for the rooms",
    ("tasks", "data"): "the request of a task is for the room that made it",
    ("tasks", "wait"): "a browser hears of the end by an event",
    ("tasks", "recover"): "the server does it by itself",
    ("tasks", "pump"): "the server does it by itself",
    ("tasks", "renew_warm"): "the server does it by itself, when the settings of a cluster are saved",
    ("tasks", "watch"): "it becomes the events of the server door",
}
"""Verbs of a service that have no route."""

NO_CELL: dict[tuple[str, str], str] = {}
"""Cells that a room with a browser side does without."""


def verbs_of_service(room: str) -> set[str]:
    """Gives the public methods of the room's service, read without importing it."""
    tree = ast.parse((ROOT / "ellip_lab" / room / "service.py").read_text(encoding="utf-8"))
    [service] = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == f"{room.capitalize()}Service"
    ]
    return {
        node.name
        for node in service.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not node.decorator_list
    }


def verbs_of_door(room: str) -> set[str]:
    """Gives the verbs of the room's routes."""
    return {route.name for route in TABLE if route.room == room}


def verbs_of_client(room: str) -> set[str]:
    """Gives the public methods of the room's client in the browser."""
    text = (ROOT / "src" / room / "client.ts").read_text(encoding="utf-8")
    body = text[text.index("export class ") :]
    body = body[: body.index("\n}")]
    return set(re.findall(r"^  (?:async )?(\w+)(?:<[^>]*>)?\(", body, re.M)) - {"constructor"}


def camel(verb: str) -> str:
    first, *rest = verb.split("_")
    return first + "".join(word.capitalize() for word in rest)


def test_there_is_a_house_to_walk() -> None:
    assert {"cwl", "packages", "runs"} <= set(ROOMS)
    assert {"apps", "containers", "cwl", "packages", "runs", "s3", "stac", "tasks", "toolboxes"} <= set(
        EVERY_ROOM
    )


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("room", ROOMS)
def test_no_cell_is_missing(room: str, cell: str) -> None:
    pattern = CELLS[cell].format(room=room)
    there = list(ROOT.glob(pattern))
    if (room, cell) in NO_CELL:
        assert not there, f"{pattern} is there: take it out of NO_CELL"
    else:
        assert there, f"room {room} has no {cell}: {pattern}"


@pytest.mark.parametrize("room", EVERY_ROOM)
def test_every_room_is_whole(room: str) -> None:
    for pattern in ("ellip_lab/{room}/service.py", "tests/{room}/test_*.py", "docs/{room}.md"):
        assert list(ROOT.glob(pattern.format(room=room))), pattern.format(room=room)
    assert verbs_of_service(room), "a room without a verb is not a room"


@pytest.mark.parametrize("room", sorted({route.room for route in TABLE} - {"openapi.json"}))
def test_the_door_has_no_verb_of_its_own(room: str) -> None:
    assert importlib.import_module(f"ellip_lab.server.{room}").ROUTES
    service, door = verbs_of_service(room), verbs_of_door(room)
    assert door <= service, f"no verb of the service: {door - service}"
    kept = {verb for there, verb in NOT_OVER_HTTP if there == room}
    assert service - door == kept, f"one-sided: {(service - door) ^ kept}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_browser_has_the_same_verbs(room: str) -> None:
    assert verbs_of_client(room) == {camel(verb) for verb in verbs_of_door(room)}


@pytest.mark.parametrize("room", ROOMS)
def test_the_plugin_has_the_rooms_name(room: str) -> None:
    text = (ROOT / "src" / room / "index.ts").read_text(encoding="utf-8")
    assert f"ellip-lab:{room}" in text


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_hangs_under_its_room(route: object) -> None:
    path, room = getattr(route, "path", ""), getattr(route, "room", "")
    assert path.startswith(f"/{room}")
    assert room in {*EVERY_ROOM, "openapi.json"}
