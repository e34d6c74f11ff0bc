"""The settings of the rooms: one frozen object, filled by a door (traits, options) or from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from ellip_lab.contract import Contract
from ellip_lab.errors import Denied, NotFound
from ellip_lab.shell import state_home, task_limit, toolboxes_home


class Settings(Contract):
    """Holds what a user may choose; every room gets this one object."""

    state: Path = Field(default_factory=state_home)
    """The folder of tasks, slots, and generated configuration; created 0700 when first used."""
    root: Path = Field(default_factory=lambda: Path.cwd().absolute())
    """The workspace: the Jupyter server's root folder, the current folder at the command line."""
    task_limit: int = Field(default_factory=task_limit, ge=1, le=256)
    """How many tasks run at the same time; further ones wait in the queue."""
    keep_days: float = Field(default=90, gt=0)
    """How many days an ended task is kept."""
    keep_count: int = Field(default=10_000, ge=1)
    """How many ended tasks are kept at the most."""
    container: str = Field(default="auto", pattern="^(auto|podman|docker|none)$")
    """The container engine a run uses unless it says otherwise."""
    results: str = Field(default="results", min_length=1)
    """The folder, in the workspace, that takes the outputs of runs that name none."""
    toolboxes_dir: Path | None = Field(default_factory=toolboxes_home)
    """The folder of toolboxes and of their cache; null for one below the state folder."""


def inside(root: Path, path: str) -> Path:
    """Gives the absolute place of a path of the workspace; symbolic links are followed before the check.

    `Denied` when it leads outside `root`. The path need not exist.
    """
    if "\x00" in path:
        raise NotFound("a path cannot hold a null character")
    base = root.resolve()
    place = (base / path.lstrip("/")).resolve()
    if not place.is_relative_to(base):
        raise Denied(f"{path} is outside the workspace", hint="Choose a file below the folder the Lab shows.")
    return place


def within(root: Path, place: Path) -> str | None:
    """Gives the workspace path (slashes, no leading one) of an absolute place, or None when it is outside."""
    try:
        return place.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return None
