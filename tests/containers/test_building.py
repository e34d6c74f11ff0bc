"""Builds: their steps, their cache, their end, and what a stopped one leaves (nothing)."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from podman_store import IMAGE, podman

from containers.working import clean, containers, done, failed, half_written, halve, log, processes, until
from ellip_lab.containers import building
from ellip_lab.containers import contract as words
from ellip_lab.containers.service import ContainersService
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State

pytestmark = pytest.mark.podman

WATER_BODIES = Path(building.__file__).parent.parent / "packages" / "water-bodies"


@pytest.fixture
def context(settings: Settings, rooms: ContainersService, store: dict[str, str]) -> Iterator[Path]:
    """Gives an empty folder to build in; the images of the test are removed."""
    folder = settings.root / "context"
    folder.mkdir()
    before = set(podman(store, "images", "-aq", "--no-trunc").stdout.split())
    yield folder
    after = set(podman(store, "images", "-aq", "--no-trunc").stdout.split()) - before
    if after:
        podman(store, "rmi", "-f", *after)


def write(folder: Path, *lines: str, name: str = "Containerfile") -> Path:
    place = folder / name
    place.write_text("\n".join(lines) + "\n")
    return place


def test_a_build_tells_its_steps_and_where_they_begin_in_the_log(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    write(
        context, f"FROM {IMAGE} AS first", "RUN echo one > /one", f"FROM {IMAGE}", "ARG WHAT=nothing",
        "COPY --from=first /one /two", "RUN echo made of $WHAT > /made && cat /made",
    )  # fmt: skip
    request = words.BuildRequest(
        folder=str(context),
        name="localhost/ellip/steps:1",
        arguments={"WHAT": "a thing"},
        labels={"a.b": "c d"},
    )
    built = done(rooms, rooms.build(request))
    said = log(rooms, built)
    assert built.result == podman(store, "image", "inspect", "-f", "{{.Id}}", request.name).stdout.strip()
    inside = podman(store, "run", "--rm", "--net=none", request.name, "cat", "/made")
    assert inside.stdout == "made of a thing\n"
    assert podman(store, "image", "inspect", "-f", '{{index .Labels "a.b"}}', request.name).stdout == "c d\n"
    names = [step.name for step in built.steps]
    assert names[:2] == [f"[1/2] FROM {IMAGE} AS first", "[1/2] RUN echo one > /one"]
    assert names[3:6] == [
        "[2/2] ARG WHAT=nothing",
        "[2/2] COPY --from=first /one /two",
        "[2/2] RUN echo made of $WHAT > /made && cat /made",
    ]
    assert [(step.number, step.total) for step in built.steps[:3]] == [(1, 2), (2, 2), (1, 5)]
    for step in built.steps:
        assert step.state is words.WorkStepState.DONE
        assert step.seconds is not None
        assert step.offset is not None
        line = said.encode()[step.offset :].split(b"\n", 1)[0].decode()
        assert line.endswith(step.name.partition("] ")[2])
    assert "made of a thing" in said

    again = done(rooms, rooms.build(request))
    states = {step.name: step.state for step in again.steps}
    assert states["[1/2] RUN echo one > /one"] is words.WorkStepState.CACHED
    anew = done(rooms, rooms.build(request.model_copy(update={"cache": False})))
    assert words.WorkStepState.CACHED not in {step.state for step in anew.steps}
    first = request.model_copy(update={"target": "first", "name": "localhost/ellip/first:1"})
    target = done(rooms, rooms.build(first))
    assert len(target.steps) in (2, 3)  # podman adds one for the label
    assert containers(store) == []


def test_a_step_that_fails_is_told_on_top_with_what_it_said_last(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    write(context, f"FROM {IMAGE}", "RUN echo fine", "RUN echo before; echo the reason >&2; exit 3")
    work = rooms.build(words.BuildRequest(folder=str(context), name="localhost/ellip/fails:1"))
    failure = failed(rooms, work)
    assert "exit code 3" in failure.headline
    assert failure.step == "RUN echo before; echo the reason >&2; exit 3"
    assert "the reason" in failure.lines
    shown = rooms.show_work(work.id)
    assert [step.state.value for step in shown.steps] == ["done", "done", "failed"]
    assert shown.result is None
    clean(rooms, store, work)


def test_a_step_is_running_while_it_runs_and_stopping_ends_it(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    # a number of seconds that no other test sleeps
    write(context, f"FROM {IMAGE}", "RUN echo begun", "RUN trap '' TERM INT; echo hanging; sleep 98761")
    work = rooms.build(words.BuildRequest(folder=str(context), name="localhost/ellip/hangs:1"))
    until(lambda: "\nhanging" in log(rooms, work))
    step = until(lambda: next((s for s in rooms.show_work(work.id).steps if "hanging" in s.name), None))
    assert step.state is words.WorkStepState.RUNNING
    assert (step.number, step.total) == (3, 3)
    now = until(lambda: (one := rooms.show_work(work.id)).text == "step 3 of 3" and one)
    assert (now.done, now.total) == (2, 3)
    assert rooms.works(words.WorkQuery()).works[0].text == "step 3 of 3"
    assert processes("sleep 98761")
    begun = time.monotonic()
    rooms.stop_work(work.id)
    rooms._tasks.wait(work.id, 60)
    took = time.monotonic() - begun
    stopped = rooms.show_work(work.id)
    assert stopped.state is State.STOPPED
    assert stopped.steps[-1].state is words.WorkStepState.STOPPED
    assert stopped.failure is None
    assert processes("sleep 98761") == []
    clean(rooms, store, work, "sleep 98761")
    assert podman(store, "image", "exists", "localhost/ellip/hangs:1").returncode != 0
    assert took < 30


def test_twenty_builds_stopped_at_twenty_moments_leave_nothing(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    (context / "file").write_bytes(b"x" * 3_000_000)
    write(
        context, f"FROM {IMAGE} AS one", "COPY file /file", "RUN sleep 0.2; cat /file > /copy", "RUN sleep 0.3",
        f"FROM {IMAGE}", "COPY --from=one /copy /copy", "RUN sleep 0.2; sleep 87651",
    )  # fmt: skip
    chance = random.Random(4)
    request = words.BuildRequest(folder=str(context), name="localhost/ellip/stopped:1", cache=False)
    left: list[str] = []
    for number in range(20):
        work = rooms.build(request)
        if number % 4:
            until(lambda work=work: "FROM" in log(rooms, work))
        time.sleep(chance.uniform(0, 2.5))  # the moment is the test
        rooms.stop_work(work.id)
        assert rooms._tasks.wait(work.id, 60).state is State.STOPPED
        until(lambda work=work: not (rooms._tasks.root / work.id / "reserve").exists())
        left += containers(store) + processes("sleep 87651") + half_written(store)
        clean(rooms, store, work, "sleep 87651")
    assert left == []


def test_an_image_that_a_stopped_build_was_writing_is_removed(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    write(context, f"FROM {IMAGE}", "RUN sleep 76541")
    work = rooms.build(words.BuildRequest(folder=str(context), name="localhost/ellip/halved:1"))
    until(lambda: processes("sleep 76541"))
    container = podman(store, "create", IMAGE, "true").stdout.strip()
    identity = podman(store, "commit", "-q", container).stdout.strip()
    podman(store, "rm", container)
    halve(store, identity)
    assert half_written(store) == [identity]
    rooms.stop_work(work.id)
    assert rooms._tasks.wait(work.id, 60).state is State.STOPPED
    clean(rooms, store, work, "sleep 76541")


def test_a_dockerfile_with_a_name_of_its_own_in_another_folder(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    (context / "images").mkdir()
    write(context / "images", f"FROM {IMAGE}", "COPY seen /seen", name="Dockerfile.tool")
    (context / "seen").write_text("yes")
    name = "localhost/ellip/elsewhere:1"
    done(
        rooms,
        rooms.build(
            words.BuildRequest(folder=str(context), containerfile="images/Dockerfile.tool", name=name)
        ),
    )
    assert podman(store, "run", "--rm", "--net=none", name, "cat", "/seen").stdout == "yes"


def test_two_builds_of_one_name_at_once_both_end_well(
    rooms: ContainersService, store: dict[str, str], settings: Settings, context: Path
) -> None:
    name = "localhost/ellip/both:1"
    works = []
    for which in ("a", "b"):
        folder = context / which
        folder.mkdir()
        write(folder, f"FROM {IMAGE}", f"RUN sleep 0.5; echo {which} > /which")
        works.append(rooms.build(words.BuildRequest(folder=str(folder), name=name)))
    results = {done(rooms, work).result for work in works}
    assert len(results) == 2
    assert podman(store, "image", "inspect", "-f", "{{.Id}}", name).stdout.strip() in results
    for work in works:
        clean(rooms, store, work)


@pytest.mark.skipif(
    "ELLIP_LAB_TEST_DEBIAN_BASE" not in os.environ,
    reason="its base is made in two minutes: ELLIP_LAB_TEST_DEBIAN_BASE=1",
)
@pytest.mark.timeout(900)
def test_the_image_of_the_demo_package_is_built(
    rooms: ContainersService, store: dict[str, str], context: Path
) -> None:
    script = Path(building.__file__).parents[2] / "scripts" / "debian-base"
    subprocess.run([script], env={**os.environ, **store}, check=True, timeout=400)
    name = "localhost/ellip/demo:1"
    built = rooms.build(words.BuildRequest(folder=str(WATER_BODIES), name=name))
    assert rooms._tasks.wait(built.id, 400).state is State.DONE, log(rooms, built)
    inside = podman(store, "run", "--rm", "--net=none", name, "water-bodies", "--help")
    assert inside.returncode == 0, inside.stderr
    assert "usage" in inside.stdout.lower()


# -- what is read from what an engine says, word by word


def test_steps_are_read_from_what_docker_says() -> None:
    said = b"""#0 building with "default" instance using docker driver
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#4 [1/3] FROM docker.io/library/alpine@sha256:aa
#4 CACHED
#5 [2/3] RUN echo hello
#5 0.256 hello
#5 DONE 0.3s
#6 [3/3] RUN false
#6 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1
"""
    steps = building.Steps()
    for at in range(0, len(said), 7):  # it comes in pieces
        steps.feed(said[at : at + 7], at)
    steps.end(len(said))
    assert [(step["name"], step["state"]) for step in steps.document()] == [
        ("FROM docker.io/library/alpine@sha256:aa", "cached"), ("RUN echo hello", "done"), ("RUN false", "failed"),
    ]  # fmt: skip
    assert steps.document()[1]["seconds"] == 0.3
    assert "exit code: 1" in (steps.error or "")
    offset = steps.document()[1]["offset"]
    assert said[offset:].startswith(b"#5 [2/3] RUN")


def test_a_build_argument_is_an_argument_of_the_command_and_never_an_option() -> None:
    asked = words.BuildRequest(
        folder="/w",
        name="x:1",
        arguments={"A": "1 --no-cache"},
        pull=True,
        platform="linux/arm64",
        target="t",
    ).model_dump(mode="json")
    argv = building.arguments("podman", "id", "/w", "/w/Containerfile", asked)
    assert "--build-arg=A=1 --no-cache" in argv
    assert argv[-1] == "/w"
    assert "--secret" in argv
    assert "--pull=always" in argv
    docker = building.arguments("docker", "id", "/w", "/w/Containerfile", asked)
    assert "--progress=plain" in docker
    assert "--secret" not in docker
