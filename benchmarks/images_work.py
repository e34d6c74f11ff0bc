"""Build, push and pull as works, against podman's own command: one store, one registry on loopback, in turn."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measure import PAIRS, Result, Skipped, command, ratio, timed, warmed

if TYPE_CHECKING:
    from ellip_lab.containers.contract import Work
    from ellip_lab.containers.service import ContainersService

ROOT = Path(__file__).parent.parent
TARGET = 1.1
SIZE = 300_000_000
"""Bytes of the layer that is carried, as many as an image with GDAL has; they cannot be compressed further."""


def measure() -> list[Result]:
    """Measures from the request to the end of the task; the engine has been found before, as a Lab has."""
    if not (shutil.which("podman") and shutil.which("docker-registry")):
        return [Skipped("build, push and pull", "podman and docker-registry are not installed")]
    sys.path.insert(0, str(ROOT / "tests"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(warmed())
        return _measure(stack, folder)


def _measure(stack: ExitStack, folder: Path) -> list[Result]:
    from containers.registry import serving
    from podman_store import add_busybox, private_store

    from ellip_lab.containers import contract as words
    from ellip_lab.containers.service import ContainersService
    from ellip_lab.settings import Settings

    own = stack.enter_context(private_store(folder / "store"))
    base = add_busybox(own, folder)
    stack.enter_context(_surroundings({**own, "HOME": str(folder)}))
    registry = stack.enter_context(serving(folder / "registry"))
    data = folder / "registry" / "data"
    rooms = ContainersService(Settings(state=folder / "state", root=folder))
    engine = rooms.find("podman")
    if not engine.works:
        return [Skipped("build, push and pull", engine.problem or "podman does not work here")]
    rooms.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    podman = [str(engine.command)]

    context = folder / "context"
    context.mkdir()
    (context / "large").write_bytes(os.urandom(SIZE))
    (context / "Containerfile").write_text(
        f"FROM {base}\nRUN echo one > /one\nRUN echo two > /two\nCOPY large /\nRUN echo three > /three\n"
    )
    name = f"{registry.host}/ellip/large:1"
    env = {**os.environ, **engine.env}

    def theirs(*arguments: str) -> Callable[[], object]:
        return command([*podman, *arguments], folder, env)

    build = words.BuildRequest(folder=str(context), name=name, cache=False)
    lines: list[Result] = [
        ratio(
            "build, three RUN and 300 MB",
            *_turns(
                rooms,
                lambda: rooms.build(build),
                theirs("build", "--no-cache", "--tag", name, str(context)),
                theirs("image", "prune", "--force"),
            ),
            TARGET,
            "podman",
        )
    ]

    def empty() -> None:
        shutil.rmtree(data, ignore_errors=True)

    push = words.PushRequest(image=name)
    lines.append(
        ratio(
            "push 300 MB to a registry on loopback",
            *_turns(rooms, lambda: rooms.push(push), theirs("push", name), empty),
            TARGET,
            "podman",
        )
    )

    def forget() -> None:
        subprocess.run([*podman, "rmi", "--force", name], env=env, capture_output=True, check=False)
        subprocess.run([*podman, "image", "prune", "--force"], env=env, capture_output=True, check=False)

    pull = words.PullRequest(image=name)
    lines.append(
        ratio(
            "pull 300 MB from a registry on loopback",
            *_turns(rooms, lambda: rooms.pull(pull), theirs("pull", name), forget),
            TARGET,
            "podman",
        )
    )
    return lines


def _turns(
    rooms: ContainersService,
    start: Callable[[], Work],
    other: Callable[[], object],
    before: Callable[[], object],
) -> tuple[float, float]:
    """Measures both in turn, after one turn each that does not count; `before` goes before each and is not timed."""
    works: list[Work] = []

    def ours() -> None:
        works.append(start())
        done = rooms._tasks.wait(works[-1].id)
        if done.state != "done":
            raise SystemExit(f"{done.title}: {rooms.show_work(done.id).failure}")

    def settled() -> None:
        """Waits for the clean-up, which comes after a task is told done, so that it is not in the other's time."""
        while works and (rooms._tasks.root / works[-1].id / "reserve").exists():
            time.sleep(0.02)
        before()

    pairs = []
    for _ in range(PAIRS + 1):
        settled()
        mine = timed(ours)
        settled()
        pairs.append((mine, timed(other)))
    return median(a for a, _ in pairs[1:]), median(b for _, b in pairs[1:])


@contextmanager
def _surroundings(env: dict[str, str]) -> Iterator[None]:
    """Sets variables for as long as it lasts: the supervisor of a task takes what is there when it is started."""
    kept = dict(os.environ)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
