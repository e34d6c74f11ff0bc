"""The engine's service: found or started, one for all who ask, back after its death, and told when it is in the way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from podman_store import IMAGE, podman

from ellip_lab.containers import podman as wrapper
from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.containers.daemon import Daemon, listens
from ellip_lab.containers.refusals import refused
from ellip_lab.containers.service import ContainersService
from ellip_lab.containers.serving import Serving, without_secrets
from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json
from ellip_lab.tasks.identity import stat as process

pytestmark = pytest.mark.podman


def until(done: Callable[[], object], seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, "it does not come"
        time.sleep(0.02)


@pytest.fixture
def serving(settings: Settings, rooms: ContainersService) -> Serving:
    return Serving(settings, rooms.find)


def place(serving: Serving) -> Path:
    return Path(serving.api().address.removeprefix("unix://"))


def pid(serving: Serving) -> int:
    return int(read_json(place(serving).with_suffix(".json"))["pid"])


def end(which: int) -> None:
    os.kill(which, signal.SIGKILL)
    until(lambda: process(which) is None)


# -- finding and starting


def test_a_service_of_our_own_sees_the_store_of_the_program(serving: Serving) -> None:
    listed = subprocess.run(
        serving.command("images", "-q", "--no-trunc"),
        env=serving.env(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {f"sha256:{image['Id']}" for image in serving.api().get("images/json")} == set(
        listed.stdout.split()
    )
    assert any(IMAGE in image["RepoTags"] for image in serving.api().get("images/json"))


def test_its_socket_is_the_users_alone_and_short(serving: Serving) -> None:
    socket_ = place(serving)
    assert len(os.fsencode(socket_)) < 108
    assert stat.S_IMODE(socket_.parent.stat().st_mode) == 0o700
    assert socket_.parent.stat().st_uid == os.geteuid()
    assert stat.S_IMODE(socket_.stat().st_mode) & 0o077 == 0


def test_a_long_runtime_folder_is_gone_around(settings: Settings, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir(mode=0o700)
    daemon = Daemon("/usr/bin/podman", {"XDG_RUNTIME_DIR": str(long)}, tmp_path / "log")
    assert len(daemon.address.removeprefix("unix://")) < 108


def test_another_store_has_another_service(settings: Settings, serving: Serving, tmp_path: Path) -> None:
    env = serving.env()
    mine = Daemon("/usr/bin/podman", env, tmp_path / "log")
    assert mine.address == serving.api().address
    other = tmp_path / "storage.conf"
    other.write_text('[storage]\ndriver = "overlay"\n')
    first = Daemon(
        "/usr/bin/podman", {**env, "CONTAINERS_STORAGE_CONF": str(other)}, tmp_path / "log"
    ).address
    other.write_text('[storage]\ndriver = "vfs"\n# and longer\n')
    second = Daemon(
        "/usr/bin/podman", {**env, "CONTAINERS_STORAGE_CONF": str(other)}, tmp_path / "log"
    ).address
    assert len({mine.address, first, second}) == 3
    # what has nothing to do with it changes nothing
    assert Daemon("/usr/bin/podman", {**env, "JPY_PARENT_PID": "7"}, tmp_path / "log").address == mine.address


def test_many_who_ask_start_one(serving: Serving) -> None:
    serving.stop()
    found: set[int] = set()
    barrier = threading.Barrier(8)

    def ask(_number: int) -> None:
        barrier.wait()
        assert serving.api().get("images/json")
        found.add(pid(serving))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert len(found) == 1


def test_processes_start_one_and_its_starter_may_be_killed(serving: Serving, settings: Settings) -> None:
    serving.stop()
    script = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from ellip_lab.settings import Settings\n"
        "from ellip_lab.containers.service import ContainersService\n"
        "from ellip_lab.containers.serving import Serving\n"
        "settings = Settings(state=Path(sys.argv[1]), root=Path(sys.argv[1]))\n"
        "print(Serving(settings, ContainersService(settings).find).api().address, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(settings.state)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    addresses = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [-signal.SIGKILL] * 3
    assert addresses == {serving.api().address}
    assert process(pid(serving)) is not None
    assert serving.api().get("images/json")


def test_it_carries_neither_the_mark_of_a_task_nor_a_servers_key(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving.stop()
    monkeypatch.setenv("ELLIP_LAB_TASK", "t1")
    monkeypatch.setenv("JUPYTER_TOKEN", "planted")
    serving.api()
    environment = Path(f"/proc/{pid(serving)}/environ").read_bytes()
    assert b"ELLIP_LAB_TASK" not in environment
    assert b"planted" not in environment
    assert b"CONTAINERS_STORAGE_CONF" in environment


# -- faults


def test_a_service_that_is_killed_between_two_requests_is_started_again(serving: Serving) -> None:
    api = serving.api()
    before = len(api.get("images/json"))
    killed = pid(serving)
    end(killed)
    assert len(api.get("images/json")) == before
    assert pid(serving) != killed
    end(pid(serving))
    # what changes something too: nothing of the request had reached the one that is gone
    with pytest.raises(NotFound):
        api.post("containers/nothing/start")


def test_a_stale_socket_is_replaced(serving: Serving) -> None:
    where = place(serving)
    serving.stop()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(where))
    assert where.exists()
    assert not listens(where)
    assert serving.api().get("images/json")


def test_a_service_that_hangs_holds_nobody(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    api = serving.api()
    held = pid(serving)
    os.kill(held, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            api.get("images/json", timeout=1)
        assert time.monotonic() - started < 10
        assert caught.value.detail == "podman does not answer"
        assert caught.value.hint
        # a new client asks for the version first
        monkeypatch.setattr(wrapper, "ANSWER", 1.0)
        with pytest.raises(Unavailable):
            wrapper.Api(api.address, "podman")
    finally:
        os.kill(held, signal.SIGCONT)
    assert api.get("images/json")


def test_a_service_that_cannot_start_says_why(
    settings: Settings, serving: Serving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "storage.conf"
    broken.write_text(
        f'[storage]\ndriver = "no-such-driver"\ngraphroot = "{tmp_path}/g"\nrunroot = "{tmp_path}/r"\n'
    )
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(broken))
    daemon = Daemon("/usr/bin/podman", {**os.environ}, settings.state / "log")
    with pytest.raises(Unavailable) as caught:
        daemon.ensure()
    assert "no-such-driver" in caught.value.detail
    assert caught.value.hint


def test_an_address_where_nobody_listens_is_said(
    settings: Settings, serving: Serving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = serving.chosen()
    monkeypatch.setenv("CONTAINER_HOST", f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(Unavailable) as caught:
        Serving(settings, lambda _wanted: engine).api()
    assert f"{tmp_path}/nobody.sock" in caught.value.detail
    assert "CONTAINER_HOST" in (caught.value.hint or "")
    monkeypatch.setenv("CONTAINER_HOST", "gopher://x")
    with pytest.raises(Unavailable):
        Serving(settings, lambda _wanted: engine).api()


def test_an_address_that_is_named_is_used(
    settings: Settings, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = serving.api().address
    engine = serving.chosen()
    monkeypatch.setenv("CONTAINER_HOST", address)
    named = Serving(settings, lambda _wanted: engine)
    assert named.api().address == address
    assert named.api().get("images/json")
    assert not named.stop()  # it is not ours to end


def test_docker_is_asked_at_its_own_address(
    settings: Settings, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Podman's socket answers as docker's does; there the shared API is spoken when it is forced."""
    engine = ContainerEngine(kind=EngineKind.DOCKER, command="/usr/bin/docker", version="4")
    monkeypatch.setenv("DOCKER_HOST", serving.api().address)
    docker = Serving(settings, lambda _wanted: engine, compatible=True)
    assert not docker.api().libpod
    assert docker.api().get("images/json")[0]["Id"].startswith("sha256:")
    told = docker.engine()
    assert (told.kind, told.problem, told.remote) == (EngineKind.DOCKER, None, False)
    assert told.store
    assert told.used


