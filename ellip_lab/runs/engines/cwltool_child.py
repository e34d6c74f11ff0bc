"""The engine's process: runs one document with cwltool, in this process, and records what happens.

``python -m ellip_lab.runs.engines.cwltool_child`` in the directory of a task, which holds `run.json`. The CWL
output object goes to standard output, the log to standard error; the exit code is cwltool's (0, 1, or 33 for
what is not supported). Nothing of a failed run is left where the outputs go.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

gc.disable()  # loading makes a great many objects that live on: looking among them for garbage costs a fifth

UNSUPPORTED = 33


def main() -> NoReturn:
    """Runs what `run.json` says and ends the process, without the time Python takes to tidy up."""
    from ellip_lab.shell import read_json

    gc.disable()  # again, where this is a fork of a process that has loaded it long since
    directory = Path.cwd()
    try:
        code = run(read_json(directory / "run.json"), directory)
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - the last place: whatever it is, it belongs into the log
        import traceback

        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


def run(asked: dict[str, Any], directory: Path) -> int:
    """Runs a document and gives the exit code."""
    from ellip_lab.cwl import schemas
    from ellip_lab.runs.engines.record import Record

    record = Record(directory)
    # schema-salad breaks its messages for a terminal, and tells files as seen from here
    os.environ["COLUMNS"] = "2000"
    if asked.get("uses_store"):
        from ellip_lab.runs.engines.stages import hold_store

        hold_store(asked)
    os.chdir(Path(asked["document"]).parent)
    from ellip_lab.runs.engines import cwltool_run

    schemas.ready(Path(asked["cache"]))
    began = time.monotonic()
    ended = cwltool_run.perform(asked, directory, record)
    if asked.get("software"):
        ended["software"] = asked["software"]
    record.event("ended", **ended, step=record.tally.failed)
    code = int(ended["exit_code"])
    word = "done" if code == 0 else "failed"
    record.say("run", f"{word} in {time.monotonic() - began:.1f} s")
    return code


if __name__ == "__main__":
    main()
