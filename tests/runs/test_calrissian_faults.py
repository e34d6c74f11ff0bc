"""What a cluster does seldom, and not on demand: its server, its volume or this machine's disk fails for a while."""

from __future__ import annotations

import errno
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines import calrissian_pods, calrissian_run
from ellip_lab.runs.engines.calrissian_lines import Lines, Names
from ellip_lab.runs.engines.calrissian_pods import Pods
from ellip_lab.runs.engines.calrissian_run import OnCluster, RunFailedError
from ellip_lab.runs.engines.kubernetes_client import ClusterError
from ellip_lab.runs.engines.record import Record

Json = dict[str, Any]
Told = list[Any]
"""What a fake answers, one after the other: an error is raised, the last one is told for ever."""
JOB: Json = {"metadata": {"name": "ellip-one"}, "status": {}}


class Fake:
    """Is a cluster that answers what it was told to."""

    def __init__(self) -> None:
        self.namespace = self.where = "fake"
        self.told: dict[str, Told] = {"jobs": [[JOB]], "pods": [[]], "happened": [[]], "log": [[]]}
        self.asked: list[str] = []
        self.events: Told = []
        """What the watch tells."""

    def answer(self, name: str) -> Any:
        self.asked.append(name)
        told = self.told[name]
        found = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(found, Exception):
            raise found
        return found

    def jobs(self, selector: str) -> Any:
        return self.answer("jobs")

    def pods(self, selector: str) -> tuple[Any, str]:
        return self.answer("pods"), "1"

    def happened(self, name: str) -> Any:
        return self.answer("happened")

    def log(self, pod: str, container: str | None, since: str | None) -> Iterator[bytes]:
        yield from self.answer("log")

    def execute(self, pod: str, container: str, argv: list[str]) -> tuple[int, bytes]:
        return subprocess.run(argv, check=False).returncode, b""

    def watch_pods(self, selector: str, version: str) -> Iterator[tuple[str, Json]]:
        yield from self.events
        time.sleep(0.05)


def refusal(status: int) -> ClusterError:
    return ClusterError("etcdserver: leader changed", "Refused", status)


def pod(name: str, part: str = "runner", **status: Any) -> Json:
    container = {"name": manifests.RUNNER, "image": "image"}
    return {
        "metadata": {"name": name, "labels": {manifests.PART: part}},
        "spec": {"containers": [container]},
        "status": status,
    }


def running(**state: Any) -> list[Json]:
    return [{"name": manifests.RUNNER, "state": state or {"running": {}}}]


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    directory = tmp_path / "one"
    (directory / "work").mkdir(parents=True)
    with (directory / "log").open("w") as log:
        yield Record(directory, log.fileno())


@pytest.fixture
def pods(fake: Fake, record: Record, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pods]:
    monkeypatch.setattr(calrissian_pods, "AGAIN", 0.02)
    made = watching(fake, record)
    yield made
    made.stop()


def watching(fake: Fake, record: Record, take: Callable[[str], None] = lambda _: None) -> Pods:
    return Pods(fake, "one", record, Names([{"id": "step"}]), take)  # type: ignore[arg-type]


@pytest.fixture
def on(fake: Fake, record: Record, tmp_path: Path) -> Iterator[OnCluster]:
    asked = {"cluster": Cluster().model_dump(mode="json"), "outdir": str(tmp_path / "out")}
    made = OnCluster(asked, record.directory, record)
    made.__dict__["_kubernetes"] = fake
    yield made
    made.beside.shutdown()


