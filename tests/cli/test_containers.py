"""`ellip containers` and `ellip images document|pin`: what a shell gets to see of exposed commands and of documents."""

# ruff: noqa: F811 - fixtures that tests name

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from containers.conftest import store  # noqa: F401 - podman's, in the place of the object store's
from podman_store import IMAGE, podman

from .test_images import Ellip, ellip, env, work  # noqa: F401 - fixtures

pytestmark = pytest.mark.podman
PATIENCE = 60.0
DOCUMENT = "cwlVersion: v1.2\nclass: CommandLineTool\nhints:\n  DockerRequirement: {{dockerPull: '{}'}}\n"


@pytest.fixture
def programs(env: dict[str, str], tmp_path: Path) -> Path:
    """The folder of the programs, on PATH."""
    folder = tmp_path / "bin"
    env["ELLIP_LAB_BIN"] = str(folder)
    env["PATH"] = f"{folder}:{env['PATH']}"
    return folder


def test_a_command_is_exposed_called_listed_and_removed(
    ellip: Ellip, env: dict[str, str], work: Path, programs: Path
) -> None:
    assert "ellip containers expose" in ellip("containers", "exposed").stderr
    done = ellip("containers", "expose", IMAGE, "rev", "sh")
    assert done.stdout == f"{programs}/rev\n{programs}/sh\n"
    assert "comes first" not in done.stderr
    (work / "a b.txt").write_text("hello\n")
    said = subprocess.run(
        ["/bin/sh", "-c", "rev 'a b.txt'; echo word | rev; sh -c 'exit 3'"], cwd=work, env=env, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (said.stdout, said.stderr, said.returncode) == ("olleh\ndrow\n", "", 3)
    assert ellip("containers", "exposed").stdout.splitlines() == [
        f"rev\t{IMAGE}\tyes\t{programs}/rev",
        f"sh\t{IMAGE}\tyes\t{programs}/sh",
    ]
    known = json.loads(ellip("containers", "exposed", "--json").stdout)
    assert (known["folder"], known["on_path"]) == (str(programs), True)
    assert ellip("containers", "unexpose", "sh").stdout == "removed: sh\n"
    assert [one.name for one in programs.iterdir()] == ["rev"]


def test_what_cannot_be_exposed_is_one_clear_error(ellip: Ellip, env: dict[str, str], programs: Path) -> None:
    missing = ellip("containers", "expose", IMAGE, "revv", code=3)
    assert missing.stderr.startswith(f"error: {IMAGE} has no command revv")
    assert "rev" in missing.stderr.partition("hint:")[2]
    assert "ellip images pull" in ellip("containers", "expose", "registry.invalid/x:1", "rev", code=3).stderr
    programs.mkdir()
    (programs / "rev").write_text("mine")
    assert "another program" in ellip("containers", "expose", IMAGE, "rev", "--replace", code=4).stderr
    assert "another program" in ellip("containers", "unexpose", "rev", code=4).stderr
    assert ellip("containers", "unexpose", "gone", code=3).stderr.startswith("error: gone is no")
    for words in (("expose", IMAGE, "../x"), ("expose", "--privileged", "x"), ("expose", IMAGE, "a b")):
        assert ellip("containers", *words, code=2 if "--privileged" in words else 1).stderr
    env["ELLIP_LAB_BIN"] = str(programs.parent / "elsewhere")
    assert "export PATH=" in ellip("containers", "expose", IMAGE, "rev").stderr


def test_a_container_is_listed_followed_looked_into_and_stopped(
    ellip: Ellip, env: dict[str, str], store: dict[str, str]
) -> None:
    name = "ellip-test-cli"
    started = podman(
        store, "run", "-d", "--name", name, "--network=none", IMAGE,
        "sh", "-c", "trap 'exit 0' TERM; echo said; while :; do sleep 0.1; done",
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    try:
        assert any(
            line.startswith(f"{name}\trunning\t")
            for line in ellip("containers", "ls", "--running").stdout.splitlines()
        )
        assert ellip("containers", "logs", name).stdout == "said\n"
        asked = ellip(
            "containers", "exec", name, "sh", "-c", "cat; echo wrong >&2; exit 5", code=5, stdin="in"
        )
        assert (asked.stdout, asked.stderr) == ("in", "wrong\n")
        assert name in ellip("containers", "stats").stdout
        assert json.loads(ellip("containers", "inspect", name, "--json").stdout)["running"]
        assert ellip("containers", "rm", name, code=1).stderr.startswith(f"error: {name}")
        assert ellip("containers", "stop", name).stdout == f"stopped: {name}\n"
        assert ellip("containers", "logs", "-f", name).stdout == "said\n"
        assert ellip("containers", "rm", name).stdout == f"removed: {name}\n"
        assert ellip("containers", "logs", name, code=3).stderr.startswith("error:")
    finally:
        podman(store, "rm", "-f", "-t", "0", name)


def test_images_of_a_document(ellip: Ellip, work: Path) -> None:
    (work / "here.cwl").write_text(DOCUMENT.format(IMAGE))
    (work / "gone.cwl").write_text(DOCUMENT.format("registry.invalid/x:1"))
    assert IMAGE in ellip("images", "document", "here.cwl").stdout
    known = json.loads(ellip("images", "document", "gone.cwl", "--json", code=1).stdout)
    assert [(one["image"], one["state"]) for one in known["images"]] == [("registry.invalid/x:1", "missing")]
    assert "hint:" in ellip("images", "pin", "gone.cwl", "registry.invalid/x:1", code=1).stderr
    ellip("images", "pin", "here.cwl", IMAGE)
    assert f"dockerPull: '{IMAGE.removesuffix(':1')}@sha256:" in (work / "here.cwl").read_text()
    ellip("images", "document", "none.cwl", code=2)
