"""Removes the outputs of a run, and nothing that is not one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ellip_lab.contract import JsonObject
from ellip_lab.errors import Denied
from ellip_lab.runs.outputs import places
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import Task

if TYPE_CHECKING:
    from ellip_lab.runs.reading import Reading


@dataclass(frozen=True)
class Removal:
    """Is what is to go."""

    outdir: Path
    whole: bool
    """The folder is this run's own."""
    files: tuple[Path, ...]

    def remove(self) -> None:
        """Removes it; what is gone already is no error."""
        if self.whole:
            if self.outdir.exists():
                shutil.rmtree(self.outdir)
            return
        for file in self.files:
            if file.is_dir() and not file.is_symlink():
                shutil.rmtree(file)
            else:
                file.unlink(missing_ok=True)


def outputs(settings: Settings, reading: Reading, task: Task, data: JsonObject) -> Removal:
    """Says what goes with a run; `Denied` when it lies outside the workspace's results."""
    outdir = reading.outdir(task.id, data).resolve()
    results = (settings.root / settings.results).resolve()
    if outdir == results or not outdir.is_relative_to(results):
        raise Denied(
            f"the outputs of {data['name']} lie in {outdir}, outside {results}",
            hint="Remove them by hand, and the record without its outputs.",
        )
    found = places(reading.output_object(task) or {})
    own = tuple(file for file in found if file.resolve().parent == outdir)
    return Removal(outdir, bool(data["own_folder"]), own)
