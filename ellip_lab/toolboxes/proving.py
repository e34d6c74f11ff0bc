"""The commands that prove that a toolbox works."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ellip_lab.toolboxes.contract import Proof

PATIENCE = 120.0
"""Seconds that one may take."""
SHOWN = 5
"""How many of the last lines are kept."""


def prove(command: str, env: Mapping[str, str], folder: Path) -> Proof:
    """Runs a command with the toolbox active, and says what came of it."""
    try:
        argv = shlex.split(command)
    except ValueError as error:
        return Proof(command=command, passed=False, said=str(error))
    program = shutil.which(argv[0], path=env["PATH"]) if argv else None
    if program is None:
        return Proof(command=command, passed=False, said="there is no such command")
    try:
        done = subprocess.run(
            [program, *argv[1:]], env=dict(env), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Proof(command=command, passed=False, said=f"it did not end within {PATIENCE:g} seconds")
    except OSError as error:
        return Proof(command=command, passed=False, said=error.strerror or os.strerror(error.errno or 0))
    lines = [line[:500] for line in done.stdout.decode(errors="replace").splitlines() if line.strip()]
    return Proof(command=command, passed=done.returncode == 0, said="\n".join(lines[-SHOWN:]))
