"""Containers of a store of the tests' own: listed, shown, heard, changed, measured; by podman's API and the shared one."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from podman_store import IMAGE, podman

from ellip_lab.containers import contract as words
from ellip_lab.containers.container_log import Log
from ellip_lab.containers.contract import ContainerAction, ContainerEngine, EngineKind
from ellip_lab.containers.running import Running
from ellip_lab.containers.service import ContainersService
from ellip_lab.containers.serving import Serving
from ellip_lab.containers.terminals import mount
from ellip_lab.errors import Conflict, Denied, Invalid, NotFound
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman

Start = Callable[..., str]
T = TypeVar("T")


@pytest.fixture(params=["libpod", "compatible"])
def serving(request: pytest.FixtureRequest, rooms: ContainersService, settings: Settings) -> Serving:
    return Serving(settings, rooms.find, compatible=request.param == "compatible")


@pytest.fixture
def running(serving: Serving, settings: Settings) -> Running:
    return Running(settings, serving)


@pytest.fixture
def start(store: dict[str, str]) -> Iterator[Start]:
    """Gives what starts a container with a shell's script, or makes one; all are removed at the end."""
    names: list[str] = []

    def make(script: str, *options: str, name: str = "") -> str:
        name = name or f"c-{os.urandom(4).hex()}"
        names.append(name)
        reply = podman(store, "run", "-d", "--net=none", "--name", name, *options, IMAGE, "sh", "-c", script)
        assert reply.returncode == 0, reply.stderr
        return name

    yield make
    if names:
        podman(store, "rm", "-f", "-t", "0", *names)


def until(ask: Callable[[], T], done: Callable[[T], object]) -> T:
    limit = time.monotonic() + 30
    while True:
        found = ask()
        if done(found):
            return found
        assert time.monotonic() < limit, found
        time.sleep(0.1)


def shown(running: Running, name: str) -> words.ContainerDetails:
    return running.show(words.ContainerQuery(container=name))


def ended(running: Running, name: str) -> words.ContainerDetails:
    return until(lambda: shown(running, name), lambda found: not found.running and found.finished)


def change(running: Running, action: str, *names: str, force: bool = False) -> words.Changed:
    return running.change(
        words.ContainersRequest(containers=names, action=ContainerAction(action), force=force)
    )


# -- lists and details


def test_containers_are_listed_newest_first(running: Running, start: Start) -> None:
    first = start("exit 3")
    second = start("sleep 100")
    ended(running, first)
    listed = running.list(words.ContainersQuery()).containers
    found = {one.name: one for one in listed}
    # the shared API tells whole seconds, and both may be of one
    assert [one.created for one in listed] == sorted((one.created for one in listed), reverse=True)
    assert found[second].created >= found[first].created
    assert (found[second].running, found[second].state, found[second].exit_code) == (True, "running", None)
    assert found[second].status.startswith("Up ")
    assert (found[first].running, found[first].state, found[first].exit_code) == (False, "exited", 3)
    assert found[first].status.startswith("Exited (3)")
    assert found[first].image == IMAGE
    assert found[second].command == "sh -c sleep 100"
    only = running.list(words.ContainersQuery(all=False)).containers
    assert second in {one.name for one in only}
    assert first not in {one.name for one in only}
    assert [one.name for one in running.list(words.ContainersQuery(text=second.upper())).containers] == [
        second
    ]


def test_those_of_a_run_are_named_by_it(running: Running, start: Start) -> None:
    run = "20261126T030000-runs-ab12"
    name = start("sleep 100", "--label", f"ellip-lab.run={run}", name=f"ellip-{run}-crop_2")
    other = start("true", "--label", f"ellip-lab.run={run}")
    found = {one.name: one for one in running.list(words.ContainersQuery(text=run)).containers}
    assert set(found) == {name, other}
    assert (found[name].run, found[name].step) == (run, "crop_2")
    assert (found[other].run, found[other].step) == (run, None)
    assert (shown(running, name).run, shown(running, name).step) == (run, "crop_2")


def test_a_container_is_shown_without_its_secrets(running: Running, start: Start, settings: Settings) -> None:
    name = start(
        "sleep 100", "-e", "COLOUR=blue", "-e", "AWS_SECRET_ACCESS_KEY=planted", "-e", "db_password=planted",
        "-e", "GITHUB_TOKEN=planted", "-v", f"{settings.root}:/data:ro", "-w", "/tmp", "-u", "7",
        "--memory", "64m", "--cpus", "0.5", "-l", "sense=none",
    )  # fmt: skip
    found = shown(running, name)
    assert "planted" not in found.model_dump_json()
    assert found.env["COLOUR"] == "blue"
    assert found.env["AWS_SECRET_ACCESS_KEY"] == ""
    assert found.mounts == (words.Mount(source=str(settings.root), target="/data", writable=False),)
    assert (found.folder, found.user, found.labels["sense"]) == ("/tmp", "7", "none")
    assert (found.memory_limit, found.cpu_limit) == (64 * 1024 * 1024, 0.5)
    assert found.image == IMAGE
    assert found.started
    assert found.finished is None
    assert shown(running, found.id).name == name


