"""Stopping a task leaves nothing of it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from ellip_lab.errors import Conflict, NotFound
from ellip_lab.tasks.contract import LogQuery, State, TaskQuery
from ellip_lab.tasks.service import TasksService

from .driving import cleanup, exists, processes_of, running, shell, supervisor_of, until

FAMILY = """
trap '' TERM INT HUP
sleep 300 &
(setsid sh -c 'trap "" TERM; sleep 301 & sleep 302' &)
env -i sh -c 'sleep 304' &
mkdir -p work/deep; echo x > work/deep/file; chmod 0 work/deep
echo ready
sleep 305
"""


def test_a_stop_reaches_every_descendant_and_cleans_up(tasks: TasksService) -> None:
    task = tasks.start(shell(FAMILY, cleanup=cleanup("echo cleaned >&2; ls work")))
    until(lambda: "ready" in tasks.log(task.id, LogQuery(), "stdout").text)
    until(lambda: len(processes_of(task.id)) >= 5)
    directory = tasks.directory(task.id)
    session = [os.getsid(pid) for pid in processes_of(task.id)]
    asked = time.monotonic()
    tasks.stop(task.id)
    ended = tasks.wait(task.id, 60)
    assert ended.state == State.STOPPED
    assert ended.detail == "stopped on request"
    assert time.monotonic() - asked < 10
    assert processes_of(task.id) == []
    assert [sid for sid in set(session) if exists(sid)] == []
    assert not (directory / "work").exists()
    assert "cleaned" in tasks.log(task.id, LogQuery()).text
    assert not (directory / "reserve").exists()


def test_stopping_again_changes_nothing(tasks: TasksService) -> None:
    task = tasks.start(shell("true"))
    ended = tasks.wait(task.id, 60)
    assert tasks.stop(task.id) == ended


def test_a_queued_task_stops_at_once_and_never_starts(tasks: TasksService) -> None:
    blockers = [tasks.start(shell("sleep 60")).id for _ in range(2)]
    task = tasks.start(shell("echo started"))
    assert (task.state, task.waiting) == (State.QUEUED, 0)
    stopped = tasks.stop(task.id)
    assert (stopped.state, stopped.started) == (State.STOPPED, None)
    for blocker in blockers:
        tasks.stop(blocker)
        tasks.wait(blocker, 60)
    until(lambda: not list(tasks.home.slots.iterdir()))
    assert tasks.show(task.id).state == State.STOPPED
    assert tasks.log(task.id, LogQuery(), "stdout").text == ""
    assert not (tasks.directory(task.id) / "supervisor.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_supervisor_is_a_stop(tasks: TasksService, number: signal.Signals) -> None:
    task = tasks.start(shell("sleep 300"))
    running(tasks, task.id)
    os.kill(supervisor_of(tasks, task.id), number)
    ended = tasks.wait(task.id, 60)
    assert ended.state == State.STOPPED
    assert number.name in (ended.detail or "")
    assert processes_of(task.id) == []


def test_a_command_that_ends_well_leaves_nothing_either(tasks: TasksService) -> None:
    task = tasks.start(shell("setsid sleep 300 & sleep 301 & mkdir work; exit 0"))
    assert tasks.wait(task.id, 60).state == State.DONE
    until(lambda: not processes_of(task.id))
    until(lambda: not (tasks.directory(task.id) / "work").exists())


def test_a_stop_right_after_the_start_is_obeyed(tasks: TasksService) -> None:
    for _ in range(5):
        task = tasks.start(shell("sleep 300"))
        tasks.stop(task.id)
        assert tasks.wait(task.id, 60).state == State.STOPPED
        assert processes_of(task.id) == []


def test_a_cleanup_that_may_be_tried_again_is_tried_until_it_succeeds(
    tasks: TasksService, tmp_path: Path
) -> None:
    """What it needs is kept; the end of the task is told after the first try, and waits for no other."""
    script = f"echo tried >> {tmp_path}/tries; test -d work && test -e {tmp_path}/network"
    again = cleanup(script).model_copy(update={"resumes": 3})
    task = tasks.start(shell("mkdir work; exit 1", cleanup=again))
    tasks.wait(task.id, 60)
    assert tasks.show(task.id).state is State.FAILED
    assert (tasks.directory(task.id) / "work").is_dir()
    (tmp_path / "network").touch()
    until(lambda: not (tasks.directory(task.id) / "reserve").exists())
    assert not (tasks.directory(task.id) / "work").exists()
    assert len((tmp_path / "tries").read_text().split()) == 2
    assert tasks.log(task.id, LogQuery()).text.count("the cleanup command ended with 1") == 1


def test_a_cleanup_that_fails_is_told_and_does_not_keep_the_task(tasks: TasksService) -> None:
    task = tasks.start(shell("exit 1", cleanup=cleanup("exit 7")))
    assert tasks.wait(task.id, 60).state == State.FAILED
    assert "the cleanup command ended with 7" in tasks.log(task.id, LogQuery()).text


def test_only_an_ended_task_can_be_removed(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 300"))
    with pytest.raises(Conflict) as caught:
        tasks.remove(task.id)
    assert caught.value.hint == "Stop it first."
    tasks.stop(task.id)
    tasks.wait(task.id, 60)
    assert tasks.remove(task.id).id == task.id
    with pytest.raises(NotFound):
        tasks.show(task.id)
    assert list(tasks.root.iterdir()) == []
    assert tasks.list(TaskQuery()).tasks == ()


def test_removing_waits_for_the_cleaning_up(tasks: TasksService, tmp_path: Path) -> None:
    task = tasks.start(shell("mkdir work", cleanup=cleanup(f"sleep 1; touch {tmp_path}/cleaned")))
    tasks.wait(task.id, 60)
    tasks.remove(task.id)
    assert (tmp_path / "cleaned").exists()
