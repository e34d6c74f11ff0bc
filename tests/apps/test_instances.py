"""Apps that are started, and every way in which they do not come up or do not want to end."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ellip_lab.apps import finding
from ellip_lab.apps.contract import AppInstance, AppLogQuery, AppState, SaveAppRequest, StartAppRequest
from ellip_lab.apps.descendants import marked
from ellip_lab.apps.keeper import Keeper
from ellip_lab.apps.service import AppsService
from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import runtime_folder

from .entry import come_to, describe, started, until


@pytest.fixture
def room(tmp_path: Path) -> Iterator[AppsService]:
    (tmp_path / "root").mkdir()
    found = AppsService(Settings(state=tmp_path / "state", root=tmp_path / "root"))
    describe(tmp_path / "state")
    yield found
    found.end()


def said(room: AppsService, instance: str = "stub") -> str:
    return room.log(AppLogQuery(instance=instance, offset=0)).text


def processes(state: Path) -> list[psutil.Process]:
    """Gives what has been started for instances of a state folder, the keepers too."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            mark = process.environ().get("ELLIP_LAB_APP")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if mark and (str(state) in words or "stub.py" in words) and process.status() != "zombie":
            found.append(process)
    return found


def test_it_comes_up_and_is_stopped(room: AppsService, tmp_path: Path) -> None:
    one = started(room)
    assert (one.id, one.path, one.failure) == ("stub", "ellip-lab/app/stub/", None)
    _, socket, absolute = room.reach("stub")
    assert not absolute
    assert stat.S_ISSOCK(Path(socket).stat().st_mode)
    assert stat.S_IMODE(Path(socket).parent.stat().st_mode) == 0o700
    assert f"stub in {tmp_path / 'root'}" in said(room)
    [pid] = [int(line.split()[1]) for line in said(room).splitlines() if line.startswith("listening")]
    assert psutil.Process(pid).net_connections("inet") == [], "no port is open"
    assert [shown.state for shown in room.show("stub").instances] == [AppState.RUNNING]

    assert room.stop("stub").state is AppState.STOPPED
    assert not psutil.pid_exists(pid)
    assert not Path(socket).parent.exists()
    assert room.show("stub").instances == ()
    assert room.log(AppLogQuery(instance="stub", offset=0)).finished