def test_a_published_port_is_told(running: Running, store: dict[str, str]) -> None:
    name = f"c-{os.urandom(4).hex()}"
    made = podman(
        store, "create", "--name", name, "-p", "127.0.0.1:18765:80", "-p", "127.0.0.1:18770:90", IMAGE, "true"
    )
    assert made.returncode == 0, made.stderr
    try:
        listed = next(one for one in running.list(words.ContainersQuery()).containers if one.name == name)
        want = {(80, 18765, "127.0.0.1", "tcp"), (90, 18770, "127.0.0.1", "tcp")}
        assert {(port.container, port.host, port.address, port.protocol) for port in listed.ports} == want
        assert listed.state == "created"
        assert (listed.running, listed.exit_code) == (False, None)
    finally:
        podman(store, "rm", "-f", name)


def test_an_unknown_container_is_not_there(running: Running) -> None:
    for ask in (
        lambda: shown(running, "nothing"),
        lambda: running.log(words.ContainerLogQuery(container="nothing")),
        lambda: running.terminal(words.TerminalRequest(container="nothing")),
    ):
        with pytest.raises(NotFound) as caught:
            ask()
        assert caught.value.detail == "there is no container nothing"
        assert caught.value.hint


# -- logs


def follow(running: Running, name: str, lines: int = 1000, first: int | None = None) -> str:
    """Reads a log to its end, stretch by stretch, as a client does."""
    chunk = running.log(words.ContainerLogQuery(container=name, lines=first or lines))
    text = chunk.text
    limit = time.monotonic() + 60
    while not chunk.finished:
        assert time.monotonic() < limit
        chunk = running.log(words.ContainerLogQuery(container=name, since=chunk.next, lines=lines))
        text += chunk.text
    return text


def test_a_log_that_is_followed_loses_and_doubles_nothing(running: Running, start: Start) -> None:
    script = "i=0; while [ $i -lt 600 ]; do echo out $i; [ $((i % 100)) = 0 ] && sleep 0.3; i=$((i+1)); done"
    name = start(script)
    assert follow(running, name, lines=70, first=1000) == "".join(f"out {i}\n" for i in range(600))


def test_both_streams_come_in_order(running: Running, start: Start) -> None:
    name = start("for i in 1 2 3; do echo out $i; sleep 0.2; echo err $i >&2; sleep 0.2; done")
    assert follow(running, name) == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n"


def test_the_last_lines_of_one_second_are_gone_on_from(running: Running, start: Start) -> None:
    name = start("i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); done; sleep 2; echo more")
    until(
        lambda: running.log(words.ContainerLogQuery(container=name, lines=1)), lambda log: log.text == "499\n"
    )
    chunk = running.log(words.ContainerLogQuery(container=name, lines=10))
    assert chunk.text == "".join(f"{i}\n" for i in range(490, 500))
    assert not chunk.finished
    again = running.log(words.ContainerLogQuery(container=name, since=chunk.next))
    assert again.text in ("", "more\n")
    rest = until(
        lambda: running.log(words.ContainerLogQuery(container=name, since=chunk.next)),
        lambda log: log.finished,
    )
    assert rest.text == "more\n"
    # at the end nothing more comes, however often it is asked
    assert running.log(words.ContainerLogQuery(container=name, since=rest.next)).text == ""


def test_a_long_log_is_read_in_small_stretches(running: Running, start: Start) -> None:
    name = start("seq 1 20000")
    ended(running, name)
    first = running.log(words.ContainerLogQuery(container=name, lines=5))
    assert first.text == "19996\n19997\n19998\n19999\n20000\n"
    assert first.finished
    numbers: list[str] = []
    place = "~0"
    while True:
        chunk = running.log(words.ContainerLogQuery(container=name, since=place, lines=9000))
        numbers += chunk.text.split()
        place = chunk.next
        if chunk.finished:
            break
    assert numbers == [str(i) for i in range(1, 20001)]


