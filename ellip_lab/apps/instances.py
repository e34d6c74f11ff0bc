"""Apps that have been started: each a keeper process, a socket and a log, for as long as this process lives.

What runs is known to the process that started it, and to no other: it ends with it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ellip_lab.apps import contract as words
from ellip_lab.apps import failures, leftovers
from ellip_lab.apps.choosing import Chosen
from ellip_lab.apps.contract import AppState
from ellip_lab.apps.descendants import kill_marked
from ellip_lab.apps.entries import Entry, Serve
from ellip_lab.apps.finding import Finding
from ellip_lab.apps.orders import HOLE, Order, Places, order
from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings
from ellip_lab.shell import read_json, runtime_folder, write_json
from ellip_lab.tasks.contract import LogChunk, LogQuery
from ellip_lab.tasks.service import unavailable

PREFIX = "ellip-lab/app"
"""Where instances are, below the server's base URL."""
SOCKET_MAX = 100
"""Bytes that the path of a socket may have; Linux takes 107."""
ENDING = 10.0
"""Seconds, besides its grace, that a keeper may take to end everything of an app."""


@dataclass
class Instance:
    """Is one app that was started here."""

    id: str
    entry: Entry
    title: str
    program: str
    request: words.StartAppRequest
    folder: Path
    """Where its log is."""
    places: Places
    mark: str
    timeout: float
    keeper: subprocess.Popen[bytes]
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    told: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False
    """Its end was asked for."""

    @property
    def alive(self) -> bool:
        """Tells whether its keeper lives."""
        return self.keeper.poll() is None

    def look(self) -> dict[str, Any]:
        """Gives what its keeper tells; one that is gone without a word has been killed, and its app with it."""
        living = self.alive
        if living and self.told.get("state") == "running":
            return self.told
        if not living and self.told.get("state") in ("stopped", "failed"):
            return self.told
        try:
            told: dict[str, Any] = read_json(self.folder / "state.json")
        except (OSError, ValueError):
            told = {"state": "starting", "since": self.began.isoformat()}
        if not living and told["state"] in ("starting", "running"):
            kill_marked(self.mark)
            shutil.rmtree(self.places.runtime, ignore_errors=True)
            told = {"state": "failed", "why": "lost", "since": datetime.now(UTC).isoformat(), "code": None}
            if self.stopped:  # it could not say so: the disk is full
                told |= {"state": "stopped", "why": "stopped"}
        self.told = told
        return told


