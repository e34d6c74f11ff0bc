"""The table of the specification is what the installed schemas say, and quick."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from ellip_lab.cwl.language import specification as module
from ellip_lab.cwl.language.specification import nearest, specification

from .asking import ROOT


def test_it_is_what_the_schemas_say() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/specification", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_loaded_in_milliseconds() -> None:
    module._all.cache_clear()
    began = time.perf_counter()
    specification("v1.2").record("Workflow")
    assert time.perf_counter() - began < 0.1


@pytest.mark.parametrize(
    ("version", "record", "field", "there"),
    [
        ("v1.0", "WorkflowStep", "when", False),
        ("v1.1", "WorkflowStep", "when", False),
        ("v1.2", "WorkflowStep", "when", True),
        ("v1.0", "WorkflowStepInput", "pickValue", False),
        ("v1.2", "WorkflowStepInput", "pickValue", True),
        ("v1.0", "CommandInputParameter", "type", True),
        ("v1.2", "Workflow", "intent", True),
        ("v1.1", "Workflow", "intent", False),
    ],
)
def test_versions_differ(version: str, record: str, field: str, there: bool) -> None:
    found = specification(version).record(record)
    assert found is not None
    assert (field in found.fields) is there


def test_what_a_field_is() -> None:
    spec = specification("v1.2")
    step = spec.record("WorkflowStep")
    assert step is not None
    assert [name for name, one in step.fields.items() if one.required] == ["in", "out", "run"]
    assert step.fields["in"].subject == "id"
    assert step.fields["in"].predicate == "source"
    assert "Specifies the process to run" in step.fields["run"].doc
    assert step.fields["scatterMethod"].shape() == "ScatterMethod"
    assert spec.symbols("ScatterMethod") == ("dotproduct", "nested_crossproduct", "flat_crossproduct")
    assert "NetworkAccess" in spec.requirements
    assert "NetworkAccess" not in specification("v1.0").requirements
    assert "Operation" not in specification("v1.1").processes


def test_no_link_leads_into_a_page_that_is_not_there() -> None:
    assert "](#" not in (ROOT / "ellip_lab/cwl/language/specification.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "read"),
    [("v1.0", "v1.0"), ("v1.2.0-dev5", "v1.2"), (None, "v1.2"), ("v9", "v1.2"), ("v1.1", "v1.1")],
)
def test_the_nearest_version(written: str | None, read: str) -> None:
    assert nearest(written) == read
