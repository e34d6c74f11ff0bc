"""A dry run says what would come, change and go, and in one sentence why not; nothing is changed by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.toolboxes import planning
from ellip_lab.toolboxes.contract import (
    ChangeKind,
    ChannelsRequest,
    LockForm,
    LockQuery,
    ToolboxRequest,
    ToolboxUpdate,
)
from ellip_lab.toolboxes.service import ToolboxesService

from .channel import Faults
from .conftest import Room


def test_it_says_what_would_come(room: Room) -> None:
    plan = room.service.plan(room.request("hello-eo"))
    assert plan.possible
    assert [(one.name, one.kind, one.version, one.requested) for one in plan.changes] == [
        ("hello-eo", ChangeKind.ADD, "2.0", True),
        ("eo-data", ChangeKind.ADD, "1.0", False),
    ]
    assert plan.download == sum(one.size or 0 for one in plan.changes) > 5_000_000
    assert plan.disk > plan.download
    assert plan.free > 0
    assert plan.channels == (room.channel.url,)
    assert not room.folder.exists() or not room.left(), "nothing is made of it"
    assert not [path for path in room.channel.asked if path.endswith(".conda")], "and nothing downloaded"


def test_the_files_of_the_workspace_are_no_modules_of_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "datetime.py").write_text("raise SystemExit('somebody else is imported')\n")
    monkeypatch.chdir(tmp_path)
    assert room.service.plan(room.request("hello-eo")).possible


def test_what_the_cache_has_is_not_downloaded_again(room: Room) -> None:
    room.install()
    plan = room.service.plan(room.request("hello-eo", name="other"))
    assert all(one.cached for one in plan.changes)
    assert plan.download == 0
    assert plan.cached > 5_000_000
    assert 5_000_000 < plan.disk < 5_100_000, "known exactly"


def test_an_update_says_what_changes_and_goes(room: Room) -> None:
    room.install("hello-eo 1.*", "broken-eo")
    plan = room.service.plan_update(ToolboxUpdate(name="eo", add=("hello-eo",), drop=("broken-eo",)))
    assert [(one.name, one.kind, one.before, one.version) for one in plan.changes] == [
        ("hello-eo", ChangeKind.UPGRADE, "1.0", "2.0"),
        ("broken-eo", ChangeKind.REMOVE, None, "1.0"),
    ]
    assert plan.kept == 1
    assert plan.specs == ("hello-eo",)
    back = room.service.plan_update(ToolboxUpdate(name="eo", add=("hello-eo 1.*",)))
    assert back.changes == (), "it is what it has"


@pytest.mark.parametrize(
    ("packages", "problem"),
    [
        (("left", "right"), "left and right do not go together"),
        (("nothing-here",), "{url} has no nothing-here"),
        (("hello-eo 9.*",), "{url} has no hello-eo 9.*"),
    ],
)
def test_what_cannot_be_solved_is_said_so(room: Room, packages: tuple[str, ...], problem: str) -> None:
    plan = room.service.plan(room.request(*packages))
    assert not plan.possible
    assert plan.problems == (problem.replace("{url}", room.channel.url),)
    assert plan.hint
    assert plan.explanation
    assert plan.changes == ()


@pytest.mark.parametrize(
    ("faults", "kind", "said"),
    [
        (Faults(status=503), Unavailable, "is out of order (503)"),
        (Faults(status=404), NotFound, "there is no channel"),
        (Faults(down=True), Unavailable, "does not answer"),
        (Faults(user="me:secret"), Denied, "wants to know who asks"),
    ],
)
def test_a_channel_that_gives_nothing_is_said_so(
    room: Room, faults: Faults, kind: type[EllipError], said: str
) -> None:
    room.channel.faults = faults
    with pytest.raises(kind) as caught:
        room.service.plan(room.request("hello-eo"))
    assert said in caught.value.detail
    assert f"127.0.0.1:{room.channel.port}" in caught.value.detail
    assert caught.value.hint


def test_a_channel_that_is_silent_is_not_waited_for_for_ever(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.channel.faults = Faults(hold="repodata")
    monkeypatch.setattr(planning, "PATIENCE", 2.0)
    with pytest.raises(Unavailable, match="did not answer in 2 s"):
        room.service.plan(room.request("hello-eo"))


def test_offline_the_cache_is_all_there_is(room: Room) -> None:
    room.service.save_channels(ChannelsRequest(offline=True))
    with pytest.raises(Unavailable, match="has never been read"):
        room.service.plan(room.request("hello-eo"))
    room.service.save_channels(ChannelsRequest())
    room.install("hello-eo 1.*")
    room.channel.stop()
    room.service.save_channels(ChannelsRequest(offline=True))
    there = room.service.plan(room.request("hello-eo 1.*", name="other"))
    assert there.possible
    assert there.offline
    lacking = room.service.plan(room.request("hello-eo 2.*", name="other"))
    assert not lacking.possible
    assert "the cache does not have every package" in lacking.problems[0]


@pytest.mark.parametrize(
    ("request_", "kind", "said"),
    [
        ({}, Invalid, "nothing is asked for"),
        ({"packages": ("hello-eo >==",)}, Invalid, "`hello-eo >==` cannot be understood"),
        ({"entry": "no-such"}, NotFound, "the catalogue has no no-such"),
        ({"file": "/no/such.yml"}, NotFound, "there is no file /no/such.yml"),
        ({"file": "/etc/hostname", "packages": ("a",)}, Invalid, "a file stands alone"),
        ({"packages": ("a",), "channels": ("https://h/t/SECRET/c",)}, Invalid, "has a secret in it"),
    ],
)
def test_what_cannot_be_understood(
    room: Room, request_: dict[str, object], kind: type[EllipError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        room.service.plan(ToolboxRequest.model_validate({"name": "eo", **request_}))
    assert said in caught.value.detail
    assert "SECRET" not in caught.value.detail


def test_a_name_that_is_taken(room: Room) -> None:
    room.install()
    with pytest.raises(Conflict, match="there is a toolbox eo already"):
        room.service.plan(room.request("hello-eo"))


def test_a_path_that_no_binary_has_room_for(tmp_path: Path) -> None:
    service = ToolboxesService(Settings(state=tmp_path, toolboxes_dir=tmp_path / ("x" * 200)))
    with pytest.raises(Invalid, match="too long"):
        service.plan(ToolboxRequest(name="eo", packages=("a",)))


# -- files


def write(room: Room, name: str, text: str) -> str:
    place = room.service._settings.root / name
    place.write_text(text)
    return str(place)


def test_an_environment(room: Room) -> None:
    text = (
        f"name: x\nchannels: [{room.channel.url}, nodefaults]\n"
        "dependencies:\n  - hello-eo=1.0\n  - pip:\n    - requests\n    - flask\n"
    )
    request = ToolboxRequest(name="eo", file=write(room, "environment.yml", text))
    plan = room.service.plan(request)
    assert plan.possible
    assert plan.problems == (
        "not installed, because only pip has them: requests, flask; install them in its terminal",
    )
    assert plan.specs == ("hello-eo=1.0",)
    assert plan.channels == (room.channel.url,)
    assert [one.version for one in plan.changes] == ["1.0", "1.0"]


def test_an_environment_may_name_the_user_of_ssh(room: Room) -> None:
    text = (
        f"channels: [{room.channel.url}]\ndependencies:\n  - hello-eo\n"
        "  - pip:\n    - git+ssh://git@github.com/a/b.git\n    - git+ssh://git@example.org:22/a/b.git@v1\n"
    )
    plan = room.service.plan(ToolboxRequest(name="eo", file=write(room, "environment.yml", text)))
    assert plan.possible
    assert "git+ssh://git@github.com/a/b.git" in plan.problems[0]


@pytest.mark.parametrize("form", [LockForm.LOCK, LockForm.EXPLICIT])
def test_a_list_of_every_package_is_not_solved(room: Room, form: LockForm) -> None:
    room.install("hello-eo 1.*")
    lock = room.service.lock(LockQuery(name="eo", form=form))
    before = len(room.channel.asked)
    plan = room.service.plan(ToolboxRequest(name="again", file=write(room, lock.file, lock.text)))
    assert {one.name: one.version for one in plan.changes} == {"hello-eo": "1.0", "eo-data": "1.0"}
    assert plan.download == 0
    assert room.channel.asked[before:] == [], "nobody was asked"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("- a\n", "neither an environment nor a lock file"),
        ("a: b\n", "neither an environment nor a lock file"),
        ("dependencies: []\n", "asks for no package"),
        ("packages: [{}]\nversion: 77\n", "cannot be read as a lock file"),
        ("@EXPLICIT\nhttps://h/c/noarch/not-a-package\n", "is no package"),
        ("@EXPLICIT\nhttps://h/t/SECRET/c/noarch/a-1-0.conda\n", "URLs with secrets in them"),
        ("channels: ['https://me:SECRET@h/c']\ndependencies: [a]\n", "URLs with secrets in them"),
        ("dependencies: [a, {pip: ['git+ssh://me:SECRET@h/c']}]\n", "URLs with secrets in them"),
        ("dependencies: [a, {pip: ['git+ssh://m@e:SECRET@h/c']}]\n", "URLs with secrets in them"),
        ("dependencies: [a, {pip: ['git+ssh://:SECRET@h/c']}]\n", "URLs with secrets in them"),
        ("dependencies: [a, {pip: ['git+https://SECRET@h/c']}]\n", "URLs with secrets in them"),
    ],
)
def test_a_file_that_cannot_be_read(room: Room, text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        room.service.plan(ToolboxRequest(name="eo", file=write(room, "file.yml", text)))
    assert said in caught.value.detail
    assert "SECRET" not in f"{caught.value.detail}{caught.value.hint}"


def test_a_lock_file_of_another_platform(room: Room) -> None:
    room.install()
    text = room.service.lock(LockQuery(name="eo")).text.replace(room.service._home.platform, "win-64")
    with pytest.raises(NotFound, match="it has win-64"):
        room.service.plan(ToolboxRequest(name="again", file=write(room, "pixi.lock", text)))
