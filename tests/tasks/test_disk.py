"""A full disk and a read-only one: real small file systems, mounted for the test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ellip_lab.errors import Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import LogQuery, State, TaskQuery
from ellip_lab.tasks.service import TasksService

from .driving import processes_of, running, shell, supervisor_of, until


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here (needs root): {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def tight(settings: Settings, small: Path) -> TasksService:
    return TasksService(settings.model_copy(update={"state": small / "state"}))


def fill(place: Path) -> None:
    with pytest.raises(OSError, match="No space"), (place / "filler").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


def test_a_task_that_fills_the_disk_fails_and_says_so(tight: TasksService) -> None:
    task = tight.start(shell("mkdir work; cat /dev/zero > work/big"))
    ended = tight.wait(task.id, 60)
    assert (ended.state, ended.detail) == (State.FAILED, "the disk is full")
    assert not (tight.directory(task.id) / "work").exists()
    assert tight.wait(tight.start(shell("true")).id, 60).state == State.DONE, "there is room again"


def test_a_disk_that_somebody_else_fills_does_not_hide_the_end(tight: TasksService, small: Path) -> None:
    task = tight.start(shell("while ! test -e go; do sleep 0.05; done; echo result > out.txt || exit 1"))
    running(tight, task.id)
    fill(small)
    (small / "state" / "go").touch()
    os.link(small / "state" / "go", tight.directory(task.id) / "go")
    ended = tight.wait(task.id, 60)
    assert (ended.state, ended.detail) == (State.FAILED, "the disk is full")
    assert tight.list(TaskQuery()).tasks == (ended,)
    assert tight.log(task.id, LogQuery()).finished


def test_nothing_starts_on_a_full_disk_and_nothing_is_left(tight: TasksService, small: Path) -> None:
    tight.home.make()
    fill(small)
    with pytest.raises(Unavailable) as caught:
        tight.start(shell("true"))
    assert caught.value.detail == "the disk is full"
    assert "Make room" in (caught.value.hint or "")
    for folder in (tight.root, tight.home.queue, tight.home.slots, tight.home.bell):
        assert list(folder.iterdir()) == []


def test_a_stop_and_a_crash_on_a_full_disk_end_too(tight: TasksService, small: Path) -> None:
    stopped = tight.start(shell("sleep 300"))
    crashed = tight.start(shell("sleep 300"))
    for task in (stopped, crashed):
        running(tight, task.id)
    fill(small)
    tight.stop(stopped.id)
    assert tight.wait(stopped.id, 60).state == State.STOPPED
    fill(small)
    os.kill(supervisor_of(tight, crashed.id), 9)
    assert until(lambda: (now := tight.show(crashed.id)).state == State.LOST and now)
    assert processes_of(crashed.id) == []


def test_a_read_only_state_folder_is_one_clear_error(tight: TasksService, small: Path) -> None:
    done = tight.wait(tight.start(shell("true")).id, 60)
    until(lambda: not list(tight.home.slots.iterdir()))
    remount = ["mount", "-o", "remount,ro", str(small)]
    until(lambda: subprocess.run(remount, check=False).returncode == 0, "the last supervisor has let go")
    with pytest.raises(Unavailable) as caught:
        tight.start(shell("true"))
    assert str(small / "state") in caught.value.detail
    assert "Read-only" in caught.value.detail
    assert tight.list(TaskQuery()).tasks == (done,), "what was done can still be read"
    assert tight.show(done.id) == done
