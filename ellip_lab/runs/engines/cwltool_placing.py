"""Puts the outputs where they go, whole or not at all.

cwltool moves what there is even when the run has failed, and stops half-way when the disk is full. Here a
failed run places nothing, and what has been placed is written down beforehand (`placing.json`), so that it
can be taken back: by this process when it meets an error, by the cleanup when this process is killed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from cwltool.executors import JobExecutor
from cwltool.pathmapper import PathMapper

from ellip_lab.runs.engines import cleanup
from ellip_lab.runs.engines.record import Record
from ellip_lab.shell import write_json


class PlacingError(Exception):
    """The outputs cannot be put where they should go."""


def executor(kind: type[JobExecutor], record: Record, outdir: Path) -> Any:
    """Makes cwltool's executor, with outputs placed whole or not at all."""

    class Placing(kind):  # type: ignore[misc, valid-type]
        def output_callback(self, out: Any, process_status: str) -> None:
            super().output_callback(out if process_status == "success" else None, process_status)

        def run_jobs(self, process: Any, order: Any, logger: Any, runtime_context: Any) -> None:
            self.lock = runtime_context.workflow_eval_lock
            super().run_jobs(process, order, logger, runtime_context)

        @property
        def taskqueue(self) -> Any:
            return self.queue

        @taskqueue.setter
        def taskqueue(self, queue: Any) -> None:
            """Has the jobs under way waited for without the lock that they need to end.

            cwltool 3.3 waits with it when a job has raised an error (an image that is missing), that is, for ever.
            """
            self.queue = queue
            join, lock = queue.join, self.lock

            def freely() -> None:
                with suppress(RuntimeError):  # it is held only where an error leads here
                    lock.release()
                join()

            queue.join = freely

        def execute(self, process: Any, job_order_object: Any, runtime_context: Any, *rest: Any) -> Any:
            runtime_context = runtime_context.copy()
            runtime_context.path_mapper = mapper(record, outdir)
            try:
                outputs, status = super().execute(process, job_order_object, runtime_context, *rest)
                if status == "success":
                    outdir.mkdir(parents=True, exist_ok=True)
                    (record.directory / "placing.json").unlink(missing_ok=True)
            except (OSError, shutil.Error) as error:
                if cleanup.take_back(record.directory):
                    raise PlacingError(f"the outputs cannot be put into {outdir}: {error}") from error
                raise
            else:
                return outputs, status

    return Placing()


def mapper(record: Record, outdir: Path) -> type[PathMapper]:
    """Makes a path mapper that writes down, before they are placed, the names the outputs will have."""

    class Writing(PathMapper):
        def __init__(self, referenced: Any, basedir: str, stagedir: str, *rest: Any, **named: Any) -> None:
            super().__init__(referenced, basedir, stagedir, *rest, **named)
            if stagedir != str(outdir):
                return
            targets = {Path(entry.target) for _, entry in self.items()}
            names = {
                target.relative_to(outdir).parts[0] for target in targets if target.is_relative_to(outdir)
            }
            made = outdir
            while not made.parent.exists():
                made = made.parent
            there = outdir.is_dir()
            fresh = sorted(name for name in names if not os.path.lexists(outdir / name))
            write_json(
                record.directory / "placing.json",
                {"outdir": str(outdir), "made": None if there else str(made), "names": fresh},
            )
            record.event("placing", names=len(names))

    return Writing
