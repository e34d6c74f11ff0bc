"""What an installation that did not come to its end leaves is removed: `python -m ellip_lab.apps.work_cleaning`.

Run at every end of the task, in its folder; standard library only.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ellip_lab.shell import read_json


def clean(task: Path) -> None:
    """Removes the folder of an installation unless it counts."""
    try:
        kept = read_json(task / "work.json")
    except (OSError, ValueError):
        return
    if kept["kind"] != "install":
        return
    folder = Path(kept["folder"])
    try:
        counts = read_json(folder.parent / "installed.json")["folder"] == folder.name
    except (OSError, ValueError, KeyError, TypeError):
        counts = False
    if not counts:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    clean(Path.cwd())
