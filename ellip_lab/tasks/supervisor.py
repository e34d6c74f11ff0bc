"""The supervisor of one task: a small process of its own session that outlives whoever started it.

It runs the command, beats, obeys `stop`, and sees the task to its end. It knows nothing of what it runs.
Standard library only, to start in a few hundredths of a second; one thread, no signal handlers: signals
are blocked and waited for, so the end of the child is noticed at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from ellip_lab.tasks.directory import FINAL, Home, names, read_or_none, sound_progress, utc_now, written
from ellip_lab.tasks.identity import identity, stat, uptime
from ellip_lab.tasks.queue import pump, release, warn
from ellip_lab.tasks.recovery import FULL_DISK, claimed, clean, environment, kill_leftovers, tell

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

    Becoming = Callable[[Sequence[str], dict[str, str]], Callable[[], NoReturn] | None]

TICK = 0.2
"""Seconds between looks at `stop` and at the progress."""
BEAT = 2.0
"""Seconds between heartbeats."""
QUIET = 0.3
"""Seconds at least between two tellings of progress."""
FULL = 65_536
"""Free bytes below which a disk is told full."""
PAUSES = (3.0, 15.0, 45.0)
"""Seconds before a cleanup that has failed is tried again."""
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Sees one task from its start to its end."""

    def __init__(self, home: Home, task: str, becoming: Becoming) -> None:
        self.home = home
        self.task = task
        self.becoming = becoming
        self.directory = home.directory(task)
        self.record: dict[str, Any] = {}
        self.command = read_or_none(self.directory / "command.json") or {}
        self.base = dict(os.environ)
        self.child = 0
        self.child_start = 0
        self.told = 0.0
        self.seen: tuple[Any, ...] = ()
        self.full = False
        self.resumed = 0

    def see_through(self) -> None:
        """Runs the task; should this program fail, nothing of the task outlives it."""
        try:
            self.run()
        except BaseException:
            kill_leftovers(self.task, self.child)
            raise

    def run(self) -> None:
        """Runs the task to its end; leaves nothing of it behind."""
        record = self.home.read(self.task)
        if record is None or record["state"] != "queued":
            return
        self.record = record
        kept = self.directory / "environment.json"
        self.base = read_or_none(kept) or self.base
        kept.unlink(missing_ok=True)
        if (self.directory / "stop").exists():
            self.end("stopped", None, "stopped before it started")
            return
        failure = self.spawn()
        self.record.update(state="running", started=self.record.get("started") or utc_now())
        self.beat()
        self.save()
        if failure:
            self.end("failed", 127, failure)
            return
        why = self.watch()
        while why is None and self.resumes():
            os.waitpid(self.child, 0)
            kill_leftovers(self.task, self.child)
            self.resumed += 1
            failure = self.spawn()
            if failure:
                self.end("failed", 127, failure)
                return
            self.beat()
            why = self.watch()
        if why is not None:
            os.killpg(self.child, signal.SIGKILL)
            _, status = os.waitpid(self.child, 0)
            self.end("stopped", os.waitstatus_to_exitcode(status), why)
            return
        self.conclude()

    def displaced(self) -> bool:
        """Tells whether another host has taken this one for dead and started the task again: it is theirs now."""
        if not self.command.get("resumes"):
            return False
        who = read_or_none(self.directory / "supervisor.json")
        return who is None or {**who, **identity(os.getpid())} != who

    def resumes(self) -> bool:
        """Tells whether the child was killed and knows how to take up its work when it is started again."""
        if self.resumed >= self.command.get("resumes", 0) or (self.directory / "stop").exists():
            return False
        status = os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOWAIT)
        return bool(status and status.si_code != os.CLD_EXITED and status.si_status == signal.SIGKILL)

    def conclude(self) -> None:
        """Tells the end of a child that ended by itself; it is still there as a zombie, so its number is ours."""
        status = os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOWAIT)
        code = (
            status.si_status
            if status and status.si_code == os.CLD_EXITED
            else -(status.si_status if status else 9)
        )
        if code == 0:
            self.end("done", 0, None)
        elif self.full or self.disk_is_full():
            self.end("failed", code, "the disk is full")
        elif code < 0:
            self.end("failed", code, f"its command was killed by {signal.Signals(-code).name}")
        else:
            self.end("failed", code, f"its command ended with exit code {code}")
        os.waitpid(self.child, 0)

    def spawn(self) -> str | None:
        """Starts the command in a session of its own; gives why that failed, or None."""
        import ctypes

        libc = ctypes.CDLL(None)
        argv = self.command["argv"]
        env = environment(self.home, self.task, self.command, self.base)
        cwd = self.command.get("cwd") or str(self.directory)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        stdin = os.open(os.devnull, os.O_RDONLY)
        stdout = os.open(self.directory / "stdout", flags, 0o600)
        stderr = os.open(self.directory / "log", flags, 0o600)
        become = self.becoming(argv, env)
        parent = os.getpid()
        answer, question = os.pipe()
        try:
            self.child = os.fork()
        except OSError as error:
            return f"{argv[0]} could not be started: {error.strerror}"
        if self.child == 0:
            try:
                os.setsid()
                # when this supervisor is killed the kernel kills the child: nothing runs unwatched
                if sys.platform == "linux":
                    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                    if os.getppid() != parent:
                        os._exit(1)
                for place, descriptor in enumerate((stdin, stdout, stderr)):
                    os.dup2(descriptor, place)
                for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
                    signal.signal(number, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, set())
                os.chdir(cwd)
                if become is not None:
                    os.close(question)
                    become()
                os.execvpe(argv[0], argv, env)  # noqa: S606 - a list of arguments, no shell
            except (OSError, ValueError) as error:  # ValueError: a null character in an argument
                there = Path(cwd).is_dir()
                missing = f"{argv[0]} could not be started" if there else f"{cwd} could not be entered"
                why = getattr(error, "strerror", None) or error
                os.write(question, f"{missing}: {why}".encode(errors="replace"))
            finally:
                os._exit(127)
        os.close(question)
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
        found = stat(self.child)
        self.child_start = found.start if found else 0
        with os.fdopen(answer, "rb") as stream:
            failure = stream.read().decode(errors="replace")
        if failure:
            os.waitpid(self.child, 0)
        return failure or None

    def watch(self) -> str | None:
        """Waits for the end of the child; gives why it is to be stopped, or None when it has ended by itself."""
        beaten = time.monotonic()
        while True:
            signalled = signal.sigtimedwait({signal.SIGCHLD, *ENDINGS}, TICK)
            if os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                self.tell_progress(final=True)
                return None
            if signalled and signalled.si_signo in ENDINGS:
                return f"stopped with its supervisor ({signal.Signals(signalled.si_signo).name})"
            if (self.directory / "stop").exists():
                return "stopped on request"
            self.tell_progress()
            if time.monotonic() - beaten >= BEAT:
                beaten = time.monotonic()
                self.beat()
                if self.displaced():
                    os.killpg(self.child, signal.SIGKILL)
                    os._exit(0)
                current = self.home.read(self.task)
                if current is None or current["state"] in FINAL:
                    return "told lost by another host"

    def tell_progress(self, *, final: bool = False) -> None:
        """Copies what the child says of its progress into the record, and rings when its events have grown."""
        now = time.monotonic()
        if now - self.told < QUIET and not final:
            return
        seen = tuple(written(self.directory / name) for name in ("progress.json", "events.jsonl"))
        if seen == self.seen:
            return
        changed = seen[0] != (self.seen or (None,))[0]
        self.seen = seen
        self.told = now
        progress = read_or_none(self.directory / "progress.json") if changed else None
        if progress is not None and sound_progress(progress):
            self.record["progress"] = {**progress}
            if not final:
                self.save()
        elif not final:
            self.home.ring(self.task)

    def beat(self) -> None:
        """Writes the heartbeat, in place and always of one length: it needs no free space."""
        # closed each time: that is when NFS sends it
        text = f'{{"uptime":{uptime():.2f},"child":{self.child},"start":{self.child_start}}}'
        try:
            handle = os.open(self.directory / "heartbeat", os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(handle, text.ljust(100).encode(), 0)
            finally:
                os.close(handle)
        except OSError as error:
            self.note_full(error)

    def save(self) -> None:
        """Replaces the record; a full disk is noted and told at the end."""
        try:
            self.home.write(self.record)
        except OSError as error:
            self.note_full(error)

    def note_full(self, error: OSError) -> None:
        """Remembers that the disk is full; any other error is this program's end."""
        if error.errno not in FULL_DISK:
            raise error
        self.full = True

    def disk_is_full(self) -> bool:
        """Tells whether there is room for next to nothing."""
        space = os.statvfs(self.directory)
        return space.f_bavail * space.f_frsize < FULL

    def end(self, state: str, code: int | None, detail: str | None) -> None:
        """Leaves nothing of the task running, cleans up, and tells its end; success is told first."""
        self.record.update(state=state, exit_code=code, detail=detail, finished=utc_now())
        if state == "done":
            self.finish()
        kill_leftovers(self.task, self.child)
        tries = (self.command.get("cleanup") or {}).get("resumes", 0)
        over = clean(self.home, self.task, self.base, last=not tries)
        if state != "done":
            self.record["finished"] = utc_now()
            self.finish()
        # what could not be cleaned up, for want of a network, is tried again when nobody waits for it any more
        for tried, pause in enumerate(PAUSES[:tries], 1):
            if over:
                return
            time.sleep(pause)
            over = clean(self.home, self.task, self.base, last=tried == min(tries, len(PAUSES)))

    def finish(self) -> None:
        """Writes the last record; on a full disk the reserve makes room for it."""
        current = self.home.read(self.task)
        if current is None or current["state"] in FINAL:
            return
        for _ in range(60):
            try:
                self.home.write(self.record)
            except OSError as error:
                self.note_full(error)
                (self.directory / "reserve").unlink(missing_ok=True)
                if self.record["state"] == "failed":
                    self.record["detail"] = "the disk is full"
                time.sleep(0.05)
            else:
                return
        tell(self.directory / "log", "[ellip] the end of this task could not be written: the disk is full")


def main() -> NoReturn:
    """Runs the task named on the command line: state folder, id, slot, token, limit."""
    os.chdir("/")
    supervise(sys.argv[1:])
    sys.exit(0)


def executed(argv: Sequence[str], env: dict[str, str]) -> None:
    """Gives None: a fork of this process is the command only when it executes it."""


def supervise(words: Sequence[str], begun: Callable[[], object] = int, becoming: Becoming = executed) -> None:
    """Runs the task that the words of the command line name; `begun` is called once it is this process's.

    `becoming` gives, for a command and its environment, what makes a fork of this process that command without
    executing it, or None.
    """
    state, task, slot, token, limit = words
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *ENDINGS})
    home = Home(Path(state))
    directory = home.directory(task)
    try:
        if directory.is_dir():
            # taken once and for ever: a task never runs twice
            if not claimed(directory, directory / "supervisor.json"):
                return  # the slot is now whose task it is
            begun()
            close_inherited()
            Supervisor(home, task, becoming).see_through()
    except BaseException:
        leave(home, task, slot, token, limit)
        raise
    leave(home, task, slot, token, limit)


def leave(home: Home, task: str, slot: str, token: str, limit: str) -> None:
    """Gives the slot back, and starts who has waited longest for it."""
    release(home, slot, token)
    try:
        pump(home, int(limit))
    except OSError as error:
        warn(task, "could not start the next one", error)


def close_inherited() -> None:
    """Closes what the starter left open, so that nobody waits for an end of file that is here."""
    for name in names(Path("/proc/self/fd")):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:
                continue  # it was the listing's own
