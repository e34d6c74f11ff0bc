"""What is put into a text is there, and nothing else of the text has changed."""

from __future__ import annotations

import copy
import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ellip_lab.cwl import inserting
from ellip_lab.cwl.marked import Marked

ROOT = Path(__file__).parents[2]
GOOD = sorted(
    [
        *(ROOT / "tests/cwl/documents").glob("*.cwl"),
        *(ROOT / "tests/runs/documents").glob("*.cwl"),
        *(ROOT / "tests/conformance/documents").glob("*.cwl"),
        ROOT / "ellip_lab/packages/water-bodies/water-bodies.cwl",
    ]
)
VALUES: list[Any] = [
    "plain words",
    "a: b # c",
    "two\nlines\n",
    {"class": "X", "deep": {"doc": "one\n\ntwo", "list": [1, True, None]}},
    [{"class": "A"}, {"class": "B", "in": ["x", "[y]"]}],
    {},
    ["1.10", "yes", "-", "--output=x", "", "1.2.3", "$(inputs.x)"],
]


def loaded(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, data
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in parts:
        if isinstance(key, str) or (isinstance(data, list) and isinstance(key, int)):
            yield from places(value, (*path, key))


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def written(text: str, path: tuple[str | int, ...]) -> str:
    node = Marked(text).at(path)
    assert node is not None
    return text[node.start : node.end]


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if line.lstrip().startswith("#")]


def untouched(before: str, after: str) -> None:
    """Every line that was there is there, but those that hold what was replaced."""
    lost = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]
    assert len(lost) <= 1, lost
    assert comments(before) == comments(after)


@pytest.mark.parametrize("document", GOOD, ids=lambda file: file.stem)
def test_everywhere_in_every_good_document(document: Path) -> None:
    text = document.read_text()
    data = loaded(text)
    turn = 0
    for path, node in places(data):
        turn += 1
        value = VALUES[turn % len(VALUES)]
        expected = copy.deepcopy(data)
        if isinstance(node, dict):
            edits = inserting.put(text, path, "new", value, after=(None, ("class", "id"), ())[turn % 3])
            at(expected, path)["new"] = value
        elif isinstance(node, list):
            edits = inserting.append(text, path, value)
            at(expected, path).append(value)
        else:
            continue
        after = inserting.apply(text, edits)
        assert loaded(after) == expected, (path, after)
        untouched(text, after)


@pytest.mark.parametrize("document", GOOD, ids=lambda file: file.stem)
def test_every_value_replaced(document: Path) -> None:
    text = document.read_text()
    data = loaded(text)
    for turn, (path, _) in enumerate(places(data)):
        if not path or "&" in written(text, path):
            # what an alias names is not taken away
            continue
        value = VALUES[turn % len(VALUES)]
        expected = copy.deepcopy(data)
        at(expected, path[:-1])[path[-1]] = value
        after = inserting.apply(text, inserting.replace(text, path, value))
        assert loaded(after) == expected, (path, after)


@pytest.mark.parametrize("document", GOOD, ids=lambda file: file.stem)
def test_a_requirement_of_every_process(document: Path) -> None:
    text = document.read_text()
    data = loaded(text)
    for path, node in places(data):
        if not isinstance(node, dict) or node.get("class") not in ("Workflow", "CommandLineTool"):
            continue
        after = inserting.apply(text, inserting.require(text, path, "NetworkAccess", {"networkAccess": True}))
        known = at(loaded(after), path)["requirements"]
        entry = (
            next(one for one in known if one["class"] == "NetworkAccess")
            if isinstance(known, list)
            else known["NetworkAccess"]
        )
        assert entry.get("networkAccess") is not None
        untouched(text, after)
        # what is there already is left alone
        assert not inserting.require(after, path, "NetworkAccess", {"networkAccess": False})


