"""What `import ellip_lab` costs over an empty Python."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import Line, Result, command, paired

TARGET = 50.0


def measure() -> list[Result]:
    """Measures whole processes: the interpreter with the import, and without."""
    here = Path.cwd()
    ours, other = paired(
        command([sys.executable, "-c", "import ellip_lab; ellip_lab.Lab"], here),
        command([sys.executable, "-c", "pass"], here),
        15,
    )
    bare, empty = paired(
        command([sys.executable, "-c", "import ellip_lab"], here),
        command([sys.executable, "-c", "pass"], here),
        15,
    )
    return [
        Line(
            "import ellip_lab",
            f"{bare * 1000:.0f} ms",
            f"empty {empty * 1000:.0f} ms",
            (bare - empty) * 1000,
            TARGET,
            "ms",
        ),
        Line(
            "from ellip_lab import Lab",
            f"{ours * 1000:.0f} ms",
            f"empty {other * 1000:.0f} ms",
            (ours - other) * 1000,
            # Lab needs pydantic, which costs most of this; not a promise of the issue, but watched.
            250.0,
            "ms",
        ),
    ]