def test_an_unfinished_line_and_a_terminal_are_heard(running: Running, start: Start) -> None:
    plain = start("printf 'no end'")
    assert follow(running, plain) == "no end"
    # in one piece each: the compatible interface puts a time before every piece, and nothing tells it from text
    terminal = start("echo one; echo 'two three'; printf four", "-t")
    assert follow(running, terminal) == "one\r\ntwo three\r\nfour"


def test_text_that_is_split_in_the_middle_of_a_letter_stays_whole(running: Running, start: Start) -> None:
    # the runtime cuts long lines at some thousand bytes, here inside of ä
    name = start("i=0; while [ $i -lt 3001 ]; do printf ää; i=$((i+1)); done; printf x; echo ä")
    # in as many pieces as the machine is quick: the first stretch must not leave any out
    assert follow(running, name, lines=10_000) == "ää" * 3001 + "xä\n"


def test_a_letter_that_is_half_there_waits_for_the_rest(
    running: Running, start: Start, store: dict[str, str]
) -> None:
    name = start(r"echo whole; printf 'a\303'; while [ ! -e /go ]; do sleep 0.1; done; printf '\244b\n'")
    query = words.ContainerLogQuery(container=name)
    first = until(lambda: running.log(query), lambda found: found.text)
    assert first.text == "whole\n"
    assert podman(store, "exec", name, "touch", "/go").returncode == 0
    assert follow(running, name) == "whole\naäb\n"
    rest = until(
        lambda: running.log(words.ContainerLogQuery(container=name, since=first.next)),
        lambda found: found.finished,
    )
    assert rest.text == "aäb\n"


def test_a_silent_container_answers_at_once(running: Running, start: Start) -> None:
    name = start("sleep 100")
    begun = time.monotonic()
    chunk = running.log(words.ContainerLogQuery(container=name, wait=20))
    assert (chunk.text, chunk.finished) == ("", False)
    assert time.monotonic() - begun < 10
    assert running.log(words.ContainerLogQuery(container=name, since=chunk.next)).text == ""


def test_a_container_without_a_log_says_so(running: Running, start: Start) -> None:
    name = start("true", "--log-driver", "none")
    with pytest.raises(Conflict) as caught:
        running.log(words.ContainerLogQuery(container=name))
    assert "log" in (caught.value.hint or "")


@pytest.mark.parametrize("since", ["yesterday", "2026-11-26T03:37:44Z", "x~1", "2026~"])
def test_a_place_that_is_none_is_refused(running: Running, start: Start, since: str) -> None:
    name = start("true")
    with pytest.raises(Invalid):
        running.log(words.ContainerLogQuery(container=name, since=since))


def test_pieces_are_put_together_wherever_they_are_cut() -> None:
    whole = b"".join(
        b"\x01\0\0\0" + len(part).to_bytes(4, "big") + part for part in (b"a b", b"", b"c" * 300)
    )
    for size in (1, 2, 7, 9, 100, 1000):
        chunks = [whole[i : i + size] for i in range(0, len(whole), size)]
        assert list(Log._pieces(chunks)) == [b"a b", b"", b"c" * 300]


# -- changes


def test_containers_are_changed_each_for_itself(running: Running, start: Start) -> None:
    one, two = start("trap 'exit 0' TERM; while :; do sleep 0.1; done"), start("true")
    ended(running, two)
    reply = change(running, "stop", one, "nothing")
    assert reply.done == (one,)
    assert [kept.name for kept in reply.kept] == ["nothing"]
    assert reply.kept[0].hint
    assert shown(running, one).exit_code == 0
    reply = change(running, "kill", two)
    assert reply.done == ()
    assert "running" in reply.kept[0].message
    assert change(running, "start", one).done == (one,)
    assert shown(running, one).running
    reply = change(running, "remove", one, two)
    assert reply.done == (two,)
    assert reply.kept[0].name == one
    assert "force" in (reply.kept[0].hint or "")
    begun = time.monotonic()
    assert change(running, "remove", one, force=True).done == (one,)
    assert time.monotonic() - begun < 8  # killed at once, without the grace of a stop
    assert running.list(words.ContainersQuery(text=one)).containers == ()


@pytest.mark.slow
def test_one_that_ignores_its_end_is_killed_after_its_grace(running: Running, start: Start) -> None:
    name = start("trap '' TERM; while :; do sleep 0.1; done")
    begun = time.monotonic()
    assert change(running, "stop", name).done == (name,)
    assert 9 < time.monotonic() - begun < 40
    assert shown(running, name).exit_code == 137


def test_a_container_that_cannot_start_says_why(running: Running, store: dict[str, str]) -> None:
    name = f"c-{os.urandom(4).hex()}"
    podman(store, "create", "--net=none", "--name", name, IMAGE, "/no/such/program")
    try:
        reply = change(running, "start", name)
        assert reply.done == ()
        assert "/no/such/program" in reply.kept[0].message
        assert reply.kept[0].hint
    finally:
        podman(store, "rm", "-f", name)


