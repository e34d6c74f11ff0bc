"""Takes back what a run that was stopped, or killed, has begun to publish.

``python -m ellip_lab.runs.engines.unpublish`` in the directory of a task, run by its cleanup. Idempotent.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Removes it, and the note that it was begun; the exit code says whether it is gone."""
    from ellip_lab.errors import EllipError
    from ellip_lab.runs.engines.stages import service
    from ellip_lab.runs.publishing import BEGUN, NOTE
    from ellip_lab.shell import read_json

    directory = Path.cwd()
    try:
        root = str(read_json(directory / BEGUN)["root"])
    except FileNotFoundError:
        return 0
    if not (directory / NOTE).exists():
        try:
            service(read_json(directory / "run.json")).take_back(root)
        except EllipError as error:
            sys.stderr.write(f"cleanup: what was published already is still in {root}: {error.detail}\n")
            return 1
    (directory / BEGUN).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
