"""The kernel of a toolbox: the server's own Python with the toolbox active, or the toolbox's where it has ipykernel."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.shell import write_json
from ellip_lab.toolboxes.home import kernel_name, kernel_title

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home, Record

PYTHONS_OWN = {"PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "LD_PRELOAD"}
"""What would make another Python of the server's."""


def spec(record: Record) -> JsonObject:
    """Gives the content of its `kernel.json`."""
    own = Path(record.prefix, "bin", "python")
    env = {name: value for name, value in record.env.items() if record.ipykernel or name not in PYTHONS_OWN}
    path = ":".join((*record.path, "${PATH}"))
    return {
        "argv": [
            str(own) if record.ipykernel else sys.executable,
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
        ],
        "display_name": kernel_title(record),
        "language": "python",
        # a kernel's variables may name others: what looks like that in a value is meant as it stands
        "env": {**{name: value.replace("$", "$$") for name, value in env.items()}, "PATH": path},
        "metadata": {"debugger": True, "ellip_toolbox": record.name},
    }


def write(home: Home, record: Record) -> None:
    """Writes the kernel of a toolbox, as a whole."""
    folder = home.kernels / kernel_name(record.name)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "kernel.json", spec(record))


def remove(home: Home, name: str) -> None:
    """Removes the kernel of a toolbox, if it has one."""
    shutil.rmtree(home.kernels / kernel_name(name), ignore_errors=True)