STYLES = {
    "absent": ("class: Workflow\nid: a\ndoc: x # said\nsteps: []\n", 5),
    "mapping": ("requirements:\n  A: {}  # a\n\n# behind\nsteps: []\n", 3),
    "list": ("requirements:\n- class: A\n  x: 1\n# behind\nsteps: []\n", 4),
    "indented list": ("requirements:\n    - class: A\nsteps: []\n", 3),
    "flow mapping": ("requirements: {A: {}}\nsteps: []\n", 1),
    "flow list": ("requirements: [{class: A}] # a\nsteps: []\n", 1),
    "empty mapping": ("requirements: {}\nsteps: []\n", 2),
    "empty list": ("requirements: [] # none\nsteps: []\n", 2),
    "nothing": ("requirements: # later\nsteps: []\n", 2),
    "null": ("requirements: null\nsteps: []\n", 2),
    "json": ('{\n  "class": "Workflow",\n  "requirements": [\n    {"class": "A"}\n  ]\n}\n', 5),
    "json on one line": ('{"class": "Workflow", "steps": []}', 1),
    "no line break at the end": ("steps: []\nrequirements:\n  A: {}", 4),
    "kept blank lines": ("requirements:\n  A:\n    x: |+\n      y\n\n\nsteps: []\n", 7),
    "windows": ("requirements:\r\n  A: {} # a\r\nsteps: []\r\n", 3),
    "mark": ("\ufeffrequirements: {A: {}}\nsteps: []\n", 1),
    "alias": ("x-r: &r\n  A: {}\nrequirements: *r\nsteps: []\n", 3),
    "braces over lines": ("requirements: {\n  A: {}, # a\n  B: {x: 1} # b\n}\nsteps: []\n", 4),
    "comma at the end": ("requirements: {\n  A: {},\n}\nsteps: []\n", 3),
}


@pytest.mark.parametrize("style", STYLES)
def test_requirements_of_every_style(style: str) -> None:
    text, line = STYLES[style]
    edits = inserting.require(text, [], "DockerRequirement", {"dockerPull": "alpine:3.20"})
    after = inserting.apply(text, edits)
    known = loaded(after)["requirements"]
    if isinstance(known, list):
        assert {"class": "DockerRequirement", "dockerPull": "alpine:3.20"} in known
    else:
        assert known["DockerRequirement"] == {"dockerPull": "alpine:3.20"}
        del known["DockerRequirement"]
    before = loaded(text)
    if before.get("requirements"):
        assert (known[:-1] if isinstance(known, list) else known) == before["requirements"]
    written = Marked(after)
    offset = after.index("DockerRequirement")
    assert written.place(offset)[0] == line, after
    assert comments(text) == comments(after)
    if style == "windows":
        assert after.count("\n") == after.count("\r\n")
    if style.startswith("json"):
        json.loads(after)


def test_a_field_goes_behind_those_that_are_named() -> None:
    text = "class: Workflow # what\nsteps: []\n"
    put = inserting.put(text, [], "label", "Map: water", after=("id", "class"))
    assert inserting.apply(text, put) == 'class: Workflow # what\nlabel: "Map: water"\nsteps: []\n'
    first = inserting.put(text, [], "id", "main", after=())
    assert inserting.apply(text, first) == "id: main\nclass: Workflow # what\nsteps: []\n"


def test_what_is_missing_on_the_way_is_made() -> None:
    text = "steps:\n    - id: a\n      run: x.cwl\n"
    edits = inserting.put(text, ["steps", 0, "in"], "x", {"source": "y"})
    assert (
        inserting.apply(text, edits)
        == text.removesuffix("\n") + "\n      in:\n        x:\n          source: y\n"
    )


def test_a_place_that_is_not_there() -> None:
    for path in (("steps", 3, "in"), ("class", "x")):
        with pytest.raises(inserting.Unplaced):
            inserting.put("class: Workflow\nsteps: []\n", path, "x", 1)
    with pytest.raises(inserting.Unplaced):
        inserting.append("class: Workflow\n", ["class"], 1)
    with pytest.raises(ValueError, match="expected"):
        inserting.put("a: [", [], "x", 1)


def test_edits_that_overlap_are_refused() -> None:
    edit = {"line": 1, "column": 1, "end_line": 1, "end_column": 4, "text": ""}
    with pytest.raises(ValueError, match="overlap"):
        inserting.apply("abcdef", [edit, {**edit, "column": 3, "end_column": 5}])
