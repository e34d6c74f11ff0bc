"""`ellip images|containers|registry`: the doors of a real podman with a store of the tests' own, and of a real registry."""

# ruff: noqa: F811 - fixtures that tests name

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from containers.conftest import store  # noqa: F401 - podman's, in the place of the object store's
from containers.registry import Registry, locked, password  # noqa: F401 - fixtures
from podman_store import IMAGE, podman

pytestmark = pytest.mark.podman
PATIENCE = 120.0

Ellip = Callable[..., "subprocess.CompletedProcess[str]"]
CONTAINERFILE = f"FROM {IMAGE}\nARG greeting=hello\nRUN echo $greeting > /greeting\nCMD cat /greeting\n"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def env(store: dict[str, str], tmp_path: Path) -> dict[str, str]:
    drop = ("CONTAINER_HOST", "DOCKER_HOST", "DOCKER_CONTEXT")
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return {**kept, **store, "ELLIP_LAB_STATE": str(tmp_path / "state")}


@pytest.fixture
def ellip(env: dict[str, str], work: Path) -> Ellip:
    def call(*words: str, code: int = 0, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "ellip_lab.cli", *words], cwd=work, env=env, input=stdin, text=True,
            capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return call


@pytest.fixture
def name(store: dict[str, str]) -> Iterator[str]:
    found = f"localhost/ellip/cli-{os.urandom(4).hex()}:1"
    yield found
    podman(store, "rmi", "-f", found)


def test_an_image_is_built_named_shown_and_removed(ellip: Ellip, work: Path, name: str) -> None:
    (work / "Containerfile").write_text(CONTAINERFILE)
    built = ellip("images", "build", ".", "--name", name, "--arg", "greeting=ciao")
    assert "STEP 3/4: RUN echo $greeting" in built.stderr
    identity = built.stdout.strip()
    assert len(identity) == 64
    row = next(
        line.split("\t") for line in ellip("images", "ls").stdout.splitlines() if line.startswith(name)
    )
    assert row[1] == identity[:12]
    found = json.loads(ellip("images", "inspect", name, "--json").stdout)
    assert found["id"] == identity
    assert "layer" in ellip("images", "inspect", name).stdout
    other = name.replace(":1", ":2")
    assert ellip("images", "tag", name, other).stdout.split() == sorted([name, other])
    assert ellip("images", "untag", other).stdout.strip() == name
    assert ellip("images", "rm", name).stdout == f"removed: {name}\n"
    gone = ellip("images", "rm", name, code=1)
    assert gone.stderr.startswith(f"error: {name}: ")


def test_a_build_that_fails_says_which_step_and_why(ellip: Ellip, work: Path, name: str) -> None:
    (work / "Containerfile").write_text(f"FROM {IMAGE}\nRUN echo before; cat /nothing\n")
    said = ellip("images", "build", ".", "-t", name, code=1).stderr
    error = said[said.index("error:") :]
    assert "RUN echo before; cat /nothing" in error
    assert "can't open '/nothing'" in error
    assert "hint:" in error
    (work / "Containerfile").write_text(f"FROM {IMAGE}\nRUNN true\n")
    assert "RUNN" in ellip("images", "build", ".", "-t", name, code=1).stderr


