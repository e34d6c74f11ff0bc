"""The keeper of the embedded store: no store without a user, and no process left, whoever is killed when."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from server.live import LiveServer

from ellip_lab.errors import Unavailable
from ellip_lab.s3 import keeper, weed
from ellip_lab.tasks.identity import MARKER, identity, place

PATIENCE = 45.0
GRACE, POLL = 1.0, 0.3
HOLDER = f"""
import sys
from pathlib import Path
from ellip_lab.s3 import keeper, weed
keeper.GRACE, keeper.POLL = {GRACE}, {POLL}
print(weed.start(Path(sys.argv[1]))[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "GRACE", GRACE)
    monkeypatch.setattr(keeper, "POLL", POLL)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state" / "store"
    yield folder
    weed.stop(folder)
    assert not processes(folder)


class Holder:
    """Is a process that uses the store."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **env},
        )  # fmt: skip

    def ready(self) -> int:
        """Waits until it holds the store, and gives the store's process."""
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def kill(self) -> None:
        """Kills it, as the kernel does when memory is short."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def holders(folder: Path) -> Iterator[Callable[..., Holder]]:
    made: list[Holder] = []

    def hold(**env: str) -> Holder:
        made.append(Holder(folder, **env))
        return made[-1]

    yield hold
    for holder in made:
        holder.kill()


def processes(folder: Path) -> list[psutil.Process]:
    """Gives the keepers and stores of a folder: it is their working directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == folder and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def until(said: Callable[[], bool], patience: float = PATIENCE) -> bool:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if said():
            return True
        time.sleep(0.2)
    return said()


def record(folder: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((folder / "process.json").read_text())
    return found


def test_it_ends_with_its_last_user_and_comes_back_where_it_was(folder: Path) -> None:
    endpoint, pid = weed.start(folder)
    assert weed.start(folder) == (endpoint, pid)
    assert {process.name() for process in processes(folder)} >= {"weed"}
    assert len(processes(folder)) == 2
    weed.release(folder)
    assert until(lambda: not processes(folder))
    assert weed.running(folder) is None
    assert not (folder / "process.json").exists()
    again, other = weed.start(folder)
    assert again == endpoint
    assert other != pid


def test_two_share_it_and_the_last_that_is_killed_ends_it(
    folder: Path, holders: Callable[..., Holder]
) -> None:
    first, second = holders(), holders()
    pid = first.ready()
    assert second.ready() == pid
    assert len(list((folder / "users").iterdir())) == 2
    first.kill()
    assert until(lambda: len(list((folder / "users").iterdir())) == 1)
    # as many looks as would end it if nobody held it
    assert not until(lambda: not psutil.pid_exists(pid), GRACE + 4 * POLL)
    second.kill()
    assert until(lambda: not processes(folder))


def test_what_is_held_by_hand_stays_until_it_is_stopped(folder: Path) -> None:
    _, pid = weed.start(folder, by_hand=True)
    assert not until(lambda: not psutil.pid_exists(pid), GRACE + 4 * POLL)
    assert weed.stop(folder) is True
    assert not processes(folder)
    assert weed.stop(folder) is False
    # what was by hand is over: the next user is the only one
    weed.start(folder)
    weed.release(folder)
    assert until(lambda: not processes(folder))


def test_it_is_held_for_another_process(folder: Path) -> None:
    shell = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        _, pid = weed.start(folder, pid=shell.pid)
        assert not until(lambda: not psutil.pid_exists(pid), GRACE + 4 * POLL)
    finally:
        shell.kill()
        shell.communicate()
    assert until(lambda: not processes(folder))


@pytest.mark.parametrize("victim", ["keeper", "process"])
def test_the_next_user_heals_what_was_killed(folder: Path, victim: str) -> None:
    endpoint, pid = weed.start(folder)
    before = record(folder)
    os.kill(before[victim]["pid"], signal.SIGKILL)
    # nothing is left that nobody looks after, and the two are never doubled
    gone = [psutil.Process(p) for p in (before["keeper"]["pid"], pid) if psutil.pid_exists(p)]
    assert not psutil.wait_procs(gone, timeout=PATIENCE)[1]
    assert weed.running(folder) is None
    again, other = weed.start(folder)
    assert again == endpoint
    assert other != pid
    assert len(processes(folder)) == 2


def test_a_user_that_is_killed_before_the_store_is_up_leaves_nothing(
    folder: Path, holders: Callable[..., Holder]
) -> None:
    holder = holders()
    assert until(lambda: bool(processes(folder)))
    holder.kill()
    assert until(lambda: not processes(folder))


def test_whoever_is_killed_at_whatever_moment_nothing_is_left(
    folder: Path, holders: Callable[..., Holder]
) -> None:
    """Ten rounds: users come, one of all that runs is killed with signal 9, the users go. The seed is told."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(10):
        users = [holders() for _ in range(chance.randint(1, 2))]
        time.sleep(chance.uniform(0, 2.5))
        living = [*processes(folder), *(psutil.Process(user.process.pid) for user in users)]
        victim = chance.choice(living)
        name = victim.name()
        victim.kill()
        time.sleep(chance.uniform(0, 1))
        for user in users:
            user.kill()
        assert until(lambda: not processes(folder)), f"round {number}, {name} was killed: {processes(folder)}"
    # and the store is sound
    assert weed.running(folder) is None
    weed.start(folder)
    assert weed.running(folder) is not None


def test_a_lease_of_another_boot_a_stranger_or_of_nobody_holds_nothing(folder: Path) -> None:
    folder.mkdir(parents=True)
    users = folder / "users"
    users.mkdir()
    mine = identity(os.getpid())
    (users / "1-1.json").write_text(json.dumps({**mine, "place": "another/boot"}))
    (users / "2-2.json").write_text(json.dumps({**mine, "start": mine["start"] - 1}))
    (users / "3-3.json").write_text("{")
    (users / keeper.BY_HAND).write_text(json.dumps({"place": "another/boot"}))
    assert keeper.held(folder) is False
    assert not list(users.iterdir())
    keeper.lease(folder, os.getpid())
    assert keeper.held(folder) is True
    keeper.release(folder, os.getpid())
    (users / keeper.BY_HAND).write_text(json.dumps({"place": place()}))
    assert keeper.held(folder) is True


def test_two_stores_never_have_the_same_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weed.start(folder)
    # as another machine sees it, which shares the folder and cannot ask this one's processes
    other = record(folder)
    (folder / "process.json").write_text(
        json.dumps({**other, "process": {**other["process"], "place": "elsewhere"}})
    )
    patience = "import ellip_lab.s3.keeper as k;k.PATIENCE=0.5;k.main()"
    monkeypatch.setattr(weed, "BOOT", f"import sys;sys.path.insert(0,sys.argv.pop(1));{patience}")
    with pytest.raises(Unavailable, match="another store, perhaps of another machine, uses the same data"):
        weed.start(folder)
    assert psutil.pid_exists(other["process"]["pid"])
    (folder / "process.json").write_text(json.dumps(other))


def test_no_key_is_where_others_could_read_it_and_no_mark_of_a_task(
    folder: Path, holders: Callable[..., Holder]
) -> None:
    mark = {f"{MARKER}": "20260101t000000000-runs-0000", "JUPYTER_TOKEN": "the-key-of-the-server"}
    holders(**mark).ready()
    key, secret = weed.keys(folder)
    both = processes(folder)
    assert len(both) == 2
    for process in both:
        assert not {key, secret} & set(" ".join(process.cmdline()).split())
        assert secret not in " ".join(process.cmdline())
        assert not set(mark) & set(process.environ())
    (kept,) = (process for process in both if process.name() != "weed")
    assert secret not in " ".join(kept.environ().values())
    for file in folder.iterdir():
        if file.is_file() and file.name != "keys.json":
            assert secret.encode() not in file.read_bytes(), file


def test_it_costs_next_to_nothing(folder: Path) -> None:
    weed.start(folder)
    process = psutil.Process(record(folder)["keeper"]["pid"])
    before = process.cpu_times()
    psutil.wait_procs([process], timeout=6)  # it goes on: twenty looks at the leases
    after = process.cpu_times()
    assert (after.user + after.system) - (before.user + before.system) < 0.1
    assert process.memory_info().rss < 24 * 2**20


def test_two_servers_share_one_store_and_the_last_ends_it(tmp_path: Path) -> None:
    first, second = LiveServer(tmp_path), LiveServer(tmp_path)
    folder = first.state / "store"
    try:
        first.start()
        second.start()
        assert not processes(folder), "a server starts no store before it is asked for one"
        for server in (first, second):
            status, told = server.ask("GET", "/s3/buckets", connection="local")
            assert status == 200, told
        pid = record(folder)["process"]["pid"]
        assert len(processes(folder)) == 2
        first.kill()
        assert until(lambda: len(list((folder / "users").iterdir())) == 1)
        status, told = second.ask("GET", "/s3/buckets", connection="local")
        assert (status, record(folder)["process"]["pid"]) == (200, pid)
        assert second.process is not None
        second.process.terminate()  # as a person ends it: its lease is taken back, and the store follows
        second.process.wait(PATIENCE)
        assert until(lambda: not processes(folder))
    finally:
        first.stop()
        second.stop()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be kept in"):
        weed.start(tmp_path / "file" / "store")
