"""What a work that did not come to its end leaves is removed: `python -m ellip_lab.apps.work_cleaning`.

Of an installation that is its folder; of a removal, what it had not come to once the app had stopped to count.

Run at every end of the task, in its folder; standard library only.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ellip_lab.apps.work_child import sweep
from ellip_lab.shell import read_json


def clean(task: Path) -> None:
    """Removes the folder of an installation unless it counts, and everything of an app whose removal has begun."""
    try:
        kept = read_json(task / "work.json")
    except (OSError, ValueError):
        return
    folder = Path(kept["folder"])
    home = folder.parent
    if kept["kind"] != "install":
        # one that came to its end has left nothing, and what is there now is of a newer installation
        if not (home / "installed.json").exists() and not done(task):
            sweep(home, None)
        return
    try:
        counts = read_json(home / "installed.json")["folder"] == folder.name
    except (OSError, ValueError, KeyError, TypeError):
        counts = False
    if not counts:
        shutil.rmtree(folder, ignore_errors=True)


def done(task: Path) -> bool:
    """Tells whether a work has come to its good end: its process says so last."""
    try:
        return "result" in read_json(task / "steps.json")
    except (OSError, ValueError):
        return False


if __name__ == "__main__":
    clean(Path.cwd())
