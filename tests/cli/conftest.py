"""The real command, in a folder and a state of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from s3.stores import store  # noqa: F401 - a fixture

Run = Callable[..., subprocess.CompletedProcess[str]]

ECHO = """cwlVersion: v1.2
class: CommandLineTool
label: Say it
baseCommand: echo
inputs:
  message: {type: string, inputBinding: {position: 1}}
outputs:
  said: stdout
stdout: said.txt
"""
SLEEP = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: sleep
inputs:
  seconds: {type: int, default: 600, inputBinding: {position: 1}}
outputs: []
"""
CAT = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
inputs:
  files: {type: "File[]", inputBinding: {position: 1}}
outputs:
  whole: stdout
stdout: whole.txt
"""


class Desk:
    """Is where a test works: a folder with documents, and a state that is nobody else's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "desk"
        self.state = folder / "state"
        self.folder.mkdir()
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ELLIP_")},
            "ELLIP_LAB_STATE": str(self.state),
            "COLUMNS": "120",
        }
        for name, text in (("echo.cwl", ECHO), ("sleep.cwl", SLEEP), ("cat.cwl", CAT)):
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> Path:
        """Puts a file on the desk."""
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def argv(self, *words: str) -> list[str]:
        """Gives the command of some words."""
        return [sys.executable, "-m", "ellip_lab.cli", *words]

    def ellip(self, *words: str, stdin: str = "", timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end."""
        return subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def started(self, *words: str) -> subprocess.Popen[str]:
        """Starts the command and leaves it running."""
        return subprocess.Popen(
            self.argv(*words),
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def files(self) -> list[str]:
        """Gives what lies on the desk."""
        return sorted(place.relative_to(self.folder).as_posix() for place in self.folder.rglob("*"))

    def tasks(self) -> list[str]:
        """Gives the records in the state."""
        home = self.state / "tasks"
        return sorted(place.name for place in home.iterdir()) if home.is_dir() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
