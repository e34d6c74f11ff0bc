"""An update puts back what a toolbox has lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.toolboxes.contract import ChangeKind, ToolboxQuery, ToolboxState, ToolboxUpdate

from .conftest import Room

WORDS = "share/hello-eo/words"


def healthy(room: Room) -> None:
    """Checks that the toolbox is whole, and that nothing was written into the cache, which has the same files."""
    found = room.service.show(ToolboxQuery(name="eo"))
    assert (found.state, found.reason) == (ToolboxState.READY, None)
    assert room.versions() == {"hello-eo": "2.0", "eo-data": "1.0"}
    assert (room.folder / "eo" / WORDS).read_text() == "words of 2.0\n"
    for place in (room.folder / ".cache/pkgs").glob("hello-eo-*-0"):
        version = place.name.split("-")[2]
        assert (place / WORDS).read_text() == f"words of {version}\n"
        assert str(room.folder / "eo") not in (place / "bin/hello-eo").read_text()


def test_a_file_that_is_gone_is_back(room: Room) -> None:
    room.install()
    (room.folder / "eo" / WORDS).unlink()
    (room.folder / "eo/bin/hello-eo").unlink()
    plan = room.service.plan_update(ToolboxUpdate(name="eo"))
    assert [(one.name, one.kind, one.before) for one in plan.changes] == [
        ("hello-eo", ChangeKind.REPLACE, "2.0")
    ]
    assert (plan.kept, plan.download) == (1, 0)
    room.update()
    healthy(room)
    assert f"{room.folder}/eo" in (room.folder / "eo/bin/hello-eo").read_text()
    assert room.service.plan_update(ToolboxUpdate(name="eo")).changes == ()


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", None])
def test_a_record_that_cannot_be_read_is_made_anew(room: Room, damage: str | None) -> None:
    room.install()
    [place] = (room.folder / "eo/conda-meta").glob("hello-eo-*.json")
    if damage is None:
        place.unlink()
    else:
        place.write_text(damage)
    room.update()
    healthy(room)


def test_a_damaged_record_of_what_is_replaced_does_not_stay(room: Room, tmp_path: Path) -> None:
    room.install("hello-eo 1.*")
    [place] = (room.folder / "eo/conda-meta").glob("hello-eo-*.json")
    place.write_bytes(b"\xff\xfe")
    before = tmp_path / "before"
    before.hardlink_to(room.folder / "eo/bin/hello-eo")
    room.update(add=("hello-eo",))
    healthy(room)
    assert "hello-eo 1.0" in before.read_text(), "the old toolbox, which would come back, has its own"
    assert not place.exists()
