"""A parameters file is read as the engine reads it, or refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.cwl.parameters import Parameters, anchored, names_its_document, read_parameters
from ellip_lab.errors import Invalid, NotFound


def written(folder: Path, text: str | bytes, name: str = "p.yml") -> Path:
    place = folder / name
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("", {}),
        ("# only a comment\n", {}),
        ("a: 1\nb: [x, y]\n", {"a": 1, "b": ["x", "y"]}),
        ("when: 2020-01-01\nsaid: yes\noctal: 010\n", {"when": "2020-01-01", "said": "yes", "octal": 10}),
        ('{"a": {"class": "File", "path": "x"}}', {"a": {"class": "File", "path": "x"}}),
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
    ],
)
def test_yaml_and_json_are_read(tmp_path: Path, text: str, inputs: dict[str, object]) -> None:
    place = written(tmp_path, text)
    assert read_parameters(place) == Parameters(inputs, None)


def test_it_may_name_its_document(tmp_path: Path) -> None:
    place = written(tmp_path, "cwl:tool: doc.cwl#main\na: 1\n")
    assert names_its_document(place)
    assert read_parameters(place) == Parameters({"a": 1}, "doc.cwl#main")
    assert not names_its_document(written(tmp_path, "cwlVersion: v1.2\n", "doc.cwl"))
    assert not names_its_document(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: 1\na: 2\n", 2),
        ("{", 1),
        (b"\x00\x01", None),
        (b"a: \xff", 1),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, line: int | None
) -> None:
    with pytest.raises(Invalid) as caught:
        read_parameters(written(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.line == line
    assert problem.file == str(tmp_path / "p.yml")


@pytest.mark.parametrize("text", ["just text", "[1, 2]", "1: a"])
def test_what_is_no_mapping_of_names_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid, match="must be a mapping"):
        read_parameters(written(tmp_path, text))


def test_aliases_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Invalid) as caught:
        read_parameters(written(tmp_path, "\n".join(lines)))
    assert "aliases" in caught.value.problems[0].message


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        read_parameters(tmp_path / "none.yml")
    with pytest.raises(Invalid):
        read_parameters(tmp_path)


def test_anchored_paths_stand_alone() -> None:
    value = {
        "a": {"class": "File", "path": "x", "secondaryFiles": [{"class": "File", "location": "y"}]},
        "b": ["path"],
    }
    assert anchored(value, Path("/d")) == {
        "a": {"class": "File", "path": "/d/x", "secondaryFiles": [{"class": "File", "location": "/d/y"}]},
        "b": ["path"],
    }
    remote = {"class": "File", "location": "s3://b/k"}
    assert anchored(remote, Path("/d")) == remote
