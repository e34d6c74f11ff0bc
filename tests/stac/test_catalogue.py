"""Reading and checking catalogues, without a network."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.settings import Settings
from ellip_lab.stac.service import StacService

PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def rooms(settings: Settings) -> StacService:
    return StacService(settings)


def item(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [PROJECTION],
        "id": name,
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "bbox": [1, 2, 1, 2],
        "properties": {"datetime": "2020-01-01T00:00:00Z", "proj:code": "EPSG:4326", "proj:shape": [2, 3]},
        "links": [{"rel": "root", "href": "../catalog.json"}, {"rel": "parent", "href": "../catalog.json"}],
        "assets": {"data": {"href": "./data.tif", "roles": ["data"], "type": "image/tiff"}},
        **changes,
    }


def catalogue(folder: Path, *items: dict[str, Any]) -> Path:
    links = [{"rel": "root", "href": "./catalog.json"}]
    for thing in items:
        place = folder / thing["id"]
        place.mkdir(parents=True)
        (place / "data.tif").write_bytes(b"II*\0")
        (place / "item.json").write_text(json.dumps(thing))
        links.append({"rel": "item", "href": f"./{thing['id']}/item.json"})
    folder.mkdir(exist_ok=True)
    whole = {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": "c",
        "description": "d",
        "title": "t",
        "links": links,
    }
    (folder / "catalog.json").write_text(json.dumps(whole))
    return folder


def test_a_catalogue_is_read_by_its_folder_or_its_file(rooms: StacService, tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "c", item("one"), item("two"))
    found = rooms.read(folder)
    assert found == rooms.read(folder / "catalog.json")
    assert (found.id, found.title, found.description, found.more) == ("c", "t", "d", False)
    assert [thing.id for thing in found.items] == ["one", "two"]
    one = found.items[0]
    assert (one.datetime, one.bbox) == ("2020-01-01T00:00:00Z", (1, 2, 1, 2))
    assert one.path == str(folder / "one/item.json")
    assert one.assets[0].href == str(folder / "one/data.tif")
    assert one.assets[0].roles == ("data",)


def test_a_page_of_items_says_that_there_are_more(rooms: StacService, tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "c", item("one"), item("two"))
    found = rooms.read(folder, limit=1)
    assert [thing.id for thing in found.items] == ["one"]
    assert found.more


def test_a_good_catalogue_has_no_problem(rooms: StacService, tmp_path: Path) -> None:
    assert rooms.validate(catalogue(tmp_path / "c", item("one"))) == ()


@pytest.mark.parametrize(
    ("change", "field", "word"),
    [
        ({"bbox": None}, None, "bbox"),
        ({"geometry": {"type": "Circle"}}, "geometry", "valid"),
        ({"properties": {"datetime": "yesterday"}}, None, "cannot be read"),
        (
            {"properties": {"datetime": "2020-01-01T00:00:00Z", "proj:shape": [1]}},
            "properties.proj:shape",
            "short",
        ),
        (
            {"properties": {"datetime": "2020-01-01T00:00:00Z", "proj:code": "32629"}},
            "properties.proj:code",
            "match",
        ),
        ({"assets": {"data": {"href": "./absent.tif"}}}, "data", "not there"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    rooms: StacService, tmp_path: Path, change: dict[str, Any], field: str | None, word: str
) -> None:
    folder = catalogue(tmp_path / "c", item("one", **change))
    problems = [problem for problem in rooms.validate(folder) if problem.severity == "error"]
    assert problems
    assert {problem.file for problem in problems} == {str(folder / "one/item.json")}
    assert any(word in problem.message and field in (None, problem.field) for problem in problems), problems


def test_an_extension_whose_schema_is_not_at_hand_is_told(rooms: StacService, tmp_path: Path) -> None:
    other = "https://example.org/other/v1.0.0/schema.json"
    folder = catalogue(tmp_path / "c", item("one", stac_extensions=[PROJECTION, other]))
    (problem,) = rooms.validate(folder)
    assert problem.severity == "information"
    assert other in problem.message


def test_an_item_of_an_earlier_version_is_checked_as_migrated(rooms: StacService, tmp_path: Path) -> None:
    old = item("one", stac_version="1.0.0", stac_extensions=[])
    assert rooms.validate(catalogue(tmp_path / "c", old)) == ()


def test_a_link_to_the_network_is_not_followed(rooms: StacService, tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "c", item("one"))
    whole = json.loads((folder / "catalog.json").read_text())
    whole["links"].append({"rel": "item", "href": "http://192.0.2.1/item.json"})
    (folder / "catalog.json").write_text(json.dumps(whole))
    with pytest.raises(Invalid, match="on the network"):
        rooms.read(folder)
    assert any("on the network" in problem.message for problem in rooms.validate(folder))


def test_a_catalogue_that_holds_itself_ends(rooms: StacService, tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "c")
    whole = json.loads((folder / "catalog.json").read_text())
    whole["links"].append({"rel": "child", "href": "./catalog.json"})
    (folder / "catalog.json").write_text(json.dumps(whole))
    assert any("child of itself" in problem.message for problem in rooms.validate(folder))


def test_a_missing_item_is_told(rooms: StacService, tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "c", item("one"))
    (folder / "one/item.json").unlink()
    with pytest.raises(Invalid, match=r"item\.json"):
        rooms.read(folder)
    assert any(problem.severity == "error" for problem in rooms.validate(folder))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"type": "Feature"}', '{"type": "Catalog"}'])
def test_what_is_no_catalogue_is_refused(rooms: StacService, tmp_path: Path, text: str) -> None:
    (tmp_path / "catalog.json").write_text(text)
    assert not rooms.is_catalogue(tmp_path)
    with pytest.raises(Invalid, match="no STAC catalogue"):
        rooms.read(tmp_path)


def test_a_catalogue_is_recognised_without_pystac(rooms: StacService, tmp_path: Path) -> None:
    assert rooms.is_catalogue(catalogue(tmp_path / "c"))
    assert not rooms.is_catalogue(tmp_path)
    with pytest.raises(NotFound):
        rooms.read(tmp_path / "absent")
