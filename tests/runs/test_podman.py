"""Runs in real containers, in a store of the tests' own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from containers.working import half_written, halve, until
from podman_store import IMAGE

from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Cause, Run, RunLogQuery, StepState
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, scratch
from .test_failures import failed

pytestmark = pytest.mark.podman
Perform = Callable[..., Run]
Podman = Callable[..., str]


def test_a_workflow_in_containers(lab: Lab, in_podman: Podman, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["a", "b"]}, container="podman")
    assert run.state is State.DONE, run.failure
    assert run.container == "podman"
    assert run.versions["podman"]
    steps = {step.id: step for step in run.steps}
    assert steps["say"].image == "docker.io/ellip/busybox:1"
    assert (steps["say"].total, steps["say"].done) == (2, 2)
    assert run.output_object is not None
    assert run.output_object["number"] == 2
    log = lab.runs.log(run.id, RunLogQuery(offset=0)).text
    assert "podman run" in log
    assert "--mount" not in log
    assert not scratch(lab)


def test_the_same_result_with_and_without_containers(in_podman: Podman, perform: Perform) -> None:
    inside = perform("flow.cwl", {"words": ["a", "b"]}, container="podman").output_object
    outside = perform("flow.cwl", {"words": ["a", "b"]}, container="none").output_object
    assert inside is not None
    assert outside is not None
    assert inside["joined"]["checksum"] == outside["joined"]["checksum"]


@pytest.mark.parametrize("container", ["podman", "none"])
def test_memory_and_cpu_are_measured(in_podman: Podman, perform: Perform, container: str) -> None:
    busy = perform("shell.cwl", {"command": BUSY[container]}, container=container)
    assert busy.state is State.DONE, busy.failure
    (step,) = busy.steps
    assert step.memory is not None
    assert 190e6 < step.memory < 450e6
    assert step.cpu is not None
    assert 0.03 < step.cpu < 30


BUSY = {
    "podman": 'awk \'BEGIN { s = sprintf("%100000s", " "); for (i = 0; i < 2000; i++) a[i] = s i; system("sleep 1") }\'',
    "none": "python3 -c 'import time; held = b\"x\" * 200_000_000; time.sleep(1)'",
}
"""Holds 200 MB for a second."""


def test_out_of_memory(in_podman: Podman, perform: Perform) -> None:
    failure = failed(perform("limited.cwl", container="podman"))
    assert failure.cause is Cause.MEMORY
    assert failure.headline == "limited ran out of memory"
    assert "64 MiB" in failure.explanation
    assert failure.exit_code == 137
    assert "ramMax" in str(failure.hint)


def test_an_image_that_does_not_exist(in_podman: Podman, perform: Perform) -> None:
    failure = failed(perform("missing-image.cwl", container="podman"))
    assert failure.cause is Cause.IMAGE
    assert "localhost/ellip/there-is-none:1" in failure.headline
    assert failure.step == "missing-image"
    assert "dockerPull" in str(failure.hint)


def test_an_image_that_a_pull_has_left_half_written_is_removed(in_podman: Podman, perform: Perform) -> None:
    container = in_podman("create", IMAGE, "true").strip()
    identity = in_podman("commit", "-q", container).strip()
    in_podman("rm", container)
    halve(dict(os.environ), identity)
    assert half_written(dict(os.environ)) == [identity]
    failed(perform("missing-image.cwl", container="podman"))
    until(lambda: not half_written(dict(os.environ)))


def test_an_image_that_does_not_exist_ends_a_scatter(in_podman: Podman, perform: Perform) -> None:
    # cwltool alone waits for ever for the jobs that are under way when the first has failed
    failure = failed(perform("missing-images.cwl", container="podman"))
    assert failure.cause is Cause.IMAGE
    assert "localhost/ellip/there-is-none:1" in failure.headline


def test_a_program_that_is_not_in_the_image(in_podman: Podman, perform: Perform) -> None:
    run = perform("program.cwl", container="podman")
    failure = failed(run)
    assert failure.cause is Cause.COMMAND
    assert "gdal_nonsense" in failure.headline
    assert "in its image" in failure.explanation
    assert max(job.memory or 0 for job in run.steps[0].jobs) == 0, "the engine's own memory is not the tool's"


def test_no_network_unless_asked_for(in_podman: Podman, perform: Perform) -> None:
    failure = failed(perform("shell.cwl", {"command": "wget -q http://example.com/"}, container="podman"))
    assert failure.cause is Cause.NETWORK
    assert "NetworkAccess" in str(failure.hint)


def test_a_loopback_server_is_reached(in_podman: Podman, perform: Perform, tmp_path: Path) -> None:
    import http.server
    import threading

    (tmp_path / "served").mkdir()
    (tmp_path / "served/hello.txt").write_text("from this machine")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "served"))  # type: ignore[arg-type]

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/hello.txt"
        reached = perform(
            "shell.cwl", {"command": f"wget -q -O got.txt {url}", "network": True}, container="podman"
        )
        assert reached.state is State.DONE, reached.failure
        assert Path(str(reached.outputs[0].children[0].path)).read_text() == "from this machine"
        refused = failed(perform("shell.cwl", {"command": f"wget -q {url}"}, container="podman"))
        assert refused.cause is Cause.NETWORK
    finally:
        server.shutdown()
        server.server_close()


def test_a_read_only_place(in_podman: Podman, perform: Perform) -> None:
    failure = failed(perform("shell.cwl", {"command": "echo x > /etc/new"}, container="podman"))
    assert failure.cause is Cause.PERMISSION


def begun(lab: Lab, id_: str) -> None:
    """Waits until a container of a run writes its log."""
    until = time.monotonic() + PATIENCE
    while "here" not in lab.runs.log(id_, RunLogQuery(offset=0)).text.split():
        assert time.monotonic() < until
        assert not lab.runs.show(id_).state.final, lab.runs.show(id_)
        time.sleep(0.05)


@pytest.mark.parametrize("container", ["podman", "none"])
def test_stop_leaves_nothing(
    lab: Lab, in_podman: Podman, document: Callable[[str], Path], container: str
) -> None:
    handle = lab.runs.start(document("shell.cwl"), {"command": "echo here; sleep 300"}, container=container)
    begun(lab, handle.id)
    if container == "podman":
        assert handle.id in in_podman("ps", "--format", "{{.Names}}")
    handle.stop()
    run = handle.wait(PATIENCE).show()
    assert run.state is State.STOPPED
    assert run.failure is None
    assert [step.state for step in run.steps] == [StepState.STOPPED]
    assert in_podman("ps", "-a", "-q") == ""
    assert not scratch(lab)
    assert not Path(run.outdir).exists()


def test_a_container_that_is_killed(lab: Lab, in_podman: Podman, document: Callable[[str], Path]) -> None:
    handle = lab.runs.start(document("shell.cwl"), {"command": "echo here; sleep 300"}, container="podman")
    begun(lab, handle.id)
    (identity,) = in_podman("ps", "-q").split()
    os.kill(int(in_podman("inspect", "-f", "{{.State.Pid}}", identity)), signal.SIGKILL)
    failure = failed(handle.wait(PATIENCE).show())
    assert failure.exit_code == 137
    assert not scratch(lab)


@pytest.fixture
def docker(
    in_podman: Podman, podman_store: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A docker client that talks to podman's compatible socket."""
    if shutil.which("docker") is None:
        pytest.skip("there is no docker client on this machine")
    socket = tmp_path / "docker.sock"
    service = subprocess.Popen(
        ["podman", "system", "service", "--time=0", f"unix://{socket}"],
        env={**os.environ, **podman_store},
        cwd=tmp_path,  # its monitors leave a note there when a container runs out of memory
    )
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
    try:
        until = time.monotonic() + 30
        while not socket.exists():
            assert service.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        yield
    finally:
        service.terminate()
        service.wait(30)


