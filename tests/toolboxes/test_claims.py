"""A name has one work at a time, whoever comes when."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ellip_lab.errors import Conflict
from ellip_lab.tasks.contract import State
from ellip_lab.toolboxes import claims
from ellip_lab.toolboxes.contract import ToolboxWork, ToolboxWorkQuery
from ellip_lab.toolboxes.works import Works

from .conftest import Room

ROUNDS = 300
CLAIMANTS = 4
OLD = "ended"
"""A task that has ended and left its claim behind."""


def at_once(folder: Path) -> list[str]:
    """Has several tasks claim one name at the same moment, and gives those that got it."""
    barrier = threading.Barrier(CLAIMANTS)
    got: list[str] = []

    def claimant(task: str) -> None:
        barrier.wait()
        try:
            claims.claim(folder, "eo", task, lambda holder: holder == OLD)
        except Conflict:
            return
        got.append(task)

    threads = [threading.Thread(target=claimant, args=(f"task-{number}",)) for number in range(CLAIMANTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


@pytest.fixture
def often() -> Iterator[None]:
    """Has threads take turns often, so that the moments between two steps are met."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("left", [None, OLD])
@pytest.mark.usefixtures("often")
def test_of_many_at_once_one_gets_the_name(tmp_path: Path, left: str | None) -> None:
    for _ in range(ROUNDS):
        if left:
            (tmp_path / "eo").write_text(left)
        got = at_once(tmp_path)
        assert len(got) == 1, got
        assert claims.held(tmp_path) == {"eo": got[0]}
        claims.release(tmp_path, "eo", got[0])
        assert not list(tmp_path.iterdir())


def test_a_name_is_taken_while_its_task_is_being_made(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    agree, met = Works._agree, list[Exception]()

    def again(works: Works, kind: object, claim: str) -> None:
        """Asks for the same once more, between the claim of the first and its record."""
        monkeypatch.setattr(Works, "_agree", agree)
        monkeypatch.setattr(Works, "_free", lambda *_: None)  # as one that has looked a moment earlier
        with pytest.raises(Conflict, match="eo is being worked on already") as caught:
            room.service.install(room.request("hello-eo"))
        met.append(caught.value)
        agree(works, kind, claim)  # type: ignore[arg-type]

    monkeypatch.setattr(Works, "_agree", again)
    work = room.service.install(room.request("hello-eo"))
    assert met
    room.done(work)
    assert len(room.service.works(ToolboxWorkQuery()).works) == 1


@pytest.mark.usefixtures("often")
def test_of_two_starts_at_once_one_is_refused(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ellip_lab.tasks.queue.pump", lambda *_: [])  # they only wait: nothing is installed
    for number in range(30):
        barrier, works, refused = threading.Barrier(2), list[ToolboxWork](), list[Conflict]()
        request = room.request("hello-eo", name=f"eo{number}")

        def start(
            barrier: threading.Barrier = barrier,
            works: list[ToolboxWork] = works,
            refused: list[Conflict] = refused,
            request: object = request,
        ) -> None:
            barrier.wait()
            try:
                works.append(room.service.install(request))  # type: ignore[arg-type]
            except Conflict as error:
                refused.append(error)

        threads = [threading.Thread(target=start) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [one.state for one in works] == [State.QUEUED]
        assert [one.detail for one in refused] == [f"eo{number} is being worked on already"]


def test_where_there_are_no_links_one_that_is_being_written_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    place = tmp_path / "eo"
    place.touch()
    with pytest.raises(Conflict):
        claims.claim(tmp_path, "eo", "task", lambda _: True)
    os.utime(place, (0, 0))  # whoever wrote it is long dead
    claims.claim(tmp_path, "eo", "task", lambda _: True)
    assert claims.held(tmp_path) == {"eo": "task"}
