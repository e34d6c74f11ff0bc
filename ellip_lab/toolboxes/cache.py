"""What has been downloaded and is kept: shown, and cleaned."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.toolboxes.contract import ToolboxCache
from ellip_lab.toolboxes.site import discard, measured
from ellip_lab.toolboxes.work_cleaning import GONE

if TYPE_CHECKING:
    from ellip_lab.toolboxes.home import Home


class Cache:
    """Is the folder of the packages and of the lists of packages."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def show(self) -> ToolboxCache:
        """Says what there is; every file is looked at."""
        used = used_by_toolboxes(self._home)
        packages = list(kept(self._home))
        sizes = {place.name: measured(place) for place in packages}
        unused = [name for name in sizes if name not in used]
        return ToolboxCache(
            path=str(self._home.cache),
            packages=len(packages),
            size=sum(sizes.values()),
            unused=len(unused),
            unused_size=sum(sizes[name] for name in unused),
            index_size=measured(self._home.cache / "index"),
            free=self._home.free(),
        )


def kept(home: Home) -> Iterator[Path]:
    """Gives the packages of the cache."""
    try:
        found = sorted(entry.name for entry in os.scandir(home.cache / "pkgs") if entry.is_dir())
    except OSError:
        return
    for name in found:
        if not name.startswith("."):
            yield home.cache / "pkgs" / name


def used_by_toolboxes(home: Home) -> set[str]:
    """Gives the packages (`name-version-build`) that any toolbox has."""
    return {
        place.stem for name in home.names() for place in (home.prefix(name) / "conda-meta").glob("*.json")
    }


def clean(home: Home, *, everything: bool, index: bool, say: Callable[[str], None]) -> int:
    """Removes packages, those that no toolbox has or all of them; gives the bytes of what is gone."""
    used = set() if everything else used_by_toolboxes(home)
    freed = 0
    for place in list(kept(home)):
        if place.name in used:
            continue
        freed += measured(place)
        # never half of one under its own name
        gone = place.with_name(f"{GONE}{place.name}")
        discard(gone)
        place.rename(gone)
        place.with_name(f"{place.name}.lock").unlink(missing_ok=True)
        discard(gone)
        say(f"removed {place.name}")
    if index:
        freed += measured(home.cache / "index")
        shutil.rmtree(home.cache / "index", ignore_errors=True)
        say("removed the lists of packages")
    return freed