def test_docker(lab: Lab, docker: None, perform: Perform) -> None:
    run = perform("flow.cwl", {"words": ["a", "b"]}, container="docker")
    assert run.state is State.DONE, (run.failure, lab.runs.log(run.id, RunLogQuery()).text)
    assert run.container == "docker"
    assert run.output_object is not None
    assert run.output_object["number"] == 2
    assert not scratch(lab)


def test_docker_tells_an_exit_code(docker: None, perform: Perform) -> None:
    failure = failed(perform("shell.cwl", {"command": "echo why; exit 7"}, container="docker"))
    assert failure.exit_code == 7
    assert "why" in failure.tail


def test_docker_out_of_memory_and_missing_image(docker: None, perform: Perform) -> None:
    assert failed(perform("limited.cwl", container="docker")).cause is Cause.MEMORY
    assert failed(perform("missing-image.cwl", container="docker")).cause is Cause.IMAGE


def test_docker_stops_and_leaves_nothing(
    lab: Lab, docker: None, in_podman: Podman, document: Callable[[str], Path]
) -> None:
    handle = lab.runs.start(document("shell.cwl"), {"command": "echo here; sleep 300"}, container="docker")
    begun(lab, handle.id)
    handle.stop()
    assert handle.wait(PATIENCE).show().state is State.STOPPED
    assert in_podman("ps", "-a", "-q") == ""
    assert not scratch(lab)


def test_docker_daemon_that_stops_in_between(
    lab: Lab, docker: None, document: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert lab.containers.find("docker").works
    # as remembered it works; the daemon is gone when the run asks for it
    remembered = lab.containers.find("docker")
    monkeypatch.setattr(type(lab.containers), "find", lambda *_: remembered)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    run = lab.runs.start(document("shell.cwl"), {"command": "true"}, container="docker").wait(PATIENCE).show()
    failure = failed(run)
    assert failure.cause is Cause.ENGINE
    assert "docker" in str(failure.hint)
