"""What the room of tasks costs: a page of a long history, and the way from a start to the command's first step."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.measure import Line, Result, timed

RECORDED = 10_000
PAGE = 100.0
FULL = 2_000.0
STAGES = {
    "start a task": 30.0,
    "until its command runs": 60.0,
    "from its first step until its end is told": 30.0,
}
"""The stages of a short task in a fresh process, and the milliseconds each may take."""

FRESH = """
import sys, time
from pathlib import Path
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import Command, LogQuery, TaskSpec
from ellip_lab.tasks.service import TasksService
imported = time.perf_counter()
tasks = TasksService(Settings(state=Path(sys.argv[1])))
task = tasks.start(TaskSpec(room="runs", title="x", command=Command(argv=("date", "+%s.%N"))))
started, wall = time.perf_counter(), time.time()
tasks.wait(task.id, 60)
ended = time.time()
first = float(tasks.log(task.id, LogQuery(), "stdout").text)
print(started - imported, first - wall, ended - first)
"""


def measure() -> list[Result]:
    """Measures a history of 10,000 tasks, and fresh processes that start one."""
    with tempfile.TemporaryDirectory() as made:
        found = listing(Path(made) / "listing")
        found += starting(Path(made) / "starting")
    return found


def listing(state: Path) -> list[Result]:
    """Lists a long history: its first page, a page in its middle, and a search that finds nothing."""
    from ellip_lab.settings import Settings
    from ellip_lab.tasks.contract import TaskQuery
    from ellip_lab.tasks.service import TasksService

    tasks = TasksService(Settings(state=state))
    tasks.home.make()
    ids = []
    for number in range(RECORDED):
        then = time.time() - number
        task = f"{time.strftime('%Y%m%dt%H%M%S', time.gmtime(then))}000-runs-{number % 65536:04x}"
        told = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(then))
        record = {"id": task, "room": "runs", "title": f"run {number}", "created": told, "state": "done"}
        tasks.home.directory(task).mkdir()
        (tasks.home.directory(task) / "state.json").write_text(json.dumps({**record, "finished": told}))
        ids.append(task)
    if tasks.list(TaskQuery()).tasks[0].id != ids[0]:
        raise SystemExit("the first page does not begin with the newest")
    middle = TaskQuery(before=ids[RECORDED // 2])
    queries = [
        ("first page of 10,000 tasks", TaskQuery(), PAGE),
        ("a page in the middle of them", middle, PAGE),
        ("the running ones among them", TaskQuery.model_validate({"state": "running"}), PAGE),
        ("a search through all that finds none", TaskQuery(text="nothing like it"), FULL),
    ]
    found: list[Result] = []
    for name, query, target in queries:
        took = median(timed(partial(tasks.list, query)) for _ in range(7)) * 1000
        found.append(Line(name, f"{took:.1f} ms", "", took, target, "ms"))
    return found


def starting(state: Path) -> list[Result]:
    """Starts a task from fresh processes and takes the time of each stage."""
    turns = []
    for _ in range(9):
        argv = [sys.executable, "-c", FRESH, str(state)]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        turns.append([float(word) * 1000 for word in done.stdout.split()])
    # the least of nine: what it costs, not what else the machine was doing
    least = [min(stage) for stage in zip(*turns, strict=True)]
    return [
        Line(name, f"{value:.1f} ms", "", value, target, "ms")
        for (name, target), value in zip(STAGES.items(), least, strict=True)
    ]
