"""Pushing: the command, and the digest that the registry knows the image by from then on."""

from __future__ import annotations

import re
from collections.abc import Sequence

DIGESTFILE = "digest"
"""The file, in the task's folder, that podman writes the digest to."""
SAID = re.compile(r"\bdigest: (sha256:[0-9a-f]{64})\b")


def arguments(kind: str, image: str, target: str | None) -> list[str]:
    """Gives the words of the command line; docker pushes a name, podman an image under any name."""
    if kind == "podman":
        return ["push", "--digestfile", DIGESTFILE, image, *([target] if target else [])]
    return ["push", target or image]


def result(lines: Sequence[str]) -> str | None:
    """Finds the digest in what docker said."""
    return next((found.group(1) for line in reversed(lines) if (found := SAID.search(line))), None)
