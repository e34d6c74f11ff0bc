"""`ellip run` against plain `cwltool`: an echo without a container."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import SCRIPTS, Result, command, paired, ratio

DOCUMENT = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: echo
inputs:
  message: {type: string, inputBinding: {position: 1}}
outputs:
  said: stdout
stdout: said.txt
"""
TARGET = 1.15


def measure() -> list[Result]:
    """Measures the whole command, from the shell to the output object."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "echo.cwl").write_text(DOCUMENT)
        (folder / "params.yml").write_text("message: hello\n")
        env = {**os.environ, "ELLIP_LAB_STATE": str(folder / "state")}
        rest = ["--no-container", "--quiet", "--outdir", str(folder / "out"), "echo.cwl", "params.yml"]
        ours, other = paired(
            command([str(SCRIPTS / "ellip"), "run", *rest], folder, env),
            command([str(SCRIPTS / "cwltool"), *rest], folder, env),
        )
    return [ratio("ellip run, echo without a container", ours, other, TARGET, "cwltool")]