def until(true: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("status", [429, 500, 503, 504, 401, 403])
def test_a_server_that_fails_once_ends_no_run(on: OnCluster, pods: Pods, fake: Fake, status: int) -> None:
    fake.told["jobs"] = [refusal(status), [JOB], refusal(status), [JOB]]
    for _ in range(4):
        on._look(pods)
    assert fake.asked == ["jobs"] * 4


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_refuses_ends_it(on: OnCluster, pods: Pods, fake: Fake, status: int) -> None:
    fake.told["jobs"] = [refusal(status)]
    on._look(pods)
    with pytest.raises(ClusterError):
        on._look(pods)


def test_a_watch_that_is_refused_once_goes_on(pods: Pods, fake: Fake) -> None:
    fake.told["pods"] = [refusal(401), [], refusal(403), [], refusal(500), refusal(503), []]
    pods.start()
    until(lambda: fake.asked.count("pods") > 8)
    assert pods.error is None
    fake.told["pods"] = [refusal(403)]
    until(lambda: pods.error)
    assert isinstance(pods.error, ClusterError)


def test_a_full_disk_ends_what_follows(pods: Pods, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.told["pods"] = [[pod("ellip-one-a", containerStatuses=running())]]
    fake.told["log"] = [[b"2026-11-26T07:46:02.6Z INFO a\n"]]
    monkeypatch.setattr(calrissian_pods, "_mark", full)
    pods.start()
    until(lambda: pods.error)
    assert pods.changed.is_set()
    with pytest.raises(RunFailedError, match="No space left on device"):
        calrissian_run._heard(pods)


def test_a_full_disk_ends_the_watch(pods: Pods, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.told["pods"] = [[pod("step-pod-aaaaaaaa", "tool")]]
    monkeypatch.setattr(pods._record, "event", full)
    pods.start()
    until(lambda: isinstance(pods.error, OSError))


def test_what_the_node_says_in_a_log_is_no_line_of_it(pods: Pods, fake: Fake) -> None:
    fake.told["pods"] = [[pod("ellip-one-a", containerStatuses=running())]]
    word = b"rpc error: code = NotFound desc = an error occurred when try to find container\n"
    fake.told["log"] = [
        [b"2026-11-26T07:46:02.6Z INFO a\n", word],
        [word],
        [b"2026-11-26T07:46:03+00:00 INFO b\n"],
    ]
    pods.start()
    heard = pods._record.directory / "calrissian.log"
    until(lambda: heard.exists() and b"INFO b" in heard.read_bytes())
    assert heard.read_bytes() == b"INFO a\nINFO b\n"
    assert pods.error is None


@pytest.mark.parametrize("part", ["runner", "tool"])
def test_a_log_that_may_not_be_read(pods: Pods, fake: Fake, part: str) -> None:
    fake.told["pods"] = [[pod("step-pod-aaaaaaaa", part, containerStatuses=running())]]
    fake.told["log"] = [refusal(403), [], refusal(403), [], refusal(403)]
    pods.start()
    until(lambda: pods.error)
    assert fake.asked.count("log") == 6
    assert isinstance(pods.error, ClusterError)


def test_a_pod_that_its_node_refused(on: OnCluster, pods: Pods, fake: Fake) -> None:
    pods._handle("ADDED", pod("ellip-one-a", phase="Failed", reason="NodeAffinity", message="no match"))
    with pytest.raises(RunFailedError, match="no match") as failed:
        on._judge(pods, Lines(pods._names, pods._record))
    assert failed.value.event["reason"] == "NodeAffinity"


def test_a_tool_that_its_node_refused(on: OnCluster, pods: Pods, fake: Fake) -> None:
    refused = pod("step-pod-aaaaaaaa", "tool", phase="Failed", reason="OutOfcpu", message="no room")
    pods._handle("ADDED", refused)
    assert pods.tools["step-pod-aaaaaaaa"].ended
    with pytest.raises(RunFailedError, match="no room"):
        on._judge(pods, Lines(pods._names, pods._record))


def test_a_job_that_failed_without_an_end_of_its_pod(
    on: OnCluster, pods: Pods, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "limit"}
    fake.told["jobs"] = [[{**JOB, "status": {"conditions": [condition]}}]]
    on._look(pods)
    monkeypatch.setattr(calrissian_run, "UNSEEN", 0.0)
    with pytest.raises(RunFailedError, match="limit"):
        on._look(pods)


@pytest.mark.parametrize(("why", "waits"), [("serviceaccount not found", False), ("exceeded quota: q", True)])
def test_a_job_that_gets_no_pod(on: OnCluster, pods: Pods, fake: Fake, why: str, waits: bool) -> None:
    fake.told["happened"] = [[{"type": "Warning", "reason": "FailedCreate", "message": why}]]
    on._look(pods)
    assert fake.asked == ["jobs"]
    on.__dict__["_began"] = time.monotonic() - 31
    if waits:
        on._look(pods)
        on.__dict__["_began"] = time.monotonic() - 601
    with pytest.raises(RunFailedError, match=why) as failed:
        on._look(pods)
    assert failed.value.event["reason"] == "FailedCreate"


def test_the_pod_that_began_is_remembered(pods: Pods, fake: Fake, record: Record) -> None:
    pods._handle("ADDED", pod("ellip-one-a"))
    assert not (record.directory / "work/begun").exists()
    pods._handle("MODIFIED", pod("ellip-one-a", containerStatuses=running()))
    assert (record.directory / "work/begun").read_text() == "ellip-one-a"


def test_a_pod_deleted_while_nobody_watched(on: OnCluster, fake: Fake, record: Record) -> None:
    (record.directory / "work/begun").write_text("ellip-one-a")
    fake.told["pods"] = [[pod("ellip-one-b", containerStatuses=running())]]
    with pytest.raises(RunFailedError) as failed:
        on.see_through([{"id": "step"}], set())
    assert (failed.value.event["reason"], failed.value.event["pod"]) == ("PodDeleted", "ellip-one-a")
    assert "log" not in fake.asked


def test_a_pod_deleted_after_its_end_while_nobody_watched(
    on: OnCluster, fake: Fake, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calrissian_run, "LOOK", 0.1)
    (record.directory / "work/begun").write_text("ellip-one-a")
    (record.directory / "calrissian.log").write_text("ellip-lab: ended 0\n")
    fake.told["pods"] = [[pod("ellip-one-b", containerStatuses=running())]]
    with pytest.raises(RunFailedError) as failed:
        on.see_through([{"id": "step"}], set())
    assert failed.value.event["reason"] == "PodDeleted"


def test_files_are_carried_again_after_a_cut(on: OnCluster, pods: Pods, patched: None) -> None:
    done: list[str] = []
    told = [cut("the cluster does not answer: reset"), cut("the connection was cut"), None]

    def carry() -> None:
        done.append("carried")
        if error := told.pop(0):
            raise error

    on._carry(pods, carry, lambda: done.append("emptied"))
    assert done == ["carried", "emptied", "carried", "emptied", "carried"]


def test_inputs_that_have_arrived_are_left_alone(
    on: OnCluster, pods: Pods, fake: Fake, record: Record, tmp_path: Path, patched: None
) -> None:
    on._folder = str(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/half").touch()
    assert not on._arrived(pods)
    assert not (tmp_path / "in").exists()
    assert not (record.directory / "work/staged").exists()
    (tmp_path / "in").mkdir()
    (tmp_path / "in/.ready").touch()
    assert on._arrived(pods)
    assert (record.directory / "work/staged").exists()


@pytest.mark.parametrize(
    "error",
    [
        ClusterError("the volume: no", "Volume"),
        ClusterError("the cluster does not answer: Handshake status 403 Forbidden -+-+-", "Unreachable"),
        ClusterError("OCI runtime exec failed: no python3", "Unreachable"),
    ],
)
def test_what_no_repetition_mends(on: OnCluster, pods: Pods, patched: None, error: ClusterError) -> None:
    def carry() -> None:
        raise error

    with pytest.raises(ClusterError):
        on._carry(pods, carry, lambda: pytest.fail("carried again"))


def test_a_pod_that_goes_while_files_are_carried(on: OnCluster, pods: Pods, patched: None) -> None:
    def carry() -> None:
        pods.gone = "ellip-one-a"
        raise cut("the connection was cut")

    with pytest.raises(RunFailedError) as failed:
        on._carry(pods, carry, lambda: False)
    assert failed.value.event["reason"] == "PodDeleted"


def test_an_outage_that_lasts(
    on: OnCluster, pods: Pods, patched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calrissian_run, "UNREACHABLE", 0.1)

    def carry() -> None:
        raise cut("the connection was cut")

    with pytest.raises(ClusterError, match="cut"):
        on._carry(pods, carry, lambda: False)


def cut(message: str) -> ClusterError:
    return ClusterError(message, "Unreachable")


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calrissian_run, "AGAIN", 0.01)


@pytest.mark.parametrize("ended", [True, False])
def test_last_lines_are_read_as_long_as_they_come(pods: Pods, fake: Fake, ended: bool) -> None:
    def lines() -> Iterator[bytes]:
        for number in range(20):
            time.sleep(0.05)
            yield f"2026-11-26T07:46:02.{number:02}Z line {number}\n".encode()

    state = running(terminated={"exitCode": 0}) if ended else running()
    fake.told["log"] = [lines(), []]
    fake.told["pods"] = [[pod("step-pod-aaaaaaaa", "tool", containerStatuses=state)]]
    cut = pods.read(0.4)
    assert cut == ([] if ended else ["step"])
    if ended:
        text = (pods._record.steps / "step.log").read_text()
        assert [line for line in text.splitlines() if line.startswith("line")] == [
            f"line {n}" for n in range(20)
        ]
    pods.tools["step-pod-aaaaaaaa"].over.set()


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
