"""Same package, same result: what the cluster gives is what this machine gives, by content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.lab import Lab
from ellip_lab.runs.comparison import CompareQuery
from ellip_lab.runs.handle import RunHandle
from ellip_lab.tasks.contract import State

from .conftest import DOCUMENTS, PATIENCE
from .test_run import texts


def test_four_here_and_there(lab: Lab, start: Callable[..., RunHandle]) -> None:
    given: dict[str, Any] = texts(lab)
    there = start("four.cwl", given)
    here = lab.runs.start(DOCUMENTS / "four.cwl", given, container="none").wait(PATIENCE).show()
    assert here.state is State.DONE, here.failure
    ended = there.wait(PATIENCE).show()
    assert ended.state is State.DONE, ended.failure
    found = lab.runs.compare(here.id, CompareQuery(other=there.id))
    assert found.same, found.differences
    assert (found.left_engine, found.right_engine) == ("cwltool, none", "calrissian, kubernetes")
    assert (found.outputs, found.files) == (2, 5)
    used = lab.runs.usage(there.id)
    assert [(step.id, step.jobs) for step in used.steps] == [("shout", 4), ("join", 1)]
    assert used.reserved
    assert used.cpu_hours
    assert used.memory_hours
    # each pod asks for 0.1 cores and 64 MiB
    assert used.memory_hours / used.cpu_hours == pytest.approx(0.067108864 / 0.1, rel=0.01)
    Path(ended.outdir, "t2.loud").write_text("WORD 3\n")
    found = lab.runs.compare(here.id, CompareQuery(other=there.id))
    assert [(one.place, one.kind.value) for one in found.differences] == [("loud/2", "content")]