def test_an_interrupted_build_leaves_nothing(env: dict[str, str], work: Path, name: str) -> None:
    (work / "Containerfile").write_text(f"FROM {IMAGE}\nRUN sleep 300\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "ellip_lab.cli", "images", "build", ".", "-t", name], cwd=work, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr
    for line in process.stderr:
        if "RUN sleep" in line:
            break
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "stopped: " in said
    assert podman(env, "ps", "-a", "--external", "-q").stdout == ""
    assert podman(env, "image", "exists", name).returncode == 1


def test_a_registry_is_signed_in_to_pushed_to_and_pulled_from(
    ellip: Ellip, locked: Registry, password: str, work: Path, store: dict[str, str], name: str
) -> None:
    target = f"{locked.host}/ellip/cli:{os.urandom(3).hex()}"
    assert ellip("registry", "add", locked.host, "--plain-http").stdout == f"saved: {locked.host}\n"
    try:
        denied = ellip("images", "push", IMAGE, target, code=1).stderr
        assert "error:" in denied and "hint:" in denied
        wrong = ellip("registry", "login", locked.host, "-u", "ada", "--password-stdin", code=5, stdin="no\n")
        assert "error:" in wrong.stderr
        inside = ellip(
            "registry",
            "login",
            locked.host,
            "-u",
            "ada",
            "--password-stdin",
            stdin=f"{password}\n",
        )
        assert inside.stdout == f"ada is signed in to {locked.host}\n"
        assert password not in inside.stdout + inside.stderr
        assert f"{locked.host}\tada\tplain HTTP" in ellip("registry", "ls").stdout
        digest = ellip("images", "push", IMAGE, target).stdout.strip()
        assert digest.startswith("sha256:")
        assert (
            target.rpartition(":")[2] in ellip("registry", "tags", target.rpartition(":")[0]).stdout.split()
        )
        pulled = ellip("images", "pull", target)
        assert len(pulled.stdout.strip()) == 64
        ellip("images", "rm", target)
        ellip("images", "save", IMAGE, "-o", "busybox.tar")
        assert (work / "busybox.tar").stat().st_size > 100_000
        assert "exists already" in ellip("images", "save", IMAGE, "-o", "busybox.tar", code=4).stderr
        ellip("images", "load", "busybox.tar")
        assert f"signed out of {locked.host}" in ellip("registry", "logout", locked.host).stdout
    finally:
        ellip("registry", "forget", locked.host)
        podman(store, "rmi", "-f", target)


def test_a_clean_up_is_shown_before_it_is_done(
    ellip: Ellip, work: Path, store: dict[str, str], name: str
) -> None:
    (work / "Containerfile").write_text(f"FROM {IMAGE}\nRUN head -c 300000 /dev/urandom > /noise\n")
    ellip("images", "build", ".", "-t", name, "-q")
    podman(store, "untag", name)
    shown = ellip("images", "prune", "--dry-run").stdout
    assert "<dangling>" in shown
    assert "1 image, frees " in shown
    assert "give --yes" in ellip("images", "prune", code=2).stderr
    assert "freed " in ellip("images", "prune", "-y").stdout
    assert ellip("images", "prune", "--dry-run").stdout.startswith("0 images")


def test_containers_are_listed_heard_and_ended(
    ellip: Ellip, store: dict[str, str], env: dict[str, str]
) -> None:
    own = f"cli-{os.urandom(4).hex()}"
    made = podman(store, "run", "-d", "--name", own, "--net=none", IMAGE, "sh", "-c", "echo here; sleep 300")
    assert made.returncode == 0, made.stderr
    try:
        assert any(
            line.startswith(f"{own}\trunning") for line in ellip("containers", "ls").stdout.splitlines()
        )
        end = time.monotonic() + PATIENCE
        while "here" not in (said := ellip("containers", "logs", own).stdout) and time.monotonic() < end:
            time.sleep(0.1)
        assert said == "here\n"
        assert own in ellip("containers", "stats").stdout
        assert f"name\t{own}" in ellip("containers", "inspect", own).stdout
        inside = ellip("containers", "exec", own, "sh", "-c", "echo $((6 * 7)); exit 3", code=3)
        assert inside.stdout == "42\n"
        assert ellip("containers", "kill", own).stdout == f"killed: {own}\n"
        assert ellip("containers", "rm", own).stdout == f"removed: {own}\n"
        assert "error:" in ellip("containers", "stop", own, code=1).stderr
    finally:
        podman(store, "rm", "-f", "-t", "0", own)


def test_without_an_engine_each_door_says_what_mends_it(env: dict[str, str], work: Path) -> None:
    nowhere = {**env, "PATH": str(work)}
    for words in (("images", "ls"), ("containers", "ls"), ("images", "pull", "docker.io/library/x:1")):
        done = subprocess.run(
            [sys.executable, "-m", "ellip_lab.cli", *words], cwd=work, env=nowhere, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 6, done.stderr
        assert "podman is not installed" in done.stderr
        assert "apt-get install" in done.stderr
