"""The scripts of an activation are run once, and what they do is measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ellip_lab.errors import Conflict
from ellip_lab.toolboxes import activating
from ellip_lab.toolboxes.work_child import Work


def test_an_environment_larger_than_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activating, "PATIENCE", 10.0)
    large = 100_000
    path, env = activating.measure(tmp_path, "eo", f"export LARGE=$(printf '%0{large}d' 0)\nexport END=here")
    assert path == (f"{tmp_path}/bin",)
    assert (len(env["LARGE"]), env["END"]) == (large, "here")


def test_scripts_that_fail_are_told_with_their_last_word(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no licence"):
        activating.measure(tmp_path, "eo", "echo no licence >&2; exit 3")


def test_scripts_that_hang_are_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activating, "PATIENCE", 0.3)
    place = tmp_path / "etc/conda/activate.d/hang.sh"
    place.parent.mkdir(parents=True)
    place.write_text("while :; do :; done\n")
    work: Any = Work.__new__(Work)
    work.name, work.site = "eo", SimpleNamespace(final=tmp_path)
    work.home = SimpleNamespace(platform="linux-64")
    with pytest.raises(Conflict) as caught:
        work.recorded(SimpleNamespace(wanted=None))
    assert caught.value.detail == "its activation does not work: its scripts did not end in 0.3 s"
