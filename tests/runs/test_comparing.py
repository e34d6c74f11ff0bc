"""Two runs are compared by what they have given: hand-made outputs of many kinds, and real runs."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Conflict
from ellip_lab.lab import Lab
from ellip_lab.runs.comparing import compare
from ellip_lab.runs.comparison import CompareQuery, Comparison, verdict
from ellip_lab.runs.contract import Run, RunRequest
from ellip_lab.settings import Settings
from ellip_lab.stac.service import StacService
from ellip_lab.tasks.contract import State

Perform = Callable[..., Run]

ITEM: dict[str, Any] = {
    "type": "Feature", "stac_version": "1.0.0", "stac_extensions": ["b", "a"], "id": "scene-1",
    "geometry": {"type": "Point", "coordinates": [10.1, 50.2]}, "bbox": [10.1, 50.2, 10.1, 50.2],
    "properties": {"datetime": "2026-01-02T03:04:05Z", "created": "2026-11-01T00:00:00Z", "water": 0.25},
    "links": [{"rel": "root", "href": "../catalog.json"}, {"rel": "self", "href": "/nowhere/scene-1.json"}],
    "assets": {
        "mask": {"href": "./mask.bin", "type": "image/tiff", "roles": ["data", "visual"], "file:size": 3},
        "far": {"href": "https://example.org/far.tif"},
    },
}  # fmt: skip
CATALOG: dict[str, Any] = {
    "type": "Catalog", "stac_version": "1.0.0", "id": "results", "description": "Results",
    "links": [{"rel": "item", "href": "./scene-1/scene-1.json"}, {"rel": "item", "href": "./scene-2.json"}],
}  # fmt: skip

Pair = Callable[[Any, Any], Comparison]
Shown = list[tuple[str, str, str | None, str | None]]


def shown(found: Comparison) -> Shown:
    """Gives the differences without their words."""
    return [(one.place, one.kind.value, one.left, one.right) for one in found.differences]


def run_of(outputs: dict[str, Any], id_: str, **more: Any) -> Run:
    fields: dict[str, Any] = {
        "id": id_, "name": "r", "state": State.DONE, "document": "d.cwl", "engine": "cwltool", "container": "none",
        "created": datetime.now(UTC), "outdir": "/", "request": RunRequest(document="d.cwl"),
        "output_object": outputs,
    }  # fmt: skip
    return Run(**{**fields, **more})


def compared(left: dict[str, Any], right: dict[str, Any], **more: Any) -> Comparison:
    one = run_of(left, "20260102t030405678-runs-0001", **more)
    return compare(one, run_of(right, "20260102t030405678-runs-0002"), StacService(Settings()))


def file(place: Path, text: str | bytes, **more: Any) -> dict[str, Any]:
    """Makes a file, and gives it as engines do."""
    place.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    place.write_bytes(data)
    checksum = f"sha1${hashlib.sha1(data, usedforsecurity=False).hexdigest()}"
    return {"class": "File", "location": place.as_uri(), "basename": place.name, "size": len(data),
            "checksum": checksum, **more}  # fmt: skip


def folder(place: Path, files: dict[str, str]) -> dict[str, Any]:
    for name, text in files.items():
        file(place / name, text)
    return {"class": "Directory", "location": place.as_uri(), "basename": place.name}


def catalogue(
    place: Path, change: Callable[[dict[str, Any], dict[str, Any]], Any] | None = None, mask: str = "abc"
) -> dict[str, Any]:
    """Makes a catalogue of two Items; `change` gets the first Item and the catalogue before they are written."""
    item, root = copy.deepcopy(ITEM), copy.deepcopy(CATALOG)
    if change:
        change(item, root)
    other = {**copy.deepcopy(ITEM), "id": "scene-2", "assets": {}}
    return folder(
        place / "catalog",
        {
            "catalog.json": json.dumps(root),
            "scene-1/scene-1.json": json.dumps(item),
            "scene-1/mask.bin": mask,
            "scene-2.json": json.dumps(other),
            "README": "read me",
        },
    )


def test_the_same_whatever_the_place(tmp_path: Path) -> None:
    sides = [
        {
            "f": file(tmp_path / side / "deep" / "a.txt", "text"),
            "d": folder(tmp_path / side / "d", {"x/y": "1", "z": "2"}),
            "c": catalogue(tmp_path / side),
            "n": [1, 2.5, None, True, {"a": "b"}],
        }
        for side in ("left", "right")
    ]
    found = compared(*sides)
    assert found.same, found.differences
    assert (found.outputs, found.files, found.items, found.count, found.notes) == (4, 5, 2, 0, ())
    assert (
        verdict(found)
        == "the same: 4 outputs, 5 files, 2 STAC items compared (cwltool, none | cwltool, none)"
    )


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, [("b", "missing", "2", None)]),
        ({"a": 1}, {"a": 1, "c": "x"}, [("c", "missing", None, "x")]),
        ({"a": 1}, {"a": 2}, [("a", "value", "1", "2")]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, []),
        ({"a": 1}, {"a": True}, [("a", "class", "a number", "a boolean")]),
        ({"a": "1"}, {"a": 1}, [("a", "class", "a text", "a number")]),
        ({"a": [1, 2]}, {"a": [1]}, [("a", "value", "2", "1")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a/0", "value", "1", "2"), ("a/1", "value", "2", "1")]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [("a/b/c", "value", "1", "2")]),
    ],
)
def test_values(left: dict[str, Any], right: dict[str, Any], expected: Shown) -> None:
    found = compared(left, right)
    assert shown(found) == expected
    assert found.same == (not expected)


def test_files(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    one = file(left / "a.txt", "one", format="f:1", secondaryFiles=[file(left / "a.idx", "1")])
    two = file(right / "b.txt", "two!", secondaryFiles=[file(right / "a.idx", "2"), file(right / "a.x", "")])
    found = compared({"f": one, "g": one}, {"f": two, "g": None})
    sums = [hashlib.sha256(text).hexdigest()[:16] for text in (b"one", b"two!", b"1", b"2")]
    assert shown(found) == [
        ("f", "name", "a.txt", "b.txt"),
        ("f", "metadata", "f:1", "null"),
        ("f", "content", f"3 B, sha256 {sums[0]}", f"4 B, sha256 {sums[1]}"),
        ("f/a.idx", "content", f"1 B, sha256 {sums[2]}", f"1 B, sha256 {sums[3]}"),
        ("f/a.x", "missing", None, "a.x"),
        ("g", "class", "a File", "null"),
    ]


def test_folders(tmp_path: Path) -> None:
    left = folder(
        tmp_path / "left" / "d", {"same": "s", "old name": "long text", "x/only": "1", "other": "a"}
    )
    right = folder(
        tmp_path / "right" / "d", {"same": "s", "x/new name": "long text", "more": "22", "other": "b"}
    )
    found = shown(compared({"d": left}, {"d": right}))
    assert [(place, kind) for place, kind, *_ in found] == [
        ("d/other", "content"), ("d/old name", "name"), ("d/x/only", "missing"), ("d/more", "missing"),
    ]  # fmt: skip
    assert found[1][2:] == ("old name", "x/new name")
    assert found[2][2:] == ("1 B", None)
    assert found[3][2:] == (None, "2 B")


def test_outputs_that_are_not_there_any_more(tmp_path: Path) -> None:
    left, right = file(tmp_path / "l/f", "same"), file(tmp_path / "r/f", "same")
    other = file(tmp_path / "r/g", "other")
    gone = folder(tmp_path / "l/d", {"a": "1"})
    shutil.rmtree(tmp_path / "l")
    found = compared({"f": left, "g": left}, {"f": right, "g": {**other, "basename": "f"}})
    assert [(one.place, one.kind.value) for one in found.differences] == [("g", "content")], "by the record"
    there = folder(tmp_path / "r/d", {"a": "1"})
    found = compared({"d": gone}, {"d": there}, published="s3://eo@b/run/")
    assert shown(found) == [("d", "gone", None, None)]
    assert "s3://eo@b/run/" in found.differences[0].words
    assert "on the left" in found.differences[0].words


def changed(path: str, value: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    """Gives a change of an Item (or of the catalogue, `@...`): a field set, or taken away with None."""

    def change(item: dict[str, Any], root: dict[str, Any]) -> None:
        *names, last = path.lstrip("@").split("/")
        target = root if path.startswith("@") else item
        for name in names:
            target = target[name]
        if value is None:
            del target[last]
        else:
            target[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/created", "2027-01-01T00:00:00Z"),
        ("properties/updated", "2027-01-01T00:00:00Z"),
        ("properties/datetime", "2026-01-02T04:04:05.000+01:00"),
        ("geometry/coordinates", [10.1000000000001, 50.2]),
        ("stac_extensions", ["a", "b"]),
        ("assets/mask/roles", ["visual", "data"]),
        ("assets/mask/href", "/tmp/work/catalog/scene-1/mask.bin"),
        ("assets/mask/file:size", 4),
        ("links", [{"rel": "root", "href": "https://elsewhere.example/catalog.json"}]),
        ("@links", [*reversed(CATALOG["links"])]),
    ],
)  # fmt: skip
def test_items_that_say_the_same(tmp_path: Path, path: str, value: Any) -> None:
    found = compared({"c": catalogue(tmp_path / "l")}, {"c": catalogue(tmp_path / "r", changed(path, value))})
    assert found.same, found.differences
    assert found.items == 2


@pytest.mark.parametrize(
    ("path", "value", "place", "kind"),
    [
        ("id", "other", "c#scene-1", "missing"),
        ("geometry/coordinates", [10.2, 50.2], "c#scene-1/geometry", "metadata"),
        ("bbox", [10, 50, 11, 51], "c#scene-1/bbox", "metadata"),
        ("bbox", None, "c#scene-1/bbox", "missing"),
        ("properties/datetime", "2026-01-02T03:04:06Z", "c#scene-1/properties/datetime", "metadata"),
        ("properties/water", 0.26, "c#scene-1/properties/water", "metadata"),
        ("properties/water", None, "c#scene-1/properties/water", "missing"),
        ("properties/more", [1], "c#scene-1/properties/more", "missing"),
        ("links", [], "c#scene-1/links", "metadata"),
        ("assets/mask", None, "c#scene-1/assets/mask", "missing"),
        ("assets/mask/href", "./gone.bin", "c#scene-1/assets/mask", "missing"),
        ("assets/mask/type", "image/png", "c#scene-1/assets/mask/type", "metadata"),
        ("assets/mask/roles", ["data"], "c#scene-1/assets/mask/roles", "metadata"),
        ("assets/far/href", "https://example.org/other.tif", "c#scene-1/assets/far/href", "metadata"),
        ("@id", "other", "c#/id", "metadata"),
        ("@links", CATALOG["links"][:1], "c#scene-2", "missing"),
    ],
)
def test_items_that_differ(tmp_path: Path, path: str, value: Any, place: str, kind: str) -> None:
    found = compared({"c": catalogue(tmp_path / "l")}, {"c": catalogue(tmp_path / "r", changed(path, value))})
    assert not found.same
    assert found.differences[0].place == place
    assert found.differences[0].kind == kind


def test_the_file_of_an_asset_is_compared_by_its_content(tmp_path: Path) -> None:
    found = compared({"c": catalogue(tmp_path / "l")}, {"c": catalogue(tmp_path / "r", mask="abd")})
    assert [(one.place, one.kind.value) for one in found.differences] == [
        ("c#scene-1/assets/mask", "content")
    ]


def test_an_item_is_found_by_its_id_wherever_it_lies(tmp_path: Path) -> None:
    left, right = catalogue(tmp_path / "l"), catalogue(tmp_path / "r")
    root = tmp_path / "r" / "catalog"
    (root / "scene-2.json").rename(root / "moved.json")
    links = [CATALOG["links"][0], {"rel": "item", "href": "moved.json"}]
    (root / "catalog.json").write_text(json.dumps({**CATALOG, "links": links}))
    found = compared({"c": left}, {"c": right})
    assert found.same, found.differences


def test_documents_that_are_files(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": None}
    features = [feature, {**feature, "properties": {"a": 2}}, {**feature, "id": "x"}]
    collection = {"type": "FeatureCollection", "features": features}

    def pair(name: str, left: Any, right: Any) -> Comparison:
        one = file(tmp_path / "l" / name, json.dumps(left))
        return compared({"f": one}, {"f": file(tmp_path / "r" / name, json.dumps(right, indent=1))})

    found = pair("f.geojson", collection, {**collection, "features": features[::-1]})
    assert found.same, "the order of the features says nothing"
    assert [(one.place, one.words) for one in found.notes] == [
        ("f", "other bytes, and the documents say the same")
    ]
    found = pair("f.geojson", collection, {**collection, "features": [*features[:2], {**feature, "id": "y"}]})
    assert [one.place for one in found.differences] == ["f#x", "f#y"]
    found = pair("f.geojson", collection, {**collection, "features": features[1:]})
    assert [(one.place, one.kind.value) for one in found.differences] == [("f#", "missing")]
    assert pair("a.json", {"a": [1, 2.0]}, {"a": [1, 2]}).same
    assert not pair("a.json", {"a": [1, 2]}, {"a": [2, 1]}).same
    assert pair("item.json", ITEM, {**ITEM, "properties": {**ITEM["properties"], "updated": "now"}}).same
    found = pair("item.json", ITEM, {**ITEM, "bbox": [0, 0, 1, 1]})
    assert [one.place for one in found.differences] == ["f#/bbox"]


def test_rasters_of_the_same_pixels(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    np = pytest.importorskip("numpy")
    from rasterio.transform import from_origin

    def raster(name: str, value: float, compress: str, west: float = 10) -> dict[str, Any]:
        data = np.full((1, 64, 64), value, dtype="float32")
        data[0, 0, 0] = np.nan
        place = tmp_path / name / "mask.tif"
        place.parent.mkdir()
        with rasterio.open(
            place, "w", driver="GTiff", width=64, height=64, count=1, dtype="float32", crs="EPSG:4326",
            transform=from_origin(west, 50, 0.1, 0.1), compress=compress,
        ) as written:  # fmt: skip
            written.write(data)
        return {"class": "File", "location": place.as_uri(), "basename": "mask.tif"}

    first = raster("a", 1, "deflate")
    found = compared({"f": first}, {"f": raster("b", 1, "lzw")})
    assert found.same
    assert [(one.place, one.words) for one in found.notes] == [("f", "other bytes, and the same pixels")]
    for other in (raster("c", 2, "deflate"), raster("d", 1, "deflate", west=11)):
        found = compared({"f": first}, {"f": other})
        assert [(one.place, one.words) for one in found.differences] == [("f", "the pixels differ")]
        assert not found.notes


def test_two_runs(lab: Lab, perform: Perform) -> None:
    runs = [perform("catalogue.cwl") for _ in range(2)]
    found = lab.runs.compare(runs[0].id, CompareQuery(other=runs[1].id))
    assert found.same, found.differences
    assert found.left_engine == "cwltool, none"
    assert found.files
    catalog = next(one for one in runs[1].outputs if one.path)
    extra = Path(str(catalog.path), "extra.txt")
    extra.write_text("x")
    found = lab.runs.compare(runs[0].id, CompareQuery(other=runs[1].id))
    assert shown(found) == [(f"{catalog.name}/extra.txt", "missing", None, "1 B")]


@pytest.mark.parametrize("state", [State.RUNNING, State.FAILED])
def test_a_run_that_is_not_done_is_not_compared(state: State) -> None:
    with pytest.raises(Conflict, match=f"0001 is {state.value}: it has no outputs"):
        compared({}, {}, state=state)