def test_the_proxies_of_the_network_are_not_asked(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    try:
        assert serving.api().get("images/json")
    finally:
        serving.stop()


# -- facts


def test_the_facts_are_told_and_kept(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    told = serving.engine()
    assert (told.kind, told.problem, told.rootless) == (EngineKind.PODMAN, None, os.geteuid() != 0)
    assert told.version == serving.chosen().version
    assert told.address == serving.api().address
    assert told.cgroups.startswith("v")
    assert (told.driver, told.runtime) == ("overlay", "runc")
    assert told.used
    assert told.used > 1_000_000
    assert told.free
    assert told.cpus == os.cpu_count()
    assert {choice.kind for choice in told.choices} == set(EngineKind)
    asked: list[str] = []
    monkeypatch.setattr(type(serving.api()), "get", lambda _api, path, *_rest, **_named: asked.append(path))
    assert serving.engine() == told
    assert asked == []


def test_layers_that_images_share_are_counted_once(
    serving: Serving, image: str, store: dict[str, str]
) -> None:
    api = serving.api()
    both = [item["Id"] for item in api.get("images/json") if {image, IMAGE} & set(item["RepoTags"])]
    assert len(both) == 2
    total = serving.sizes.total(api, both)
    assert total < 1.1 * serving.sizes.total(api, both[:1])


def test_without_an_engine_the_facts_say_what_mends_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = Serving(settings, ContainersService(settings).find).engine()
    assert told.kind is EngineKind.NONE
    assert "podman is not installed" in (told.problem or "")
    assert "apt-get install" in (told.hint or "")
    assert {choice.kind for choice in told.choices} == set(EngineKind)


def test_runs_without_containers_forbid_no_look_at_images(
    settings: Settings, rooms: ContainersService
) -> None:
    plain = settings.model_copy(update={"container": "none"})
    assert Serving(plain, rooms.find).chosen().kind is EngineKind.PODMAN


def test_a_password_of_an_address_is_not_told() -> None:
    assert without_secrets("ssh://me:secret@host:22/run/x.sock") == "ssh://me@host:22/run/x.sock"
    assert without_secrets("unix:///run/podman/podman.sock") == "unix:///run/podman/podman.sock"


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (404, "no such container", NotFound),
        (500, "foo: image not known", NotFound),
        (409, "image is in use by a container", Conflict),
        (500, "container state improper", Conflict),
        (400, "invalid reference format", Invalid),
        (403, "forbidden", Denied),
        (500, "write /x: no space left on device", Unavailable),
        (500, "something else", Unavailable),
    ],
)
def test_every_refusal_is_one_of_ours(status: int, said: str, kind: type[EllipError]) -> None:
    error = refused(status, said, "podman")
    assert type(error) is kind
    assert said in error.detail
    assert error.hint


