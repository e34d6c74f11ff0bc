"""Images of the engine's own store: looked up, built from a Containerfile, made from a folder."""

from __future__ import annotations

import json
import os
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ellip_lab.containers.contract import ContainerEngine
from ellip_lab.errors import Unavailable
from ellip_lab.shell import run

PULL_TIMEOUT = 180.0
"""Seconds a base image may take to arrive before the registry counts as one that does not answer."""

Say = Callable[[str], None]


def label(engine: ContainerEngine, name: str, key: str) -> str | None:
    """Gives a label of an image of the store; empty when the image lacks it, None when there is no image."""
    reply = run([_program(engine), "image", "inspect", name], timeout=60, env={**os.environ, **engine.env})
    if reply.returncode != 0:
        return None
    found = json.loads(reply.stdout)[0]
    labels = (found.get("Config") or {}).get("Labels") or found.get("Labels") or {}
    return str(labels.get(key, ""))


def has(engine: ContainerEngine, name: str) -> bool:
    """Tells whether the store has an image of that name; no registry is asked."""
    return label(engine, name, "") is not None


def build(
    engine: ContainerEngine, folder: Path, name: str, say: Say, labels: Mapping[str, str] | None = None
) -> None:
    """Builds the image of a folder's Containerfile; each line of the build goes to `say`.

    The base image is pulled first, with a time limit: a registry that is not there must not hold anybody up.
    `Unavailable` when the base cannot be had or the build fails, with the last lines.
    """
    program = _program(engine)
    for base in bases(folder / "Containerfile"):
        if not has(engine, base):
            say(f"pulling {base}")
            _follow([program, "pull", base], engine, say, f"{base} cannot be pulled", PULL_TIMEOUT)
    tags = [f"--label={key}={value}" for key, value in (labels or {}).items()]
    before = identity(engine, name)
    argv = [program, "build", "--tag", name, "--file", str(folder / "Containerfile"), *tags, str(folder)]
    _follow(argv, engine, say, f"{name} cannot be built", None)
    _drop(engine, before, name)


def identity(engine: ContainerEngine, name: str) -> str | None:
    """Gives the id of an image of the store; None when there is no image of that name."""
    argv = [_program(engine), "image", "inspect", "--format", "{{.Id}}", name]
    reply = run(argv, timeout=60, env={**os.environ, **engine.env})
    return reply.stdout.decode().strip() if reply.returncode == 0 else None


def _drop(engine: ContainerEngine, before: str | None, name: str) -> None:
    """Removes the image that a new one has taken the name of, unless a container or another name holds it."""
    if before and before != identity(engine, name):
        # without force: the engine refuses when it is in use, and that is as it should be
        run([_program(engine), "image", "rm", before], timeout=120, env={**os.environ, **engine.env})


def bases(containerfile: Path) -> list[str]:
    """Gives the images a Containerfile starts from, without the stages it defines itself."""
    stages: set[str] = set()
    found: list[str] = []
    for line in containerfile.read_text().splitlines():
        words = [word for word in line.split() if not word.startswith("--")]
        if not words or words[0].upper() != "FROM":
            continue
        if words[1] not in stages and words[1] != "scratch":
            found.append(words[1])
        if len(words) == 4 and words[2].upper() == "AS":
            stages.add(words[3])
    return found


def load_folder(
    engine: ContainerEngine, root: Path, name: str, labels: Mapping[str, str] | None = None
) -> None:
    """Makes an image of a root folder; everything in it belongs to root there, whoever owns it here."""
    changes = [
        "--change=ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        '--change=CMD ["/bin/sh"]',
        *(f"--change=LABEL {key}={value}" for key, value in (labels or {}).items()),
    ]
    archive = ["tar", "--create", "--owner=0", "--group=0", "--numeric-owner", "--directory", str(root), "."]
    before = identity(engine, name)
    with _pipe(archive) as stream:
        reply = subprocess.run(
            [_program(engine), "import", *changes, "-", name],
            stdin=stream, capture_output=True, env={**os.environ, **engine.env}, check=False,
        )  # fmt: skip
    if reply.returncode != 0:
        said = reply.stderr.decode(errors="replace").strip()
        raise Unavailable(f"{name} cannot be imported: {said}", hint=_disk_hint(said))
    _drop(engine, before, name)


@contextmanager
def _pipe(argv: Sequence[str]) -> Iterator[int]:
    """Runs a command whose standard output another one reads; a failure of it is raised at the end."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None  # noqa: S101 - PIPE makes them
        yield process.stdout.fileno()
        process.stdout.close()
        said = process.stderr.read().decode(errors="replace").strip()
        code = process.wait()
    if code != 0:
        raise Unavailable(f"{argv[0]} ended with code {code}: {said}", hint=_disk_hint(said))


def _follow(
    argv: Sequence[str], engine: ContainerEngine, say: Say, trouble: str, timeout: float | None
) -> None:
    """Runs a command to its end, telling its lines; a child of it that runs on is ended with it."""
    import signal
    import threading

    tail: deque[str] = deque(maxlen=12)
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **engine.env}, start_new_session=True, text=True, errors="replace",
    )  # fmt: skip
    late = threading.Event()

    def end() -> None:
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, end) if timeout else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        with process:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                say(line.rstrip())
    except BaseException:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        if timer:
            timer.cancel()
    if late.is_set():
        raise Unavailable(f"{trouble}: no answer in {timeout:g} s")
    if process.returncode != 0:
        said = "\n".join(tail)
        raise Unavailable(f"{trouble}: {said}", hint=_disk_hint(said))


def _program(engine: ContainerEngine) -> str:
    if engine.command is None or not engine.works:
        raise Unavailable(engine.problem or "images need a container engine", hint=engine.hint)
    return engine.command


def _disk_hint(said: str) -> str | None:
    return (
        "Free some disk space: `podman image prune` lists what is unused."
        if "no space left" in said
        else None
    )
