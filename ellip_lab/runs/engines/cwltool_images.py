"""Makes sure that the image of a tool is there before its container is started."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from cwltool.errors import WorkflowException

_ready: dict[tuple[str, str], str] = {}
_locks: dict[str, threading.Lock] = {}
_lock = threading.Lock()

DOWN = re.compile(
    r"cannot connect|connection refused|is the docker daemon running|no such file or directory.*\.sock|"
    r"error during connect|permission denied.*\.sock|unable to connect",
    re.IGNORECASE,
)
"""What the programs say when their engine does not answer."""


class ImageMissing(WorkflowException):
    """The image is not there and cannot be had; `kind` is `engine` when the engine itself does not answer."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


def ready(program: str, image: str, pulled: str, note: Path, say: Callable[[str], None]) -> str:
    """Gives the name an image can be run by, having pulled it if it is not there; each image once a run.

    `note` is made when one is pulled, for the clean-up: a pull that is killed may leave half an image.
    """
    key = (program, image)
    with _lock:
        lock = _locks.setdefault(image, threading.Lock())
    with lock:
        if key not in _ready:
            _ready[key] = _make_ready(program, image, pulled, note, say)
        return _ready[key]


def _make_ready(program: str, image: str, pulled: str, note: Path, say: Callable[[str], None]) -> str:
    names = [image]
    if program == "podman" and not _qualified(pulled):
        # `dockerPull: debian` means docker's registry, which podman assumes only where it is configured
        names.append(f"docker.io/{pulled if '/' in pulled else f'library/{pulled}'}")
    for name in names:
        if _there(program, name):
            return name
    wanted = names[-1] if program == "podman" and not _qualified(pulled) else pulled
    say(f"pulling {wanted}")
    note.touch()
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            [program, "pull", wanted], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise ImageMissing(f"{program} could not be started: {error.strerror}", "engine") from error
    assert process.stdout is not None  # noqa: S101 - asked for above
    for line in process.stdout:
        if line.strip():
            lines.append(line.rstrip())
            say(lines[-1])
    if process.wait() != 0:
        why = next(
            (line for line in reversed(lines) if line), f"{program} pull ended with {process.returncode}"
        )
        kind = "engine" if DOWN.search(" ".join(lines)) and "registry" not in " ".join(lines) else "image"
        raise ImageMissing(f"{wanted}: {why.removeprefix('Error: ')}", kind)
    return wanted if image == pulled else image


def _there(program: str, name: str) -> bool:
    question = (
        ["image", "exists", name] if program == "podman" else ["image", "inspect", "--format", "x", name]
    )
    try:
        reply = subprocess.run(
            [program, *question], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise ImageMissing(f"{program} could not be started: {error.strerror}", "engine") from error
    said = reply.stderr.decode(errors="replace")
    if reply.returncode not in (0, 1) or (reply.returncode == 1 and DOWN.search(said)):
        last = said.strip().splitlines()[-1:] or [f"{program} ended with exit code {reply.returncode}"]
        raise ImageMissing(last[0].removeprefix("Error: "), "engine")
    return reply.returncode == 0


def _qualified(name: str) -> bool:
    """Tells whether an image's name says its registry."""
    first, slash, _ = name.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")