class Instances:
    """Starts apps, and knows what has become of them."""

    def __init__(self, settings: Settings, finding: Finding, chosen: Chosen) -> None:
        self._settings = settings
        self._finding = finding
        self._chosen = chosen
        self._state = settings.state / "apps"
        self._running: dict[str, Instance] = {}
        self._lock = threading.Lock()
        self._claiming = threading.Lock()
        self._starting: dict[str, threading.Lock] = {}
        self._ended = False
        self._own: Path | None = None
        self.base = "/"

    # -- what there is

    def of(self, app: str) -> tuple[words.AppInstance, ...]:
        """Gives the instances of an app, newest first; those that were stopped are gone."""
        with self._lock:
            mine = [one for one in self._running.values() if one.entry.name == app]
        shown = [self._shown(one) for one in sorted(mine, key=lambda one: one.began, reverse=True)]
        return tuple(one for one in shown if one.state is not AppState.STOPPED)

    def request(self, instance: str) -> words.StartAppRequest:
        """Gives what an instance was started with."""
        return self._instance(instance).request

    def log(self, query: words.AppLogQuery) -> LogChunk:
        """Reads a stretch of what an instance said."""
        from ellip_lab.tasks import log

        one = self._instance(query.instance)
        asked = LogQuery(offset=query.offset, limit=query.limit, wait=query.wait)
        return log.read(one.folder / "log", asked, lambda: one.look()["state"] in ("stopped", "failed"))

    def reach(self, instance: str) -> tuple[words.AppInstance, str, bool]:
        """Gives an instance, its socket, and whether it wants to be asked by its whole address."""
        one = self._instance(instance)
        return self._shown(one), str(one.places.socket), one.entry.start.absolute_url

    def _instance(self, instance: str) -> Instance:
        with self._lock:
            found = self._running.get(instance)
        if found is None:
            raise NotFound(
                f"{instance[:80]} does not run here", hint="Start it; a server ends its apps with itself."
            )
        return found

    def _shown(self, one: Instance) -> words.AppInstance:
        told = one.look()
        state = AppState(told["state"])
        failure = None
        if state is AppState.FAILED:
            failure = failures.explain(one.title, one.program, told, one.timeout, self._end_of_log(one))
        return words.AppInstance(
            id=one.id,
            app=one.entry.name,
            title=one.title,
            state=state,
            path=f"{PREFIX}/{one.id}/{self._opened(one)}",
            file=str(one.places.file) if one.request.file and one.places.file else None,
            folder=str(one.places.folder),
            since=datetime.fromisoformat(told["since"]),
            timeout=one.timeout,
            failure=failure,
        )

    @staticmethod
    def _opened(one: Instance) -> str:
        places = {"folder": quote(str(one.places.folder))}
        return HOLE.sub(lambda hole: places.get(hole.group(1), ""), one.entry.start.open)

    @staticmethod
    def _end_of_log(one: Instance) -> str:
        try:
            with (one.folder / "log").open("rb") as stream:
                stream.seek(max(0, stream.seek(0, os.SEEK_END) - failures.BYTES))
                return stream.read().decode("utf-8", "replace")
        except OSError:
            return ""

    # -- starting

    def start(self, entry: Entry, request: words.StartAppRequest) -> words.AppInstance:
        """Starts an app, and gives it while it comes up; one that runs already is given as it is."""
        file = self._file(entry, request)
        id_ = _name(entry, file if request.file else None)
        with self._lock:
            one_at_a_time = self._starting.setdefault(id_, threading.Lock())
        with one_at_a_time:
            with self._lock:
                before = self._running.get(id_)
            if before is not None and before.look()["state"] in ("starting", "running"):
                if request.folder and entry.start.open:
                    before.places = _elsewhere(before.places, self._folder(request, file))
                return self._shown(before)
            if before is not None:
                self._discard(before)
            one = self._started(entry, request, id_, file)
            with self._lock:
                self._running[id_] = one
                ended = self._ended
            if ended:  # the server has ended meanwhile
                self._end([one])
            return self._shown(one)

    def _started(self, entry: Entry, request: words.StartAppRequest, id_: str, file: Path | None) -> Instance:
        found = self._finding.find(entry)
        if not found.installed:
            way = "Install it from here." if entry.install else entry.find.hint
            raise Unavailable(found.missing or entry.find.missing, hint=way)
        chosen = self._chosen.of(entry.name)
        timeout = chosen.timeout or entry.start.timeout
        mark = f"{id_}-{secrets.token_hex(6)}"
        made: list[Path] = []
        try:
            folder = self._home() / mark
            folder.mkdir(mode=0o700)
            made.append(folder)
            data = self._state / "data" / entry.name
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            runtime = self._runtime()
            made.append(runtime)
            if entry.serve is not None and file is None:
                file = _example(entry, entry.serve, data)
            places = Places(
                socket=runtime / "s",
                runtime=runtime,
                data=data,
                folder=self._folder(request, file),
                file=file,
                url=f"{self.base.rstrip('/')}/{PREFIX}/{id_}/",
            )
            keeper = self._launched(
                folder, order(entry, found.words, places, chosen, mark), places, entry, timeout
            )
        except BaseException as error:
            for place in made:
                shutil.rmtree(place, ignore_errors=True)
            if isinstance(error, OSError):
                raise unavailable(self._settings.state, error) from error
            raise
        return Instance(
            id=id_,
            entry=entry,
            title=file.name if request.file and file else entry.title,
            program=" ".join(found.words),
            request=request,
            folder=folder,
            places=places,
            mark=mark,
            timeout=timeout,
            keeper=keeper,
        )

    def _launched(
        self, folder: Path, what: Order, places: Places, entry: Entry, timeout: float
    ) -> subprocess.Popen[bytes]:
        """Writes down what is to be started, and starts the keeper that does it."""
        for name, text in what.files.items():
            (places.runtime / Path(name).name).write_text(text, encoding="utf-8")
        write_json(
            folder / "start.json",
            {
                "argv": what.argv, "shown": what.shown, "cwd": str(what.cwd), "socket": str(places.socket),
                "ready": what.ready, "timeout": timeout, "grace": entry.start.grace,
                "runtime": str(places.runtime), "server": os.getpid(),
            },
            0o600,
        )  # fmt: skip
        return self._keeper(folder, what.env)

    @staticmethod
    def _keeper(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Starts the keeper of a folder; it ends when what it reads from has no writer left."""
        with (folder / "keeper.log").open("wb") as errors:
            return subprocess.Popen(
                # -P: its folder is the server's, where a file of the workspace may be called like a module
                [sys.executable, "-P", "-m", "ellip_lab.apps.keeper", str(folder)],
                stdin=subprocess.PIPE,
                stdout=errors,
                stderr=errors,
                env=env,
                start_new_session=True,
            )

    def _file(self, entry: Entry, request: words.StartAppRequest) -> Path | None:
        if request.file is None:
            return None
        if entry.serve is None:
            raise Invalid(f"{entry.title} serves no files", hint="Start it with a folder.")
        file = Path(request.file)
        if not file.is_file():
            raise NotFound(f"{request.file} is not a file")
        named = file.name in entry.serve.names or file.suffix.lower() in entry.serve.suffixes
        if not named:
            raise Invalid(
                f"{entry.title} does not serve {file.name}",
                hint=f"It serves {', '.join((*entry.serve.names, *entry.serve.suffixes))}.",
            )
        return file

    def _folder(self, request: words.StartAppRequest, file: Path | None) -> Path:
        folder = Path(request.folder) if request.folder else None
        if folder is not None and not folder.is_dir():
            raise NotFound(f"{request.folder} is not a folder")
        return folder or (file.parent if request.file and file else self._settings.root)

    def _home(self) -> Path:
        """Gives the folder of this process's instances; what killed servers have left is cleared away first."""
        with self._claiming:
            if self._own is None:
                leftovers.clear(self._state / "instances")
                self._own = leftovers.claim(self._state / "instances")
            return self._own

    @staticmethod
    def _runtime() -> Path:
        """Makes the private folder of a socket; its path is short enough for one."""
        base = runtime_folder(longest=SOCKET_MAX - len("/app-12345678/s"))
        if base is None:
            raise Unavailable(
                "there is no folder for sockets of this user alone",
                hint="Set XDG_RUNTIME_DIR to a folder of yours with a short path.",
            )
        folder = base / f"app-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        return folder

    # -- ending

    def stop(self, instance: str) -> words.AppInstance:
        """Stops an instance; no process of it is left."""
        one = self._instance(instance)
        self._end([one])
        return self._shown(one)

    def end(self) -> None:
        """Ends every instance, and takes no new ones."""
        with self._lock:
            self._ended = True
            everything = list(self._running.values())
        self._end(everything)
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    @staticmethod
    def _end(instances: list[Instance]) -> None:
        """Tells keepers to end, all at once, and waits for them."""
        for one in instances:
            one.stopped = True
            if one.keeper.stdin is not None:
                one.keeper.stdin.close()
        grace = max((one.entry.start.grace for one in instances), default=0)
        until = time.monotonic() + grace + ENDING
        for one in instances:
            try:
                one.keeper.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.keeper.kill()
                one.keeper.wait()
            one.look()
            shutil.rmtree(one.places.runtime, ignore_errors=True)

    @staticmethod
    def _discard(one: Instance) -> None:
        """Removes what is left of an instance that has ended."""
        if one.keeper.stdin is not None:
            one.keeper.stdin.close()
        one.keeper.wait(ENDING)
        shutil.rmtree(one.places.runtime, ignore_errors=True)
        shutil.rmtree(one.folder, ignore_errors=True)


def _name(entry: Entry, file: Path | None) -> str:
    """Gives the name of an instance: one that serves a file has eight digits that say which."""
    if file is None:
        return entry.name
    return f"{entry.name}-{hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:8]}"


def _elsewhere(places: Places, folder: Path) -> Places:
    from dataclasses import replace

    return replace(places, folder=folder)


def _example(entry: Entry, serve: Serve, data: Path) -> Path:
    """Puts the example of an app where it is served from, and gives it."""
    file = data / serve.example_name
    if not file.exists():
        file.write_bytes((entry.folder / serve.example).read_bytes())
    return file
