"""Commands of an image as programs: the same as inside the container, seen from a shell."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import podman

from ellip_lab.containers import asking, program
from ellip_lab.containers.contract import (
    ContainerEngine,
    EngineKind,
    ExposedList,
    ExposeRequest,
    UnexposeRequest,
)
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Conflict, NotFound, Unavailable
from ellip_lab.settings import Settings

from .conftest import IMAGE

pytestmark = [pytest.mark.podman, pytest.mark.timeout(600)]
PATIENCE = 60.0
SCENE = Path(__file__).resolve().parents[2] / "ellip_lab/packages/water-bodies/data/green.tif"
GDAL = "docker.io/osgeo/gdal"


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    monkeypatch.setenv("ELLIP_LAB_BIN", str(folder))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def exposed(rooms: ContainersService, *commands: str, image: str = IMAGE, **how: bool) -> ExposedList:
    return rooms.expose(ExposeRequest(image=image, commands=commands, **how))


def called(program: Path, *words: str, cwd: Path, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [str(program), *words],
        cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False, **{"stdin": subprocess.DEVNULL, **how},
    )  # fmt: skip


def none_left(store: dict[str, str]) -> bool:
    """Tells whether every container has gone; the engine may still be at it when its command has ended."""
    end = time.monotonic() + PATIENCE
    while podman(store, "ps", "-aq", "--filter", "label=ellip-lab.exposed").stdout:
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


# -- made, listed, removed


def test_programs_are_made_listed_and_removed(rooms: ContainersService, bin_: Path) -> None:
    assert rooms.exposed() == ExposedList(exposed=(), folder=str(bin_), on_path=True)
    made = exposed(rooms, "busybox", "awk")
    assert [(one.command, one.image, one.path, one.present) for one in made.exposed] == [
        ("awk", IMAGE, str(bin_ / "awk"), True),
        ("busybox", IMAGE, str(bin_ / "busybox"), True),
    ]
    assert all(one.shadowed is None and not one.network for one in made.exposed)
    assert (bin_ / "awk").stat().st_mode & 0o777 == 0o755
    assert exposed(rooms, "awk", network=True).exposed[0].network  # once more: as it is asked now
    left = rooms.unexpose(UnexposeRequest(commands=("awk",)))
    assert [one.command for one in left.exposed] == ["busybox"]
    assert rooms.exposed() == left


def test_a_foreign_program_stays_as_it_is(rooms: ContainersService, bin_: Path, tmp_path: Path) -> None:
    bin_.mkdir()
    (bin_ / "awk").write_text("#!/bin/sh\necho mine\n")
    (bin_ / "sed").mkdir()
    (bin_ / "cat").symlink_to(tmp_path / "nowhere")
    for name in ("awk", "sed", "cat"):
        with pytest.raises(Conflict, match="another program"):
            exposed(rooms, "busybox", name, replace=True)
        with pytest.raises(Conflict, match="another program"):
            rooms.unexpose(UnexposeRequest(commands=(name,)))
    assert rooms.exposed().exposed == ()
    assert (bin_ / "awk").read_text() == "#!/bin/sh\necho mine\n"
    assert sorted(file.name for file in bin_.iterdir()) == ["awk", "cat", "sed"]
    with pytest.raises(NotFound):
        rooms.unexpose(UnexposeRequest(commands=("gone",)))


def test_another_images_program_is_replaced_when_asked(
    rooms: ContainersService, bin_: Path, image: str
) -> None:
    exposed(rooms, "awk")
    with pytest.raises(Conflict, match="exposed already") as caught:
        exposed(rooms, "sed", "awk", image=image)
    assert "--replace" in str(caught.value.hint)
    assert [one.image for one in rooms.exposed().exposed] == [IMAGE]
    both = exposed(rooms, "sed", "awk", image=image, replace=True)
    assert {one.image for one in both.exposed} == {image}


def test_what_the_image_has_not_is_told_with_what_it_has(rooms: ContainersService, bin_: Path) -> None:
    with pytest.raises(NotFound, match=r"no command gdalinfo, sorrt$") as caught:
        exposed(rooms, "gdalinfo", "sort", "sorrt")
    assert "sort" in str(caught.value.hint)
    with pytest.raises(NotFound, match="no command cd"):  # a word of the shell is no program
        exposed(rooms, "cd")
    with pytest.raises(NotFound, match="is not here") as caught:
        exposed(rooms, "awk", image="registry.invalid/none:1")
    assert "ellip images pull registry.invalid/none:1" in str(caught.value.hint)
    assert not bin_.exists()


def test_an_image_that_has_gone_and_a_program_that_comes_first(
    rooms: ContainersService, bin_: Path, store: dict[str, str], image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    exposed(rooms, "awk", image=image)
    first = tmp_path / "first"
    first.mkdir()
    (first / "awk").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", f"{first}:{os.environ['PATH']}")
    podman(store, "rmi", "-f", image)
    (one,) = rooms.exposed().exposed
    assert (one.present, one.shadowed) == (False, str(first / "awk"))
    gone = called(bin_ / "awk", "1", cwd=rooms._settings.root)
    assert gone.returncode == 125
    assert image in gone.stderr


def test_the_folder_in_the_home_and_what_puts_it_on_path(
    rooms: ContainersService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELLIP_LAB_BIN", raising=False)
    known = rooms.exposed()
    assert known.folder == str(Path.home() / ".local" / "bin")
    assert not known.on_path
    assert 'export PATH="$HOME/.local/bin:$PATH"' in str(known.hint)
    monkeypatch.setenv("PATH", f"{known.folder}/:/bin")
    assert (rooms.exposed().on_path, rooms.exposed().hint) == (True, None)


def test_an_engine_that_does_not_work(
    settings: Settings, bin_: Path, monkeypatch: pytest.MonkeyPatch, rooms: ContainersService
) -> None:
    exposed(rooms, "awk")
    monkeypatch.setenv("PATH", "/nowhere")
    lame = ContainersService(settings.model_copy(update={"state": settings.state / "other"}))
    assert [one.command for one in lame.exposed().exposed] == ["awk"]
    with pytest.raises(Unavailable):
        exposed(lame, "sed")


# -- entry points


def built(store: dict[str, str], name: str, *changes: str, base: str = IMAGE) -> str:
    container = podman(store, "create", base, "true").stdout.strip()
    reply = podman(store, "commit", "-q", *(f"--change={one}" for one in changes), container, name)
    assert reply.returncode == 0, reply.stderr
    podman(store, "rm", container)
    return name


@pytest.fixture
def made(store: dict[str, str]) -> Iterator[str]:
    name = f"localhost/ellip/entry-{os.urandom(4).hex()}:1"
    yield name
    podman(store, "rmi", "-f", name)


def test_an_entry_point_that_sets_up_runs(
    rooms: ContainersService, bin_: Path, store: dict[str, str], made: str
) -> None:
    built(store, made, 'ENTRYPOINT ["/bin/env", "SET=up"]', "USER 1234")
    exposed(rooms, "sh", image=made)
    said = called(bin_ / "sh", "-c", "echo $SET; id -u", cwd=rooms._settings.root)
    assert (said.stdout, said.stderr) == ("up\n0\n", "")


def test_an_entry_point_that_runs_something_else_is_passed_over(
    rooms: ContainersService, bin_: Path, store: dict[str, str], made: str
) -> None:
    built(store, made, 'ENTRYPOINT ["/bin/cat"]')
    exposed(rooms, "echo", image=made)
    assert called(bin_ / "echo", "a b", cwd=rooms._settings.root).stdout == "a b\n"


def test_an_entry_point_that_does_not_end_is_passed_over(
    rooms: ContainersService,
    bin_: Path,
    store: dict[str, str],
    made: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 8.0)
    built(store, made, 'ENTRYPOINT ["/bin/sh", "-c", "while :; do sleep 0.1; done"]')
    exposed(rooms, "echo", image=made)
    assert called(bin_ / "echo", "a", cwd=rooms._settings.root).stdout == "a\n"
    assert none_left(store)


def test_an_image_without_a_shell(
    rooms: ContainersService, bin_: Path, store: dict[str, str], made: str, tmp_path: Path
) -> None:
    busybox = shutil.which("busybox")
    assert busybox
    (tmp_path / "bare/bin").mkdir(parents=True)
    shutil.copy(busybox, tmp_path / "bare/bin/busybox")
    (tmp_path / "bare/bin/echo").symlink_to("busybox")
    subprocess.run(["tar", "-C", str(tmp_path / "bare"), "-cf", str(tmp_path / "bare.tar"), "."], check=True)
    reply = podman(store, "import", "--change", "ENV PATH=/bin", str(tmp_path / "bare.tar"), made)
    assert reply.returncode == 0, reply.stderr
    exposed(rooms, "echo", image=made)
    assert called(bin_ / "echo", "bare", cwd=rooms._settings.root).stdout == "bare\n"
    with pytest.raises(NotFound):
        exposed(rooms, "sh", image=made)
    assert podman(store, "ps", "-aq", "--filter", f"ancestor={made}").stdout == ""


# -- called


@pytest.fixture
def shell(rooms: ContainersService, bin_: Path) -> Path:
    """A shell of the image, as a program."""
    exposed(rooms, "sh")
    return bin_ / "sh"


@pytest.fixture
def root(settings: Settings) -> Path:
    return settings.root


def test_arguments_are_what_they_are(shell: Path, root: Path) -> None:
    words = ["", "a b", "'", '"', "$HOME", "`id`", "*", "\\", "a\nb", "--rm", "-e", "ü", "!", ";", "\t"]
    said = called(shell, "-c", 'for word do printf "<%s>" "$word"; done', "x", *words, cwd=root)
    assert said.stdout == "".join(f"<{word}>" for word in words)
    assert (said.stderr, said.returncode) == ("", 0)


def test_streams_and_exit_codes(shell: Path, root: Path, store: dict[str, str]) -> None:
    said = called(shell, "-c", "cat; echo wrong >&2; exit 7", cwd=root, stdin=None, input="in\n" * 50_000)
    assert (said.stdout, said.stderr, said.returncode) == ("in\n" * 50_000, "wrong\n", 7)
    assert called(shell, "-c", "kill -9 $$", cwd=root).returncode == 137
    # without any standard input, as a service may start it
    closed = subprocess.run(
        ["/bin/sh", "-c", f"{shell} -c cat <&-"], cwd=root, capture_output=True, timeout=PATIENCE, check=False
    )
    assert (closed.returncode, closed.stdout) == (0, b"")
    assert none_left(store)


def test_the_network_is_not_there_unless_asked_for(shell: Path, root: Path, rooms: ContainersService) -> None:
    links = "for one in /sys/class/net/*; do echo ${one##*/}; done"
    assert called(shell, "-c", links, cwd=root).stdout.split() == ["lo"]
    exposed(rooms, "sh", network=True)
    assert called(shell, "-c", links, cwd=root).stdout.split() != ["lo"]


def test_the_workspace_is_at_its_own_path(shell: Path, root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub/in.txt").write_text("hello")
    said = called(
        shell, "-c", f"pwd; cat in.txt; umask; cp in.txt {root}/out.txt", cwd=root / "sub", umask=0o027
    )
    assert said.stdout == f"{root}/sub\nhello0027\n"
    assert (root / "out.txt").read_text() == "hello"
    status = (root / "out.txt").stat()
    assert (status.st_uid, status.st_gid) == (os.getuid(), os.getgid())
    assert status.st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["outside", 'a, "b": c', "ü ö", "quote'd", "d=e,ro"])
def test_a_folder_outside_is_there_too(shell: Path, root: Path, tmp_path: Path, name: str) -> None:
    (root / "in.txt").write_text("hello")
    outside = tmp_path / name
    outside.mkdir()
    said = called(shell, "-c", f"pwd; cat {root}/in.txt; echo new > new.txt", cwd=outside)
    assert (said.stdout, said.stderr) == (f"{outside}\nhello", "")
    assert (outside / "new.txt").read_text() == "new\n"


def test_folders_that_links_lead_to(shell: Path, root: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (root / "sub").mkdir()
    ways = {
        tmp_path / "link": tmp_path / "real",  # outside, to outside
        root / "out": tmp_path / "real",  # inside, to outside
        tmp_path / "in": root / "sub",  # outside, to inside
        root / "same": root / "sub",  # inside, to inside
    }
    for link, target in ways.items():
        link.symlink_to(target)
        said = subprocess.run(
            ["/bin/sh", "-c", f"cd {link} && exec {shell} -c 'pwd; echo $0 > $0/{link.name}; ls' {link}"],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert (said.stderr, said.stdout.split("\n")[0]) == ("", str(link)), link
        assert (target / link.name).read_text() == f"{link}\n"


def test_a_workspace_that_a_link_leads_to(
    rooms: ContainersService, bin_: Path, root: Path, tmp_path: Path
) -> None:
    (tmp_path / "named").symlink_to(root)
    (root / "in.txt").write_text("hello")
    rooms._exposing._settings = rooms._settings.model_copy(update={"root": tmp_path / "named"})
    exposed(rooms, "sh")
    said = called(bin_ / "sh", "-c", f"cat {tmp_path}/named/in.txt {root}/in.txt; pwd", cwd=tmp_path)
    assert said.stdout == f"hellohello{tmp_path}\n"
    shutil.rmtree(root)  # a workspace that has gone is in nobody's way
    assert called(bin_ / "sh", "-c", "pwd", cwd=tmp_path).stdout == f"{tmp_path}\n"


def test_folders_that_the_image_has_its_own_of(shell: Path, root: Path, tmp_path: Path) -> None:
    for folder in ("/", "/etc", "/usr"):
        said = called(shell, "-c", "pwd; cat /etc/passwd", cwd=Path(folder))
        assert said.stdout == "/\nroot:x:0:0:root:/root:/bin/sh\n"
        assert f"the files of {folder} are not visible" in said.stderr
    gone = tmp_path / "gone"
    gone.mkdir()
    said = subprocess.run(
        ["/bin/sh", "-c", f"cd {gone} && rmdir {gone} && exec {shell} -c pwd"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert said.returncode == 125
    assert "current folder is gone" in said.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("handled", [True, False])
def test_signals_reach_it(
    shell: Path, root: Path, store: dict[str, str], number: signal.Signals, handled: bool
) -> None:
    trap = f"trap 'echo caught > caught; exit 9' {number};" if handled else ""
    command = f"{trap} echo up; while :; do sleep 0.1; done"
    with subprocess.Popen(
        [str(shell), "-c", command], cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "up\n"
        process.send_signal(number)
        code = process.wait(PATIENCE)
    assert code == (9 if handled else 128 + number)
    assert (root / "caught").exists() == handled
    assert none_left(store)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_leaves_no_container(
    shell: Path, root: Path, store: dict[str, str], number: signal.Signals
) -> None:
    for moment in range(8):
        with subprocess.Popen(
            [str(shell), "-c", "while :; do sleep 0.1; done"], cwd=root, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:  # fmt: skip
            time.sleep(0.05 * moment)  # the moment is what is tried
            process.send_signal(number)
            assert process.wait(PATIENCE) == (128 + number if moment else process.returncode)
    assert none_left(store)
    assert not list(Path(tempfile.gettempdir()).glob("ellip-????????-????-*"))


def test_a_terminal_only_where_there_is_one(shell: Path, root: Path, store: dict[str, str]) -> None:
    asked = "test -t 0 && test -t 1 && echo terminal $TERM || echo none"
    assert called(shell, "-c", asked, cwd=root).stdout == "none\n"
    leader, follower = pty.openpty()
    said = ""
    with subprocess.Popen(
        [str(shell), "-c", f"{asked}; read line; echo got $line; sleep 600"],
        cwd=root, stdin=follower, stdout=follower, stderr=follower,
        preexec_fn=lambda: os.login_tty(follower) if hasattr(os, "login_tty") else None,
        env={**os.environ, "TERM": "xterm-256color"},
    ) as process:  # fmt: skip
        os.close(follower)
        said += until(leader, "terminal xterm-256color")
        os.write(leader, b"word\n")
        said += until(leader, "got word")
        os.write(leader, b"\x03")
        assert process.wait(PATIENCE) == 130
    os.close(leader)
    assert none_left(store)


def until(leader: int, text: str) -> str:
    """Reads a terminal until it shows a text."""
    said, end = "", time.monotonic() + PATIENCE
    while text not in said:
        assert time.monotonic() < end, said
        if select.select([leader], [], [], 0.5)[0]:
            said += os.read(leader, 65_536).decode(errors="replace")
    return said


def test_in_the_background_of_a_terminal_it_is_not_stopped(shell: Path, root: Path) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        ["/bin/sh", "-m", "-c", f"{shell} -c 'cat; echo done' & wait; echo all over"],
        cwd=root, stdin=follower, stdout=follower, stderr=follower, preexec_fn=lambda: os.login_tty(follower),
    ) as process:  # fmt: skip
        os.close(follower)
        said = until(leader, "all over")
        assert process.wait(PATIENCE) == 0
    os.close(leader)
    assert "done" in said


def test_what_the_user_has_set_holds(shell: Path, root: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text('#!/bin/sh\necho "$CONTAINERS_CONF"\n')
    said.chmod(0o755)
    engine = ContainerEngine(kind=EngineKind.PODMAN, command=str(said), env={"CONTAINERS_CONF": "/a 'b'"})
    known = program.read(shell)
    assert known is not None
    shell.write_text(program.text_of(known, engine))
    env = {name: value for name, value in os.environ.items() if name != "CONTAINERS_CONF"}
    assert called(shell, cwd=root, env=env).stdout == "/a 'b'\n"
    assert called(shell, cwd=root, env=env | {"CONTAINERS_CONF": "mine"}).stdout == "mine\n"


def test_who_owns_what_it_writes() -> None:
    known = program.Program("x", IMAGE, False, "/work", True, True, "--userns=keep-id")
    rootless = ContainerEngine(kind=EngineKind.PODMAN, command="/usr/bin/podman", rootless=True)
    text = program.text_of(known, rootless)
    assert "--userns=keep-id" in text and "--user=" not in text
    docker = ContainerEngine(kind=EngineKind.DOCKER, command="/usr/bin/docker")
    text = program.text_of(program.Program("x", IMAGE, False, "/work", True, True, "own"), docker)
    assert '--user="$(id -u):$(id -g)"' in text and "userns" not in text and "umask" not in text
    assert json.loads(text.split("\n")[1].removeprefix(program.MARK.decode()))["image"] == IMAGE


# -- the real thing


@pytest.fixture(scope="session")
def gdal(store: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """GDAL of Debian's packages, in the tests' store."""
    state = tmp_path_factory.mktemp("gdal")
    service = ContainersService(Settings(state=state, root=state))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in store.items():
            patch.setenv(name, value)
        try:
            service.image_from_debian(service.find("podman"), GDAL, ("gdal-bin",), lambda _: None)
        except Unavailable as error:
            pytest.skip(f"no GDAL image can be made here: {error.detail}")
    return GDAL


@pytest.mark.slow
def test_gdalinfo_is_the_same_as_inside(
    rooms: ContainersService, bin_: Path, root: Path, gdal: str, store: dict[str, str]
) -> None:
    exposed(rooms, "gdalinfo", "gdal_translate", image=gdal)
    scene = Path(shutil.copy(SCENE, root / "a scene.tif"))
    for words in (["a scene.tif"], ["-json", str(scene)], ["gone.tif"], ["--no-such-option"]):
        inside = subprocess.run(
            ["podman", "run", "--rm", "--net=none", f"-v={root}:{root}", f"-w={root}", gdal, "gdalinfo", *words],
            env={**os.environ, **store, **rooms.find("podman").env},
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        ours = called(bin_ / "gdalinfo", *words, cwd=root)
        assert (ours.returncode, ours.stdout, ours.stderr) == (
            inside.returncode,
            inside.stdout,
            inside.stderr,
        )
        assert (ours.returncode == 0) == (words[-1] in ("a scene.tif", str(scene)))
    made = called(bin_ / "gdal_translate", "-srcwin", "0", "0", "9", "9", "a scene.tif", "out.tif", cwd=root)
    assert made.returncode == 0, made.stderr
    assert (root / "out.tif").stat().st_uid == os.getuid()
    assert "Size is 9, 9" in called(bin_ / "gdalinfo", "out.tif", cwd=root).stdout
    with pytest.raises(NotFound) as caught:
        exposed(rooms, "gdalinf", image=gdal)
    assert "gdalinfo" in str(caught.value.hint)
