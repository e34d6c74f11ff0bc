"""The volume of a run: its files are put there and fetched from there, directly or through a pod."""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from ellip_lab.runs.engines.calrissian_manifests import FILES
from ellip_lab.runs.engines.kubernetes_client import ClusterError, Kubernetes

PIECE = 1 << 16
UNPACK = (
    "import os,sys,tarfile;os.makedirs(sys.argv[1]+'/in',exist_ok=True);"
    "tarfile.open(fileobj=sys.stdin.buffer,mode='r|').extractall(sys.argv[1]);"
    "open(sys.argv[1]+'/'+sys.argv[2],'w').close()"
)
PACK = (
    "import os,sys,tarfile;os.makedirs(sys.argv[1]+'/logs',exist_ok=True);os.chdir(sys.argv[1]);"
    "t=tarfile.open(fileobj=sys.stdout.buffer,mode='w|',dereference=True);p=os.path.realpath;r=p('.')+'/';"
    "[t.add(n,filter=lambda m:m if (p(m.name)+'/').startswith(r) else None) for n in sys.argv[3:] if os.path.exists(n)];"
    "t.close();open(sys.argv[2],'w').close()"
)
"""Links are followed, but not out of the folder: a tool could leave one to the token of whoever fetches."""
REMOVE = "import shutil,sys;shutil.rmtree(sys.argv[1],True)"

Files = list[tuple[str, str]]
"""Places on this machine, and the names they get in the folder of the run."""


class Volume(Protocol):
    """Is the folder of one run, as this program reaches it."""

    def put(self, files: Files, texts: dict[str, bytes], told: str) -> None:
        """Puts files, folders and texts there, and makes an empty file when that is done."""

    def fetch(self, names: tuple[str, ...], target: Path, told: str) -> None:
        """Copies folders from there into a folder here, and makes an empty file there when that is done."""

    def remove(self) -> None:
        """Removes the folder of the run."""


class Mounted:
    """Is the volume where this machine sees it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, files: Files, texts: dict[str, bytes], told: str) -> None:
        """Copies everything; pods of another user write beside it."""
        self._folder.mkdir(exist_ok=True)
        self._folder.chmod(0o777)
        (self._folder / "in").mkdir(exist_ok=True)
        (self._folder / "in").chmod(0o755)
        (self._folder / "logs").mkdir(exist_ok=True)
        (self._folder / "logs").chmod(
            0o777
        )  # this program marks there what it has read, calrissian writes there
        for source, name in files:
            target = self._folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if Path(source).is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)
                target.chmod(0o644 | Path(source).stat().st_mode & 0o111)
        for name, text in texts.items():
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(text)
        self.touch(told)

    def touch(self, name: str) -> None:
        """Makes an empty file."""
        (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / name).touch()

    def fetch(self, names: tuple[str, ...], target: Path, told: str) -> None:
        """Copies folders."""
        for name in names:
            if (self._folder / name).exists():
                shutil.copytree(self._folder / name, target / name, dirs_exist_ok=True, ignore=self._outside)
        self.touch(told)

    def _outside(self, folder: str, names: list[str]) -> list[str]:
        """Gives what leads out of the folder: a tool could leave a link to what only this program may read."""
        own = self._folder.resolve()
        return [name for name in names if not Path(folder, name).resolve().is_relative_to(own)]

    def remove(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Carried:
    """Is the volume where only pods see it: everything goes through a container beside calrissian."""

    def __init__(self, kubernetes: Kubernetes, pod: str, folder: str) -> None:
        self._kubernetes = kubernetes
        self._pod = pod
        self._folder = folder

    def put(self, files: Files, texts: dict[str, bytes], told: str) -> None:
        """Streams an archive into the pod."""
        with _Piped(lambda stream: packed(stream, files, texts)) as pieces:
            self._python(UNPACK, self._folder, told, stdin=pieces)

    def fetch(self, names: tuple[str, ...], target: Path, told: str) -> None:
        """Streams an archive out of the pod."""
        target.mkdir(parents=True, exist_ok=True)
        read, write = os.pipe()
        failed: list[Exception] = []

        def unpack() -> None:
            with os.fdopen(read, "rb") as stream:
                try:
                    with tarfile.open(fileobj=stream, mode="r|") as archive:
                        archive.extractall(target, filter="data")
                except (OSError, tarfile.TarError) as error:
                    failed.append(error)
                while stream.read(PIECE):  # the rest of the last block
                    pass

        worker = threading.Thread(target=unpack, name="ellip-unpack", daemon=True)
        worker.start()
        with os.fdopen(write, "wb", buffering=0) as sink:
            argv = ["python3", "-c", PACK, self._folder, told, *names]
            code, wrote = self._kubernetes.execute(self._pod, FILES, argv, sink=sink.write)
        worker.join()
        if failed:
            raise failed[0]
        _sound(code, wrote)

    def remove(self) -> None:
        """Removes the folder."""
        self._python(REMOVE, self._folder)

    def _python(self, program: str, *arguments: str, stdin: Iterator[bytes] | None = None) -> None:
        argv = ["python3", "-c", program, *arguments]
        _sound(*self._kubernetes.execute(self._pod, FILES, argv, stdin=stdin))


def packed(stream: IO[bytes], files: Files, texts: dict[str, bytes]) -> None:
    """Writes an archive of files, folders and texts."""
    import io

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mode |= 0o755 if member.isdir() else 0o644
        return member

    with tarfile.open(fileobj=stream, mode="w|", dereference=True) as archive:
        for source, name in files:
            archive.add(source, name, filter=plain)
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(plain(member), io.BytesIO(text))


class _Piped:
    """Gives what a function writes to a stream, piece by piece."""

    def __init__(self, write: object) -> None:
        self._write = write
        self._error: Exception | None = None

    def __enter__(self) -> Iterator[bytes]:
        read, write = os.pipe()

        def produce() -> None:
            with os.fdopen(write, "wb") as stream:
                try:
                    self._write(stream)  # type: ignore[operator]
                except (OSError, tarfile.TarError) as error:
                    self._error = error

        self._worker = threading.Thread(target=produce, name="ellip-pack", daemon=True)
        self._worker.start()
        self._read = os.fdopen(read, "rb", buffering=0)

        def pieces() -> Iterator[bytes]:
            while piece := self._read.read(PIECE):
                yield piece
            self._worker.join()
            if self._error:  # the archive has no end, and whoever unpacks it would wait for one
                raise self._error

        return pieces()

    def __exit__(self, *_: object) -> None:
        self._read.close()
        self._worker.join()
        if self._error and not isinstance(self._error, BrokenPipeError):
            raise self._error


def _sound(code: int, wrote: bytes) -> None:
    if code:
        lines = wrote.decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
        raise ClusterError(f"the volume: {lines[-1]}", "Volume")
