"""Runs a command once, on copies of its inputs in a folder of its own, and looks at what it has written.

The copies lie as an engine would lay them: each input in a folder of its own, the command in an empty one. So nothing of the
user's is written to, and what the trial gives is what the tool will give.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from uuid import uuid4

from ellip_lab.containers.contract import ContainerEngine, EngineKind
from ellip_lab.containers.program import mount
from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.packages import tooling_copies as copies
from ellip_lab.packages.tooling_pieces import Piece, Reading
from ellip_lab.packages.tooling_words import Line
from ellip_lab.shell import run as run_short

PRINTED = 2**30
"""Bytes a trial may print."""
LEFT = 256 * 2**20
"""Bytes of the disk that a trial leaves free."""
LAST = 16_384
"""Bytes of what it printed that are looked at."""
INSIDE = "/var/lib/ellip-trial"
"""Where the inputs lie in a container."""
WORK = "/var/spool/ellip-trial"
Say = Callable[[str], None]


@dataclass
class Trial:
    """Is what came of a trial."""

    exit_code: int | None = None
    problem: str | None = None
    log: str = ""
    printed: bool = False
    """It wrote to its standard output."""
    appeared: dict[str, bool] = field(default_factory=dict)
    """What lies in its folder: each name, and whether it is a folder."""
    files: tuple[str, ...] = ()
    """Every file of it."""
    beside: list[tuple[Piece, str, bool]] = field(default_factory=list)
    """What was written beside an input: the input, the name, whether it is a folder."""
    changed: list[Piece] = field(default_factory=list)
    """The inputs it has written to, or removed."""


def tried(
    line: Line,
    reading: Reading,
    folder: Path,
    limit: float,
    image: tuple[ContainerEngine, str] | None,
    say: Say,
) -> Trial:
    """Runs a command once; `say` gets the last line it wrote, now and then.

    `NotFound` when there is no such command, `Unavailable` when it cannot be run here.
    """
    if image is None and reading.base and shutil.which(reading.base[0]) is None:
        raise NotFound(
            f"there is no command {reading.base[0]!r}",
            hint="Install it, name the image that has it, or have the command only read.",
        )
    try:
        with tempfile.TemporaryDirectory(prefix="ellip-trial-", ignore_cleanup_errors=True) as made:
            return _Stage(Path(made).resolve(), line, reading, folder, image).run(limit, say)
    except (shutil.Error, OSError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise Unavailable(
            f"the trial could not be made: {detail}", hint="Have the command only read."
        ) from error


class _Stage:
    def __init__(
        self,
        root: Path,
        line: Line,
        reading: Reading,
        folder: Path,
        image: tuple[ContainerEngine, str] | None,
    ) -> None:
        self.root, self.line, self.reading, self.folder, self.image = root, line, reading, folder, image
        self.work = root / "work"
        self.work.mkdir()
        (root / "in").mkdir()
        self.mounts: list[str] = []
        self.staged: list[tuple[Piece, Path, dict[str, tuple[int, int, int]]]] = []

    def run(self, limit: float, say: Say) -> Trial:
        argv = self._argv()
        if self.image is not None:
            return self._contained(argv, limit, say)
        env = {**os.environ, **self.line.env}
        return self._looked(self._run(argv, env, limit, say))

    # -- what it is run on

    def _argv(self) -> list[str]:
        pieces = [piece for piece in self.reading.pieces if piece.places]
        for place in (place for piece in pieces for place in piece.places):
            if not place.exists():
                raise NotFound(
                    f"{place.name} does not exist",
                    hint="A trial needs its inputs; have the command only read.",
                )
        copied = sum(copies.size(place) for piece in pieces for place in piece.places) <= copies.COPIED
        if not copied and self.image is None:
            raise Invalid(
                f"the inputs have more than {copies.COPIED // 2**30} GiB, and a trial copies them",
                hint="Try it on smaller ones, name the image that has the command, or have it only read.",
            )
        for piece in self.reading.pieces:
            if (
                piece.written == "Directory"
                and piece.existed
                and (name := copies.written_name(piece.words[0])) != "."
            ):
                (self.work / name).mkdir(exist_ok=True)
        argv = list(self.reading.base)
        for piece in self.reading.pieces:
            values = [self._staged(piece, place, copied) for place in piece.places] or copies.value_of(piece)
            if not piece.stdin:
                argv += piece.said(values)
        return argv

    def _staged(self, piece: Piece, place: Path, copied: bool) -> str:
        number = str(len(self.staged))
        box = self.root / "in" / number
        box.mkdir()
        inside = f"{INSIDE}/{number}" if self.image else str(box)
        name = place.name or "root"
        if copied:
            for source in (place, *copies.sidecars(place)):
                copies.copy(source, box / (name if source == place else source.name))
            if self.image:
                self.mounts.append(mount(str(box), inside))
        else:
            for source in (place, *copies.sidecars(place)):
                self.mounts.append(mount(str(source.resolve()), f"{inside}/{source.name}") + ",readonly")
        self.staged.append((piece, box, copies.stamps(box)))
        return f"{inside}/{name}"

    # -- how it is run

    def _contained(self, argv: list[str], limit: float, say: Say) -> Trial:
        assert self.image is not None  # noqa: S101 - told by the caller
        engine, image = self.image
        command = str(engine.command)
        env = {**engine.env, **os.environ}
        if run_short([command, "image", "inspect", image], timeout=60, env=env).returncode:
            raise NotFound(f"the image {image} is not here", hint=f"ellip images pull {image}")
        name = f"ellip-trial-{uuid4().hex}"
        owner = (
            ("--userns=keep-id" if engine.rootless else "--user=0:0")
            if engine.kind is EngineKind.PODMAN
            else f"--user={os.geteuid()}:{os.getegid()}"
        )
        started = [
            command, "run", "--rm", "--interactive", f"--name={name}", "--network=none", "--pull=never", "--read-only",
            "--tmpfs=/tmp", "--log-driver=none", "--security-opt=label=disable", owner,
            *(f"--mount={one}" for one in (*self.mounts, mount(str(self.work), WORK))),
            f"--workdir={WORK}", f"--env=HOME={WORK}", "--env=TMPDIR=/tmp",
            *(f"--env={key}={value}" for key, value in self.line.env.items()), image, *argv,
        ]  # fmt: skip
        try:
            trial = self._run(started, env, limit, say)
        finally:
            # The engine's own program is gone or ending; the container must not outlive it.
            with suppress(Unavailable):
                now = ("--time=0",) if engine.kind is EngineKind.PODMAN else ()
                run_short([command, "rm", "--force", *now, name], timeout=60, env=env)
        if trial.exit_code == 125:
            raise Unavailable(f"{engine.kind} could not run {image}: {_last_line(trial.log)}")
        if trial.exit_code in (126, 127) and not trial.printed:
            raise NotFound(f"{image} has no command {argv[0]!r}", hint="Name the image that has it.")
        return self._looked(trial)

    def _run(self, argv: list[str], env: dict[str, str], limit: float, say: Say) -> Trial:
        out, err = self.root / "stdout", self.root / "stderr"
        source: Path | None = None
        if self.line.stdin is not None:
            piece, box, _ = next(one for one in self.staged if one[0].stdin)
            source = box / piece.places[0].name
            if not source.exists():
                source = piece.places[0]
        with out.open("wb") as to, err.open("wb") as said, (source or Path(os.devnull)).open("rb") as given:
            try:
                process = subprocess.Popen(
                    argv, cwd=self.work, env=env, stdin=given, stdout=to, stderr=said, start_new_session=True
                )
            except PermissionError:
                raise NotFound(
                    f"{argv[0]} is no program that can be run", hint=f"chmod +x {argv[0]}"
                ) from None
            except OSError as error:
                raise Unavailable(f"{PurePath(argv[0]).name} cannot be run: {error.strerror}") from error
            with _ended(process):
                problem = self._waited(process, limit, say, (out, err))
        trial = Trial(None if problem else process.returncode, problem, _tail(err) or _tail(out))
        trial.printed = out.stat().st_size > 0
        if process.returncode and not problem:
            what = (
                f"it ended with exit code {process.returncode}"
                if process.returncode > 0
                else f"it was ended by {signal.Signals(-process.returncode).name}"
            )
            last = _last_line(trial.log)
            trial.problem = f"{what}: {last}" if last else what
        return trial

    def _waited(
        self, process: subprocess.Popen[bytes], limit: float, say: Say, streams: tuple[Path, Path]
    ) -> str | None:
        """Waits for the end of a command; gives why it was stopped, where it was."""
        until = time.monotonic() + limit
        pause = 0.005
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(pause, max(0.0, until - time.monotonic())))
                return None
            pause = min(0.25, pause * 1.5)
            if time.monotonic() >= until:
                return f"it had not ended after {limit:g} s, and was stopped"
            if sum(stream.stat().st_size for stream in streams) > PRINTED:
                return "it printed more than 1 GiB, and was stopped"
            if shutil.disk_usage(self.root).free < LEFT:
                return "the disk was nearly full, and it was stopped"
            say(_last_line(_tail(streams[1]) or _tail(streams[0])))

    # -- what it has written

    def _looked(self, trial: Trial) -> Trial:
        if trial.problem is not None:
            return trial
        redirected = [name for name in (self.line.stdout, self.line.stderr) if name]
        trial.appeared = {
            entry.name: entry.is_dir(follow_symlinks=False)
            for entry in sorted(os.scandir(self.work), key=lambda entry: entry.name)
            if not entry.name.startswith(".") or entry.name in redirected
        }
        trial.files = tuple(
            sorted(str(file.relative_to(self.work)) for file in self.work.rglob("*") if file.is_file())
        )
        for piece, box, before in self.staged:
            now = copies.stamps(box)
            if any(now.get(name) != stamp for name, stamp in before.items()):
                trial.changed.append(piece)
            own = {PurePath(name).parts[0] for name in before}
            tops = sorted({PurePath(name).parts[0] for name in now} - own)
            trial.beside += [(piece, top, (box / top).is_dir()) for top in tops]
            inner = any(PurePath(name).parts[0] in own for name in now.keys() - before.keys())
            if inner and piece not in trial.changed:
                trial.changed.append(piece)
        return trial


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Sees to it that nothing of a command is left, whatever happens."""
    try:
        yield
    finally:
        for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 30.0)):
            if process.poll() is not None:
                break
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what it has left in the background


def _tail(file: Path) -> str:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - LAST))
        data = stream.read()
    if b"\0" in data:
        return ""
    return "\n".join(data.decode(errors="replace").splitlines()[-20:])


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
