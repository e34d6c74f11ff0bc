"""A real shell with the magics, in a folder and a state of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.testing.globalipapp import start_ipython
from s3.stores import store  # noqa: F401 - a fixture

ECHO = """cwlVersion: v1.2
class: CommandLineTool
label: Say it
baseCommand: echo
inputs:
  message: {type: string, inputBinding: {position: 1}}
outputs:
  said: {type: stdout}
stdout: said.txt
"""


@pytest.fixture(scope="session")
def session_shell() -> InteractiveShell:
    shell = start_ipython() or InteractiveShell.instance()
    shell.run_line_magic("load_ext", "ellip_lab")
    # a terminal's shell makes text only; a notebook's makes these too
    assert shell.display_formatter is not None
    shell.display_formatter.active_types = shell.display_formatter.format_types
    return shell


@pytest.fixture
def shell(
    session_shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InteractiveShell]:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("ELLIP_LAB_STATE", str(tmp_path / "state"))
    yield session_shell
    session_shell.reset(new_session=False)
