"""The keeper of the embedded store: the small process that starts `weed` and ends it when nobody uses it.

Whoever uses the store has a lease, a file in `users/` of the store's folder that says which process it is;
`by-hand.json` is the lease of a person. The keeper looks at them once a second or two, and ends the store some
seconds after the last holder is gone, however it went. The two live and die together: when the keeper is
killed the kernel ends `weed`, and when `weed` ends so does the keeper; the next who uses the store starts both.

Standard library only: it is there as long as the store is, and must cost next to nothing.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from pathlib import Path

from ellip_lab.shell import read_json, write_json
from ellip_lab.tasks.identity import alive, identity, place

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import NoReturn

GRACE = 10.0
"""Seconds that the store outlives its last holder, so that one command after another finds it."""
POLL = 1.5
"""Seconds between two looks at the leases."""
PATIENCE = 10.0
"""Seconds the store has to end by itself; two on an idle machine."""
BY_HAND = "by-hand.json"
"""The lease of a person (`ellip s3 start`); it is good until the machine is started again."""
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


def lease(folder: Path, pid: int) -> Path:
    """Writes down that a process uses the store, and gives the file that says so."""
    who = identity(pid)
    users = folder / "users"
    users.mkdir(mode=0o700, exist_ok=True)
    file = users / f"{pid}-{who['start']}.json"
    if not file.exists():
        write_json(file, who, 0o600)
    return file


def lease_by_hand(folder: Path) -> None:
    """Writes down that the store is to stay until somebody stops it."""
    users = folder / "users"
    users.mkdir(mode=0o700, exist_ok=True)
    write_json(users / BY_HAND, {"place": place()}, 0o600)


def joined(folder: Path, pid: int) -> bool:
    """Writes down that a process uses the store, and tells whether it lives, so that nobody need start it."""
    with (folder / "lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        lease(folder, pid)
        try:
            record = read_json(folder / "process.json")
            return bool(alive(record["process"]) and alive(record["keeper"]))
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return False


def kept_endpoint(folder: Path) -> str | None:
    """Gives where the store is when it runs, without starting it; None when it has never run."""
    try:
        return f"http://127.0.0.1:{int(read_json(folder / 'ports.json')['s3'])}"
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def release(folder: Path, pid: int) -> None:
    """Takes back the lease of a process."""
    for file in (folder / "users").glob(f"{pid}-*.json"):
        file.unlink(missing_ok=True)


def held(folder: Path) -> bool:
    """Tells whether anybody uses the store; the leases of those who are gone are removed."""
    found = False
    for file in (folder / "users").glob("[!.]*.json"):
        try:
            who = read_json(file)
            living = who["place"] == place() if file.name == BY_HAND else alive(who)
        except FileNotFoundError:
            continue  # released meanwhile
        except (ValueError, KeyError, TypeError):
            living = False  # damaged: nobody's
        if living:
            found = True
        else:
            file.unlink(missing_ok=True)
    return found


class Keeper:
    """Sees one store from its start to its end."""

    def __init__(self, folder: Path, grace: float, poll: float, argv: list[str]) -> None:
        self.folder = folder
        self.grace = grace
        self.poll = poll
        self.argv = argv
        self.child = 0

    def see_through(self, endpoint: str) -> int:
        """Runs the store until it is not used any more, is told to end, or ends by itself."""
        owning = self.own_data()
        if owning < 0:
            return 3
        self.spawn(owning)
        os.close(owning)  # the store's own copy holds the data until the very end of it
        process, keeper = identity(self.child), identity(os.getpid())
        write_json(
            self.folder / "process.json", {"process": process, "keeper": keeper, "endpoint": endpoint}, 0o600
        )
        alone_since: float | None = None
        while True:
            signalled = signal.sigtimedwait({signal.SIGCHLD, *ENDINGS}, self.poll)
            if os.waitpid(self.child, os.WNOHANG)[0]:
                return 1
            if signalled and signalled.si_signo in ENDINGS:
                self.end()
                return 0
            now = time.monotonic()
            if held(self.folder):
                alone_since = None
            elif alone_since is None:
                alone_since = now
            elif now - alone_since >= self.grace and self.ended_alone():
                return 0

    def own_data(self) -> int:
        """Takes the data for a store of ours alone; one that is just ending is waited for, -1 when it does not."""
        descriptor = os.open(self.folder / "data.lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + 2 * PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > until:
                    sys.stderr.write("another store, perhaps of another machine, uses the same data\n")
                    return -1
                time.sleep(0.05)
            else:
                return descriptor

    def spawn(self, owning: int) -> None:
        """Starts the store; its keys go by its environment, which only its user can read."""
        keys = read_json(self.folder / "keys.json")
        # Without a limit its memory grows past a gigabyte; with one of 200 MiB it collects garbage without
        # end, a tenth of a core while nobody asks it anything. With this one an idle store costs nothing.
        env = {
            **os.environ, "HOME": str(self.folder), "GOMEMLIMIT": "400MiB", "GOGC": "50",
            "AWS_ACCESS_KEY_ID": keys["access_key"], "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
        }  # fmt: skip
        import ctypes

        libc = ctypes.CDLL(None)
        keeper = os.getpid()
        self.child = os.fork()
        if self.child:
            return
        try:
            # when this keeper is killed the kernel ends the store: nothing is left that nobody looks after
            if sys.platform == "linux":
                libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
                if os.getppid() != keeper:
                    os._exit(1)
            os.set_inheritable(owning, True)
            signal.pthread_sigmask(signal.SIG_SETMASK, set())
            os.execve(self.argv[0], self.argv, env)  # noqa: S606 - a list of arguments, no shell
        except OSError as error:
            sys.stderr.write(f"{self.argv[0]} could not be started: {error.strerror}\n")
            sys.stderr.flush()
        finally:
            os._exit(127)

    def ended_alone(self) -> bool:
        """Ends the store unless somebody is just starting to use it; tells whether it has ended."""
        with (self.folder / "lock").open("a") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False  # somebody starts or stops it: look again
            if held(self.folder):
                return False
            self.end()
            (self.folder / "process.json").unlink(missing_ok=True)
            return True

    def end(self) -> None:
        """Ends the store: politely, then not."""
        os.kill(self.child, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while not os.waitpid(self.child, os.WNOHANG)[0]:
            left = until - time.monotonic()
            if left <= 0:
                os.kill(self.child, signal.SIGKILL)
                os.waitpid(self.child, 0)
                return
            signal.sigtimedwait({signal.SIGCHLD}, min(left, 0.5))


def main() -> NoReturn:
    """Keeps the store named on the command line: folder, endpoint, seconds of grace and of a poll, command."""
    folder, endpoint, grace, poll, *argv = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *ENDINGS})
    os.chdir(folder)
    sys.exit(Keeper(Path(folder), float(grace), float(poll), argv).see_through(endpoint))
