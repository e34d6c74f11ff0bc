"""Whatever is wrong: one clear error with place and hint, an exit code, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.conftest import Desk

BOMB = "cwlVersion: v1.2\nclass: CommandLineTool\na: &a [x]\n" + "".join(
    f"{chr(97 + n)}{chr(97 + n)}: &{chr(97 + n)}{chr(97 + n)} [{', '.join(['*a' if n == 0 else f'*{chr(96 + n)}{chr(96 + n)}'] * 10)}]\n"
    for n in range(12)
)
DOCUMENTS = {
    "not.cwl": "hello: world\n",
    "list.cwl": "[1, 2]\n",
    "text.cwl": "just some words\n",
    "broken.cwl": "cwlVersion: v1.2\nclass: [CommandLineTool\ninputs: {}\n",
    "binary.cwl": b"\x7fELF\x00\x00\x01",
    "bomb.cwl": BOMB + "# " + "x" * (5_000_000 - len(BOMB)),
    "empty.cwl": "",
    "missing-run.cwl": "cwlVersion: v1.2\nclass: Workflow\ninputs: []\noutputs: []\nsteps:\n  crop:\n    run: nowhere.cwl\n    in: []\n    out: []\n",
    "throws.cwl": (
        "cwlVersion: v1.2\nclass: CommandLineTool\nrequirements: {InlineJavascriptRequirement: {}}\nbaseCommand: echo\n"
        "arguments: [\"${ throw new Error('the expression is unhappy'); }\"]\ninputs: []\noutputs: []\n"
    ),
    "wrong.yml": "message: [not, text]\n",
    "unknown.yml": "message: hi\nmesage: hi\n",
    "nofile.yml": "files: [{class: File, path: nowhere.tif}]\n",
    "nothing.yml": "{}\n",
    "list.yml": "- message\n",
    "broken.yml": "message: [\n",
}


@dataclass(frozen=True)
class Case:
    words: tuple[str, ...]
    code: int
    said: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


CASES = [
    Case(("run", "nowhere.cwl"), 3, ("nowhere.cwl does not exist", "hint:")),
    Case(("run", "not.cwl"), 1, ("not.cwl",)),
    Case(("run", "list.cwl"), 1, ("list.cwl",)),
    Case(("run", "text.cwl"), 1, ("text.cwl",)),
    Case(("run", "broken.cwl"), 1, ("broken.cwl:3:",)),
    Case(("run", "binary.cwl"), 1, ("binary",)),
    Case(("run", "bomb.cwl"), 1, ("aliases", "bomb.cwl:")),
    Case(("run", "empty.cwl"), 1, ("is empty",)),
    Case(("run", "."), 1, ("folder",)),
    Case(("run", "missing-run.cwl"), 1, ("missing-run.cwl:", "nowhere.cwl")),
    Case(("run", "echo.cwl#nope", "--message", "x"), 1, ("no process `nope`", "hint:")),
    Case(("run", "echo.cwl#nope"), 1, ("nope",)),
    Case(("run", "echo.cwl", "nowhere.yml"), 3, ("nowhere.yml does not exist", "hint:")),
    Case(("run", "echo.cwl", "broken.yml"), 1, ("broken.yml:2:1",)),
    Case(("run", "echo.cwl", "list.yml"), 1, ("mapping", "hint:")),
    Case(("run", "echo.cwl", "bomb.cwl"), 1, ("aliases",)),
    Case(("run", "echo.cwl", "wrong.yml"), 1, ("message",)),
    Case(("run", "echo.cwl", "nothing.yml"), 1, ("message",)),
    Case(("run", "echo.cwl"), 1, ("message",)),
    Case(("run", "cat.cwl", "nofile.yml"), 1, ("nowhere.tif",)),
    Case(("run", "cat.cwl", "--files", "nowhere.tif"), 1, ("nowhere.tif",)),
    Case(("run", "echo.cwl", "--mesage", "x"), 1, ("mesage", "Did you mean message?")),
    Case(("run", "sleep.cwl", "--seconds", "long"), 1, ("seconds", "'long' is not a whole number")),
    Case(("run", "sleep.cwl", "--seconds", "1", "--seconds", "2"), 1, ("seconds", "more than once")),
    Case(("run", "echo.cwl", "-i", "message"), 1, ("'message' is not an input", "NAME=VALUE")),
    Case(("run", "echo.cwl", "--message", "x", "--name", "y" * 300), 1, ("name",)),
    Case(("run", "--outdir", "echo.cwl", "sleep.cwl"), 2, ("outdir",)),
    Case(("run", "--outdir", "/proc/nowhere", "echo.cwl", "--message", "x"), -1, ("/proc/nowhere",)),
    Case(("run", "--nonsense", "echo.cwl"), 1, ("no such option: --nonsense",)),
    Case(("run", "--container", "nonsense", "echo.cwl"), 2, ("nonsense",)),
    Case(("run", "-"), 1, ("hint:",)),
    Case(("run",), 2, ("Missing argument",)),
    Case(("check", "nowhere.cwl"), 3, ("does not exist",)),
    Case(("form", "not.cwl"), 1, ("not.cwl",)),
    Case(("template", "broken.cwl"), 1, ("broken.cwl:",)),
    Case(("runs", "show", "nope"), 3, ("there is no run 'nope'", "hint:")),
    Case(("runs", "show", "20260101t000000000-runs-aaaa"), 3, ("there is no run",)),
    Case(("runs", "log", "last"), 3, ("no run yet",)),
    Case(("runs", "stop", "../../etc"), 3, ("there is no run",)),
    Case(("runs", "rerun", "last"), 3, ("no run yet",)),
    Case(("runs", "remove", "last"), 3, ("no run yet",)),
    Case(("runs", "list", "--limit", "0"), 2, ("limit",)),
    Case(("tasks", "show", "nope"), 3, ("there is no task",)),
    Case(("nonsense",), 2, ("No such command",)),
]


@pytest.fixture
def full_desk(desk: Desk) -> Desk:
    for name, text in DOCUMENTS.items():
        desk.write(name, text)
    desk.env["ELLIP_TEST"] = "1"
    return desk


@pytest.mark.parametrize("case", CASES, ids=str)
def test_one_clear_error(full_desk: Desk, case: Case) -> None:
    before = full_desk.files()
    words = case.words
    if words[:1] == ("run",) and len(words) > 1 and "--container" not in words:
        words = ("run", "--no-container", *words[1:])
    done = full_desk.ellip(*words, timeout=60)
    told = done.stderr
    assert done.returncode == case.code if case.code > 0 else done.returncode in (1, 3, 5, 6), told
    assert done.stdout == ""
    for part in case.said:
        assert part in told
    errors = [line for line in told.splitlines() if line.lower().startswith("error:")]
    assert len(errors) == 1, told
    assert "Traceback" not in told
    assert len(told) < 3000
    assert full_desk.files() == before
    assert full_desk.tasks() == []


def test_an_expression_that_throws(full_desk: Desk) -> None:
    done = full_desk.ellip("run", "--no-container", "--quiet", "throws.cwl")
    assert done.returncode == 1
    assert "the expression is unhappy" in done.stderr
    assert sum(line.startswith("error:") for line in done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_check_prints_what_is_wrong(full_desk: Desk) -> None:
    done = full_desk.ellip("check", "missing-run.cwl")
    assert done.returncode == 1
    assert done.stdout.startswith("missing-run.cwl:7:")
    assert full_desk.ellip("check", "echo.cwl").returncode == 0


def test_an_engine_that_is_stopped(full_desk: Desk) -> None:
    # a docker client that finds no daemon, and none of podman's
    programs = full_desk.write(
        "bin/docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2; exit 1\n"
    ).parent
    (programs / "docker").chmod(0o755)
    full_desk.env["PATH"] = f"{programs}{os.pathsep}{full_desk.env['PATH']}"
    before = full_desk.files()
    done = full_desk.ellip("run", "--container", "docker", "echo.cwl", "--message", "x")
    assert done.returncode == 6, done.stderr
    assert done.stderr.startswith("error: ")
    assert "docker" in done.stderr.splitlines()[0].lower()
    assert "hint:" in done.stderr
    assert full_desk.files() == before
    assert full_desk.tasks() == []


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=True)
    try:
        filler = os.open(disk / "filler", os.O_WRONLY | os.O_CREAT)
        with suppress(OSError):
            while True:
                os.write(filler, b"x" * 4096)
        os.close(filler)
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_below_the_state(full_desk: Desk, full_disk: Path) -> None:
    full_desk.env["ELLIP_LAB_STATE"] = str(full_disk / "state")
    done = full_desk.ellip("run", "--no-container", "echo.cwl", "--message", "x")
    assert done.returncode == 6, done.stderr
    assert "No space left" in done.stderr or "full" in done.stderr
    assert "Traceback" not in done.stderr
    left = [place for place in full_disk.rglob("*") if place.is_file() and place.name != "filler"]
    assert left == []


def test_a_state_that_cannot_be_written(full_desk: Desk) -> None:
    full_desk.env["ELLIP_LAB_STATE"] = "/proc/nowhere"
    done = full_desk.ellip("run", "--no-container", "echo.cwl", "--message", "x")
    assert done.returncode in (5, 6), done.stderr
    assert "/proc/nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.podman
def test_an_image_that_does_not_exist(full_desk: Desk) -> None:
    if shutil.which("podman") is None:
        pytest.skip("podman is not installed")
    full_desk.write(
        "image.cwl",
        full_desk.folder.joinpath("echo.cwl").read_text()
        + "hints: {DockerRequirement: {dockerPull: 'localhost/nobody/nothing:1'}}\n",
    )
    done = full_desk.ellip("run", "--container", "podman", "--quiet", "image.cwl", "--message", "x")
    assert done.returncode == 1, done.stderr
    assert "localhost/nobody/nothing:1" in done.stderr
    assert sum(line.startswith("error:") for line in done.stderr.splitlines()) == 1
    assert "hint:" in done.stderr
