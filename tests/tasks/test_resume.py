"""A command that knows how to take up its work is started again, whoever was killed: it, or its supervisor."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ellip_lab.tasks.contract import Command, LogQuery, State, TaskSpec
from ellip_lab.tasks.service import TasksService

from .driving import cleanup, exists, processes_of, running, supervisor_of, until

BEGINS = "echo begun >> begun; while [ ! -e end ]; do sleep 0.05; done"


def resuming(tasks: TasksService, witness: Path, script: str = BEGINS, most: int = 3) -> str:
    command = Command(argv=("sh", "-c", script), resumes=most)
    swept = cleanup(f"echo swept >> {witness}")
    return tasks.start(TaskSpec(room="runs", title="resumes", command=command, cleanup=swept)).id


def begun(tasks: TasksService, task: str, times: int) -> None:
    file = tasks.directory(task) / "begun"
    until(lambda: file.exists() and len(file.read_text().split()) == times, f"begun {times} times")


def child_of(tasks: TasksService, task: str) -> int:
    pid = supervisor_of(tasks, task)
    found = until(lambda: [one for one in processes_of(task) if os.getsid(one) == one and one != pid])
    return int(found[0])


def test_a_killed_command_is_started_again(tasks: TasksService, tmp_path: Path) -> None:
    task = resuming(tasks, tmp_path / "swept")
    for turn in (1, 2):
        begun(tasks, task, turn)
        os.kill(child_of(tasks, task), signal.SIGKILL)
    begun(tasks, task, 3)
    assert tasks.show(task).state == State.RUNNING
    assert not (tmp_path / "swept").exists()
    (tasks.directory(task) / "end").touch()
    assert tasks.wait(task, 60).state == State.DONE
    assert until(lambda: (tmp_path / "swept").exists() and (tmp_path / "swept").read_text().split()) == [
        "swept"
    ]


def test_a_command_that_is_killed_too_often_has_failed(tasks: TasksService, tmp_path: Path) -> None:
    task = resuming(tasks, tmp_path / "swept", "echo begun >> begun; kill -KILL $$", most=2)
    ended = tasks.wait(task, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, -9)
    begun(tasks, task, 3)
    assert (tmp_path / "swept").read_text().split() == ["swept"]


def test_one_that_fails_by_itself_is_not_started_again(tasks: TasksService, tmp_path: Path) -> None:
    task = resuming(tasks, tmp_path / "swept", "echo begun >> begun; exit 3")
    assert tasks.wait(task, 60).exit_code == 3
    begun(tasks, task, 1)


@pytest.mark.parametrize("turn", range(3))
def test_a_killed_supervisor_is_started_again(tasks: TasksService, tmp_path: Path, turn: int) -> None:
    task = resuming(tasks, tmp_path / "swept")
    for times in range(1, turn + 2):
        begun(tasks, task, times)
        running(tasks, task)
        pid = supervisor_of(tasks, task)
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: not exists(pid))
        tasks.show(task)
    begun(tasks, task, turn + 2)
    running(tasks, task)
    assert not (tmp_path / "swept").exists(), "what it has begun elsewhere must not be cleaned away"
    assert "started again" in tasks.log(task, LogQuery(offset=0)).text
    (tasks.directory(task) / "end").touch()
    assert tasks.wait(task, 60).state == State.DONE
    until(lambda: list(tasks.home.slots.iterdir()) == [])
    assert processes_of(task) == []


def test_one_that_was_asked_to_stop_is_not_taken_up(tasks: TasksService, tmp_path: Path) -> None:
    task = resuming(tasks, tmp_path / "swept")
    begun(tasks, task, 1)
    pid = supervisor_of(tasks, task)
    os.kill(pid, signal.SIGSTOP)
    tasks.stop(task)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not exists(pid))
    assert tasks.show(task).state == State.LOST
    assert (tmp_path / "swept").read_text().split() == ["swept"]
    begun(tasks, task, 1)
