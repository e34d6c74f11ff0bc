"""An image that is half written: podman adds its record to the store first, and its parts one by one.

One whose writer was killed stays so; with it there, podman refuses to list any image (4.3 by its service, and
`podman system df`). ``python -m ellip_lab.containers.half_written PODMAN...`` removes what such a writer has left.
Standard library only: the clean-ups of works and of runs use this.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time

ASKED = 20.0
"""Seconds that podman has for each question."""
WRITTEN = 3.0
"""Seconds within which a living writer has added the next part."""
COMPLAINT = re.compile(r'locating item named .{1,200}? for image with ID \\*"([0-9a-f]{64})')


def named(said: str) -> set[str]:
    """Gives the ids of the images that a complaint of podman's says are half written."""
    return set(COMPLAINT.findall(said))


def found(podman: list[str]) -> set[str]:
    """Gives the ids of those that are in the store; `podman` is the program with its options."""
    return named(_run([*podman, "images", "--all", "--no-trunc", "--quiet"]).stderr)


def remove(podman: list[str]) -> None:
    """Removes those that somebody has left; for whoever was ended while it wrote one.

    Others may be written meanwhile by whoever lives, and are whole in a moment: what stays as it is, is left over.
    """
    until = time.monotonic() + WRITTEN
    left = found(podman)
    while left and time.monotonic() < until:
        time.sleep(0.1)
        left &= found(podman)
    if left:
        reply = _run([*podman, "rmi", *sorted(left)])
        if reply.returncode:
            sys.stderr.write(f"[ellip] a half written image stays: {reply.stderr.strip()}\n")


def _run(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, capture_output=True, stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=ASKED,
        check=False,
    )  # fmt: skip


if __name__ == "__main__":
    remove(sys.argv[1:])
