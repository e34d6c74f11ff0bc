"""Archives of images: the commands that write and read them, and what came of it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

LOADED = re.compile(r"Loaded image(?:\(s\)| ID)?: (.+)")


def save_arguments(kind: str, images: Sequence[str], form: str, part: str) -> list[str]:
    """Gives the words that write images to `part`, which is renamed when it is whole."""
    if kind != "podman":
        return ["save", "--output", part, *images]
    # without this, podman takes a second image for one more name of the first
    many = ["--multi-image-archive"] if len(images) > 1 else []
    return ["save", *many, "--format", form, "--output", part, *images]


def load_arguments(path: str) -> list[str]:
    """Gives the words that read an archive."""
    return ["load", "--input", path]


def part(path: Path, task: str) -> Path:
    """Gives the name of an archive that is not whole yet: a task's own, beside the final one."""
    return path.with_name(f"{path.name}.{task[-4:]}.part")


def place(half: Path, path: Path, *, replace: bool) -> None:
    """Gives a whole archive its name; `FileExistsError` when a file has it and is not to be replaced."""
    if replace:
        half.replace(path)
        return
    try:
        os.link(half, path)  # a rename would replace a file that has come meanwhile
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(str(path)) from None
        half.rename(path)
        return
    half.unlink()


def loaded(lines: Sequence[str]) -> list[str]:
    """Finds the names (or ids) of the images that were read."""
    found: list[str] = []
    for line in lines:
        if match := LOADED.fullmatch(line):
            found += [name.strip() for name in match.group(1).split(",")]
    return found
