"""History: newest first, in pages, filtered; how long ended tasks are kept."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from ellip_lab.settings import Settings
from ellip_lab.tasks import directory
from ellip_lab.tasks.contract import State, Task, TaskQuery
from ellip_lab.tasks.service import TasksService

from .driving import shell, until


def record(
    service: TasksService,
    *,
    room: str = "runs",
    title: str = "old",
    state: str = "done",
    age: float = 0,
    n: int = 0,
) -> str:
    """Writes the record of a task that has ended some seconds ago."""
    service.home.make()
    then = time.time() - age
    stamp = time.strftime("%Y%m%dt%H%M%S", time.gmtime(then))
    task = f"{stamp}000-{room}-{n:04x}"
    folder = service.home.directory(task)
    folder.mkdir()
    told = directory.created_of(task)
    content = {"id": task, "room": room, "title": title, "created": told, "state": state, "finished": told}
    (folder / "state.json").write_text(json.dumps(content))
    (service.home.bell / task).touch()
    return task


def pages(service: TasksService, **query: object) -> list[Task]:
    found: list[Task] = []
    page = service.list(TaskQuery.model_validate(query))
    found += page.tasks
    while page.next:
        page = service.list(TaskQuery.model_validate({**query, "before": page.next}))
        found += page.tasks
    return found


def test_nothing_yet(tasks: TasksService) -> None:
    assert tasks.list(TaskQuery()).tasks == ()
    assert not tasks.home.state.exists(), "looking makes nothing"


def test_pages_are_newest_first_and_miss_nothing(tasks: TasksService) -> None:
    ids = [record(tasks, age=n, n=n) for n in range(25)]
    for limit in (1, 7, 25, 26):
        assert [task.id for task in pages(tasks, limit=limit)] == sorted(ids, reverse=True)
    assert tasks.list(TaskQuery(limit=25)).next is None


def test_filters(tasks: TasksService) -> None:
    crop = record(tasks, title="Crop of Olinda", age=3, n=1)
    failed = record(tasks, title="water", state="failed", age=2, n=2)
    build = record(tasks, room="containers", title="build crop image", age=1, n=3)

    def ids(**query: object) -> list[str]:
        return [task.id for task in pages(tasks, limit=1, **query)]

    assert ids(room="runs") == [failed, crop]
    assert ids(room="run") == []
    assert ids(text="CROP") == [build, crop]
    assert ids(text=failed[-4:]) == [failed]
    assert ids(state="failed") == [failed]
    assert ids(state="done", room="containers", text="image") == [build]
    assert ids(text="nothing like it") == []


def test_active_ones_are_found_by_state(tasks: TasksService) -> None:
    record(tasks, age=5)
    ids = [tasks.start(shell("sleep 60")).id for _ in range(3)]
    until(lambda: len(pages(tasks, state="running")) == 2)
    assert [task.id for task in pages(tasks, state="running")] == [ids[1], ids[0]]
    (queued,) = pages(tasks, state="queued", limit=1)
    assert (queued.id, queued.waiting) == (ids[2], 0)
    assert [task.id for task in pages(tasks)][:3] == ids[::-1]


def test_strange_files_are_no_tasks(tasks: TasksService) -> None:
    tasks.home.make()
    (tasks.root / "README").write_text("x")
    (tasks.root / "20260101t000000000-runs-abcd").write_text("a file, not a folder")
    (tasks.root / "20260101t000000000-runs-abce").mkdir()
    assert tasks.list(TaskQuery()).tasks == ()


def test_ten_thousand_are_listed_without_opening_them(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted((record(tasks, age=n, n=n % 65536) for n in range(10_000)), reverse=True)
    opened: list[str] = []
    read = directory.Home.read

    def counted(home: directory.Home, task: str) -> directory.Record | None:
        opened.append(task)
        return read(home, task)

    monkeypatch.setattr(directory.Home, "read", counted)
    page = tasks.list(TaskQuery(limit=50))
    assert [task.id for task in page.tasks] == ids[:50]
    assert len(opened) <= 51
    assert page.next == ids[49]
    found = tasks.list(TaskQuery(limit=50, before=ids[9_989]))
    assert [task.id for task in found.tasks] == ids[9_990:]


def test_the_oldest_go_by_count_and_only_ended_ones(settings: Settings) -> None:
    tasks = TasksService(settings.model_copy(update={"keep_count": 3}))
    ids = [record(tasks, age=100 + n, n=n) for n in range(6)]
    oldest_active = record(tasks, age=500, n=99, state="running")
    tasks.recover()
    left = {path.name for path in tasks.root.iterdir()}
    assert left == {*ids[:3], oldest_active}
    assert {path.name for path in tasks.home.bell.iterdir()} == left


def test_the_old_go_by_age_of_their_end(settings: Settings) -> None:
    tasks = TasksService(settings.model_copy(update={"keep_days": 1}))
    young = record(tasks, age=3600, n=1)
    old = record(tasks, age=2 * 86_400, n=2)
    long = record(tasks, age=3 * 86_400, n=3)
    state = tasks.home.directory(long) / "state.json"
    content = json.loads(state.read_text())
    state.write_text(json.dumps({**content, "finished": directory.utc_now()}))
    tasks.recover()
    assert {path.name for path in tasks.root.iterdir()} == {young, long}
    assert old not in {path.name for path in tasks.root.iterdir()}


def test_what_was_half_removed_is_swept(tasks: TasksService) -> None:
    task = record(tasks)
    tasks.home.directory(task).rename(tasks.root / f".gone-{task}")
    assert tasks.list(TaskQuery()).tasks == ()
    tasks.recover()
    assert list(tasks.root.iterdir()) == []


def test_read_only_folders_are_removed_too(tasks: TasksService) -> None:
    task = tasks.start(shell("mkdir -p steps/deep; touch steps/deep/x; chmod -R a-w steps"))
    assert tasks.wait(task.id, 60).state == State.DONE
    tasks.remove(task.id)
    assert list(tasks.root.iterdir()) == []


def test_ids_sort_by_time_and_tell_their_room(tmp_path: Path) -> None:
    ids = [directory.new_id("runs") for _ in range(200)]
    assert [i[:18] for i in ids] == sorted({i[:18] for i in ids})
    assert all(directory.ID.fullmatch(i) for i in ids)


def test_stray_folders_and_bells_are_swept(tasks: TasksService) -> None:
    tasks.home.make()
    old, young = "20260101t000000000-runs-abcd", "20260101t000000000-runs-abce"
    for name in (old, young):
        (tasks.root / name).mkdir()
    os.utime(tasks.root / old, (1, 1))
    (tasks.home.bell / "20260101t000000000-runs-abcf").touch()
    narrow = TasksService(tasks.settings.model_copy(update={"keep_days": 1}))
    narrow.recover()
    assert [path.name for path in tasks.root.iterdir()] == [young]
    assert list(tasks.home.bell.iterdir()) == []
