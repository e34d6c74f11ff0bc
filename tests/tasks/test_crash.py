"""Whatever is killed, and whenever: every task ends, and nothing of it is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.shell import write_json
from ellip_lab.tasks import queue, recovery
from ellip_lab.tasks.contract import LogQuery, State, TaskQuery
from ellip_lab.tasks.directory import read_or_none
from ellip_lab.tasks.identity import identity, uptime
from ellip_lab.tasks.service import TasksService

from .driving import cleanup, exists, processes_of, running, shell, supervisor_of, until

LONG = """
mkdir -p work; echo x > work/scratch
(setsid sh -c 'sleep 300 & sleep 301' &)
env -i sh -c 'sleep 302' &
sleep 303
"""


@pytest.mark.parametrize("turn", range(10))
def test_a_killed_supervisor_leaves_a_lost_task_and_nothing_else(
    tasks: TasksService, tmp_path: Path, turn: int
) -> None:
    delay = random.Random(turn).uniform(0, 1.2) if turn else 0.0
    witness = tmp_path / "cleaned"
    task = tasks.start(shell(LONG, cleanup=cleanup(f"echo $ELLIP_LAB_TASK >> {witness}")))
    pid = supervisor_of(tasks, task.id)
    time.sleep(delay)  # the moment is what is being tried
    sessions = {os.getsid(child) for child in processes_of(task.id)}
    os.kill(pid, signal.SIGKILL)
    until(lambda: not exists(pid))
    ended = tasks.show(task.id)
    assert ended.state == State.LOST
    assert ended.finished is not None
    assert ended.detail == "its supervisor ended unexpectedly"
    assert processes_of(task.id) == []
    left = [
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and in_sessions(entry, sessions)
    ]
    assert left == []
    assert witness.read_text().split() == [task.id]
    assert not (tasks.directory(task.id) / "work").exists()
    tasks.list(TaskQuery())
    assert list(tasks.home.slots.iterdir()) == []


def in_sessions(entry: Path, sessions: set[int]) -> bool:
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in "ZX" and int(fields[3]) in sessions


def test_the_kernel_kills_the_child_of_a_killed_supervisor(tasks: TasksService) -> None:
    task = tasks.start(shell("exec sleep 300"))
    running(tasks, task.id)
    (child,) = processes_of(task.id)
    os.kill(supervisor_of(tasks, task.id), signal.SIGKILL)
    until(lambda: not exists(child), "nobody looked, and the child is gone")


@pytest.mark.parametrize("turn", range(5))
def test_a_killed_child_is_a_failed_task(tasks: TasksService, turn: int) -> None:
    task = tasks.start(shell("mkdir work; exec sleep 300"))
    running(tasks, task.id)
    child = until(lambda: read_or_none(tasks.directory(task.id) / "heartbeat"))["child"]
    until((tasks.directory(task.id) / "work").exists)
    time.sleep(random.Random(turn).uniform(0, 0.6))
    os.kill(child, signal.SIGKILL)
    ended = tasks.wait(task.id, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, -9)
    assert not (tasks.directory(task.id) / "work").exists()


def test_a_supervisor_killed_between_the_end_and_the_cleaning_is_made_up_for(tasks: TasksService) -> None:
    task = tasks.start(
        shell("mkdir work; true", cleanup=cleanup("test -e again || { touch again; exec sleep 300; }"))
    )
    tasks.wait(task.id, 60)
    until(lambda: (tasks.directory(task.id) / "again").exists())
    pid = supervisor_of(tasks, task.id)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not exists(pid))
    tasks.recover()
    assert tasks.show(task.id).state == State.DONE
    assert processes_of(task.id) == []
    assert not (tasks.directory(task.id) / "work").exists()
    assert list(tasks.home.slots.iterdir()) == []


def test_recovering_twice_at_once_cleans_up_once(tasks: TasksService, tmp_path: Path) -> None:
    witness = tmp_path / "cleaned"
    task = tasks.start(shell("sleep 300", cleanup=cleanup(f"echo x >> {witness}; sleep 0.5")))
    running(tasks, task.id)
    pid = supervisor_of(tasks, task.id)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not exists(pid))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: recovery.recover(tasks.home, task.id), range(4)))
    assert sorted(told) == [False, False, False, True]
    assert witness.read_text() == "x\n"


def test_an_abandoned_recovery_is_taken_over(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 300"))
    running(tasks, task.id)
    pid = supervisor_of(tasks, task.id)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not exists(pid))
    write_json(tasks.directory(task.id) / "recovering", {**identity(os.getpid()), "start": 1})
    assert tasks.show(task.id).state == State.LOST


def forge(tasks: TasksService, **who: Any) -> str:
    """Makes a task that a supervisor somewhere else seems to run."""
    task = tasks.start(shell("true"))
    tasks.wait(task.id, 60)
    until(lambda: not list(tasks.home.slots.iterdir()))
    directory = tasks.directory(task.id)
    record = json.loads((directory / "state.json").read_text())
    write_json(directory / "state.json", {**record, "state": "running", "finished": None})
    write_json(directory / "supervisor.json", {**identity(os.getpid()), **who})
    (directory / "heartbeat").unlink()
    (directory / "reserve").touch()
    return task.id


def test_a_number_that_is_used_again_is_not_the_supervisor_and_not_killed(tasks: TasksService) -> None:
    stranger = subprocess.Popen(["sleep", "300"], start_new_session=True)
    try:
        task = forge(tasks, pid=stranger.pid, start=1)
        beat = {"uptime": uptime() - 3600, "child": stranger.pid, "start": 1}
        write_json(tasks.directory(task) / "heartbeat", beat)
        assert tasks.show(task).state == State.LOST
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_living_supervisor_is_believed_whatever_its_heartbeat(tasks: TasksService) -> None:
    task = forge(tasks)
    write_json(tasks.directory(task) / "heartbeat", {})
    os.utime(tasks.directory(task) / "heartbeat", (1, 1))
    assert tasks.show(task).state == State.RUNNING


def test_on_another_host_the_heartbeat_tells(tasks: TasksService) -> None:
    task = forge(tasks, place="elsewhere", host="far-away")
    beat = tasks.directory(task) / "heartbeat"
    write_json(beat, {"uptime": 1.0, "child": 1, "start": 1})
    assert tasks.show(task).state == State.RUNNING
    old = time.time() - recovery.STALE + 5
    os.utime(beat, (old, old))
    assert tasks.show(task).state == State.RUNNING
    old = time.time() - recovery.STALE - 1
    os.utime(beat, (old, old))
    ended = tasks.show(task)
    assert ended.state == State.LOST
    assert ended.detail == "its supervisor ended unexpectedly on far-away"


def test_a_supervisor_that_was_told_lost_gives_up(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 300"))
    running(tasks, task.id)
    record = tasks.home.read(task.id)
    assert record is not None
    write_json(tasks.directory(task.id) / "state.json", {**record, "state": "lost", "detail": "told"})
    pid = supervisor_of(tasks, task.id)
    until(lambda: not exists(pid))
    assert processes_of(task.id) == []
    assert (tasks.show(task.id).state, tasks.show(task.id).detail) == (State.LOST, "told")


def test_the_heartbeat_beats(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 300"))
    running(tasks, task.id)
    beat = tasks.directory(task.id) / "heartbeat"
    first = until(lambda: read_or_none(beat))
    until(lambda: (read_or_none(beat) or first)["uptime"] > first["uptime"], "a second beat", 10)
    assert first["child"] in processes_of(task.id)


def test_a_folder_removed_by_hand_ends_its_processes(tasks: TasksService) -> None:
    task = tasks.start(shell("(setsid sleep 300 &) ; sleep 301"))
    running(tasks, task.id)
    pid = supervisor_of(tasks, task.id)
    until(lambda: len(processes_of(task.id)) >= 2)
    tasks.directory(task.id).rename(tasks.root / "elsewhere")
    until(lambda: not exists(pid))
    assert processes_of(task.id) == []
    tasks.list(TaskQuery())
    assert list(tasks.home.slots.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"state": "odd"}', b"\xff"])
def test_a_damaged_record_is_told_lost_and_can_be_removed(tasks: TasksService, content: bytes) -> None:
    task = tasks.start(shell("true", title="was here"))
    tasks.wait(task.id, 60)
    (tasks.directory(task.id) / "state.json").write_bytes(content)
    (shown,) = tasks.list(TaskQuery()).tasks
    assert (shown.state, shown.title, shown.detail) == (State.LOST, "was here", "its record is damaged")
    tasks.remove(task.id)
    assert tasks.list(TaskQuery()).tasks == ()


def test_a_supervisor_that_never_came_is_noticed(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queue, "BOOT", "raise SystemExit('broken')")
        task = tasks.start(shell("mkdir work"))
    until(lambda: "broken" in tasks.log(task.id, LogQuery()).text)
    assert tasks.show(task.id).state == State.QUEUED
    ended = tasks.wait(task.id, 60)
    assert (ended.state, ended.detail) == (State.LOST, "its supervisor did not start")
    assert list(tasks.home.slots.iterdir()) == []


def test_one_that_takes_long_to_start_is_waited_for(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "START", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(queue, "BOOT", "import time; time.sleep(2); " + queue.BOOT)
        task = tasks.start(shell("true"))
    for _ in range(10):
        tasks.list(TaskQuery())
    assert tasks.wait(task.id, 60).state == State.DONE


@pytest.mark.parametrize("turn", range(6))
def test_one_killed_while_it_starts_does_not_hang(tasks: TasksService, turn: int) -> None:
    task = tasks.start(shell("sleep 300"))
    slot = next(tasks.home.slots.iterdir())
    token = json.loads(slot.read_text())["token"]
    (pid,) = until(lambda: with_argument(token))
    time.sleep(turn * 0.01)  # the moment is what is being tried
    os.kill(pid, signal.SIGKILL)
    ended = tasks.wait(task.id, 60)
    assert ended.state == State.LOST
    assert processes_of(task.id) == []
    tasks.list(TaskQuery())
    assert list(tasks.home.slots.iterdir()) == []


def with_argument(word: str) -> list[int]:
    """Lists the Python processes that have this word among their arguments; the shell before them is not one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if word.encode() in arguments and arguments[0] != b"/bin/sh":
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("content", [b"", None])
def test_a_running_task_whose_supervisor_has_no_name_is_told_lost(
    tasks: TasksService, content: bytes | None
) -> None:
    """A power cut may empty a file or lose it."""
    task = forge(tasks)
    path = tasks.directory(task) / "supervisor.json"
    path.unlink() if content is None else path.write_bytes(content)
    beat = tasks.directory(task) / "heartbeat"
    beat.touch()
    os.utime(beat, (1, 1))
    assert tasks.show(task).state == State.LOST


def test_a_record_of_a_later_version_does_not_spoil_the_list(tasks: TasksService) -> None:
    task = tasks.start(shell("true"))
    tasks.wait(task.id, 60)
    path = tasks.directory(task.id) / "state.json"
    write_json(path, {**json.loads(path.read_text()), "state": "paused", "colour": "blue"})
    assert [one.state for one in tasks.list(TaskQuery()).tasks] == [State.LOST]
