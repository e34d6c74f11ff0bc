"""The clean-up of a work: `python -m ellip_lab.toolboxes.work_cleaning`, in the folder of its task.

Run at every end of the task, by its supervisor or by whoever finds that one dead. Idempotent: it leaves a whole
toolbox or none, a kernel where there is one, and gives the name free. Standard library only, but where an old
toolbox has to be put back.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ellip_lab.shell import read_json
from ellip_lab.toolboxes.claims import release
from ellip_lab.toolboxes.site import RECORD, Site, discard

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

KERNEL = "ellip-toolbox-"
"""How the names of kernels of toolboxes begin."""
GONE = ".gone-"
"""What a package of the cache is called while it is being removed."""


def main() -> None:
    """Cleans up after the work of this folder."""
    task = Path.cwd()
    order = read_json(task / "work.json")
    folder, name = Path(order["folder"]), order["name"]
    if order["kind"] == "clean":
        for place in (folder / ".cache" / "pkgs").glob(f"{GONE}*"):
            discard(place)
    else:
        put_back = Site(folder, name, task.name).tidy()
        settle(order, put_back)
    release(folder / ".claims", order["claim"], task.name)


def settle(order: dict[str, Any], put_back: bool) -> None:
    """Takes the kernel from a toolbox that is no more, and gives one that was put back its own again."""
    folder, name = Path(order["folder"]), order["name"]
    if not (folder / name / RECORD).is_file():
        shutil.rmtree(folder / ".kernels" / f"{KERNEL}{name}", ignore_errors=True)
        return
    if put_back:
        from ellip_lab.settings import Settings
        from ellip_lab.toolboxes import kernels
        from ellip_lab.toolboxes.home import Home

        home = Home(Settings(state=Path(order["state"]), toolboxes_dir=folder))
        try:
            kernels.write(home, home.record(name))
        except ValueError:
            return  # damaged: told by whoever lists it


if __name__ == "__main__":
    main()
