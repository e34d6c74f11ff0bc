"""The clean-up of a work: `python -m ellip_lab.toolboxes.work_cleaning`, in the folder of its task.

Run at every end of the task, by its supervisor or by whoever finds that one dead. Idempotent: it leaves a whole
toolbox or none, a kernel where there is one, and gives the name free.
"""

from __future__ import annotations

from pathlib import Path

from ellip_lab.errors import NotFound
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.toolboxes import cache, kernels
from ellip_lab.toolboxes.claims import release
from ellip_lab.toolboxes.home import Home
from ellip_lab.toolboxes.site import Site


def main() -> None:
    """Cleans up after the work of this folder."""
    task = Path.cwd()
    order = read_json(task / "work.json")
    home = Home(Settings(state=Path(order["state"]), toolboxes=Path(order["folder"])))
    name = order["name"]
    if order["kind"] == "clean":
        cache.tidy(home)
    else:
        Site(home.folder, name, task.name).tidy()
        settle(home, name)
    release(home, order["claim"], task.name)


def settle(home: Home, name: str) -> None:
    """Gives a toolbox its kernel, and takes it from one that is no more."""
    try:
        record = home.record(name)
    except NotFound:
        kernels.remove(home, name)
    except ValueError:
        return  # damaged: told by whoever lists it
    else:
        kernels.write(home, record)


if __name__ == "__main__":
    main()
