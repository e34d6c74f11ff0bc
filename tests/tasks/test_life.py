"""A task from its start to its end."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import Command, LogQuery, State, TaskQuery, TaskSpec
from ellip_lab.tasks.service import TasksService

from .driving import processes_of, python, running, shell, supervisor_of, until, zombies


def test_a_command_that_succeeds_is_done(tasks: TasksService) -> None:
    task = tasks.start(shell("echo out; echo err >&2", title="A title – with é", data={"a": [1]}))
    assert task.state in (State.QUEUED, State.RUNNING)
    ended = tasks.wait(task.id, 60)
    assert (ended.state, ended.exit_code, ended.detail) == (State.DONE, 0, None)
    assert (ended.title, ended.room) == ("A title – with é", "runs")
    assert ended.started is not None
    assert ended.finished is not None
    assert ended.created <= ended.started <= ended.finished
    assert tasks.log(task.id, LogQuery()).text == "err\n"
    assert tasks.log(task.id, LogQuery(), "stdout").text == "out\n"
    assert tasks.data(task.id) == {"a": [1]}
    request = json.loads((tasks.directory(task.id) / "request.json").read_text())
    assert set(request) == {"title", "room", "created", "data"}


@pytest.mark.parametrize("code", [1, 3, 33, 127, 255])
def test_an_exit_code_is_kept(tasks: TasksService, code: int) -> None:
    ended = tasks.wait(tasks.start(shell(f"exit {code}")).id, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, code)
    assert str(code) in (ended.detail or "")


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (15, "SIGTERM"), (11, "SIGSEGV")])
def test_a_signal_is_told(tasks: TasksService, number: int, name: str) -> None:
    ended = tasks.wait(tasks.start(shell(f"ulimit -c 0; kill -{number} $$")).id, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, -number)
    assert name in (ended.detail or "")


def test_a_command_that_is_not_there_fails_with_a_sentence(tasks: TasksService) -> None:
    spec = TaskSpec(room="runs", title="x", command=Command(argv=("/no/such/program",)))
    ended = tasks.wait(tasks.start(spec).id, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, 127)
    assert ended.detail == "/no/such/program could not be started: No such file or directory"


def test_a_working_directory_that_is_not_there_is_named(tasks: TasksService) -> None:
    ended = tasks.wait(tasks.start(shell("true", cwd="/no/such/folder")).id, 60)
    assert ended.state == State.FAILED
    assert (ended.detail or "").startswith("/no/such/folder could not be entered")


def test_the_command_gets_its_environment_and_folder(tasks: TasksService, tmp_path: Path) -> None:
    task = tasks.start(
        shell("pwd; echo $SECRET; echo $ELLIP_LAB_TASK", env={"SECRET": "s3cr3t"}, cwd=str(tmp_path))
    )
    tasks.wait(task.id, 60)
    assert tasks.log(task.id, LogQuery(), "stdout").text.split() == [str(tmp_path), "s3cr3t", task.id]
    other = tasks.start(shell("pwd"))
    tasks.wait(other.id, 60)
    assert tasks.log(other.id, LogQuery(), "stdout").text.strip() == str(tasks.directory(other.id))


def test_bytes_that_are_no_text_pass_through_the_environment(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRAY", os.fsdecode(b"caf\xe9"))
    task = tasks.start(shell('printf %s "$STRAY" | od -An -tx1', data={"odd": "\ud800"}))
    assert tasks.wait(task.id, 60).state == State.DONE
    assert tasks.log(task.id, LogQuery(), "stdout").text.split() == ["63", "61", "66", "e9"]
    assert tasks.data(task.id) == {"odd": "\ud800"}


def test_a_null_character_in_an_argument_is_told(tasks: TasksService) -> None:
    spec = TaskSpec(room="runs", title="x", command=Command(argv=("echo", "a\0b")))
    ended = tasks.wait(tasks.start(spec).id, 60)
    assert (ended.state, ended.exit_code) == (State.FAILED, 127)
    assert ended.detail == "echo could not be started: embedded null byte"


def test_a_state_folder_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    service = TasksService(Settings(state=Path("here")))
    assert service.wait(service.start(shell("true")).id, 60).state == State.DONE


def test_nothing_of_the_starter_stays_open(tasks: TasksService, tmp_path: Path) -> None:
    """A pipe of the starter's must end when the starter closes it, whatever still runs."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    task = tasks.start(shell("sleep 60"))
    running(tasks, task.id)
    os.close(writer)
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_the_environment_is_that_of_the_start(tasks: TasksService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queued task is started by whoever passes by, with what was around when it was asked for."""
    blockers = [tasks.start(shell("sleep 60")) for _ in range(2)]
    monkeypatch.setenv("AROUND", "then")
    task = tasks.start(shell("echo $AROUND"))
    kept = tasks.directory(task.id) / "environment.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    monkeypatch.setenv("AROUND", "now")
    for blocker in blockers:
        tasks.stop(blocker.id)
    tasks.wait(task.id, 60)
    assert tasks.log(task.id, LogQuery(), "stdout").text == "then\n"
    assert not kept.exists()


def test_the_keys_of_the_server_do_not_reach_a_task(
    tasks: TasksService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "opens-the-server")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "opens-the-hub")
    task = tasks.start(shell("env"))
    tasks.wait(task.id, 60)
    assert "PATH=" in tasks.log(task.id, LogQuery(), "stdout").text
    for file in tasks.directory(task.id).iterdir():
        assert not file.is_file() or b"opens-the-" not in file.read_bytes()


def test_secrets_are_for_this_user_alone_and_never_a_log(tasks: TasksService) -> None:
    task = tasks.start(shell("true", env={"SECRET": "s3cr3t"}))
    tasks.wait(task.id, 60)
    directory = tasks.directory(task.id)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "command.json").stat().st_mode) == 0o600
    for name in (
        "command.json",
        "../state.json",
        "/etc/passwd",
        "steps/../../x.log",
        ".hidden.log",
        "a\0.log",
        "",
    ):
        with pytest.raises(NotFound):
            tasks.log(task.id, LogQuery(), name)
    for path in directory.iterdir():
        if path.name != "command.json" and path.is_file():
            assert b"s3cr3t" not in path.read_bytes(), path


def test_a_log_that_is_a_link_or_a_pipe_leads_nowhere(tasks: TasksService) -> None:
    task = tasks.start(
        shell("ln -s /etc/passwd way.log; mkfifo pipe.log; mkdir steps; echo hi > steps/one.log")
    )
    tasks.wait(task.id, 60)
    assert tasks.log(task.id, LogQuery(), "steps/one.log").text == "hi\n"
    for name in ("way.log", "pipe.log", "steps", "none.log"):
        with pytest.raises(NotFound):
            tasks.log(task.id, LogQuery(), name)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "..",
        "../../etc",
        "20260101t000000000-runs-zzzz",
        "20260101t000000000-runs-abcd",
        "a/b",
        "x\0y",
        "é" * 3000,
    ],
)
def test_an_unknown_id_is_not_found_at_every_verb(tasks: TasksService, bad: str) -> None:
    tasks.home.make()
    verbs = [tasks.show, tasks.data, tasks.stop, tasks.remove, tasks.wait, tasks.directory]
    for verb in verbs:
        with pytest.raises(NotFound):
            verb(bad)
    with pytest.raises(NotFound):
        tasks.log(bad, LogQuery())


def test_progress_reaches_the_record(tasks: TasksService) -> None:
    task = tasks.start(
        python(
            "import os,time,pathlib\n"
            "def tell(t):\n pathlib.Path('.p').write_text(t); os.replace('.p','progress.json')\n"
            'tell(\'{"done": 1, "total": 4, "text": "crop"}\')\n'
            "while not os.path.exists('go'): time.sleep(.05)\n"
            "tell('nonsense'); time.sleep(.8)\n"
            'tell(\'{"done": 4, "total": 4, "text": "all"}\')\n'
        )
    )
    told = until(lambda: (p := tasks.show(task.id).progress).done and p)
    assert (told.done, told.total, told.text) == (1, 4, "crop")
    (tasks.directory(task.id) / "go").touch()
    ended = tasks.wait(task.id, 60)
    assert (ended.state, ended.progress.done, ended.progress.text) == (State.DONE, 4, "all")


def test_what_prepare_does_is_there_before_the_command(tasks: TasksService) -> None:
    def prepare(directory: Path) -> None:
        (directory / "inputs.json").write_text("{}")

    task = tasks.start(shell("cat inputs.json"), prepare)
    assert tasks.wait(task.id, 60).state == State.DONE
    assert tasks.log(task.id, LogQuery(), "stdout").text == "{}"


@pytest.mark.parametrize("error", [Invalid("no"), KeyError("no"), KeyboardInterrupt()])
def test_a_prepare_that_fails_leaves_nothing(tasks: TasksService, error: BaseException) -> None:
    def prepare(directory: Path) -> None:
        (directory / "half").write_text("half")
        raise error

    with pytest.raises(type(error)):
        tasks.start(shell("true"), prepare)
    for folder in (tasks.root, tasks.home.queue, tasks.home.slots, tasks.home.bell):
        assert list(folder.iterdir()) == []


def test_a_half_made_task_is_swept(tasks: TasksService, settings: Settings) -> None:
    """The maker dies in the middle of making; the next that passes by sweeps."""
    code = (
        "import os,sys;from pathlib import Path\n"
        "from ellip_lab.settings import Settings\n"
        "from ellip_lab.tasks.service import TasksService\n"
        "from ellip_lab.tasks.contract import TaskSpec,Command\n"
        f"s=TasksService(Settings(state=Path({str(settings.state)!r})))\n"
        "s.start(TaskSpec(room='runs',title='x',command=Command(argv=('true',))),lambda d:os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert len(list(tasks.root.iterdir())) == 1
    assert tasks.list(TaskQuery()).tasks == ()
    assert list(tasks.root.iterdir()) == []
    assert list(tasks.home.queue.iterdir()) == []


def test_one_that_is_still_being_made_is_left_alone(tasks: TasksService, settings: Settings) -> None:
    other = TasksService(settings)

    def prepare(directory: Path) -> None:
        assert other.list(TaskQuery()).tasks == ()
        other.recover()
        (directory / "here").touch()

    assert tasks.wait(tasks.start(shell("test -e here"), prepare).id, 60).state == State.DONE


def test_the_starter_may_die_at_once(settings: Settings, tasks: TasksService) -> None:
    code = (
        "import os;from pathlib import Path\n"
        "from ellip_lab.settings import Settings\n"
        "from ellip_lab.tasks.service import TasksService\n"
        "from ellip_lab.tasks.contract import TaskSpec,Command\n"
        f"s=TasksService(Settings(state=Path({str(settings.state)!r})))\n"
        "print(s.start(TaskSpec(room='runs',title='x',command=Command(argv=('sh','-c','sleep 0.5; echo ok')))).id,flush=True)\n"
        "os.kill(os.getpid(),9)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert told.returncode == -9
    ended = tasks.wait(told.stdout.strip(), 60)
    assert ended.state == State.DONE
    assert tasks.log(ended.id, LogQuery(), "stdout").text == "ok\n"


def vanished(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_starter_that_lives_on_gathers_no_zombies(tasks: TasksService) -> None:
    ids = [tasks.start(shell("true")).id for _ in range(6)]
    for task in ids:
        tasks.wait(task, 60)
        pid = supervisor_of(tasks, task)
        until(partial(vanished, pid), "the supervisor is gone, not even a zombie")
    assert zombies() == []


def test_a_supervisor_has_a_session_of_its_own_and_no_terminal(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 60"))
    running(tasks, task.id)
    pid = supervisor_of(tasks, task.id)
    assert os.getsid(pid) != os.getsid(0)
    assert {Path(f"/proc/{pid}/fd/{n}").readlink() for n in (0, 1)} == {Path("/dev/null")}
    children = processes_of(task.id)
    assert pid not in children
    assert all(os.getsid(child) not in (os.getsid(0), os.getsid(pid)) for child in children)


def test_a_task_may_start_a_task_that_outlives_it(tasks: TasksService, settings: Settings) -> None:
    code = (
        "from pathlib import Path\n"
        "from ellip_lab.settings import Settings\n"
        "from ellip_lab.tasks.service import TasksService\n"
        "from ellip_lab.tasks.contract import TaskSpec,Command\n"
        f"s=TasksService(Settings(state=Path({str(settings.state)!r}),task_limit=2))\n"
        "print(s.start(TaskSpec(room='runs',title='x',command=Command(argv=('sleep','60')))).id,flush=True)\n"
        "import time;time.sleep(60)"
    )
    outer = tasks.start(python(code))
    inner = until(lambda: tasks.log(outer.id, LogQuery(), "stdout").text.strip())
    running(tasks, inner)
    tasks.stop(outer.id)
    assert tasks.wait(outer.id, 60).state == State.STOPPED
    assert tasks.show(inner).state == State.RUNNING
    assert processes_of(inner)


def test_a_state_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    service = TasksService(Settings(state=tmp_path / "file" / "state"))
    with pytest.raises(Unavailable) as caught:
        service.start(shell("true"))
    assert str(tmp_path / "file" / "state") in caught.value.detail
    assert "ELLIP_LAB_STATE" in (caught.value.hint or "")
    assert service.list(TaskQuery()).tasks == ()
    assert list(service.recover()) == []


def test_the_supervisor_needs_the_standard_library_alone() -> None:
    code = (
        "import sys; before=set(sys.modules); sys.path.insert(0, sys.argv[1])\n"
        "import ellip_lab.tasks.supervisor\n"
        "heavy = {'pydantic','typing','subprocess','shutil','threading','ctypes','secrets','asyncio'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    package = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "-I", "-S", "-c", code, package], check=True)
