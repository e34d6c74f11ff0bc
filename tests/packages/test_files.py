"""Putting the package into a workspace: what is missing comes, what was edited stays."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ellip_lab.errors import Conflict, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.packages import demo
from ellip_lab.packages.contract import DemoRequest
from ellip_lab.settings import Settings

URL = "http://127.0.0.1:1/demo/olinda/L7_ETM_OLINDA.json"
OTHER = URL.replace(":1/", ":2/")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_every_file_comes_and_the_parameters_name_the_scene(tmp_path: Path) -> None:
    demo.copy(tmp_path / "a", URL)
    found = snapshot(tmp_path / "a")
    assert sorted(found) == demo.files()
    assert {"data/green.tif", "data/red.tif", "data/nir.tif", "data/L7_ETM_OLINDA.json"} <= set(found)
    assert f"item: {URL}\n".encode() in found["olinda.yml"]
    found.pop("olinda.yml")
    assert all(data == (demo.SHIPPED / name).read_bytes() for name, data in found.items())


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    demo.copy(tmp_path, URL)
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in demo.files()}
    demo.copy(tmp_path, URL)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in demo.files()} == before


def test_what_was_edited_stays_and_what_is_missing_comes_back(tmp_path: Path) -> None:
    demo.copy(tmp_path, URL)
    (tmp_path / "water-bodies.cwl").write_text("mine")
    (tmp_path / "olinda.yml").write_text("item: https://example.org/item.json\naoi: 1,2,3,4\n")
    (tmp_path / "README.md").unlink()
    demo.copy(tmp_path, OTHER)
    assert (tmp_path / "water-bodies.cwl").read_text() == "mine"
    assert (tmp_path / "olinda.yml").read_text() == "item: https://example.org/item.json\naoi: 1,2,3,4\n"
    assert (tmp_path / "README.md").exists()


def test_the_place_of_the_scene_follows_the_store_and_nothing_else_changes(tmp_path: Path) -> None:
    demo.copy(tmp_path, URL)
    (tmp_path / "olinda.yml").write_text(f"aoi: 1,2,3,4\nitem: {URL}\n# mine\n")
    demo.copy(tmp_path, OTHER)
    assert (tmp_path / "olinda.yml").read_text() == f"aoi: 1,2,3,4\nitem: {OTHER}\n# mine\n"


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    with pytest.raises(Conflict, match="in the way"):
        demo.copy(tmp_path / "a", URL)
    assert (tmp_path / "a").read_text() == "mine"


def test_without_a_store_nothing_is_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="object store is not installed"):
        Lab(settings).packages.demo(DemoRequest())
    assert list(settings.root.iterdir()) == []


def test_the_scene_is_where_the_parameters_say(house: Lab) -> None:
    import json
    import urllib.request

    package = house.packages.demo(DemoRequest(folder="somewhere/else"))
    assert package.folder == str(house.settings.root / "somewhere/else")
    line = next(
        line for line in Path(package.parameters).read_text().splitlines() if line.startswith("item:")
    )
    with urllib.request.urlopen(line.removeprefix("item: "), timeout=10) as reply:
        item = json.load(reply)
    assert item["id"] == "L7_ETM_OLINDA"
    assert set(item["assets"]) == {"green", "red", "nir"}
    assert socket.gethostbyname(line.split("/")[2].split(":")[0]) == "127.0.0.1"
