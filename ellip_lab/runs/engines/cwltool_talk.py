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
    r"^Workflow checker warning|has been replaced by|try again with --debug|previously defined$"
)
"""What this program says itself, and better."""

INNARDS = re.compile(
    r"^\s*at .*(?:node:|evalmachine|\[eval\]).*\n?|^\s*Expecting value: line 1 column 1 \(char 0\)\n|"
    r"(?:Docker|Singularity) is required to run this tool: ",
    re.MULTILINE,
)
"""What says nothing to the author of a document."""

COMMAND = "[job %s] %s$ %s"
"""How cwltool's message begins that it writes just before it starts a tool."""

here = threading.local()
"""`here.job` is the job that the present thread runs."""


def listen(record: Record) -> None:
    """Takes the log over: cwltool's, and that of the libraries it uses."""
    root = logging.getLogger()
    root.handlers[:] = [Handler(record)]
    root.setLevel(logging.WARNING)
    for name in ("cwltool", "salad", "cwl_utils"):
        logging.getLogger(name).handlers.clear()
    logging.getLogger("cwltool").setLevel(logging.INFO)


class Handler(logging.Handler):
    """Writes cwltool's warnings and errors down, each with the job it is about."""

    def __init__(self, record: Record) -> None:
        super().__init__(logging.INFO)
        self._record = record

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one down; a tool that is about to be started tells its command."""
        job: Any = getattr(here, "job", None)
        if record.levelno < logging.WARNING:
            if job is not None and str(record.msg).startswith(COMMAND):
                job.tell_command()
            return
        message = record.getMessage().strip()
        # what an expression has thrown is raised as well, and told with its place
        if not message or NOISE.search(message) or record.name.startswith("cwl_utils"):
            return
        if job is not None and record.levelno >= logging.ERROR:
            job.error = job.error or re.sub(r"^\[job [^\]]*\] (Job error:\s*)?", "", message)
            return  # told at the job's end
        self._record.event("said", level=record.levelname.lower(), message=message[:4000])
        self._record.say(str(job.name) if job is not None else "cwltool", message)


def calm(message: str) -> str:
    """Gives a message without the innards of the programs that brought it about."""
    return INNARDS.sub("", message)
