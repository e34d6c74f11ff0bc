"""Installations, updates, copies and removals, with real packages; each ends whole or leaves nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from tasks.driving import until

from ellip_lab.errors import Conflict, NotFound
from ellip_lab.tasks.contract import State
from ellip_lab.toolboxes.contract import (
    CacheCleaning,
    ChannelsRequest,
    LockForm,
    LockQuery,
    ToolboxClone,
    ToolboxQuery,
    ToolboxRemoval,
    ToolboxRequest,
    ToolboxState,
    ToolboxStepName,
    ToolboxUpdate,
    ToolboxWorkKind,
    ToolboxWorkQuery,
)

from . import channel as packages
from .channel import Faults, Server
from .conftest import Room


def said(room: Room, name: str = "eo") -> str:
    done = subprocess.run(
        [room.folder / name / "bin" / "hello-eo", "you"], capture_output=True, text=True, check=True
    )
    return done.stdout


def steps(room: Room, id_: str) -> dict[str, tuple[str, int | None, int | None]]:
    return {
        one.name.value: (one.state.value, one.done, one.total) for one in room.service.show_work(id_).steps
    }


# -- installing


def test_a_toolbox_is_installed_with_its_progress_told(room: Room) -> None:
    room.channel.faults = Faults(slow=0.02)
    work = room.service.install(room.request("hello-eo", title="Hello EO"))
    assert (work.kind, work.name, work.title) == (ToolboxWorkKind.INSTALL, "eo", "Install Hello EO")
    seen = until(
        lambda: (
            (now := room.service.show_work(work.id)).total and 0 < (now.done or 0) < (now.total or 0) and now
        )
    )
    assert seen.total == pytest.approx(5_004_700, rel=0.01)
    assert "of 5.0 MB" in seen.text
    assert "eo-data" in next(one for one in seen.steps if one.name is ToolboxStepName.DOWNLOAD).text
    [listed] = room.service.list().toolboxes
    assert (listed.name, listed.state, listed.work) == ("eo", ToolboxState.WORKING, work.id)
    assert not (room.folder / "eo").exists(), "it is made beside its place"

    done = room.done(work)
    assert [one.name for one in done.steps] == ["solve", "download", "link", "prove"]
    assert steps(room, work.id)["link"] == ("done", 2, 2)
    assert "add       hello-eo 2.0" in room.log(work.id)
    found = room.service.show(ToolboxQuery(name="eo"))
    assert (found.state, found.version, found.title) == (ToolboxState.READY, "2.0", "Hello EO")
    assert found.specs == ("hello-eo",)
    assert [(one.name, one.requested) for one in found.contents] == [("hello-eo", True), ("eo-data", False)]
    assert (found.commands, found.command_count) == (("hello-eo",), 1)
    assert found.env["HELLO_EO_DATA"] == f"{found.prefix}/share/hello-eo"
    assert found.size
    assert found.size > 5_000_000
    assert f"hello-eo 2.0 in {room.folder}/eo\n" in said(room), "its own path stands in its files"
    assert room.left() == {"eo"}


def test_an_entry_of_the_catalogue_is_proven(room: Room) -> None:
    room.entry("hello-eo --version")
    room.done(room.service.install(ToolboxRequest(name="eo", entry="hello")))
    found = room.service.show(ToolboxQuery(name="eo"))
    [proof] = found.proofs
    assert (proof.command, proof.passed, proof.said) == ("hello-eo --version", True, "hello-eo 2.0")
    assert (found.entry, found.title, found.licence) == ("hello", "Hello", "MIT")


def test_what_does_not_prove_itself_is_here_and_said_to_be_broken(room: Room) -> None:
    room.entry("no-such-command")
    room.done(room.service.install(ToolboxRequest(name="eo", entry="hello")))
    [found] = room.service.list().toolboxes
    assert (found.state, found.reason) == (ToolboxState.BROKEN, "`no-such-command` does not work")


def test_a_lock_file_gives_the_same_builds(room: Room) -> None:
    room.install("hello-eo 1.*")
    for form in LockForm:
        lock = room.service.lock(LockQuery(name="eo", form=form))
        place = room.service._settings.root / lock.file
        place.write_text(lock.text)
        if form is LockForm.ENVIRONMENT:
            assert "hello-eo 1.*" in lock.text
        room.done(room.service.install(ToolboxRequest(name=form.value, file=str(place))))
        assert room.versions(form.value) == room.versions("eo")
        assert "hello-eo 1.0" in said(room, form.value)


def test_a_lock_file_of_conda_lock(room: Room) -> None:
    room.install("hello-eo 1.*")
    lock = yaml.safe_load(room.service.lock(LockQuery(name="eo", form=LockForm.LOCK)).text)
    platform = room.service._home.platform
    packages = [
        {
            "name": Path(one["conda"]).name.rsplit("-", 2)[0], "version": "1.0", "manager": "conda",
            "platform": platform, "dependencies": {}, "url": one["conda"],
            "hash": {"md5": one["md5"], "sha256": one["sha256"]}, "category": "main", "optional": False,
        }
        for one in lock["packages"]
    ]  # fmt: skip
    metadata = {
        "content_hash": {platform: "0" * 64}, "platforms": [platform], "sources": ["environment.yml"],
        "channels": [{"url": room.channel.url, "used_env_vars": []}],
    }  # fmt: skip
    place = room.service._settings.root / "conda-lock.yml"
    place.write_text(yaml.safe_dump({"version": 1, "metadata": metadata, "package": packages}))
    room.done(room.service.install(ToolboxRequest(name="again", file=str(place))))
    assert room.versions("again") == room.versions("eo")
    assert "hello-eo 1.0" in said(room, "again")


# -- changing


def test_an_update_takes_the_newest_and_keeps_what_pip_has_put_there(room: Room) -> None:
    room.install("hello-eo 1.*")
    extra = room.folder / "eo" / "lib" / "extra.txt"
    extra.parent.mkdir()
    extra.write_text("mine")
    made = room.service.show(ToolboxQuery(name="eo")).created
    room.update(add=("hello-eo",))
    assert room.versions() == {"hello-eo": "2.0", "eo-data": "1.0"}
    assert extra.read_text() == "mine"
    assert "hello-eo 2.0" in said(room)
    found = room.service.show(ToolboxQuery(name="eo"))
    assert (found.specs, found.created) == (("hello-eo",), made)
    assert found.env["HELLO_EO_VERSION"] == "2.0"
    assert "hello-eo-2.0" in room.service.lock(LockQuery(name="eo")).text
    assert room.left() == {"eo"}


def test_an_update_may_change_no_more_than_it_must(growing: Server, room_of: object) -> None:
    room = room_of(growing)  # type: ignore[operator]
    room.install("hello-eo 1.*")
    packages.package(growing.folder, "eo-data", "1.1", {"share/eo-data/data.bin": "new"})
    packages.index(growing.folder)
    room.service._tasks.wait(room.service.clean(CacheCleaning(index=True)).id, 60)
    room.update(add=("broken-eo",), upgrade=False)
    assert room.versions() == {"hello-eo": "1.0", "eo-data": "1.0", "broken-eo": "1.0"}
    room.update(drop=("broken-eo",))
    assert room.versions() == {"hello-eo": "1.0", "eo-data": "1.1"}


def test_an_update_that_no_longer_works_leaves_the_old_one(growing: Server, room_of: object) -> None:
    room = room_of(growing)  # type: ignore[operator]
    room.entry("hello-eo --version")
    room.done(room.service.install(ToolboxRequest(name="eo", entry="hello")))
    before = room.service.show(ToolboxQuery(name="eo"))
    packages.package(growing.folder, "hello-eo", "3.0", {"bin/hello-eo": "#!/bin/sh\necho oh no\nexit 3\n"})
    packages.index(growing.folder)
    room.service._tasks.wait(room.service.clean(CacheCleaning(index=True)).id, 60)
    why = room.failed(room.service.update(ToolboxUpdate(name="eo")))
    assert "`hello-eo --version` does not work any more" in why
    assert "oh no" in why
    assert room.service.show(ToolboxQuery(name="eo")) == before
    assert "hello-eo 2.0" in said(room)
    assert room.left() == {"eo"}


def test_a_copy_has_the_same_builds_and_its_own_path(room: Room) -> None:
    room.install("hello-eo 1.*")
    room.channel.stop()
    room.done(room.service.clone(ToolboxClone(name="eo", to="two")))
    assert room.versions("two") == room.versions("eo")
    assert f"hello-eo 1.0 in {room.folder}/two\n" in said(room, "two")
    assert room.service.show(ToolboxQuery(name="two")).specs == ("hello-eo 1.*",)


def test_removed_it_is_gone_with_its_kernel_and_the_cache_stays(room: Room) -> None:
    room.install()
    assert list(room.service.kernels.iterdir())
    done = room.done(room.service.remove(ToolboxRemoval(name="eo")))
    assert done.freed
    assert done.freed > 5_000_000
    assert room.left() == set()
    assert not list(room.service.kernels.iterdir())
    assert room.service.cache().packages == 2
    with pytest.raises(NotFound):
        room.service.remove(ToolboxRemoval(name="eo"))
    with pytest.raises(NotFound):
        room.service.show(ToolboxQuery(name="eo"))


# -- two at once


def test_of_two_installations_of_one_name_one_is_refused(room: Room) -> None:
    room.channel.faults = Faults(hold="eo-data")
    work = room.service.install(room.request("hello-eo"))
    for _ in range(2):
        with pytest.raises(Conflict, match="eo is being worked on already"):
            room.service.install(room.request("hello-eo"))
    assert len(room.service.works(ToolboxWorkQuery()).works) == 1, "nothing is left of the refused ones"
    with pytest.raises(Conflict, match="may need what is in the cache"):
        room.service.clean(CacheCleaning())
    room.channel.faults = Faults()
    room.done(work)
    with pytest.raises(Conflict, match="there is a toolbox eo already"):
        room.service.install(room.request("hello-eo"))


def test_several_of_several_names_go_on_at_once(room: Room) -> None:
    room.channel.faults = Faults(slow=0.01)
    works = [room.service.install(room.request("hello-eo", name=name)) for name in ("a", "b", "c")]
    for work in works:
        room.done(work)
    assert {one.name for one in room.service.list().toolboxes} == {"a", "b", "c"}


# -- works


def test_works_are_listed_repeated_and_removed(room: Room) -> None:
    first = room.install()
    room.done(room.service.remove(ToolboxRemoval(name="eo")))
    page = room.service.works(ToolboxWorkQuery(kind=ToolboxWorkKind.INSTALL))
    assert [one.id for one in page.works] == [first.id]
    assert len(room.service.works(ToolboxWorkQuery(limit=1)).works) == 1
    again = room.done(room.service.repeat_work(first.id))
    assert again.request == first.request
    room.service.remove_work(first.id)
    with pytest.raises(NotFound):
        room.service.show_work(first.id)
    assert room.versions()["hello-eo"] == "2.0"


def test_a_waiting_one_that_is_stopped_gives_its_name_free(room: Room) -> None:
    room.channel.faults = Faults(hold="eo-data")
    running = [room.service.install(room.request("hello-eo", name=name)) for name in ("a", "b")]
    waiting = room.service.install(room.request("hello-eo", name="c"))
    assert waiting.waiting == 0
    assert room.service.stop_work(waiting.id).state is State.STOPPED
    room.channel.faults = Faults()
    for work in (*running, room.service.install(room.request("hello-eo", name="c"))):
        room.done(work)


# -- the cache


def test_the_cache_is_shown_and_cleaned(room: Room) -> None:
    room.install("hello-eo 1.*")
    room.update(add=("hello-eo",))
    cache = room.service.cache()
    assert (cache.packages, cache.unused) == (3, 1)
    assert cache.size > 5_000_000
    freed = room.done(room.service.clean(CacheCleaning())).freed
    assert freed == cache.unused_size
    assert room.service.cache().packages == 2
    room.done(room.service.clean(CacheCleaning(all=True, index=True)))
    after = room.service.cache()
    assert (after.packages, after.size, after.index_size) == (0, 0, 0)
    assert "hello-eo 2.0" in said(room), "toolboxes keep what they have"
    room.update(add=("broken-eo",))


# -- channels


def test_a_mirror_is_asked_instead(room: Room) -> None:
    dead, real = "http://127.0.0.1:9/eo", room.channel.url
    room.service.save_channels(ChannelsRequest(default=("https://eo.invalid/c",), mirrors={
        "https://eo.invalid/c": (dead, real),
    }))  # fmt: skip
    room.done(room.service.install(ToolboxRequest(name="eo", packages=("hello-eo",))))
    lock = room.service.lock(LockQuery(name="eo")).text
    assert "https://eo.invalid/c/noarch/hello-eo-2.0-0.conda" in lock, "it stays what it is"


def test_several_channels_the_first_goes_first(room: Room, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for subdir in packages.PLATFORMS:
        (other / subdir).mkdir(parents=True)
    packages.hello(other, "1.5", build="other", depends=())
    packages.index(other)
    url = other.as_uri()
    first = room.service.plan(room.request("hello-eo", channels=(url, room.channel.url)))
    assert [(one.name, one.version) for one in first.changes] == [("hello-eo", "1.5")]
    room.service.save_channels(ChannelsRequest(priority="disabled"))
    newest = room.service.plan(room.request("hello-eo", channels=(url, room.channel.url)))
    assert [one.version for one in newest.changes] == ["2.0", "1.0"]
    room.service.save_channels(ChannelsRequest())
    named = room.service.plan(room.request(f"{url}::hello-eo", channels=(room.channel.url, url)))
    assert [one.version for one in named.changes] == ["1.5"]