# -- a socket of another user: an ordinary user asks the one of root


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, and setpriv to become somebody else"
)
def test_a_socket_of_another_user_is_denied(serving: Serving, tmp_path: Path) -> None:
    socket_ = place(serving)
    open_ = socket_.parent.parent
    modes = [(folder, stat.S_IMODE(folder.stat().st_mode)) for folder in (open_, socket_.parent)]
    # the way is open to everybody, so that it is the socket itself that refuses
    for folder, mode in modes:
        folder.chmod(mode | 0o055)
    try:
        refusal = subprocess.run(
            [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "/usr/bin/python3", "-c",
                "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])", str(socket_),
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "PermissionError" in refusal.stderr
        # what that user's room makes of it, in a process that has given up root in its file accesses alone
        os.setegid(65534)
        os.seteuid(65534)
        try:
            with pytest.raises(Denied) as caught:
                wrapper.Api(f"unix://{socket_}", "podman")
        finally:
            os.seteuid(0)
            os.setegid(0)
    finally:
        for folder, mode in modes:
            folder.chmod(mode)
    assert "is not yours to use" in caught.value.detail
    assert "another user" in (caught.value.hint or "")


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Path]:
    """Gives a folder under /tmp that belongs to somebody else, in the place of this program's."""
    folder = tmp_path / "ellip-lab"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    yield folder
    os.chown(folder, 0, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder to somebody else")
def test_a_folder_of_somebody_else_takes_no_socket(stranger: Path, tmp_path: Path) -> None:
    daemon = Daemon("/usr/bin/podman", {"XDG_RUNTIME_DIR": str(stranger.parent)}, tmp_path / "log")
    assert not daemon.address.startswith(f"unix://{stranger}/")


def test_podman_is_asked_for_nothing_when_the_room_is_made(settings: Settings, store: dict[str, str]) -> None:
    before = podman(store, "ps", "-aq").stdout
    Serving(settings, ContainersService(settings).find)
    assert podman(store, "ps", "-aq").stdout == before