def test_one_that_runs_is_given_as_it_is(room: AppsService) -> None:
    started(room)
    before = said(room)
    given: list[AppInstance] = []
    threads = [
        threading.Thread(target=lambda: given.append(room.start(StartAppRequest(app="stub"))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.state for one in given] == [AppState.RUNNING] * 4
    assert said(room) == before


def test_many_who_start_it_at_once_start_one(room: AppsService, tmp_path: Path) -> None:
    threads = [threading.Thread(target=lambda: room.start(StartAppRequest(app="stub"))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    come_to(room, "stub", AppState.RUNNING)
    mark = Path(room._instances._instance("stub").folder).name
    assert len([pid for pid in marked(mark) if "stub.py" in " ".join(psutil.Process(pid).cmdline())]) == 1


def test_a_restart_takes_the_settings_as_they_are_now(room: AppsService) -> None:
    started(room)
    saved = room.save(
        SaveAppRequest(
            app="stub", timeout=40, environment={"STUB_PASSWORD": "hunter-22"}, arguments=("--secrets",)
        )
    )
    assert saved.timeout == 40
    assert saved.settings.environment == {"STUB_PASSWORD": None}, "a secret is not shown"
    room.restart("stub")
    one = come_to(room, "stub", AppState.RUNNING)
    assert one.timeout == 40
    log = said(room)
    assert "hunter-22" not in log
    assert "the word is ***" in log
    assert "PASSWORD=***" in log
    assert "hidden-word" not in log
    assert "abcdef123456" not in log
    assert "--secrets" not in log, "what a person has added may be a secret"
    again = room.save(SaveAppRequest(app="stub", environment={"STUB_PASSWORD": None, "MORE": "1"}))
    assert again.settings.environment == {"STUB_PASSWORD": None, "MORE": "1"}
    assert room._chosen.of("stub").environment["STUB_PASSWORD"] == "hunter-22"
    kept = room._settings.state / "apps" / "apps.toml"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_one_that_never_answers(room: AppsService, tmp_path: Path) -> None:
    describe(tmp_path / "state", "--silent", "--brood", "2", timeout=1.5)
    room.start(StartAppRequest(app="stub"))
    failure = come_to(room, "stub", AppState.FAILED).failure
    assert failure is not None
    assert failure.timed_out
    assert failure.headline == "Stub has not answered in 1.5 s"
    assert "more time" in (failure.hint or "")
    assert "thinking" in failure.lines
    until(lambda: processes(tmp_path) == [])
    # it stays until it is started again
    assert [one.state for one in room.show("stub").instances] == [AppState.FAILED]
    describe(tmp_path / "state")
    started(room)


def test_one_that_dies_at_once(room: AppsService, tmp_path: Path) -> None:
    describe(tmp_path / "state", "--die", "3")
    room.start(StartAppRequest(app="stub"))
    failure = come_to(room, "stub", AppState.FAILED).failure
    assert failure is not None
    assert failure.exit_code == 3
    assert failure.headline == "Stub: the Python module rasterio is not installed in its environment"
    assert (failure.hint or "").endswith("-m pip install rasterio")
    assert failure.lines[-1] == "ModuleNotFoundError: No module named 'rasterio'"


def test_one_that_is_killed(room: AppsService) -> None:
    started(room)
    [pid] = [int(line.split()[1]) for line in said(room).splitlines() if line.startswith("listening")]
    os.kill(pid, signal.SIGKILL)
    failure = come_to(room, "stub", AppState.FAILED).failure
    assert failure is not None
    assert failure.headline == "Stub was killed (SIGKILL)"
    assert failure.exit_code == -9


def test_one_whose_keeper_is_killed_leaves_nothing(room: AppsService, tmp_path: Path) -> None:
    describe(tmp_path / "state", "--brood", "2")
    started(room)
    one = room._instances._instance("stub")
    assert len(marked(one.mark)) >= 4
    one.keeper.kill()
    failure = come_to(room, "stub", AppState.FAILED).failure
    assert failure is not None
    assert "was lost" in failure.headline
    assert marked(one.mark) == {}
    started(room)


def test_what_leaves_its_session_is_ended_too(room: AppsService, tmp_path: Path) -> None:
    describe(tmp_path / "state", "--brood", "3")
    started(room)
    mark = room._instances._instance("stub").mark
    assert len(marked(mark)) >= 5
    room.stop("stub")
    assert marked(mark) == {}


def test_a_program_that_cannot_be_started(room: AppsService, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    room.save(SaveAppRequest(app="stub", program=str(program)))
    room.start(StartAppRequest(app="stub"))
    failure = come_to(room, "stub", AppState.FAILED).failure
    assert failure is not None
    assert failure.headline == "Stub cannot be started: No such file or directory"
    room.save(SaveAppRequest(app="stub", program="/no/such/program"))
    assert room.show("stub").missing == "/no/such/program, the program of its settings, is not there"
    with pytest.raises(Unavailable):
        room.start(StartAppRequest(app="stub"))


def test_what_does_not_start_leaves_no_folder(room: AppsService, tmp_path: Path) -> None:
    def folders() -> set[Path]:
        base = runtime_folder(longest=90)
        assert base is not None
        return set(base.glob("app-*")) | set((tmp_path / "state/apps/instances").glob("*/stub-*"))

    before = folders()
    with pytest.raises(NotFound):
        room.start(StartAppRequest(app="stub", folder=str(tmp_path / "nowhere")))
    assert folders() <= before
    program = tmp_path / "broken"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    room.save(SaveAppRequest(app="stub", program=str(program)))
    room.start(StartAppRequest(app="stub"))
    come_to(room, "stub", AppState.FAILED)
    assert not room._instances._instance("stub").places.runtime.exists()


def test_files_of_the_workspace_are_not_taken_for_modules(
    room: AppsService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("csv", "selectors"):
        (tmp_path / "root" / f"{name}.py").write_text("raise SystemExit('a file of the workspace was run')\n")
    monkeypatch.chdir(tmp_path / "root")
    assert finding._said((sys.executable,), ("{program}", "-c", "import csv; print('v1.2')")) == "v1.2\n"
    started(room)


def test_what_does_not_prove_itself_is_asked_again(
    room: AppsService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state" / "apps" / "catalogue" / "stub.toml"
    proof = tmp_path / "proof"
    ask = ["{program}", "-c", f"print('v1.2', open({str(proof)!r}).read())"]
    file.write_text(
        file.read_text().replace("[find]", f"[find]\nproves = true\nversion = {json.dumps(ask)}", 1)
    )
    assert not room.show("stub").installed
    proof.write_text("here")
    assert not room.show("stub").installed
    later = time.monotonic() + finding.AGAIN
    monkeypatch.setattr(finding.time, "monotonic", lambda: later)
    assert (room.show("stub").installed, room.show("stub").version) == (True, "1.2")


def test_a_state_that_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    """As on a full disk: an app that has answered is told to run as soon as that can be written."""
    kept = {"timeout": 1}
    (tmp_path / "start.json").write_text(json.dumps(kept))
    one = Keeper(tmp_path, 0o077)
    one.folder = tmp_path / "full"
    one.tell("running")
    assert one.state == "starting"
    one.folder.mkdir()
    one.tell("running")
    assert one.state == "running"
    assert json.loads((one.folder / "state.json").read_text())["state"] == "running"


def test_one_that_was_stopped_and_could_not_say_so_was_stopped(room: AppsService) -> None:
    started(room)
    one = room._instances._instance("stub")
    one.stopped = True
    one.keeper.kill()
    until(lambda: not room.show("stub").instances)


def test_settings_that_cannot_be_are_told_with_their_file(room: AppsService, tmp_path: Path) -> None:
    (tmp_path / "state" / "apps" / "apps.toml").write_text('[stub]\ntimeout = "soon"\n')
    with pytest.raises(Unavailable, match="stub: timeout") as caught:
        room.show("stub")
    assert "apps.toml" in (caught.value.hint or "")


def test_what_cannot_be_served(room: AppsService, tmp_path: Path) -> None:
    script = tmp_path / "root" / "a.py"
    script.write_text("")
    with pytest.raises(Invalid, match="serves no files"):
        room.start(StartAppRequest(app="stub", file=str(script)))
    with pytest.raises(Invalid, match=r"does not serve a\.txt"):
        (tmp_path / "a.txt").write_text("")
        room.start(StartAppRequest(app="streamlit", file=str(tmp_path / "a.txt")))
    with pytest.raises(NotFound):
        room.start(StartAppRequest(app="streamlit", file=str(tmp_path / "b.py")))
    with pytest.raises(NotFound):
        room.start(StartAppRequest(app="stub", folder=str(tmp_path / "nowhere")))
    with pytest.raises(NotFound, match="does not run here"):
        room.stop("stub")


def test_a_folder_is_opened_in_the_one_that_runs(room: AppsService, tmp_path: Path) -> None:
    describe(tmp_path / "state", open="?folder={folder}")
    one = started(room)
    assert one.path.endswith("?folder=" + str(tmp_path / "root"))
    (tmp_path / "root" / "with space").mkdir()
    other = room.start(StartAppRequest(app="stub", folder=str(tmp_path / "root" / "with space")))
    assert other.path.endswith("/with%20space")
    assert other.since == one.since


def test_a_log_does_not_grow_without_end(
    room: AppsService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ellip_lab.apps import keeper

    monkeypatch.setattr(keeper, "LARGEST", 4000)
    monkeypatch.setattr(keeper, "KEPT", 1000)
    log = keeper.Log(tmp_path / "log")
    for number in range(1000):
        log.say(f"line {number}")
    text = (tmp_path / "log").read_text()
    assert len(text) <= 4000
    assert text.startswith("(what it said before is left out)\nline ")
    assert text.endswith("line 999\n")


def test_what_a_killed_server_has_left_is_cleared_away(room: AppsService, tmp_path: Path) -> None:
    started(room)
    own = room._instances._own
    assert own is not None
    other = own.parent / "0123456789abcdef"
    (other / "stub-1").mkdir(parents=True)
    (other / "server.json").write_text(
        (own / "server.json").read_text().replace(f'"pid":{os.getpid()}', '"pid":1999999')
    )
    AppsService(room._settings)._instances._home()
    assert not other.exists()
    assert own.exists()
