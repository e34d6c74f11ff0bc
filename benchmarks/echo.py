"""`ellip run` against plain `cwltool`: an echo without a container."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import COLD, SCRIPTS, Result, command, paired, ratio, warmed

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
WARM = 0.5


def measure() -> list[Result]:
    """Measures the whole command, from the shell to the output object."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "echo.cwl").write_text(DOCUMENT)
        (folder / "params.yml").write_text("message: hello\n")
        env = {**os.environ, "ELLIP_LAB_STATE": str(folder / "state")}
        rest = ["--no-container", "--quiet", "--outdir", str(folder / "out"), "echo.cwl", "params.yml"]
        plain = command([str(SCRIPTS / "cwltool"), *rest], folder, env)
        ours = [str(SCRIPTS / "ellip"), "run", *rest]
        cold = paired(command(ours, folder, env | COLD), plain)
        with warmed() as own:
            warm = paired(command(ours, folder, env | own), plain)
    return [
        ratio("ellip run, echo without a container, cold", *cold, TARGET, "cwltool"),
        ratio("the same with the warm process", *warm, WARM, "cwltool"),
    ]
