"""The size of what a browser loads."""

from __future__ import annotations

import gzip
from pathlib import Path

from benchmarks.measure import Line, Result, Skipped

TARGET = 300.0
"""kB, compressed."""


def measure() -> list[Result]:
    """Adds up the JavaScript of the built extension, raw and compressed as a server sends it."""
    static = Path(__file__).parent.parent / "ellip_lab" / "labextension" / "static"
    files = sorted(static.glob("*.js"))
    if not files:
        return [Skipped("the browser's bundle, compressed", "it is not built: jlpm build:prod")]
    contents = [file.read_bytes() for file in files]
    raw = sum(len(content) for content in contents) / 1000
    small = sum(len(gzip.compress(content, 6)) for content in contents) / 1000
    return [
        Line("the browser's bundle, compressed", f"{small:.0f} kB", f"raw {raw:.0f} kB", small, TARGET, "kB"),
    ]
