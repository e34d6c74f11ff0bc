"""The files of tasks: where each stands, and how records are read and replaced.

    <state>/tasks/<id>/      request.json  command.json  environment.json  state.json  supervisor.json
                             log  stdout  progress.json  events.jsonl  heartbeat  stop  reserve  work/
    <state>/queue/<id>       a task that waits for a slot
    <state>/slots/<n>        a task that holds a slot
    <state>/bell/<id>        touched whenever a task changes: the one flat directory the watcher watches

Standard library only: the supervisor starts with it. Everything here holds on NFS: a name is taken by
`link`, a record replaced by `rename`, and times are compared by the file system's own clock.
"""

from __future__ import annotations

import errno
import os
import re
import time
from pathlib import Path

from ellip_lab.shell import read_json, write_json

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    from typing import Any

    Record = dict[str, Any]
else:
    Record = dict
"""The content of a state.json: the fields of contract `Task`, as JSON."""

ID = re.compile(r"[0-9]{8}t[0-9]{9}-[a-z0-9]{1,20}-[0-9a-f]{4}")
REQUIRED = frozenset({"id", "room", "title", "created", "state"})
FINAL = frozenset({"done", "failed", "stopped", "lost"})
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
RESERVE = 16_384
"""Bytes kept back in each task's directory, so that its end can be told when the disk is full."""

_last = 0.0


def new_id(room: str) -> str:
    """Makes the id of a new task: it sorts by time, in one process strictly."""
    global _last  # two threads may get the same time; the rest of the id keeps them apart
    now = _last = max(time.time(), _last + 0.001)
    whole = time.strftime("%Y%m%dt%H%M%S", time.gmtime(now))
    return f"{whole}{int(now * 1000) % 1000:03d}-{room}-{new_token(2)}"


def new_token(size: int = 8) -> str:
    """Makes a name that nobody else has."""
    return os.urandom(size).hex()


def utc_now() -> str:
    """Gives the time now as records write it."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"


def place_exclusively(path: Path, value: Any) -> bool:
    """Creates a JSON file with its content in one step, and tells whether nobody had done so before."""
    temporary = path.with_name(f".{new_token()}.tmp")
    try:
        write_json(temporary, value, 0o600)
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            return create(path, temporary.read_bytes())
        return True
    finally:
        temporary.unlink(missing_ok=True)


def create(path: Path, content: bytes) -> bool:
    """Creates a file nobody has created before, where there are no hard links; it is empty for a moment."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    return True


def read_or_none(path: Path) -> Any:
    """Reads a JSON file; None when it is not there (any more) or is damaged."""
    try:
        return read_json(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


class Home:
    """Is the folder of one user's tasks."""

    def __init__(self, state: Path) -> None:
        # a supervisor has another working directory
        self.state = state = state.absolute()
        self.tasks = state / "tasks"
        self.queue = state / "queue"
        self.slots = state / "slots"
        self.bell = state / "bell"

    def make(self) -> None:
        """Creates the folders, for this user alone; `OSError` when that is not possible."""
        if not self.bell.is_dir():
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.tasks, self.queue, self.slots, self.bell):
                folder.mkdir(mode=0o700, exist_ok=True)

    def directory(self, task: str) -> Path:
        """Gives the place of a task whose id is known to be well formed."""
        return self.tasks / task

    def ring(self, task: str) -> None:
        """Tells the watchers that a task has changed; needs no free space once the bell is there."""
        bell = self.bell / task
        try:
            os.utime(bell)
        except FileNotFoundError:
            bell.touch(mode=0o600)

    def clock(self) -> float:
        """Gives the time by the clock of the file system, which another host's files are stamped with."""
        clock = self.state / "clock"
        try:
            os.utime(clock)
        except FileNotFoundError:
            clock.touch(mode=0o600)
        return clock.stat().st_mtime

    def age(self, path: Path) -> float | None:
        """Gives the seconds since a file was last written, by the file system's clock; None when it is gone."""
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            return None
        return self.clock() - written

    def read(self, task: str) -> Record | None:
        """Reads the record of a task; None when there is none (yet, or any more).

        A record that cannot be read (a power cut may leave it empty) is told as lost, never hidden.
        """
        path = self.tasks / task / "state.json"
        try:
            record = read_json(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError:
            return self.damaged(task)
        sound = isinstance(record, dict) and record.get("id") == task and record.keys() >= REQUIRED
        return record if sound else self.damaged(task)

    def damaged(self, task: str) -> Record:
        """Makes up the record of a task whose own cannot be understood."""
        request = read_or_none(self.tasks / task / "request.json")
        title = request.get("title") if isinstance(request, dict) else None
        return {
            "id": task,
            "room": task.split("-")[1],
            "title": title if isinstance(title, str) else task,
            "created": created_of(task),
            "state": "lost",
            "detail": "its record is damaged",
        }

    def write(self, record: Record) -> None:
        """Replaces the record of a task and rings its bell."""
        task = record["id"]
        write_json(self.tasks / task / "state.json", record)
        self.ring(task)

    def queued(self) -> list[str]:
        """Lists the ids of the tasks that wait, first come first."""
        return sorted(name for name in names(self.queue) if ID.fullmatch(name))


def names(folder: Path) -> list[str]:
    """Lists the names in a folder, none when it is not there; nothing is opened."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - 10,000 names, not 10,000 Path objects
    except (FileNotFoundError, NotADirectoryError):
        return []


def created_of(task: str) -> str:
    """Gives the time that an id tells."""
    t = task
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[9:11]}:{t[11:13]}:{t[13:15]}.{t[15:18]}Z"


def append(path: Path, text: str) -> None:
    """Adds a line of this program's own to a task's log, on a line of its own."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text.rstrip("\n") + "\n")


def remove_tree(folder: Path) -> None:
    """Removes a folder and all below it, also what its maker has made read-only.

    `OSError` when something in it belongs to somebody else.
    """
    import shutil

    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError:
        for parent, folders, _ in os.walk(folder):
            for name in folders:
                path = Path(parent, name)
                if not path.is_symlink():
                    path.chmod(0o700)
        shutil.rmtree(folder)


def written(path: Path) -> tuple[int, int] | None:
    """Gives what changes when a file is written."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def sound_progress(progress: Any) -> bool:
    """Tells whether a child's progress is what contract `Progress` says; a stray one is left out."""
    numbers = (int, float, type(None))
    return (
        isinstance(progress, dict)
        and set(progress) <= {"done", "total", "text"}
        and isinstance(progress.get("done"), numbers)
        and isinstance(progress.get("total"), numbers)
        and isinstance(progress.get("text", ""), str)
    )
