"""What servers that were killed have left: their instances' folders, and processes whose keepers were killed too."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from ellip_lab.apps.descendants import kill_marked
from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.identity import alive, identity


def claim(folder: Path) -> Path:
    """Makes the folder of this process's instances, which says whose it is."""
    own = folder / secrets.token_hex(8)
    own.mkdir(mode=0o700, parents=True)
    write_json(own / "server.json", identity(os.getpid()), 0o600)
    return own


def clear(folder: Path) -> None:
    """Removes what belongs to servers that are gone; those of other machines are left alone."""
    if not folder.is_dir():
        return
    for own in folder.iterdir():
        try:
            gone = alive(read_json(own / "server.json")) is False
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being made, or being removed
        if not gone:
            continue
        for start in own.glob("*/start.json"):
            kill_marked(start.parent.name)
            try:
                runtime = Path(read_json(start)["runtime"])
            except (OSError, ValueError, KeyError, TypeError):
                continue
            if runtime.name.startswith("app-"):
                shutil.rmtree(runtime, ignore_errors=True)
        shutil.rmtree(own, ignore_errors=True)
