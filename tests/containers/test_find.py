"""Finding the engine, with the podman of this machine and with programs that fail on demand."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

from ellip_lab.containers import mending, service
from ellip_lab.containers.contract import EngineKind
from ellip_lab.containers.probe import podman_hint
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Invalid
from ellip_lab.settings import Settings


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder before anything else on PATH, where a test puts its programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.mark.podman
def test_podman_of_this_machine_works_and_is_remembered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    rooms = ContainersService(settings)
    engine = rooms.find()
    assert engine.kind is EngineKind.PODMAN
    assert engine.works, engine.problem
    assert engine.command == "/usr/bin/podman"
    assert engine.version
    asked = time.perf_counter()
    again = ContainersService(settings).find()
    assert again == engine
    assert time.perf_counter() - asked < 0.03


@pytest.mark.podman
def test_a_container_starts_in_the_environment_that_was_found(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTAINERS_CONF", raising=False)
    engine = ContainersService(settings).find("podman")
    assert engine.command
    reply = subprocess.run(
        [engine.command, "run", "--rm", "--net=none", "-v=/usr:/usr:ro", "-v=/bin:/bin:ro", "-v=/lib:/lib:ro",
         "-v=/lib64:/lib64:ro", "--rootfs", str(tmp_path / "root"), "/bin/echo", "hello"],
        env={**os.environ, **engine.env}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (reply.returncode, reply.stdout) == (0, "hello\n"), reply.stderr


def test_auto_goes_on_without_containers_and_says_why(settings: Settings, bin_folder: Path) -> None:
    program(bin_folder, "podman", 'echo "Error: it is broken" >&2; exit 125')
    program(bin_folder, "docker", 'echo "Cannot connect to the Docker daemon" >&2; exit 1')
    engine = ContainersService(settings).find()
    assert engine.kind is EngineKind.NONE
    assert engine.works
    assert engine.problem
    assert "it is broken" in engine.problem
    assert "Docker daemon" in engine.problem
    assert engine.hint


def test_an_engine_that_was_named_is_given_with_its_problem(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = ContainersService(settings).find("podman")
    assert engine.kind is EngineKind.PODMAN
    assert not engine.works
    assert engine.problem == "podman is not installed"
    assert engine.hint
    assert "apt-get install" in engine.hint


def test_a_word_that_is_no_engine_is_refused(settings: Settings) -> None:
    with pytest.raises(Invalid, match="lxc is no container engine"):
        ContainersService(settings).find("lxc")


def test_a_daemon_that_goes_away_is_noticed(
    settings: Settings, bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "d.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{place}")
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    # the client of this test answers for a daemon as long as its socket is there
    program(
        bin_folder,
        "docker",
        f'[ -S {place} ] && echo 28.2.2 || {{ echo "Cannot connect to it" >&2; exit 1; }}',
    )
    rooms = ContainersService(settings)
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.bind(str(place))
        daemon.listen()
        assert rooms.find("docker").version == "28.2.2"
    place.unlink()
    gone = rooms.find("docker")
    assert gone.problem == "Cannot connect to it"
    assert gone.hint
    assert str(place) in gone.hint


def test_a_problem_is_measured_again_after_a_while(
    settings: Settings, bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = bin_folder / "count"
    program(bin_folder, "docker", f"echo x >> {count}; exit 1")
    rooms = ContainersService(settings)
    rooms.find("docker")
    rooms.find("docker")
    assert count.read_text() == "x\n"
    monkeypatch.setattr(service, "FORGET_PROBLEM", 0.0)
    rooms.find("docker")
    assert count.read_text() == "x\nx\n"


def test_every_choice_is_listed(settings: Settings, bin_folder: Path) -> None:
    program(bin_folder, "podman", "exit 125")
    program(bin_folder, "docker", "exit 1")
    assert [(engine.kind, engine.works) for engine in ContainersService(settings).list()] == [
        (EngineKind.PODMAN, False),
        (EngineKind.DOCKER, False),
        (EngineKind.NONE, True),
    ]


def test_what_a_person_wrote_holds_over_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, own = tmp_path / "shipped.conf", tmp_path / "own.conf"
    shipped.write_text(
        '[engine]\nruntime = "crun"\nevents_logger = "journald"\n[containers]\nlog_size_max = 7\n'
    )
    own.write_text('[engine]\nevents_logger = "none"\n')
    monkeypatch.setattr(mending, "SHIPPED", shipped)
    monkeypatch.setattr(mending, "chosen_files", lambda: [own, tmp_path / "absent.conf"])
    monkeypatch.setattr(mending, "measured", lambda: {"engine": {"runtime": "runc", "events_logger": "file"}})
    whole = tomllib.loads(mending.configuration())
    assert whole == {
        "engine": {"runtime": "runc", "events_logger": "none"},
        "containers": {"log_size_max": 7},
    }


def test_a_configuration_of_the_users_own_choice_is_never_replaced(
    settings: Settings, bin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTAINERS_CONF", str(tmp_path / "mine.conf"))
    program(bin_folder, "podman", 'echo "Error: broken" >&2; exit 125')
    assert ContainersService(settings).find("podman").env == {}
    assert not (settings.state / "containers/containers.conf").exists()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("OCI runtime error: runc: runc create failed: mount /, flags: 0x84000: invalid argument", "chroot"),
        (
            "OCI runtime error: crun: the requested cgroup controller `pids` is not available",
            "apt-get install runc",
        ),
        ("OCI runtime error: runc: exec format error", "terminal"),
        ("newuidmap: write to uid_map failed: Operation not permitted", "uidmap"),
    ],
)
def test_the_hint_fits_what_podman_said(said: str, word: str) -> None:
    assert word in podman_hint(said)
