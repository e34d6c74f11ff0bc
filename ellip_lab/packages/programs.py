"""The programs of the demo packages as commands of this machine, for runs without containers.

With containers a package's program is in its image. Without them the tools call the same command, and it has
to be on PATH: this is what the wheel's command `water-bodies` starts, the very file the image holds.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from ellip_lab.packages.demo import SHIPPED


def water_bodies() -> None:
    """Runs the program of the package `water-bodies` and ends with its exit code."""
    program = Path(SHIPPED / "water_bodies.py")
    try:
        runpy.run_path(str(program), run_name="__main__")
    except ModuleNotFoundError as error:
        sys.exit(f"water-bodies: {error.name} is not installed: pip install 'ellip-lab[raster]'")
