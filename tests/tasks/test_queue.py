"""The limit is strict, first come is first served, and the queue outlives everybody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ellip_lab.settings import Settings
from ellip_lab.shell import write_json
from ellip_lab.tasks import queue
from ellip_lab.tasks.contract import State, TaskQuery
from ellip_lab.tasks.identity import identity
from ellip_lab.tasks.service import TasksService

from .driving import gone, running, shell, supervisor_of, until

STARTER = r"""
import errno
import fcntl
import sys
from pathlib import Path
from ellip_lab.settings import Settings
from ellip_lab.tasks.service import TasksService
from ellip_lab.tasks.contract import TaskSpec, Command
from ellip_lab.tasks import queue
state, witness, count, locks = sys.argv[1:]
if locks == "without links":
    import os
    def unlinked(*_):
        raise OSError(errno.EPERM, "no links here")
    os.link = unlinked
    queue.BOOT = "import os\ndef f(*_):raise OSError(1,'')\nos.link=f\n" + queue.BOOT
if locks == "without":
    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks available")
    fcntl.flock = refuse
    queue.BOOT = "import fcntl\ndef f(*_):raise OSError(37,'')\nfcntl.flock=f\n" + queue.BOOT
service = TasksService(Settings(state=Path(state), task_limit=3))
script = f"echo + >> {witness}; sleep 0.2; echo - >> {witness}"
for _ in range(int(count)):
    print(service.start(TaskSpec(room="runs", title="x", command=Command(argv=("sh", "-c", script)))).id)
"""


@pytest.mark.parametrize("locks", ["with", "without", "without links"])
def test_twenty_starts_from_four_processes_keep_to_the_limit(
    settings: Settings, tmp_path: Path, locks: str
) -> None:
    """Also on a file system without locks, where only `link` and `unlink` decide, and on one without links."""
    witness = tmp_path / "witness"
    argv = [sys.executable, "-c", STARTER, str(settings.state), str(witness), "5", locks]
    starters = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    ids = [line for starter in starters for line in starter.communicate(timeout=60)[0].split()]
    assert len(set(ids)) == 20
    tasks = TasksService(settings.model_copy(update={"task_limit": 3}))
    assert {tasks.wait(task, 120).state for task in ids} == {State.DONE}
    at_once = most = 0
    for sign in witness.read_text().split():
        at_once += 1 if sign == "+" else -1
        most = max(most, at_once)
    assert witness.read_text().count("+") == 20, "each ran exactly once"
    assert most == 3, "never more, and the limit is used"
    until(lambda: not list(tasks.home.slots.iterdir()))
    assert list(tasks.home.queue.iterdir()) == []


def test_first_come_first_served_and_each_knows_how_many_are_before_it(
    settings: Settings, tmp_path: Path
) -> None:
    tasks = TasksService(settings.model_copy(update={"task_limit": 1}))
    order = tmp_path / "order"
    ids = [tasks.start(shell(f"echo {n} >> {order}; sleep 0.3")).id for n in range(5)]
    waiting = [task.waiting for task in tasks.list(TaskQuery(state=State.QUEUED)).tasks]
    assert waiting == sorted(waiting, key=lambda n: -(n or 0))
    assert waiting[-1] == 0
    for task in ids:
        tasks.wait(task, 60)
    assert order.read_text().split() == list("01234")
    assert tasks.show(ids[0]).waiting is None


def test_the_queue_outlives_everybody(tasks: TasksService, settings: Settings) -> None:
    """Every process is killed; what waited is started by the next that passes by, here a server's start."""
    first = [tasks.start(shell("sleep 300")).id for _ in range(2)]
    waits = [tasks.start(shell("true")).id for _ in range(3)]
    pids = [supervisor_of(tasks, task) for task in first]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        gone(pid)
    after = TasksService(settings)
    assert sorted(after.recover()) == sorted(first)
    assert {after.wait(task, 60).state for task in waits} == {State.DONE}
    assert {after.show(task).state for task in first} == {State.LOST}


def test_the_end_of_a_task_starts_the_next_without_anybody_looking(tasks: TasksService) -> None:
    ids = [tasks.start(shell("sleep 0.3")).id for _ in range(4)]
    state = tasks.directory(ids[-1]) / "state.json"
    until(lambda: json.loads(state.read_text())["state"] == "done")


def test_a_claim_whose_claimant_died_goes_back_to_the_queue(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queue, "BOOT", "pass")
        task = tasks.start(shell("true")).id
    (slot,) = tasks.home.slots.iterdir()
    content = json.loads(slot.read_text())
    write_json(slot, {**content, "claimant": {**identity(os.getpid()), "start": 1}})
    time.sleep(0.5)
    assert tasks.list(TaskQuery()).tasks[0].state == State.QUEUED
    monkeypatch.setattr(queue, "START", 0.2)
    tasks.pump()
    monkeypatch.undo()
    assert tasks.wait(task, 60).state == State.DONE


def test_a_task_that_the_queue_has_forgotten_is_remembered(tasks: TasksService) -> None:
    blockers = [tasks.start(shell("sleep 300")).id for _ in range(2)]
    task = tasks.start(shell("true")).id
    (tasks.home.queue / task).unlink()
    assert tasks.show(task).state == State.QUEUED
    for blocker in blockers:
        tasks.stop(blocker)
    assert tasks.wait(task, 60).state == State.DONE


def test_a_place_in_the_queue_without_a_task_is_given_up(tasks: TasksService) -> None:
    tasks.home.make()
    queue.enter(tasks.home, "20260101t000000000-runs-abcd")
    tasks.pump()
    assert tasks.home.queued(), "somebody may be about to make it"
    os.utime(tasks.home.queue / "20260101t000000000-runs-abcd", (1, 1))
    tasks.pump()
    assert tasks.home.queued() == []


def test_a_slot_that_nobody_needs_is_free(tasks: TasksService) -> None:
    tasks.home.make()
    (tasks.home.slots / "0").write_text("nonsense")
    os.utime(tasks.home.slots / "0", (1, 1))
    write_json(tasks.home.slots / "1", {"task": "20260101t000000000-runs-abcd", "token": "x", "claimant": {}})
    assert tasks.wait(tasks.start(shell("true")).id, 60).state == State.DONE


def test_a_lower_limit_is_kept_by_those_that_come_later(tasks: TasksService, settings: Settings) -> None:
    first = [tasks.start(shell("sleep 300")).id for _ in range(2)]
    for task in first:
        running(tasks, task)
    narrow = TasksService(settings.model_copy(update={"task_limit": 1}))
    waits = narrow.start(shell("true")).id
    tasks.stop(first[0])
    tasks.wait(first[0], 60)
    assert narrow.show(first[1]).state == State.RUNNING
    until(lambda: narrow.wait(waits, 30).state == State.DONE)
