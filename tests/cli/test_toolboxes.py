"""`ellip toolbox`, the real command, with a real channel."""

# ruff: noqa: F811 - fixtures that tests name

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from toolboxes.channel import Faults, Server
from toolboxes.conftest import channel, made  # noqa: F401 - fixtures

from ellip_lab.cli import ellip as group
from ellip_lab.cli.exits import carried_out

PATIENCE = 120.0
Ellip = Callable[..., "Done"]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "ELLIP_LAB_STATE": str(tmp_path / "state")}


@dataclass
class Done:
    """Is what a command has said."""

    stdout: str
    stderr: str


@pytest.fixture
def ellip(
    env: dict[str, str], work: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Ellip:
    """The command, in this process unless it becomes another one."""
    monkeypatch.chdir(work)
    monkeypatch.setenv("ELLIP_LAB_STATE", env["ELLIP_LAB_STATE"])

    def call(*words: str, code: int = 0, stdin: str = "") -> Done:
        if words[0] in ("run", "shell"):
            done = subprocess.run(
                [sys.executable, "-m", "ellip_lab.cli", "toolbox", *words], cwd=work, env=env, input=stdin,
                text=True, capture_output=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
            assert done.returncode == code, done.stdout + done.stderr
            return Done(done.stdout, done.stderr)
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capfd.readouterr()
        try:
            ended = carried_out(group, ["toolbox", *words])
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        said = capfd.readouterr()
        assert ended == code, said.out + said.err
        return Done(said.out, said.err)

    return call


def test_the_whole_life_of_a_toolbox(ellip: Ellip, channel: Server, work: Path) -> None:
    url = ("-c", channel.url)
    assert "no toolboxes" in ellip("ls").stderr
    planned = ellip("plan", "eo", "-p", "hello-eo 1.*", *url).stdout
    assert planned.startswith("+ hello-eo 1.0 0")
    assert "2 changes, 0 kept; 5.0 MB to download" in planned
    assert ellip("install", "eo", "-p", "hello-eo 1.*", *url).stdout == "eo\n"
    name, state, version, *_ = ellip("ls").stdout.rstrip("\n").split("\t")
    assert (name, state, version) == ("eo", "ready", "1.0")
    shown = ellip("show", "eo").stdout
    assert "* hello-eo\t1.0" in shown
    assert "asked for  hello-eo 1.*" in shown

    said = ellip("run", "eo", "--", "hello-eo", "--loud", "you").stdout
    assert (
        said.splitlines()[0]
        == f"hello-eo 1.0 in {json.loads(ellip('show', 'eo', '--json').stdout)['prefix']}"
    )
    assert "share/hello-eo" in said.splitlines()[1]
    assert said.splitlines()[2] == "arguments: --loud you"
    assert ellip("run", "eo", "sh", "-c", "exit 7", code=7).stdout == ""
    assert "eo has no command gdalinfo" in ellip("run", "eo", "gdalinfo", code=127).stderr
    assert "hello-eo 1.0" in ellip("shell", "eo", stdin="hello-eo --version\n").stdout

    assert "↑ hello-eo 1.0 → 2.0" in ellip("update", "eo", "-p", "hello-eo", "--dry-run").stdout
    ellip("update", "eo", "-p", "hello-eo", "--quiet")
    assert ellip("lock", "eo", "-o", "pixi.lock").stdout == "pixi.lock\n"
    assert "hello-eo-2.0-0.conda" in (work / "pixi.lock").read_text()
    done = json.loads(ellip("install", "again", "-f", "pixi.lock", "--json").stdout)
    assert (done["state"], done["name"]) == ("done", "again")
    assert ellip("clone", "again", "third").stdout == "third\n"
    assert "--yes" in ellip("remove", "third", code=2).stderr
    assert ellip("remove", "third", "--yes").stdout.startswith("freed 5.0 MB")
    assert "3 packages" in ellip("cache").stdout
    assert ellip("clean").stdout.startswith("freed ")
    assert [line.split("\t")[1] for line in ellip("works", "-l", "2").stdout.splitlines()] == ["done"] * 2


def test_what_goes_wrong(ellip: Ellip, channel: Server) -> None:
    url = ("-c", channel.url)
    for verb in ("plan", "install"):
        refused = ellip(verb, "eo", "-p", "left", "-p", "right", *url, code=1).stderr
        assert "error: left and right do not go together" in refused
        assert "hello-eo 2.*" in refused
        assert "hint: " in refused
    assert "the catalogue has no eo" in ellip("install", "eo", code=3).stderr
    assert "there is no toolbox eo" in ellip("run", "eo", "true", code=3).stderr
    assert "string_pattern" not in ellip("plan", "Eo!", "-p", "a", code=1).stderr
    channel.faults = Faults(status=404)
    assert "there is no channel" in ellip("plan", "eo", "-p", "a", *url, code=3).stderr


def test_ctrl_c_stops_an_installation(
    ellip: Ellip,
    env: dict[str, str],
    work: Path,
    channel: Server,
) -> None:
    channel.faults = Faults(hold="eo-data")
    process = subprocess.Popen(
        [sys.executable, "-m", "ellip_lab.cli", "toolbox", "install", "eo", "-p", "hello-eo", "-c", channel.url],
        cwd=work, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    until = time.monotonic() + PATIENCE
    while not any("eo-data" in path for path in channel.asked) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, said
    assert "stopped: " in said
    channel.faults = Faults()
    assert "no toolboxes" in ellip("ls").stderr


def test_channels_and_logins(ellip: Ellip, channel: Server) -> None:
    assert "default    conda-forge" in ellip("channels").stdout
    said = ellip(
        "channels", "--default", channel.url, "--mirror", "https://a.invalid/c=https://b.invalid/c"
    ).stdout
    assert "mirror     https://a.invalid/c -> https://b.invalid/c" in said
    assert "URL=MIRROR" in ellip("channels", "--mirror", "nothing", code=2).stderr
    assert "offline    yes" in ellip("channels", "--offline").stdout
    ellip("channels", "--online", "--no-mirrors")
    channel.faults = Faults(user="me:s3cret")
    assert "ellip toolbox login 127.0.0.1" in ellip("plan", "eo", "-p", "hello-eo", code=5).stderr
    ellip("login", "127.0.0.1", "-u", "me", "--secret-stdin", stdin="s3cret\n")
    assert "signed in  127.0.0.1 as me" in ellip("channels").stdout
    assert "hello-eo 2.0" in ellip("plan", "eo", "-p", "hello-eo").stdout
    assert ellip("logout", "127.0.0.1").stdout == "signed out of 127.0.0.1\n"
    assert "Nobody can be asked" in ellip("login", "127.0.0.1", code=2).stderr


def test_the_catalogue(ellip: Ellip) -> None:
    found = {line.split("\t")[0]: line.split("\t") for line in ellip("catalogue").stdout.splitlines()}
    assert {"gdal", "orfeo-toolbox", "snap", "isce3"} <= set(found)
    assert found["gdal"][4] == "never", "nobody has solved it against the real channel"
    assert [one["id"] for one in json.loads(ellip("catalogue", "unwraps", "--json").stdout)["entries"]] == [
        "snaphu"
    ]
