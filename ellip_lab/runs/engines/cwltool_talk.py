"""Calms what cwltool says: its errors and warnings reach the log and the events, its chatter neither."""

from __future__ import annotations

import logging
import re
import threading
from typing import Any

from ellip_lab.runs.engines.record import Record

NOISE = re.compile(
    r"^\[(step|workflow) [^\]]*\] (completed|start)|^\[job [^\]]*\] (completed|exited with status|was terminated)|"
    r"^Got workflow error|Skipping Docker software container|^Final process status|"
    r"^Workflow checker warning|has been replaced by|try again with --debug"
)
"""What this program says itself, and better."""

here = threading.local()
"""`here.job` is the job that the present thread runs."""


def listen(record: Record) -> None:
    """Takes cwltool's log over."""
    handler = Handler(record)
    for name in ("cwltool", "salad", "rdflib.term"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING)


class Handler(logging.Handler):
    """Writes cwltool's warnings and errors down, each with the job it is about."""

    def __init__(self, record: Record) -> None:
        super().__init__(logging.WARNING)
        self._record = record

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one down."""
        message = record.getMessage().strip()
        if not message or NOISE.search(message):
            return
        job: Any = getattr(here, "job", None)
        if job is not None and record.levelno >= logging.ERROR and job.error is None:
            job.error = re.sub(r"^\[job [^\]]*\] (Job error:\s*)?", "", message)
            return  # told at the job's end
        self._record.event("said", level=record.levelname.lower(), message=message[:4000])
        self._record.say(str(job.name) if job is not None else "cwltool", message)
