"""Pulling: the command, and the image that came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

IDENTITY = re.compile(r"[0-9a-f]{64}")


def arguments(image: str, platform: str | None) -> list[str]:
    """Gives the words of the command line, for podman and docker alike."""
    chosen = ["--platform", platform] if platform else []
    return ["pull", *chosen, image]


def result(lines: Sequence[str]) -> str | None:
    """Finds the id of the image in what podman said; docker does not tell it."""
    return next((line for line in reversed(lines) if IDENTITY.fullmatch(line)), None)
