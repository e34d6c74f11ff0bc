"""Installations and removals: they count when they are whole, and leave nothing when they are not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ellip_lab.apps import work_cleaning
from ellip_lab.apps.contract import (
    AppState,
    AppWork,
    AppWorkKind,
    AppWorkQuery,
    AppWorkStepState,
    InstallAppRequest,
    StartAppRequest,
    UninstallAppRequest,
)
from ellip_lab.apps.service import AppsService
from ellip_lab.errors import Conflict, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import LogQuery, State
from ellip_lab.tasks.service import TasksService

from .entry import STUB, come_to, describe, until

STUBS_OWN = """\
import sys
if "--version" in sys.argv:
    print("1.2.3 and more")
else:
    sys.argv[0] = {stub!r}
    exec(compile(open(sys.argv[0]).read(), sys.argv[0], "exec"))
"""
MAKE = "import pathlib, sys; pathlib.Path(sys.argv[1], 'stub.py').write_text(sys.argv[2]); print('API_KEY=abcdef')"


def installable(state: Path, *steps: list[str], needs: str = "", megabytes: int = 1) -> None:
    """Describes a stub that is installed by Python commands."""
    describe(state)
    file = state / "apps" / "catalogue" / "stub.toml"
    text = file.read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("programs", "command")))
    text = text.replace(
        "[find]", '[find]\nown = ["{python}", "{prefix}/stub.py"]\nversion = ["{program}", "--version"]'
    ).replace("[start]", '[start]\ncommand = ["{program}", "{unix_socket}"]')
    text = text.replace("{python}", sys.executable)
    made = [["{python}", "-c", MAKE, "{prefix}", STUBS_OWN.format(stub=str(STUB))]]
    text += f'\n[install]\nhow = "pip"\nwhat = "Stub 1"\nseconds = 1\nmegabytes = {megabytes}\n{needs}\n'
    for number, command in enumerate([*made, *steps]):
        text += f'\n[[install.steps]]\nname = "step {number}"\ncommand = {json.dumps(command)}\n'
    file.write_text(text)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[AppsService]:
    (tmp_path / "root").mkdir()
    settings = Settings(state=tmp_path / "state", root=tmp_path / "root", task_limit=2)
    found = AppsService(settings, TasksService(settings))
    installable(settings.state)
    yield found
    found.end()


def ended(room: AppsService, work: AppWork) -> AppWork:
    until(lambda: room.show_work(work.id).state.final, lambda: room.show_work(work.id))
    return room.show_work(work.id)


def installed(room: AppsService) -> AppWork:
    return ended(room, room.install(InstallAppRequest(app="stub")))


def home(room: AppsService) -> Path:
    return room._settings.state / "apps" / "installed" / "stub"


def folders(room: AppsService) -> list[str]:
    return sorted(path.name for path in home(room).iterdir() if path.is_dir()) if home(room).is_dir() else []


def test_it_is_installed_used_and_removed(room: AppsService) -> None:
    before = room.show("stub")
    assert (before.installed, before.missing) == (False, "the stub is not here")
    assert before.install is not None
    assert (before.install.what, before.install.size, before.install.missing) == ("Stub 1", 10**6, None)
    with pytest.raises(Unavailable, match="the stub is not here"):
        room.start(StartAppRequest(app="stub"))

    work = installed(room)
    assert (work.state, work.result, work.kind) == (State.DONE, "1.2.3", AppWorkKind.INSTALL)
    assert [(step.name, step.state) for step in work.steps] == [
        ("step 0", AppWorkStepState.DONE),
        ("see that it works", AppWorkStepState.DONE),
    ]
    assert (work.done, work.total) == (2, 2)
    log = room.work_log(work.id, LogQuery(offset=0)).text
    assert "API_KEY=***" in log
    app = room.show("stub")
    assert (app.installed, app.own, app.version, app.found, app.work) == (True, True, "1.2.3", "installed from here", None)  # fmt: skip
    room.start(StartAppRequest(app="stub"))
    come_to(room, "stub", AppState.RUNNING)
    with pytest.raises(Conflict, match="Stub runs"):
        room.uninstall(UninstallAppRequest(app="stub"))

    # while it runs, a newer one is put beside it
    assert installed(room).state is State.DONE
    assert folders(room) == sorted(one.id for one in room.works(AppWorkQuery()).works)
    room.stop("stub")
    removed = ended(room, room.uninstall(UninstallAppRequest(app="stub")))
    assert (removed.state, removed.title) == (State.DONE, "Remove Stub")
    assert folders(room) == []
    assert not room.show("stub").installed
    with pytest.raises(NotFound, match="was not installed from here"):
        room.uninstall(UninstallAppRequest(app="stub"))
    kinds = [one.kind for one in room.works(AppWorkQuery(app="stub")).works]
    assert kinds == [AppWorkKind.UNINSTALL, AppWorkKind.INSTALL, AppWorkKind.INSTALL]
    assert [one.id for one in room.works(AppWorkQuery(kind=AppWorkKind.UNINSTALL)).works] == [removed.id]
    room.remove_work(removed.id)
    assert len(room.works(AppWorkQuery()).works) == 2


def test_what_another_server_runs_is_not_removed(room: AppsService) -> None:
    work = installed(room)
    runs = [sys.executable, "-c", "input()", str(home(room) / work.id / "stub.py")]
    with subprocess.Popen(runs, stdin=subprocess.PIPE) as other:
        kept = ended(room, room.uninstall(UninstallAppRequest(app="stub")))
        assert other.stdin is not None
        other.stdin.close()
    assert kept.failure is not None
    assert kept.failure.headline == "Stub was not removed: it runs"
    assert room.show("stub").installed
    assert ended(room, room.uninstall(UninstallAppRequest(app="stub"))).state is State.DONE
    assert folders(room) == []


def test_a_removal_that_was_cut_short_is_brought_to_its_end(room: AppsService, tmp_path: Path) -> None:
    work = installed(room)
    (home(room) / "installed.json").unlink()  # the first thing that a removal does
    assert folders(room) == [work.id]
    assert ended(room, room.uninstall(UninstallAppRequest(app="stub"))).state is State.DONE
    assert folders(room) == []

    # and by its own clean-up
    work = installed(room)
    task = tmp_path / "task"
    task.mkdir()
    kept = {"kind": "uninstall", "folder": str(home(room) / "x")}
    (task / "work.json").write_text(json.dumps(kept))
    work_cleaning.clean(task)
    assert folders(room) == [work.id]
    (home(room) / "installed.json").unlink()
    (task / "steps.json").write_text('{"steps": [], "result": null}')
    work_cleaning.clean(task)
    assert folders(room) == [work.id]  # a newer installation, which has begun since
    (task / "steps.json").write_text('{"steps": []}')
    work_cleaning.clean(task)
    assert folders(room) == []


@pytest.mark.parametrize(
    ("said", "headline"),
    [
        (
            "ERROR: Could not find a version\nERROR: No matching distribution found for stub>=9",
            "there is no stub>=9",
        ),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOTFOUND", "the packages cannot be reached"),
        ("x.cc:1:10: fatal error: gssapi/gssapi.h: No such file or directory", "needs gssapi/gssapi.h"),
        ("nobody knows", "the step `step 1` ended with exit code 3"),
    ],
)
def test_what_fails_leaves_what_was_there(room: AppsService, said: str, headline: str) -> None:
    first = installed(room)
    installable(room._settings.state, ["{python}", "-c", f"import sys; print({said!r}); sys.exit(3)"])
    work = installed(room)
    assert work.state is State.FAILED
    assert work.failure is not None
    assert headline in work.failure.headline
    assert work.failure.headline == work.detail
    assert work.failure.step == "step 1"
    assert [step.state.value for step in work.steps] == ["done", "failed", "failed"]
    assert work.failure.lines[-1] in said
    until(lambda: folders(room) == [first.id], lambda: folders(room))
    assert room.show("stub").version == "1.2.3"


def test_what_does_not_work_is_not_installed(room: AppsService) -> None:
    installable(room._settings.state, ["{python}", "-c", "import pathlib, sys; pathlib.Path(sys.argv[1], 'stub.py').write_text('1/0')", "{prefix}"])  # fmt: skip
    work = installed(room)
    assert work.failure is not None
    assert work.failure.step == "see that it works"
    assert "ZeroDivisionError" in work.failure.lines[-1]
    until(lambda: folders(room) == [])
    assert not room.show("stub").installed


def test_one_at_a_time_and_stopped_in_the_middle(room: AppsService) -> None:
    installable(
        room._settings.state, ["{python}", "-c", "import time; print('waiting', flush=True); time.sleep(600)"]
    )
    work = room.install(InstallAppRequest(app="stub"))
    until(lambda: "waiting" in room.work_log(work.id, LogQuery(offset=0)).text)
    assert room.show("stub").work == work.id
    assert folders(room) == [work.id]
    with pytest.raises(Conflict, match="already"):
        room.install(InstallAppRequest(app="stub"))
    with pytest.raises(Conflict):
        room.repeat_work(work.id)
    room.stop_work(work.id)
    assert ended(room, work).state is State.STOPPED
    until(lambda: folders(room) == [], lambda: folders(room))
    installable(room._settings.state)
    assert ended(room, room.repeat_work(work.id)).state is State.DONE


def test_what_cannot_be_done_is_told_before(room: AppsService, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = 'needs = [{ what = "the headers of Nothing", files = ["/no/such/*/header.h"], package = "libnothing-dev" }]'
    installable(room._settings.state, needs=needs)
    plan = room.show("stub").install
    assert plan is not None
    assert plan.missing == "the installation needs the headers of Nothing"
    assert "apt-get install libnothing-dev" in (plan.hint or "")
    with pytest.raises(Unavailable, match="the headers of Nothing"):
        room.install(InstallAppRequest(app="stub"))
    installable(room._settings.state, megabytes=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**5))
    with pytest.raises(Unavailable, match=r"needs 1 MB, and the disk has 0 MB left"):
        room.install(InstallAppRequest(app="stub"))
    with pytest.raises(Invalid, match="Theia cannot be installed from here"):
        room.install(InstallAppRequest(app="theia"))
    with pytest.raises(NotFound):
        room.show_work("20260102t030405678-runs-0a1b")
    assert room.works(AppWorkQuery()).works == ()
