"""The warm process: what it forks is right, limited and nobody's; whatever becomes of it, nothing is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ellip_lab.cwl.contract import DocumentQuery
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import ContainerChoice, RunRequest
from ellip_lab.settings import Settings
from ellip_lab.tasks import warm
from ellip_lab.tasks.contract import Command, State, TaskSpec

KILLS = int(os.environ.get("ELLIP_LAB_TEST_KILLS", "12"))
"""How many times the warm process is killed; 200 for a release (docs/tasks.md)."""
ECHO = """cwlVersion: v1.2
class: CommandLineTool
baseCommand: [sh, -c, 'echo "$0"; umask; echo $(nice); env']
inputs: {text: {type: string, inputBinding: {position: 1}}}
outputs: {out: stdout}
stdout: out.txt
"""


@pytest.fixture
def lab(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Gives a lab whose warm process is its own, and not started yet."""
    monkeypatch.delenv(warm.SWITCH)
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("JUPYTER_TOKEN", "of-the-server")
    lab = Lab(settings)
    yield lab
    monkeypatch.delenv(warm.SWITCH, raising=False)
    for _ in range(100):
        # one that is starting cannot be told yet
        lab.warm.end()
        if not processes():
            break
        time.sleep(0.1)
    assert processes() == []


@pytest.fixture
def up(lab: Lab) -> Lab:
    """Gives it started."""
    started(lab)
    return lab


def started(lab: Lab) -> int:
    """Starts the warm process if it is not there, waits until it answers, and gives its number."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        shown = lab.warm.show()
        if shown is not None:
            return int(shown["pid"])
        lab.warm.start()
        time.sleep(0.05)
    raise AssertionError("it does not come up")


def processes() -> list[int]:
    """Lists the warm processes of this test, and what they have forked, bodies included."""
    mine = os.environ["XDG_RUNTIME_DIR"].encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it has ended
            if b"ellip_lab.tasks.warm_process" in words and any(word.startswith(mine) for word in words):
                found.append(int(entry.name))
    return found


def zombies() -> list[int]:
    """Lists the bodies that nobody has buried among this process's children."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state == "Z" and int(parent) == os.getpid():
                found.append(int(entry.name))
    return found


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def document(folder: Path, text: str = ECHO, name: str = "echo.cwl") -> Path:
    place = folder / name
    place.write_text(text)
    return place


def request(place: Path, text: str, outdir: Path) -> RunRequest:
    return RunRequest(
        document=str(place), inputs={"text": text}, container=ContainerChoice.NONE, outdir=str(outdir)
    )


