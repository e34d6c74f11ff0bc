"""What goes wrong is said in one sentence, nothing is left half done, and the cache has no half package."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tasks.driving import exists, processes_of, supervisor_of, until

from ellip_lab.errors import Invalid, NotFound
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State
from ellip_lab.toolboxes.contract import (
    ChannelHostQuery,
    ChannelLoginRequest,
    LockForm,
    LockQuery,
    LoginKind,
    ToolboxQuery,
    ToolboxRemoval,
    ToolboxRequest,
    ToolboxState,
    ToolboxUpdate,
)
from ellip_lab.toolboxes.service import ToolboxesService

from .channel import Faults, Server
from .conftest import Room

MORE = ("child",) if os.environ.get("ELLIP_LAB_TEST_KILLS") else ()
"""Further ways to end a work, in the tests of kills that have to be asked for."""
HOLD = "sh -c 'touch here; while test -e here; do sleep 0.05; done'"
"""A command that proves nothing, and takes its time."""


def whole(room: Room) -> None:
    """Checks that what the cache has can be installed as it is, and does what it should."""
    room.channel.faults = Faults()
    name = "whole"
    room.done(room.service.install(room.request("hello-eo", name=name)))
    prefix = room.folder / name
    assert (prefix / "share/eo-data/data.bin").stat().st_size == 5_000_000
    for place in (prefix / "conda-meta").glob("*-*.json"):
        for entry in json.loads(place.read_text())["paths_data"]["paths"]:
            size = (prefix / entry["_path"]).stat().st_size
            assert entry.get("prefix_placeholder") or size == entry["size_in_bytes"], entry
    subprocess.run([prefix / "bin" / "hello-eo"], check=True, capture_output=True)


def nothing_left(room: Room, *names: str) -> None:
    """Checks that there are these toolboxes and nothing else, also no kernel and no name that is taken."""
    until(lambda: room.left() == set(names), f"{room.left()} is {names}")
    until(lambda: not list(room.service._home.claims.iterdir()), "names are free")
    kernels = {place.name for place in room.service.kernels.iterdir()}
    assert kernels == {f"ellip-toolbox-{name}" for name in names}
    assert {one.name for one in room.service.list().toolboxes} == set(names)
    assert all(one.state is ToolboxState.READY for one in room.service.list().toolboxes)


# -- the channel


def test_what_cannot_be_solved_leaves_nothing(room: Room) -> None:
    work = room.service.install(room.request("left", "right"))
    assert room.failed(work) == "left and right do not go together"
    failure = room.service.show_work(work.id).failure
    assert failure
    assert failure.step == "solve"
    assert any("hello-eo 2.*" in line for line in failure.lines)
    nothing_left(room)


def test_a_download_that_is_cut_is_fetched_again(room: Room) -> None:
    room.channel.faults = Faults(cut="eo-data", cuts=1)
    room.install()
    assert sum("eo-data" in path for path in room.channel.asked) == 2
    whole(room)


def test_one_that_is_always_cut_is_given_up(room: Room) -> None:
    room.channel.faults = Faults(cut="eo-data", cuts=100)
    work = room.service.install(room.request("hello-eo"))
    assert room.failed(work) == (
        f"127.0.0.1:{room.channel.port} broke off: eo-data-1.0-0.conda could not be fetched"
    )
    nothing_left(room)
    whole(room)


def test_a_channel_that_goes_down_in_the_middle(room: Room) -> None:
    room.channel.faults = Faults(hold="eo-data")
    work = room.service.install(room.request("hello-eo"))
    until(lambda: any("eo-data" in path for path in room.channel.asked))
    # what is being sent breaks off, and what is asked again is not answered
    room.channel.faults = Faults(cut="eo-data", down=True)
    assert f"127.0.0.1:{room.channel.port} broke off: " in room.failed(work)
    nothing_left(room)


def test_a_package_that_is_not_what_the_channel_says(
    growing: Server, room_of: Callable[[Server], Room]
) -> None:
    room = room_of(growing)
    place = growing.folder / "noarch" / "eo-data-1.0-0.conda"
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 0xFF
    place.write_bytes(bytes(data))
    assert "eo-data" in room.failed(room.service.install(room.request("hello-eo")))
    nothing_left(room)


def test_the_old_one_stays_when_an_update_fails(room: Room) -> None:
    room.install("hello-eo 1.*")
    before = room.service.show(ToolboxQuery(name="eo"))
    room.channel.faults = Faults(cut="hello-eo-2", cuts=100)
    room.failed(room.service.update(ToolboxUpdate(name="eo", add=("hello-eo",))))
    assert room.service.show(ToolboxQuery(name="eo")) == before
    nothing_left(room, "eo")


# -- the disk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here (needs root): {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk(settings: Settings, small: Path, channel: Server) -> None:
    room = Room(ToolboxesService(settings.model_copy(update={"toolboxes_dir": small / "boxes"})), channel)
    plan = room.service.plan(room.request("hello-eo"))
    assert plan.problems == ("there is not enough room on the disk",)
    assert not plan.possible
    filler = small / "filler"
    filler.write_bytes(bytes(4_000_000))
    work = room.service.install(room.request("hello-eo"))
    assert room.failed(work) == "the disk is full"
    failure = room.service.show_work(work.id).failure
    assert failure
    assert "Make room" in (failure.hint or "")
    nothing_left(room)
    filler.unlink()
    whole(room)


# -- ends that nobody expects


@pytest.mark.parametrize("how", ["both", "stop", *MORE])
def test_killed_while_it_downloads(room: Room, how: str) -> None:
    room.channel.faults = Faults(slow=0.05)
    work = room.service.install(room.request("hello-eo"))
    until(lambda: (now := room.service.show_work(work.id)).total and (now.done or 0) > 500_000)
    end(room, work.id, how)
    nothing_left(room)
    whole(room)


@pytest.mark.parametrize("how", ["both", *(("stop", *MORE) if MORE else ())])
def test_killed_while_it_is_being_proven(room: Room, how: str) -> None:
    room.entry(HOLD)
    work = room.service.install(ToolboxRequest(name="eo", entry="hello"))
    until(lambda: (room.folder / "eo").exists() and proving(room, work.id))
    assert [one.state for one in room.service.list().toolboxes] == [ToolboxState.WORKING]
    end(room, work.id, how)
    nothing_left(room)


@pytest.mark.parametrize("how", ["both", *(("stop", *MORE) if MORE else ())])
def test_an_update_that_is_killed_leaves_the_old_one(room: Room, how: str) -> None:
    room.install("hello-eo 1.*")
    before = room.service.show(ToolboxQuery(name="eo"))
    record = room.folder / "eo/conda-meta/ellip.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "proving": [HOLD]}))
    work = room.service.update(ToolboxUpdate(name="eo", add=("hello-eo",)))
    until(lambda: proving(room, work.id))
    assert "hello-eo 2.0" in subprocess.check_output([room.folder / "eo/bin/hello-eo"], text=True)
    end(room, work.id, how)
    nothing_left(room, "eo")
    assert room.service.show(ToolboxQuery(name="eo")) == before
    assert "hello-eo 1.0" in subprocess.check_output([room.folder / "eo/bin/hello-eo"], text=True)


def proving(room: Room, id_: str) -> bool:
    return any(one.name == "prove" and one.state == "running" for one in room.service.show_work(id_).steps)


def end(room: Room, id_: str, how: str) -> None:
    """Ends a work as nobody wants it to end."""
    tasks = room.service._tasks
    if how == "stop":
        room.service.stop_work(id_)
    else:
        pids = processes_of(id_)
        supervisor = supervisor_of(tasks, id_)
        for pid in [supervisor, *pids] if how == "both" else [pid for pid in pids if pid != supervisor]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if how == "both":
            until(lambda: not exists(supervisor))
            tasks.recover()
    ended = tasks.wait(id_, 60)
    assert ended.state is {"stop": State.STOPPED, "child": State.FAILED, "both": State.LOST}[how]
    until(lambda: not processes_of(id_), "its processes are gone")


# -- toolboxes that something has happened to


def test_one_that_was_moved_is_said_to_be_broken(settings: Settings, room: Room) -> None:
    room.install()
    moved = settings.state.with_name("moved")
    settings.state.rename(moved)
    [found] = ToolboxesService(settings.model_copy(update={"state": moved})).list().toolboxes
    assert found.state is ToolboxState.BROKEN
    assert "was made for" in (found.reason or "")


def test_one_that_has_lost_files_is_said_to_be_broken(room: Room) -> None:
    room.install()
    (room.folder / "eo/share/hello-eo/words").unlink()
    shown = room.service.show(ToolboxQuery(name="eo"))
    assert (shown.state, shown.reason) == (ToolboxState.BROKEN, "share/hello-eo/words is gone")
    next((room.folder / "eo/conda-meta").glob("eo-data*")).unlink()
    [listed] = room.service.list().toolboxes
    assert listed.reason == "1 of its 2 packages are gone"
    (room.folder / "eo/conda-meta/ellip.json").write_text("{")
    [listed] = room.service.list().toolboxes
    assert (listed.state, listed.reason) == (ToolboxState.BROKEN, "its record is damaged")
    room.done(room.service.remove(ToolboxRemoval(name="eo")))
    nothing_left(room)


# -- secrets

SECRET = "s3cret-w0rd"


@pytest.mark.parametrize(
    ("faults", "login"),
    [
        (Faults(user=f"me:{SECRET}"), {"username": "me"}),
        (Faults(token=SECRET), {"kind": LoginKind.BEARER}),
    ],
)
def test_signed_in_the_secret_is_told_nowhere(room: Room, faults: Faults, login: dict[str, object]) -> None:
    room.channel.faults = faults
    why = room.failed(room.service.install(room.request("hello-eo")))
    assert why == f"127.0.0.1:{room.channel.port} wants to know who asks"
    request = ChannelLoginRequest.model_validate({"host": "127.0.0.1", "secret": SECRET, **login})
    told = room.service.login(request)
    assert [one.host for one in told.logins] == ["127.0.0.1"]
    assert SECRET not in told.model_dump_json()
    work = room.install()
    texts = [room.log(work.id), room.service.show(ToolboxQuery(name="eo")).model_dump_json()]
    texts += [room.service.lock(LockQuery(name="eo", form=form)).text for form in LockForm]
    assert SECRET not in "".join(texts)
    found = subprocess.run(
        ["grep", "-rlF", SECRET, room.service._settings.state], capture_output=True, text=True, check=False
    )
    assert found.stdout.split() == [str(room.folder / ".logins.json")], "one file has it"
    assert (room.folder / ".logins.json").stat().st_mode & 0o777 == 0o600
    assert room.service.logout(ChannelHostQuery(host="127.0.0.1")).logins == ()
    with pytest.raises(NotFound):
        room.service.logout(ChannelHostQuery(host="127.0.0.1"))


def test_a_password_needs_a_name(room: Room) -> None:
    with pytest.raises(Invalid, match="needs a name"):
        room.service.login(ChannelLoginRequest(host="example.org", secret=SecretStr("x")))
