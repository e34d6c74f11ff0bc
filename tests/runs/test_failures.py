"""Why a run failed: each cause brought about for real, without containers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Cause, Failure, Run, RunLogQuery, RunQuery, StepState
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, scratch

Perform = Callable[..., Run]


def failed(run: Run) -> Failure:
    """Gives why a run failed; every failure says what happened, and leaves nothing behind."""
    assert run.state is State.FAILED, run
    assert run.failure is not None
    assert run.failure.headline
    assert run.failure.explanation
    assert run.outputs == ()
    assert not Path(run.outdir).exists(), list(Path(run.outdir).iterdir())
    return run.failure


def test_a_step_that_fails(lab: Lab, perform: Perform) -> None:
    run = perform("fails.cwl")
    failure = failed(run)
    assert failure.cause is Cause.COMMAND
    assert failure.headline == "bad failed with exit code 3"
    assert (failure.step, failure.job, failure.exit_code) == ("bad", "bad", 3)
    assert failure.command is not None
    assert failure.command.startswith("sh -c ")
    assert failure.tail == ("one", "the last word")
    assert failure.explanation == "the last word"
    log = [
        line.split(maxsplit=2)[2]
        for line in "".join(lab.runs.log(run.id, RunLogQuery(offset=0)).text).splitlines()
    ]
    assert log.index(failure.command) < log.index("one")
    states = {step.id: step.state for step in run.steps}
    assert states == {"good": StepState.DONE, "bad": StepState.FAILED, "after": StepState.NOT_RUN}
    assert not scratch(lab)


def test_an_empty_glob(perform: Perform) -> None:
    failure = failed(perform("glob.cwl"))
    assert failure.cause is Cause.GLOB
    assert failure.headline == "glob wrote no *.tif"
    assert "I write nothing" in failure.tail


@pytest.mark.parametrize("check", [True, False])
def test_an_expression_that_throws(perform: Perform, check: bool) -> None:
    failure = failed(perform("throws.cwl", check=check))
    assert failure.cause is Cause.EXPRESSION
    assert "the bbox has no four numbers" in failure.explanation


def test_a_program_that_is_not_there(perform: Perform) -> None:
    failure = failed(perform("program.cwl"))
    assert failure.cause is Cause.COMMAND
    assert "gdal_nonsense" in failure.headline
    assert "this machine" in failure.explanation


def test_what_cwltool_does_not_support(perform: Perform) -> None:
    failure = failed(perform("unsupported.cwl"))
    assert failure.cause is Cause.UNSUPPORTED


def test_more_memory_than_there_is(lab: Lab) -> None:
    place = lab.settings.root / "greedy.cwl"
    place.write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: echo\ninputs: []\noutputs: []\n"
        "requirements: {ResourceRequirement: {ramMin: 100000000}}\n"
    )
    failure = failed(lab.runs.start(place, {}, container="none").wait(PATIENCE).show())
    assert failure.cause is Cause.MEMORY
    assert "100000000 MiB" in failure.explanation


def test_no_node(perform: Perform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # PATH without node; and no node that PyPI's wheel carries
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "echo", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setattr("ellip_lab.runs.service.node_directory", lambda: None)
    monkeypatch.setattr("ellip_lab.runs.engines.cwltool.sys.executable", _python_without_neighbours(tmp_path))
    monkeypatch.setenv("PATH", str(programs))
    failure = failed(perform("throws.cwl", check=False))
    assert failure.cause is Cause.NODE
    assert "node" in str(failure.hint)


def _python_without_neighbours(folder: Path) -> str:
    import sys

    place = folder / "alone" / "python"
    place.parent.mkdir()
    place.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    place.chmod(0o755)
    return str(place)


def test_a_killed_process(perform: Perform) -> None:
    failure = failed(perform("shell.cwl", {"command": "kill -9 $$"}))
    assert failure.cause is Cause.MEMORY
    assert failure.exit_code == -9


def test_a_disk_that_is_full(lab: Lab, document: Callable[[str], Path], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode
    ):
        pytest.skip("a small disk cannot be mounted: not root, or not allowed")
    try:
        run = (
            lab.runs.start(
                document("shell.cwl"),
                {"command": "head -c 4000000 /dev/zero > big.txt"},
                container="none",
                outdir=disk / "o",
            )
            .wait(PATIENCE)
            .show()
        )
        failure = failed(run)
        assert failure.cause is Cause.DISK
        assert list(disk.iterdir()) == []
        full = {"command": f"head -c 4000000 /dev/zero > {disk}/too-big"}
        again = lab.runs.start(document("shell.cwl"), full, container="none").wait(PATIENCE).show()
        assert failed(again).cause is Cause.DISK
    finally:
        subprocess.run(["umount", disk], check=True)


def test_the_engine_that_is_asked_for_does_not_work(lab: Lab, document: Callable[[str], Path]) -> None:
    if lab.containers.find("docker").works:
        pytest.skip("there is a docker daemon on this machine")
    with pytest.raises(Unavailable) as caught:
        lab.runs.start(document("echo.cwl"), {"message": "x"}, container="docker")
    assert "docker" in caught.value.detail.lower()
    assert caught.value.hint
    assert not lab.tasks.root.exists() or not list(lab.tasks.root.iterdir())


def test_no_engine_and_a_tool_that_requires_one(
    lab: Lab, document: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ellip_lab.containers.contract import ContainerEngine, EngineKind

    none = ContainerEngine(kind=EngineKind.NONE, problem="no container engine works here")
    monkeypatch.setattr(type(lab.containers), "find", lambda *_: none)
    required = lab.runs.start(document("shell.cwl"), {"command": "true"}).wait(PATIENCE).show()
    failure = failed(required)
    assert failure.cause is Cause.ENGINE
    assert "apt-get install podman" in str(failure.hint)
    hinted = lab.runs.start(document("flow.cwl"), {"words": ["a"]}).wait(PATIENCE).show()
    assert hinted.state is State.DONE
    asked = lab.runs.start(document("shell.cwl"), {"command": "true"}, container="none").wait(PATIENCE).show()
    assert asked.state is State.DONE


BAD = {
    "no such document": ("nowhere.cwl", {}, NotFound, "nowhere.cwl"),
    "a wrong type": ("echo.cwl", {"message": 5}, Invalid, "message"),
    "a missing input": ("echo.cwl", {}, Invalid, "message"),
    "a missing file": ("cat.cwl", {"file": {"class": "File", "path": "gone.txt"}}, Invalid, "gone.txt"),
    "an unknown entry": ("flow.cwl#nobody", {}, Invalid, "nobody"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_requests_write_nothing(lab: Lab, document: Callable[[str], Path], case: str) -> None:
    name, inputs, kind, word = BAD[case]
    path, _, entry = name.partition("#")
    place = lab.settings.root / path if path == "nowhere.cwl" else document(path)
    with pytest.raises(kind) as caught:
        lab.runs.start(f"{place}{'#' + entry if entry else ''}", inputs, container="none")
    assert word in str(caught.value.detail) + str(caught.value.problems)
    assert not lab.runs.list(RunQuery()).runs
    assert not lab.tasks.root.exists() or not list(lab.tasks.root.iterdir())


@pytest.mark.parametrize("case", [case for case in BAD if case != "no such document"])
def test_bad_requests_unchecked_fail_at_once(lab: Lab, document: Callable[[str], Path], case: str) -> None:
    name, inputs, _, word = BAD[case]
    path, _, entry = name.partition("#")
    handle = lab.runs.start(
        f"{document(path)}{'#' + entry if entry else ''}", inputs, container="none", check=False
    )
    failure = failed(handle.wait(PATIENCE).show())
    assert failure.cause in (Cause.INPUT, Cause.DOCUMENT)
    assert word in failure.explanation + failure.headline


def test_an_outdir_that_cannot_be_written(lab: Lab, document: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        lab.runs.start(document("echo.cwl"), {"message": "x"}, outdir=tmp_path / "file" / "below")
    assert "not a folder" in caught.value.detail
    with pytest.raises(Unavailable):
        lab.runs.start(document("echo.cwl"), {"message": "x"}, outdir="/proc/nowhere")


def test_a_document_that_is_no_cwl(lab: Lab) -> None:
    place = lab.settings.root / "bad.cwl"
    for text in (
        "just words",
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: 5\n",
        "a: [",
        "cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps: {s: {run: gone.cwl, in: [], out: []}}\n",
    ):
        place.write_text(text)
        with pytest.raises(Invalid) as caught:
            lab.runs.start(place, {}, container="none")
        assert caught.value.problems
        run = lab.runs.start(place, {}, container="none", check=False).wait(PATIENCE).show()
        assert failed(run).cause is Cause.DOCUMENT


def test_the_environment_of_the_server_is_not_written_down(
    lab: Lab, perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-to-be-seen")
    run = perform("echo.cwl", {"message": "x"})
    for file in lab.tasks.directory(run.id).rglob("*"):
        if file.is_file():
            assert b"not-to-be-seen" not in file.read_bytes(), file


def test_settings_decide_the_container(tmp_path: Path, cache: Path) -> None:
    hall = Lab(Settings(state=tmp_path / "s", root=tmp_path, container="none"))
    assert hall.runs.engines().chosen == "none"
