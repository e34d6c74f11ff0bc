"""Starts calrissian in its pod: takes the inputs, keeps the output object, leaves pods until they are read.

This text goes to the cluster with every run and is executed there by the Python that has calrissian; here it is
never imported. Standard library only.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import signal
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

VERSION = "0.18.1"
"""The calrissian that this text knows: it replaces functions of it by name."""
REPLACED = ("delete_pods", "handle_sigterm", "main")


def main() -> int:
    """Runs calrissian with the arguments after the first, which is JSON.

    `folder` is that of the run, `inputs` an archive of what goes into it, `waits` says that somebody else puts it there.
    """
    about = json.loads(sys.argv.pop(1))
    folder = Path(about["folder"])
    # the first process of a container is ended by no signal that it does not take
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
    # it takes a second, in which the inputs may arrive
    calrissian: Any = importlib.import_module("calrissian.main")
    if missing := [name for name in REPLACED if not hasattr(calrissian, name)]:
        version = importlib.metadata.version("calrissian")
        sys.stderr.write(
            f"ERROR calrissian {version} has no {', '.join(missing)}: this program knows calrissian {VERSION}, "
            "make the image of deploy/calrissian/Containerfile\n"
        )
        return 1
    for name in ("tmp", "out", "logs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    try:
        output = os.open(folder / "logs/output.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        # a Job makes another pod for one that was deleted; no container is started twice in one pod (restartPolicy)
        sys.stderr.write("ERROR the pod that has begun this run was deleted before it had ended\n")
        return 1
    if about.get("inputs"):
        with tarfile.open(about["inputs"]) as archive:
            archive.extractall(folder)  # noqa: S202 - made by the program that has sent this text
    while about["waits"] and not there(folder / "in/.ready"):
        time.sleep(0.05)
    # calrissian's own `--stdout` goes through a process that may be ended before it has written everything
    os.dup2(output, 1)
    own = calrissian.delete_pods

    def delete_pods() -> None:
        """Leaves the pods until what they wrote last has been read, unless calrissian itself has failed."""
        if sys.exc_info()[0] is not None:
            own()

    def terminated(number: int, _: object) -> None:
        own()
        os._exit(128 + number)

    calrissian.delete_pods = delete_pods
    calrissian.handle_sigterm = terminated
    sys.argv[0] = "calrissian"
    code = int(calrissian.main() or 0)
    sys.stderr.write(f"ellip-lab: ended {code}\n")
    sys.stderr.flush()
    # who follows may be away, and takes the run up when it is there again: the Job's deadline ends this
    while not there(folder / "logs/.read"):
        time.sleep(0.05)
    own()
    return code


def there(file: Path) -> bool:
    """Tells whether a file is there; its folder is read, for a shared volume may remember that it was not."""
    try:
        return file in file.parent.iterdir()
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