# -- what they use


def test_what_is_used_now_is_measured(running: Running, start: Start) -> None:
    busy, idle, gone = start("while :; do :; done"), start("sleep 100"), start("true")
    ended(running, gone)

    def ask() -> dict[str, words.Usage]:
        return {one.name: one for one in running.usages().usages}

    # the start of one that idles is work too, for a moment
    found = until(ask, lambda found: found.get(busy) and found[busy].cpu > 0.2 and found[idle].cpu < 0.1)
    assert gone not in found
    assert found[busy].processes >= 1
    assert found[busy].memory > 0
    assert found[busy].memory_limit is None or found[busy].memory_limit > 1_000_000


# -- a terminal


def typed(line: str, text: str) -> str:
    """Runs a line in a shell on a terminal, as a Lab terminal does, and gives what it shows."""
    controller, terminal = pty.openpty()
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", line], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
        ) as shell:
            os.close(terminal)
            os.write(controller, text.encode())
            said = b""
            while True:
                try:
                    part = os.read(controller, 4096)
                except OSError:
                    break  # its end is closed
                if not part:
                    break
                said += part
            assert shell.wait(60) == 0, said
        return said.decode(errors="replace")
    finally:
        os.close(controller)


def test_a_shell_is_opened_in_a_running_container(running: Running, start: Start) -> None:
    name = start("sleep 100", "-e", "COLOUR=blue")
    found = running.terminal(words.TerminalRequest(container=name))
    assert found.title == name
    assert found.line == f"exec {shlex.join(found.argv)}"
    assert "colour is blue" in typed(found.line, "echo colour is $COLOUR; exit 0\n").replace("$COLOUR", "")


def test_a_shell_of_an_image_has_the_workspace(
    running: Running, settings: Settings, rooms: ContainersService
) -> None:
    folder = settings.root / "it's a folder"
    folder.mkdir()
    (folder / "file.txt").write_text("from the workspace\n")
    found = running.terminal(words.TerminalRequest(image=IMAGE, folder="it's a folder"))
    assert found.folder == "it's a folder"
    said = typed(found.line, "pwd; cat file.txt; echo made > new.txt; exit 0\n")
    assert "from the workspace" in said
    assert str(folder) in said
    assert (folder / "new.txt").read_text() == "made\n"
    assert not [
        one for one in running.list(words.ContainersQuery()).containers if one.command.startswith("sh -c if")
    ]


def test_a_terminal_is_refused_where_there_is_nothing_to_open(running: Running, start: Start) -> None:
    name = start("true")
    ended(running, name)
    with pytest.raises(Conflict):
        running.terminal(words.TerminalRequest(container=name))
    with pytest.raises(NotFound):
        running.terminal(words.TerminalRequest(image="localhost/nothing:1"))
    with pytest.raises(NotFound):
        running.terminal(words.TerminalRequest(image=IMAGE, folder="nowhere"))
    with pytest.raises(Denied):
        running.terminal(words.TerminalRequest(image=IMAGE, folder="../.."))
    with pytest.raises(Invalid):
        running.terminal(words.TerminalRequest())
    with pytest.raises(Invalid):
        running.terminal(words.TerminalRequest(container=name, image=IMAGE))


def test_a_terminal_carries_what_the_engine_needs_and_no_secret(
    settings: Settings, rooms: ContainersService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    engine = rooms.find("podman").model_copy(
        update={"env": {"CONTAINERS_CONF": os.environ["CONTAINERS_CONF"]}}
    )
    assert isinstance(engine, ContainerEngine)
    running = Running(settings, Serving(settings, lambda _wanted: engine))
    found = running.terminal(words.TerminalRequest(image=IMAGE))
    assert found.argv[:2] == ("env", f"CONTAINERS_CONF={os.environ['CONTAINERS_CONF']}")
    assert "planted" not in found.line
    assert engine.kind is EngineKind.PODMAN


def test_a_folder_with_a_colon_is_mounted_all_the_same(
    settings: Settings, rooms: ContainersService, store: dict[str, str]
) -> None:
    odd = settings.root / 'a:b,c "d"'
    odd.mkdir()
    (odd / "file").write_text("here\n")
    reply = podman(store, "run", "--rm", "--net=none", *mount(odd), IMAGE, "cat", str(odd / "file"))
    assert reply.stdout == "here\n", reply.stderr
    assert re.fullmatch(r"type=bind,.*", mount(odd)[-1])
