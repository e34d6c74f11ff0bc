"""Works that go wrong: one clear reason each, and nothing left."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import IMAGE, podman, private_store

from containers.registry import Registry, serving
from containers.working import carriers, clean, ended, failed, kept, log, processes, until
from ellip_lab.containers import contract as words
from ellip_lab.containers import work_failures
from ellip_lab.containers.building import Steps
from ellip_lab.containers.layers import Layers
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Denied, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State

pytestmark = pytest.mark.podman


@pytest.fixture
def context(settings: Settings) -> Path:
    folder = settings.root / "context"
    folder.mkdir()
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Gives a disk of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def build(rooms: ContainersService, folder: Path, *lines: str, **more: object) -> words.Work:
    (folder / "Containerfile").write_text("\n".join(lines) + "\n")
    request = {"folder": str(folder), "name": "localhost/ellip/fault:1", **more}
    return rooms.build(words.BuildRequest.model_validate(request))


# -- refused before anything is made


def test_what_can_be_seen_to_be_wrong_makes_no_task(
    rooms: ContainersService, settings: Settings, context: Path
) -> None:
    with pytest.raises(Invalid, match="lower case"):
        rooms.pull(words.PullRequest(image="docker.io/Upper/Case:1"))
    with pytest.raises(NotFound, match="there is no folder"):
        rooms.build(words.BuildRequest(folder=str(context / "none"), name="a:1"))
    with pytest.raises(NotFound, match="neither a Containerfile"):
        rooms.build(words.BuildRequest(folder=str(context), name="a:1"))
    with pytest.raises(Denied, match="is outside"):
        rooms.build(words.BuildRequest(folder=str(context), containerfile="../x", name="a:1"))
    with pytest.raises(Invalid, match=r"line 2|:2: RNU is no instruction") as broken:
        build(rooms, context, f"FROM {IMAGE}", "RNU echo")
    assert broken.value.problems[0].line == 2
    with pytest.raises(Invalid, match="has no stage"):
        build(rooms, context, f"FROM {IMAGE} AS a", target="b")
    with pytest.raises(Invalid, match="has a digest"):
        build(rooms, context, f"FROM {IMAGE}", name="a@sha256:" + "0" * 64)
    with pytest.raises(Invalid, match="build argument"):
        build(rooms, context, f"FROM {IMAGE}", arguments={"--x": "y"})
    with pytest.raises(NotFound, match="no archive"):
        rooms.load(words.LoadRequest(path=str(context / "none.tar")))
    with pytest.raises(NotFound, match="there is no folder"):
        rooms.save(words.SaveRequest(images=(IMAGE,), path=str(context / "none" / "x.tar")))
    assert rooms.works(words.WorkQuery()).works == ()


def test_without_an_engine_it_is_said_what_is_in_the_way(
    rooms: ContainersService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not installed"):
        rooms.pull(words.PullRequest(image="a:1"))


# -- told at the end


def test_an_image_that_is_nowhere(rooms: ContainersService, registry: Registry) -> None:
    rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    name = f"{registry.host}/ellip/nowhere:9"
    missing = failed(rooms, rooms.pull(words.PullRequest(image=name)))
    assert missing.headline == f"{registry.host} has no {name}"
    assert missing.hint
    push = rooms.push(words.PushRequest(image="localhost/ellip/not-here:1", target=name))
    assert failed(rooms, push).headline.endswith("is not here")


def test_a_registry_that_goes_away_in_the_middle(
    rooms: ContainersService, store: dict[str, str], tmp_path: Path
) -> None:
    with serving(tmp_path / "gone") as registry:
        rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
        registry.stop()
        for work in (
            rooms.pull(words.PullRequest(image=f"{registry.host}/a/b:1")),
            rooms.push(words.PushRequest(image=IMAGE, target=f"{registry.host}/a/b:1")),
        ):
            failure = failed(rooms, work)
            assert failure.headline == f"{registry.host} does not answer"
            clean(rooms, store, work)


def test_the_base_of_a_build_cannot_be_had(rooms: ContainersService, context: Path) -> None:
    failure = failed(rooms, build(rooms, context, "FROM registry.invalid/ellip/base:1", "RUN echo"))
    assert failure.headline.startswith("registry.invalid is not found")
    missing = failed(rooms, build(rooms, context, f"FROM {IMAGE}", "COPY nothing /"))
    assert missing.headline == "/nothing is not in the folder of the build"
    assert missing.step == "COPY nothing /"


@pytest.mark.parametrize("size", [1_000_000, 0, 700])
def test_an_archive_that_is_broken(
    rooms: ContainersService, store: dict[str, str], settings: Settings, size: int
) -> None:
    whole, cut = settings.root / "whole.tar", settings.root / "cut.tar"
    assert podman(store, "save", "-q", "-o", str(whole), IMAGE).returncode == 0
    cut.write_bytes(whole.read_bytes()[:size])
    failure = failed(rooms, rooms.load(words.LoadRequest(path=str(cut))))
    assert failure.headline == f"{cut} is no whole archive of images"
    assert podman(store, "images", "-q", "--filter", "dangling=true").stdout == ""


def test_a_full_disk_leaves_no_half_archive(
    rooms: ContainersService, store: dict[str, str], small: Path
) -> None:
    work = rooms.save(words.SaveRequest(images=(IMAGE,), path=str(small / "x.tar")))
    assert failed(rooms, work).headline == "the disk is full"
    clean(rooms, store, work)
    assert list(small.iterdir()) == []


def test_a_store_that_is_full(
    rooms: ContainersService, store: dict[str, str], tmp_path: Path, settings: Settings, context: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)], capture_output=True
    ).returncode:
        pytest.skip("nothing can be mounted here")
    archive = tmp_path / "busybox.tar"
    assert podman(store, "save", "-q", "-o", str(archive), IMAGE).returncode == 0
    try:
        with private_store(place / "store") as own:
            monkeypatch.setenv("CONTAINERS_STORAGE_CONF", own["CONTAINERS_STORAGE_CONF"])
            assert podman(own, "load", "-q", "-i", str(archive)).returncode == 0
            work = build(rooms, context, f"FROM {IMAGE}", "RUN head -c 30000000 /dev/zero > /zeros")
            failure = failed(rooms, work)
            assert failure.headline == "the disk is full", failure
            assert failure.step == "RUN head -c 30000000 /dev/zero > /zeros"
            clean(rooms, own, work)
            assert podman(own, "images", "-q").stdout.split() != []
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_an_archive_that_has_come_meanwhile_is_not_replaced(
    rooms: ContainersService, store: dict[str, str], settings: Settings
) -> None:
    place = settings.root / "meanwhile.tar"
    work = rooms.save(words.SaveRequest(images=(IMAGE,), path=str(place)))
    place.write_text("mine")
    last = ended(rooms, work)
    if last.state is State.FAILED:  # else it was whole before it came
        assert last.failure and "exists already" in last.failure.headline
        assert place.read_text() == "mine"
    clean(rooms, store, work)
    assert [one.name for one in settings.root.iterdir()] == ["meanwhile.tar"]


# -- killed


def hanging(rooms: ContainersService, context: Path, seconds: int) -> words.Work:
    work = build(rooms, context, f"FROM {IMAGE}", f"RUN echo hanging; sleep {seconds}", cache=False)
    until(lambda: "\nhanging" in log(rooms, work))
    return work


def test_the_engine_is_killed_in_the_middle_of_a_build(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    work = hanging(rooms, context, 76541)
    ours = carriers(work)
    client = [pid for line in processes("podman build") if (pid := int(line.split()[0])) in ours]
    os.kill(client[0], signal.SIGKILL)
    failure = failed(rooms, work)
    assert failure.headline == "podman was killed in the middle (SIGKILL)"
    clean(rooms, store, work, "sleep 76541")


def test_the_supervisor_is_killed_in_the_middle_of_a_build(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    work = hanging(rooms, context, 65431)
    supervisor = until(lambda: processes(f"supervisor.py {rooms._tasks.home.state}") or processes(work.id))
    for line in supervisor:
        os.kill(int(line.split()[0]), signal.SIGKILL)
    assert ended(rooms, work).state is State.LOST
    clean(rooms, store, work, "sleep 65431")


def test_the_process_of_a_build_is_killed(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    work = hanging(rooms, context, 54321)
    child = until(lambda: [
        line for line in processes("ellip_lab.containers.work_child")
        if Path(f"/proc/{line.split()[0]}/cwd").resolve().name == work.id
    ])  # fmt: skip
    os.kill(int(child[0].split()[0]), signal.SIGKILL)
    assert ended(rooms, work).state is State.FAILED
    clean(rooms, store, work, "sleep 54321")


def test_a_stopped_pull_and_push_leave_nothing(
    rooms: ContainersService, store: dict[str, str], registry: Registry, tmp_path: Path
) -> None:
    rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    name = f"{registry.host}/ellip/stop-me:1"
    (tmp_path / "large").write_bytes(os.urandom(150_000_000))
    (tmp_path / "Containerfile").write_text(f"FROM {IMAGE}\nCOPY large /\n")
    assert podman(store, "build", "-q", "-t", name, str(tmp_path)).returncode == 0
    push = rooms.push(words.PushRequest(image=name))
    until(lambda: rooms.show_work(push.id).steps)
    rooms.stop_work(push.id)
    assert ended(rooms, push).state in (State.STOPPED, State.DONE)
    clean(rooms, store, push)
    assert podman(store, "push", name).returncode == 0
    podman(store, "rmi", "-f", name)
    pull = rooms.pull(words.PullRequest(image=name))
    until(lambda: rooms.show_work(pull.id).steps)
    rooms.stop_work(pull.id)
    last = ended(rooms, pull)
    clean(rooms, store, pull)
    if last.state is State.STOPPED:
        assert podman(store, "image", "exists", name).returncode != 0
        assert {step.state.value for step in last.steps} <= {"stopped", "done", "cached"}
    podman(store, "rmi", "-f", name)
    assert podman(store, "images", "-q", "--filter", "dangling=true").stdout == ""


def test_what_belongs_to_others_stays(
    rooms: ContainersService, store: dict[str, str], context: Path, settings: Settings
) -> None:
    mine = hanging(rooms, context, 43211)
    other = context.parent / "other"
    other.mkdir()
    theirs = hanging(rooms, other, 43212)
    rooms.stop_work(mine.id)
    rooms._tasks.wait(mine.id, 60)
    until(lambda: not (rooms._tasks.root / mine.id / "reserve").exists())
    assert processes("sleep 43211") == []
    assert processes("sleep 43212")
    assert Path(kept(rooms, theirs)["scratch"]).is_dir()
    assert rooms.show_work(theirs.id).state is State.RUNNING
    rooms.stop_work(theirs.id)
    rooms._tasks.wait(theirs.id, 60)
    clean(rooms, store, theirs, "sleep 43212")


# -- what is read from what an engine says


@pytest.mark.parametrize(
    ("said", "headline"),
    [
        ("Error: writing blob: no space left on device", "the disk is full"),
        (
            "Error: initializing source: toomanyrequests: You have reached your pull rate limit",
            "takes no more",
        ),
        ("Error: x509: certificate has expired or is not yet valid", "certificate of quay.io does not fit"),
        ("Error: something that nobody has seen before", "something that nobody has seen before"),
        ("", "podman ended with exit code 125"),
        ("Cannot connect to the Docker daemon at unix:///x. Is it running?", "engine does not answer"),
    ],
)
def test_reasons(said: str, headline: str) -> None:
    layers = Layers()
    layers.feed(said.encode() + b"\n", 0)
    told = {"kind": "pull", "engine": "podman", "image": "quay.io/a/b:1"}
    assert headline in work_failures.explain(told, layers, 125)["headline"]


def test_reasons_of_a_build() -> None:
    steps = Steps()
    steps.feed(
        b'STEP 1/2: FROM a\nSTEP 2/2: RUN false\nError: building at STEP "RUN false": exec format error\n', 0
    )
    told = work_failures.explain({"kind": "build", "engine": "podman", "image": "a:1"}, steps, 1)
    assert told["headline"] == "a program of the image is made for another kind of machine"
    assert told["step"] == "RUN false"


def test_layers_as_docker_draws_them() -> None:
    layers = Layers()
    layers.feed(
        b"1: Pulling from library/alpine\r\n0123456789ab: Pulling fs layer\r\n"
        b"\x1b[1A\x1b[2K\r0123456789ab: Downloading [==>   ]  1.5MB/3.0MB\r\x1b[1B"
        b"aaaaaaaaaaaa: Already exists\r\n", 0,
    )  # fmt: skip
    first, second = layers.document()
    assert (first["state"], first["done"], first["size"]) == ("running", 1_500_000, 3_000_000)
    assert second["state"] == "cached"
    assert layers.progress()["text"] == "1.5 MB of 3.0 MB"
