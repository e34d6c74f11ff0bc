"""`benchmarks/run`: every promise, or the named ones; the exit code is 1 when one is not kept."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import cast

from benchmarks.measure import HEAD, PAIRS, Line, Result

NAMES = (
    "echo",
    "editing",
    "container",
    "imports",
    "bundle",
    "listing",
    "tasks",
    "tail",
    "s3_pages",
    "s3_busy",
    "storage",
    "images",
    "images_work",
    "expose",
    "cluster",
)


def main() -> int:
    """Measures, prints a line as soon as it is known, and gives the exit code."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"error: no such benchmark: {', '.join(unknown)}\nhint: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {PAIRS} pairs, medians\n{HEAD}",
        flush=True,
    )
    over = 0
    for name in wanted:
        measure = cast("Callable[[], Iterable[Result]]", import_module(f"benchmarks.{name}").measure)
        for line in measure():
            print(line, flush=True)
            over += isinstance(line, Line) and not line.ok
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
