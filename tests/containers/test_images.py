"""Images: built, made of Debian packages, looked up; in a store of the tests' own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import IMAGE, add_busybox, private_store

from ellip_lab.containers import debian_base, images
from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Unavailable
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman

# A name that never resolves (RFC 6761): no registry is asked for anything.
NOWHERE = "registry.invalid/ellip/base:1"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContainerEngine]:
    folder = tmp_path_factory.mktemp("images")
    with private_store(folder / "store") as env:
        add_busybox(env, folder)
        yield ContainerEngine(kind=EngineKind.PODMAN, command="/usr/bin/podman", version="4", env=env)


def inside(engine: ContainerEngine, image: str, *words: str) -> str:
    reply = subprocess.run(
        ["podman", "run", "--rm", "--net=none", image, *words],
        env={**os.environ, **engine.env}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert reply.returncode == 0, reply.stderr
    return reply.stdout


def test_an_image_is_built_with_its_labels_and_told_line_by_line(
    engine: ContainerEngine, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "Containerfile").write_text(f"FROM {IMAGE}\nRUN echo made-here > /made\n")
    rooms = ContainersService(settings)
    lines: list[str] = []
    name = "localhost/ellip/built:1"
    assert rooms.image_label(engine, name, "source") is None
    rooms.build_image(engine, tmp_path, name, lines.append, {"source": "abc"})
    assert rooms.image_label(engine, name, "source") == "abc"
    assert rooms.image_label(engine, name, "other") == ""
    assert any("RUN echo made-here" in line for line in lines)
    assert inside(engine, name, "cat", "/made") == "made-here\n"


def test_an_image_that_is_replaced_leaves_nothing(
    engine: ContainerEngine, settings: Settings, tmp_path: Path
) -> None:
    rooms, name = ContainersService(settings), "localhost/ellip/replaced:1"
    ids = []
    for word in ("one", "two"):
        (tmp_path / "Containerfile").write_text(f"FROM {IMAGE}\nRUN echo {word} > /word\n")
        rooms.build_image(engine, tmp_path, name, lambda _: None)
        ids.append(images.identity(engine, name))
    assert ids[0] != ids[1]
    assert images.identity(engine, str(ids[0])) is None
    assert inside(engine, name, "cat", "/word") == "two\n"
    assert images.identity(engine, IMAGE)


def test_a_build_that_fails_tells_its_last_lines(
    engine: ContainerEngine, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "Containerfile").write_text(f"FROM {IMAGE}\nRUN echo about-to-fail && exit 7\n")
    with pytest.raises(Unavailable, match="about-to-fail"):
        ContainersService(settings).build_image(engine, tmp_path, "localhost/ellip/failed:1", lambda _: None)


def test_a_base_that_no_registry_has_is_said_so(
    engine: ContainerEngine, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "Containerfile").write_text(f"FROM {NOWHERE}\n")
    with pytest.raises(Unavailable, match=f"{NOWHERE} cannot be pulled"):
        ContainersService(settings).build_image(engine, tmp_path, "localhost/ellip/none:1", lambda _: None)


def test_a_pull_that_hangs_is_ended(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "podman"
    stuck.write_text('#!/bin/sh\n[ "$1" = image ] && exit 1\nsleep 60 &\nwait\n')
    stuck.chmod(0o755)
    monkeypatch.setattr(images, "PULL_TIMEOUT", 0.5)
    (tmp_path / "Containerfile").write_text(f"FROM {NOWHERE}\n")
    engine = ContainerEngine(kind=EngineKind.PODMAN, command=str(stuck))
    with pytest.raises(Unavailable, match=r"no answer in 0\.5 s"):
        ContainersService(settings).build_image(engine, tmp_path, "localhost/ellip/none:1", lambda _: None)


def test_stages_are_not_bases(tmp_path: Path) -> None:
    file = tmp_path / "Containerfile"
    file.write_text("FROM --platform=linux/amd64 a/b:1 AS one\nRUN x\nFROM one\nFROM scratch\nfrom c/d\n")
    assert images.bases(file) == ["a/b:1", "c/d"]


def test_an_image_of_debian_packages_runs(
    engine: ContainerEngine, settings: Settings, tmp_path: Path
) -> None:
    script = tmp_path / "hello"
    script.write_text("#!/bin/sh\necho hello from $(cat /etc/debian_version)\n")
    name = "localhost/ellip/debian:1"
    said: list[str] = []
    ContainersService(settings).image_from_debian(
        engine, name, ["ca-certificates"], said.append, {"/usr/local/bin/hello": script}, {"source": "abc"}
    )
    assert images.label(engine, name, "source") == "abc"
    assert inside(engine, name, "hello").startswith("hello from 12")
    assert "BEGIN CERTIFICATE" in inside(engine, name, "cat", "/etc/ssl/certs/ca-certificates.crt")
    assert inside(engine, name, "stat", "-c", "%u:%g", "/usr/bin/dash") == "0:0\n"
    assert said[0].startswith("downloading ca-certificates")


def test_a_package_that_does_not_exist_is_said_so(
    engine: ContainerEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the machine's own lists decide; without this the mirror would be asked a second time
    real = debian_base.run

    def no_update(argv: list[str], **words: object) -> subprocess.CompletedProcess[bytes]:
        if "update" in argv:
            return subprocess.CompletedProcess(argv, 0, b"", b"")
        return real(argv, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(debian_base, "run", no_update)
    with pytest.raises(Unavailable, match="no-such-package-here"):
        ContainersService(settings).image_from_debian(
            engine, "localhost/ellip/none:1", ["no-such-package-here"], lambda _: None
        )


def test_images_need_an_engine(settings: Settings) -> None:
    none = ContainerEngine(kind=EngineKind.NONE, problem="nothing works", hint="do this")
    with pytest.raises(Unavailable, match="nothing works") as caught:
        ContainersService(settings).image_label(none, IMAGE, "x")
    assert caught.value.hint == "do this"