def test_an_answer_is_the_one_that_a_cold_process_gives(
    up: Lab, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = document(settings.root)
    broken = document(settings.root, ECHO.replace("type: string", "type: strong"), "broken.cwl")
    given = [up.cwl.check(DocumentQuery(path=str(one))) for one in (place, broken)]
    form = up.cwl.form(DocumentQuery(path=str(place)))
    monkeypatch.setenv(warm.SWITCH, "off")
    cold = Lab(settings)
    assert cold.warm.show() is None
    assert [cold.cwl.check(DocumentQuery(path=str(one))) for one in (place, broken)] == given
    assert cold.cwl.form(DocumentQuery(path=str(place))) == form
    assert [check.valid for check in given] == [True, False]


def test_it_answers_by_forks_and_stays_as_it_is(up: Lab, settings: Settings) -> None:
    before = up.warm.show()
    assert before is not None
    for number in range(12):
        place = document(settings.root, name=f"echo{number}.cwl")
        assert up.cwl.check(DocumentQuery(path=str(place))).valid
    after = up.warm.show()
    assert after is not None
    assert after["pid"] == before["pid"]
    assert after["memory"] - before["memory"] < 4 * 2**20
    assert len(list(Path(f"/proc/{after['pid']}/task").iterdir())) == 1
    until(lambda: len(processes()) == 1)
    assert b"of-the-server" not in Path(f"/proc/{after['pid']}/environ").read_bytes()


def test_a_document_that_takes_too_much_does_not_take_it_down(up: Lab, settings: Settings) -> None:
    pid = started(up)
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    place = document(settings.root, ECHO + "\n".join(layers) + "\n", "bomb.cwl")
    check = up.cwl.check(DocumentQuery(path=str(place)))
    assert not check.valid
    assert started(up) == pid


@pytest.mark.parametrize(
    ("number", "told"), [(signal.SIGXCPU, "cpu"), (signal.SIGALRM, "time"), (signal.SIGKILL, "memory")]
)
def test_limits_are_told_as_what_they_are(
    up: Lab, settings: Settings, number: signal.Signals, told: str
) -> None:
    """Sends what the kernel sends at a limit to the fork that looks at a large document."""
    pid = started(up)
    inputs = "".join(f"  i{count}: {{type: string, doc: a word}}\n" for count in range(20_000))
    place = document(settings.root, ECHO.replace("inputs:", "inputs:\n" + inputs + "#"), "large.cwl")
    asked = {"verb": "describe", "path": str(place), "cache": str(settings.state / "cache")}
    replies: list[object] = []
    asking = threading.Thread(
        target=lambda: replies.append(up.warm.ask("ellip_lab.cwl.worker:answer", asked, 60))
    )
    asking.start()
    until(lambda: len(processes()) > 1)
    for fork in processes():
        if fork != pid:
            os.kill(fork, number)
    asking.join()
    assert replies == [{"failed": told}]
    assert started(up) == pid


def test_what_it_cannot_do_is_not_answered(up: Lab) -> None:
    pid = started(up)
    assert up.warm.ask("ellip_lab.cwl.worker:missing", {}, 60) is None
    assert up.warm.ask("os:getcwd", {}, 60) is None
    assert warm.call({"do": "nothing that it knows"}, 5) is None
    with socket.socket(socket.AF_UNIX) as link:
        place = warm.address()
        assert place is not None
        warm.connect(link, *place)
        link.sendall(b"\xff\xff\xff\xffno message")
        with suppress(ConnectionResetError):
            assert link.recv(1) == b""
    assert started(up) == pid


def test_a_run_is_forked_and_is_as_any_other(
    up: Lab, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = document(settings.root)
    monkeypatch.setenv("A_WORD", "of the one who starts")
    mask = os.umask(0o027)
    try:
        warmly = up.runs.start(request(place, "hello", tmp_path / "one")).wait()
        monkeypatch.setenv(warm.SWITCH, "off")
        coldly = up.runs.start(request(place, "hello", tmp_path / "two")).wait()
    finally:
        os.umask(mask)
    told = [
        sorted(line for line in (tmp_path / one / "out.txt").read_text().splitlines() if varies(line))
        for one in ("one", "two")
    ]
    assert told[0] == told[1]
    assert "0027" in told[0]
    for handle in (warmly, coldly):
        assert handle.show().state is State.DONE


def varies(line: str) -> bool:
    """Tells whether a line of the tool's environment is to be the same for two runs."""
    return not line.startswith(("HOME=", "TMPDIR=", "PWD=", "OLDPWD=", "ELLIP_LAB_", "_="))


def test_the_supervisor_is_a_fork_and_nobodys_child(up: Lab, tmp_path: Path) -> None:
    pid = started(up)
    task = up.tasks.start(TaskSpec(room="tasks", title="long", command=Command(argv=("sleep", "60"))))
    claim = up.tasks.directory(task.id) / "supervisor.json"
    until(claim.exists)
    supervisor = int(json.loads(claim.read_text())["pid"])
    assert b"ellip_lab.tasks.warm_process" in Path(f"/proc/{supervisor}/cmdline").read_bytes()
    assert supervisor != pid
    parent = int(Path(f"/proc/{supervisor}/stat").read_text().rpartition(")")[2].split()[1])
    assert parent not in (pid, os.getpid())
    os.kill(pid, signal.SIGKILL)
    until(lambda: up.tasks.show(task.id).state is State.RUNNING)
    up.tasks.stop(task.id)
    assert up.tasks.wait(task.id, 60) is not None
    assert up.tasks.show(task.id).state is State.STOPPED
    until(lambda: not Path(f"/proc/{supervisor}").exists())


def test_two_that_start_it_get_one(lab: Lab) -> None:
    threads = [threading.Thread(target=lab.warm.start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pid = started(lab)
    until(lambda: processes() == [pid])


def test_it_ends_when_the_program_has_changed(up: Lab, settings: Settings) -> None:
    from ellip_lab.cwl import places

    pid = started(up)
    os.utime(places.__file__)
    assert up.cwl.check(DocumentQuery(path=str(document(settings.root)))).valid
    until(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_stranger_is_not_asked(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        with warm.Folder(folder) as place:
            os.seteuid(65534)
            try:
                os.seteuid(0)
                listening.bind(f"{place}/x.sock")
                os.seteuid(65534)
                listening.listen()
            finally:
                os.seteuid(0)
        with socket.socket(socket.AF_UNIX) as link, pytest.raises(PermissionError):
            warm.connect(link, folder, "x")


@pytest.mark.timeout(60 + 10 * KILLS)
def test_whenever_it_is_killed_no_answer_is_wrong_and_no_run_lost(
    lab: Lab, settings: Settings, tmp_path: Path
) -> None:
    chance = random.Random(5)
    wrong: list[object] = []
    runs = []
    for number in range(KILLS):
        pid = started(lab)
        good = document(settings.root, name=f"good{number}.cwl")
        bad = document(settings.root, ECHO.replace("baseCommand", "baseComand"), f"bad{number}.cwl")

        def check(good: Path = good, bad: Path = bad) -> None:
            told = lab.cwl.check(DocumentQuery(path=str(good))), lab.cwl.check(DocumentQuery(path=str(bad)))
            if [one.valid for one in told] != [True, False]:
                wrong.append(told)

        def run(good: Path = good, number: int = number) -> None:
            runs.append(
                (number, lab.runs.start(request(good, f"run {number}", tmp_path / str(number)), check=False))
            )

        work = threading.Thread(target=check if number % 2 else run)
        work.start()
        time.sleep(chance.uniform(0, 0.25))  # the moment is the test
        os.kill(pid, signal.SIGKILL)
        work.join()
    assert wrong == []
    assert len(runs) == (KILLS + 1) // 2
    for number, handle in runs:
        handle.wait()
        record = handle.show()
        assert record.state is State.DONE, (number, record)
        assert (tmp_path / str(number) / "out.txt").read_text().startswith(f"run {number}\n")
    assert len(up_runs(lab)) == len(runs)
    assert zombies() == []
    started(lab)
    until(lambda: len(processes()) == 1)


def up_runs(lab: Lab) -> list[str]:
    from ellip_lab.runs.contract import RunQuery

    return [run.id for run in lab.runs.list(RunQuery(limit=500)).runs]
