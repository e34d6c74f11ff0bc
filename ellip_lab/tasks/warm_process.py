"""The warm process: `python -m ellip_lab.tasks.warm_process FOLDER NAME STATE MODULE...`.

It loads the modules, listens on `FOLDER/NAME.sock`, and does nothing itself: for each connection it forks, and the
fork reads the message and does what it says. So it has one thread, does not grow, and no document can take it down;
its lock on `FOLDER/NAME.lock` says that it lives. It ends when it has not been asked for a while, when the files it was
loaded from have changed, and when it has grown after all.
"""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from ellip_lab.tasks import limits, supervisor, warm

IDLE = 1800.0
"""Seconds without a question after which it ends."""
GROWN = 1024 * 2**20
"""Bytes of memory above which it ends."""
TIME_LIMIT = 60
"""Seconds that a question may take."""
FAILED = {signal.SIGXCPU: "cpu", signal.SIGALRM: "time", signal.SIGKILL: "memory", signal.SIGSEGV: "memory",
          signal.SIGABRT: "memory"}  # fmt: skip
"""What the end of a fork says of the limits."""


def main() -> int:
    """Serves until it is time to end."""
    folder, name, state, *loads = sys.argv[1:]
    lock = os.open(Path(folder) / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0  # there is one
    gc.disable()
    for load in loads:
        module, _, function = load.partition(":")
        try:
            found = import_module(module)
        except ImportError as error:  # a room whose extra is not installed: who needs it is told so then
            sys.stderr.write(f"{module} is not loaded: {error}\n")
            continue
        if function:
            getattr(found, function)(Path(state))
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
    if threads != 1:
        sys.stderr.write(f"{threads} threads: a fork of this process would not be whole\n")
        return 1
    gc.collect()
    gc.freeze()
    with warm.Folder(Path(folder)) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        # under another name until it listens: whoever finds it can ask it
        passing, final = f"{place}/{name}.new", f"{place}/{name}.sock"
        with suppress(FileNotFoundError):
            os.unlink(passing)  # noqa: PTH108 - a path by descriptor
        listening.bind(passing)
        os.chmod(passing, 0o600)  # noqa: PTH101
        listening.listen(64)
        os.rename(passing, final)  # noqa: PTH104
        try:
            Server(listening).serve()
        finally:
            with suppress(FileNotFoundError):
                os.unlink(final)  # noqa: PTH108
    return 0


class Server:
    """Takes connections and forks."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.asked: dict[int, socket.socket] = {}
        """The forks that answer, with the ends of their connections."""
        self.stamps = stamps()
        self.pid = os.getpid()
        self.over = False
        self.bell, bell = os.pipe()
        os.set_blocking(self.bell, False)
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, *_: object) -> None:
        self.over = True

    def serve(self) -> None:
        """Serves until it is time to end."""
        listening = self.listening.fileno()
        asked = time.monotonic()
        while not self.over:
            poll = select.poll()
            poll.register(listening, select.POLLIN)
            poll.register(self.bell, select.POLLIN)
            for link in self.asked.values():
                poll.register(link.fileno(), select.POLLRDHUP)
            found = dict(poll.poll(60_000))
            if self.bell in found:
                with suppress(BlockingIOError):
                    os.read(self.bell, 4096)
            for pid, link in self.asked.items():
                if found.get(link.fileno(), 0) & (select.POLLRDHUP | select.POLLHUP):
                    os.kill(pid, signal.SIGKILL)  # nobody waits for its answer any more
            self.reap()
            if listening in found:
                asked = time.monotonic()
                self.take()
            if not self.asked and (time.monotonic() - asked > IDLE or stamps() != self.stamps or grown()):
                return

    def take(self) -> None:
        """Takes a connection and forks."""
        link, _ = self.listening.accept()
        try:
            pid = os.fork()
        except OSError as error:
            sys.stderr.write(f"a fork was not possible: {error.strerror}\n")
            link.close()
            return
        if pid:
            self.asked[pid] = link
            return
        try:
            self.listening.close()
            for other in self.asked.values():
                other.close()
            plain()
            answer(link, self.pid, self.stamps)
        except BaseException as error:  # noqa: BLE001 - it must not go on as the warm process
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            os._exit(1)

    def reap(self) -> None:
        """Buries the forks that have ended; those that reached a limit are told of to whoever asked."""
        while self.asked:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            link = self.asked.pop(pid, None)
            if link is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            if code < 0:
                with suppress(OSError):
                    link.setblocking(False)
                    warm.send(link, {"failed": FAILED.get(signal.Signals(-code), "memory")})
            link.close()


def plain() -> None:
    """Makes a fork of the warm process a process like any other."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def stamps() -> dict[str, float]:
    """Gives when the files of this program and the lists of what is installed were written."""
    found = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and "ellip_lab" in file:
            found[file] = changed(file)
    for folder in {entry for entry in sys.path if entry.endswith("-packages")}:
        found[folder] = changed(folder)
    return found


def changed(path: str) -> float:
    """Gives when a file was last written, 0 when it is gone."""
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - some hundred of them at each question
    except OSError:
        return 0


def grown() -> bool:
    """Tells whether this process has grown beyond what it should have."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > GROWN


def answer(link: socket.socket, parent: int, known: dict[str, float]) -> NoReturn:
    """Reads the message of a connection and does what it says; ends this process."""
    link.settimeout(10)
    message = warm.receive(link)
    link.settimeout(None)
    what = message["do"]
    if what == "end" or stamps() != known:
        if os.getppid() == parent:
            os.kill(parent, signal.SIGTERM)
        if what == "end":
            warm.send(link, {})
        os._exit(0)  # without an answer: it would be that of an older program
    if what == "ask":
        ask(link, message)
    elif what == "launch":
        launch(link, message)
    elif what == "show":
        modules = sorted(name for name in sys.modules if name.startswith("ellip_lab."))
        status = Path(f"/proc/{parent}/statm").read_text().split()
        warm.send(
            link, {"pid": parent, "modules": modules, "memory": int(status[1]) * resource.getpagesize()}
        )
    os._exit(0)


def ask(link: socket.socket, message: dict[str, Any]) -> None:
    """Calls the function of the message, within limits, and sends what it gives."""
    import ctypes

    limits.bounded()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(TIME_LIMIT)
    # an answer that nobody stops when its time is over must not go on
    ctypes.CDLL(None).prctl(supervisor.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    module, _, name = str(message["function"]).partition(":")
    if not module.startswith("ellip_lab."):
        raise ValueError(module)
    try:
        reply = {"reply": getattr(import_module(module), name)(message["request"])}
    except MemoryError:
        reply = {"failed": "memory"}
    warm.send(link, reply)


def launch(link: socket.socket, message: dict[str, Any]) -> None:
    """Becomes the supervisor of a task, in a session of its own and nobody's child."""
    os.setsid()
    if os.fork():
        os._exit(0)
    resemble(message)
    for place, (path, flags) in enumerate(
        (
            (os.devnull, os.O_RDONLY),
            (os.devnull, os.O_WRONLY),
            (message["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        )
    ):
        descriptor = os.open(path, flags, 0o600)
        os.dup2(descriptor, place)
        os.close(descriptor)

    def begun() -> None:
        with suppress(OSError):  # whoever asked has died: the task is ours all the same
            warm.send(link, {"launched": os.getpid()})
        link.close()

    try:
        supervisor.supervise(message["words"], begun, becoming)
    except Exception:  # noqa: BLE001 - the last place: it belongs into the log of the task
        import traceback

        os.write(2, traceback.format_exc().encode(errors="replace"))
        os._exit(1)
    os._exit(0)


def resemble(message: dict[str, Any]) -> None:
    """Takes on what a process inherits from whoever starts it; `OSError` or `ValueError` when that is not possible."""
    for name, (soft, hard) in message["limits"].items():
        kind = getattr(resource, name)
        if resource.getrlimit(kind) != (soft, hard):
            resource.setrlimit(kind, (soft, hard))
    os.umask(message["umask"])
    rank = os.getpriority(os.PRIO_PROCESS, 0)
    if message["nice"] != rank:
        os.setpriority(os.PRIO_PROCESS, 0, message["nice"])
    if message["cores"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, message["cores"])


def this_python(program: str) -> bool:
    """Tells whether a program is this interpreter, in this environment, by any of its names."""
    path, own = Path(program), Path(sys.executable)
    return path.parent == own.parent and path.resolve() == own.resolve()


def becoming(argv: Sequence[str], env: dict[str, str]) -> Callable[[], NoReturn] | None:
    """Gives what makes a fork of this process the command `python -m MODULE ...`; None for any other command."""
    if len(argv) < 3 or not this_python(argv[0]) or argv[1] != "-m" or argv[2] not in sys.modules:
        return None
    if warm.shaping(env) != warm.shaping(os.environ):
        return None

    def become() -> NoReturn:
        import tempfile

        os.environ.clear()
        os.environ.update(env)
        time.tzset()
        tempfile.tempdir = None
        sys.argv = [argv[2], *argv[3:]]
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - as long as the process
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        gc.enable()
        code = 1
        try:
            code = int(sys.modules[argv[2]].main() or 0)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001 - the last place: it belongs into the log
            import traceback

            traceback.print_exc()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code)

    return become


if __name__ == "__main__":
    sys.exit(main())
