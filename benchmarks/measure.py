"""Measuring: pairs in turn, medians, and a line that says ok or over."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PAIRS = int(os.environ.get("BENCHMARK_PAIRS", "7"))
"""How many times each of two things is measured, in turn, so that a slow moment of the machine hits both."""
SCRIPTS = Path(sys.executable).parent
"""The folder of `ellip` and `cwltool`: those of this Python."""


@dataclass(frozen=True)
class Line:
    """Is one promise: what was measured, what it is held against, and the target."""

    name: str
    ours: str
    other: str
    value: float
    target: float
    unit: str

    @property
    def ok(self) -> bool:
        """Tells whether the promise is kept."""
        return self.value <= self.target

    def __str__(self) -> str:
        """Gives the line of the table."""
        mark = "ok" if self.ok else "OVER"
        return f"{self.name:<44} {self.ours:>12} {self.other:>22} {self.value:>9.2f} {self.unit:<3} {self.target:>7g}  {mark}"


HEAD = f"{'what':<44} {'ours':>12} {'against':>22} {'value':>13} {'target':>7}"


@dataclass(frozen=True)
class Skipped:
    """Is a promise that cannot be measured here, and why."""

    name: str
    why: str

    def __str__(self) -> str:
        """Gives the line of the table."""
        return f"{self.name:<44} not measured: {self.why}"


Result = Line | Skipped


def timed(work: Callable[[], object]) -> float:
    """Gives how long something takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def command(argv: Sequence[str], cwd: Path, env: dict[str, str] | None = None) -> Callable[[], object]:
    """Gives a call that runs a command to its end; one that fails ends the benchmark with what it said."""

    def call() -> None:
        done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stderr}")

    return call


def paired(
    ours: Callable[[], object], other: Callable[[], object], pairs: int = PAIRS
) -> tuple[float, float]:
    """Measures two things in turn, after one turn each that does not count; gives their medians in seconds."""
    ours()
    other()
    times = [(timed(ours), timed(other)) for _ in range(pairs)]
    return median(a for a, _ in times), median(b for _, b in times)


def ratio(name: str, ours: float, other: float, target: float, against: str) -> Line:
    """Gives the line for a ratio of two times."""
    return Line(name, f"{ours:.3f} s", f"{against} {other:.3f} s", ours / other, target, "x")


@contextmanager
def warmed() -> Iterator[dict[str, str]]:
    """Gives the variables that lead to a warm process of the benchmark's own, once it is up; ends it afterwards."""
    from ellip_lab.lab import Lab

    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory(prefix="warm-") as made:
        os.environ["XDG_RUNTIME_DIR"] = made
        warm = Lab().warm
        try:
            warm.start()
            until = time.monotonic() + 30
            while warm.show() is None:
                if time.monotonic() > until:
                    raise SystemExit("the warm process does not come up")
                time.sleep(0.05)
            yield {"XDG_RUNTIME_DIR": made}
        finally:
            warm.end()
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before


COLD = {"ELLIP_LAB_WARM": "off"}
"""The variables that do without the warm process."""
