"""What `import ellip_lab` costs over an empty Python."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Line, Result, command, paired, ratio

TARGET = 50.0
PAIRS = 15


def python(code: str) -> Callable[[], object]:
    """Gives a call that runs a line in a Python of its own."""
    return command([sys.executable, "-c", code], Path.cwd())


def measure() -> list[Result]:
    """Measures whole processes: the interpreter with the import, and without."""
    bare, empty = paired(python("import ellip_lab"), python("pass"), PAIRS)
    hall, words = paired(
        python("import ellip_lab; ellip_lab.Lab"), python("from pydantic import BaseModel"), PAIRS
    )
    more = (bare - empty) * 1000
    return [
        Line("import ellip_lab", f"{bare * 1000:.0f} ms", f"empty {empty * 1000:.0f} ms", more, TARGET, "ms"),
        # the hall needs pydantic, which is most of its cost: watched, so that nothing heavy joins it
        ratio("from ellip_lab import Lab", hall, words, 2.5, "pydantic"),
    ]
