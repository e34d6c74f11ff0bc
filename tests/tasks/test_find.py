"""A person names a task by its id, a part of it, or `last`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.tasks.find import find

IDS = ["20260101t000000000-runs-aaaa", "20260102t000000000-runs-bbbb", "20260103t000000000-builds-cccc"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in [*IDS, "not-a-task", ".trash"]:
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("word", "room", "found"),
    [
        (IDS[0], None, 0),
        ("aaaa", None, 0),
        ("20260102", None, 1),
        ("last", None, 2),
        ("last", "runs", 1),
        ("cccc", None, 2),
    ],
)
def test_a_word_means_one(root: Path, word: str, room: str | None, found: int) -> None:
    assert find(root, word, room) == IDS[found]


@pytest.mark.parametrize(("word", "room"), [("dddd", None), ("cccc", "runs"), ("", None), ("../x", None)])
def test_a_word_means_none(root: Path, word: str, room: str | None) -> None:
    with pytest.raises(NotFound):
        find(root, word, room)


def test_a_word_means_several(root: Path) -> None:
    with pytest.raises(Invalid, match="means 3 tasks"):
        find(root, "2026")


def test_nothing_yet(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no run yet"):
        find(tmp_path / "none", "last", "runs")
