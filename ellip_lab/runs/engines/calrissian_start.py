"""Starts calrissian in its pod: waits for the inputs, keeps the output object, leaves pods until they are read.

This text goes to the cluster with every run and is executed there by the Python that has calrissian; here it is
never imported. Standard library only.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

READING = 20
"""Seconds that whoever follows the pods has to read their last lines."""


def main() -> int:
    """Runs calrissian with the arguments after the first, which is JSON: `folder`, and whether to wait."""
    about = json.loads(sys.argv.pop(1))
    folder = Path(about["folder"])
    while about["waits"] and not (folder / "in/.ready").exists():
        time.sleep(0.05)
    for name in ("tmp", "out", "logs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    # calrissian's own `--stdout` goes through a process that may be ended before it has written everything
    os.dup2(os.open(folder / "logs/output.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)
    calrissian: Any = importlib.import_module("calrissian.main")
    own = calrissian.delete_pods

    def delete_pods() -> None:
        """Lets whoever follows the pods read what they wrote last, and removes them then."""
        if sys.exc_info()[0] is None:
            sys.stderr.write("ellip-lab: ended\n")
            sys.stderr.flush()
            until = time.monotonic() + READING
            while time.monotonic() < until and not (folder / "logs/.read").exists():
                time.sleep(0.05)
        own()

    def terminated(number: int, _: object) -> None:
        own()
        os._exit(128 + number)

    calrissian.delete_pods = delete_pods
    calrissian.handle_sigterm = terminated
    sys.argv[0] = "calrissian"
    return int(calrissian.main() or 0)


if __name__ == "__main__":
    sys.exit(main())
