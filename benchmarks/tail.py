"""The end of a log of 1 GB."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.measure import Line, Result, timed

TARGET = 200.0
SIZE = 1_000_000_000


def measure() -> list[Result]:
    """Reads the end of a log as the run view does when it opens, in a task made by the room itself."""
    from ellip_lab.settings import Settings
    from ellip_lab.tasks.contract import Command, LogQuery, TaskSpec
    from ellip_lab.tasks.service import TasksService

    with tempfile.TemporaryDirectory() as made:
        tasks = TasksService(Settings(state=Path(made)))
        task = tasks.start(TaskSpec(room="runs", title="long", command=Command(argv=("true",))))
        tasks.wait(task.id, 60)
        log = tasks.directory(task.id) / "log"
        block = "".join(
            f"line {number} of a log that says much and means little\n" for number in range(20_000)
        ).encode()
        with log.open("wb") as stream:
            while stream.tell() < SIZE:
                stream.write(block)
        times = [timed(lambda: tasks.log(task.id, LogQuery())) for _ in range(9)]
        chunk = tasks.log(task.id, LogQuery())
        if not chunk.text.endswith(block[-40:].decode()) or chunk.size < SIZE:
            raise SystemExit("the end of the log is not what was written")
        first = timed(lambda: tasks.log(task.id, LogQuery(offset=SIZE // 2, limit=65_536)))
    return [
        Line(
            "the end of a log of 1 GB",
            f"{median(times) * 1000:.1f} ms",
            "",
            median(times) * 1000,
            TARGET,
            "ms",
        ),
        Line("64 kB from the middle of it", f"{first * 1000:.1f} ms", "", first * 1000, TARGET, "ms"),
    ]
