"""Every failure card of a cluster, provoked for real: what happened, to which pod, what to do; and nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ellip_lab.lab import Lab
from ellip_lab.runs.contract import Cause, Failure, Run
from ellip_lab.runs.handle import RunHandle
from ellip_lab.tasks.contract import State

from .conftest import PATIENCE, Namespace, until

Start = Callable[..., RunHandle]
Perform = Callable[..., Run]


def card(run: Run, cause: Cause, *words: str) -> Failure:
    assert run.state is State.FAILED
    assert run.failure is not None
    assert run.failure.cause is cause, run.failure
    for word in words:
        assert word in f"{run.failure.headline} {run.failure.explanation}", run.failure
    assert run.failure.hint
    return run.failure


@pytest.fixture
def limits(namespace: Namespace) -> Iterator[None]:
    """Limits on every container that asks for none of its own."""
    limit = {"type": "Container", "default": {"memory": "24Mi"}, "defaultRequest": {"memory": "16Mi"}}
    body = {"metadata": {"name": "small"}, "spec": {"limits": [limit]}}
    namespace.core.create_namespaced_limit_range(namespace.name, body)
    yield
    namespace.core.delete_namespaced_limit_range("small", namespace.name)


@pytest.fixture
def claims(namespace: Namespace) -> Iterator[Callable[..., str]]:
    made = []

    def make(name: str, **spec: Any) -> str:
        body = {
            "metadata": {"name": name},
            "spec": {"resources": {"requests": {"storage": "1Gi"}}, **spec},
        }
        namespace.core.create_namespaced_persistent_volume_claim(namespace.name, body)
        made.append(name)
        return name

    yield make
    for name in made:
        namespace.core.delete_namespaced_persistent_volume_claim(name, namespace.name)


def test_a_tool_that_fails(perform: Perform) -> None:
    failure = card(perform("breaks.cwl"), Cause.COMMAND, "breaks", "3", "it broke")
    assert (failure.job, failure.exit_code) == ("breaks", 3)
    assert failure.tail[-2:] == ("working", "it broke")


def test_the_image_of_a_tool_is_nowhere(perform: Perform) -> None:
    failure = card(
        perform("missing-image.cwl"), Cause.IMAGE, "localhost:1/ellip/nowhere:1", "Pull", "pod main-pod-"
    )
    assert failure.step == "missing-image"


@pytest.mark.parametrize(
    ("image", "policy", "reason"),
    [
        ("localhost:1/ellip/nowhere:2", "Always", "ImagePull"),
        ("ellip/nowhere:3", "Never", "ErrImageNeverPull"),
        ("Not An Image", "IfNotPresent", "InvalidImageName"),
    ],
)
def test_the_image_of_calrissian_is_nowhere(perform: Perform, image: str, policy: str, reason: str) -> None:
    run = perform("breaks.cwl", cluster={"image": image, "pull_policy": policy})
    card(run, Cause.IMAGE, image, reason, "pod ellip-")


def test_a_container_that_cannot_be_made(start: Start, namespace: Namespace) -> None:
    run = start("ticks.cwl", {"ticks": 500})
    until(lambda: namespace.pods(run.id, "tool"))
    # a pod of this run that names a secret which is not there
    env = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "nowhere", "key": "key"}}}]
    container = {"name": "c", "image": "docker.io/ellip/busybox:1", "command": ["true"], "env": env}
    labels = {"ellip-lab.run": run.id, "ellip-lab.part": "tool"}
    pod = {"metadata": {"name": "ticks-pod-aaaaaaaa", "labels": labels}, "spec": {"containers": [container]}}
    namespace.core.create_namespaced_pod(namespace.name, pod)
    card(
        run.wait(PATIENCE).show(),
        Cause.CLUSTER,
        "CreateContainerConfigError",
        "ticks-pod-aaaaaaaa",
        "nowhere",
    )


def test_a_tool_out_of_memory(perform: Perform, limits: None) -> None:
    run = perform("hungry.cwl", cluster={"runner_memory": "64Mi"})
    card(run, Cause.MEMORY, "hungry ran out of memory", "pod main-pod-", "24 MiB", "OOMKilled")


def test_calrissian_out_of_memory(perform: Perform) -> None:
    run = perform("breaks.cwl", cluster={"runner_memory": "16Mi", "runner_memory_limit": "20Mi"})
    card(run, Cause.MEMORY, "calrissian itself", "OOMKilled", "20Mi", "pod ellip-")


def test_no_node_has_room_for_calrissian(perform: Perform) -> None:
    run = perform("breaks.cwl", cluster={"node_selector": {"ellip": "nowhere"}, "patience": 5})
    card(run, Cause.UNSCHEDULABLE, "Unschedulable", "node", "pod ellip-")


def test_the_job_gets_no_pod(perform: Perform) -> None:
    run = perform("breaks.cwl", cluster={"service_account": "nowhere", "patience": 5})
    card(run, Cause.CLUSTER, "FailedCreate", "nowhere")


def test_no_node_has_room_for_a_tool(perform: Perform) -> None:
    run = perform("greedy.cwl", cluster={"patience": 5, "max_cores": "100"})
    failure = card(run, Cause.UNSCHEDULABLE, "Insufficient cpu", "pod main-pod-")
    assert failure.step == "greedy"


def test_there_is_no_claim(perform: Perform) -> None:
    card(perform("breaks.cwl", cluster={"claim": "nowhere"}), Cause.CLAIM, "no claim nowhere")


def test_the_claim_is_pending(perform: Perform, claims: Callable[..., str]) -> None:
    claim = claims("waits", accessModes=["ReadWriteMany"], storageClassName="nowhere")
    card(perform("breaks.cwl", cluster={"claim": claim}), Cause.CLAIM, "waits is Pending")


def test_the_claim_is_not_for_many(
    perform: Perform, claims: Callable[..., str], namespace: Namespace
) -> None:
    # a cluster's own storage class for one node, or one that this test makes a volume for
    spec = {
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"},
        "storageClassName": f"{namespace.name}-one", "persistentVolumeReclaimPolicy": "Retain",
    }  # fmt: skip
    namespace.core.create_persistent_volume({"metadata": {"name": f"{namespace.name}-one"}, "spec": spec})
    try:
        claim = claims("one", accessModes=["ReadWriteOnce"], storageClassName=f"{namespace.name}-one")
        read = namespace.core.read_namespaced_persistent_volume_claim
        until(lambda: read(claim, namespace.name).status.phase == "Bound")
        card(perform("breaks.cwl", cluster={"claim": claim}), Cause.CLAIM, "ReadWriteOnce, not ReadWriteMany")
    finally:
        namespace.core.delete_persistent_volume(f"{namespace.name}-one")


def test_the_deadline(perform: Perform) -> None:
    run = perform("ticks.cwl", {"ticks": 500}, cluster={"deadline": 15})
    card(run, Cause.DEADLINE, "DeadlineExceeded")


def test_the_pod_of_calrissian_is_evicted(start: Start, namespace: Namespace) -> None:
    run = start("ticks.cwl", {"ticks": 500})
    until(lambda: namespace.pods(run.id, "tool"))
    [runner] = namespace.pods(run.id, "runner")
    # what an eviction does, as a drained node does it
    namespace.core.delete_namespaced_pod(runner.metadata.name, namespace.name)
    card(run.wait(PATIENCE).show(), Cause.EVICTED, runner.metadata.name)


def test_an_expression_that_calrissian_would_wait_for(perform: Perform) -> None:
    card(perform("loop.cwl", {"words": ["a", "b"]}), Cause.EXPRESSION, "nothing is not defined")


def test_it_is_forbidden(perform: Perform, namespace: Namespace) -> None:
    role = namespace.rbac.read_namespaced_role("ellip-studio", namespace.name)
    rules = role.rules
    role.rules = [rule for rule in rules if "jobs" not in rule.resources]
    namespace.rbac.replace_namespaced_role("ellip-studio", namespace.name, role)
    try:
        run = perform("breaks.cwl")
    finally:
        again = namespace.rbac.read_namespaced_role("ellip-studio", namespace.name)
        again.rules = rules
        namespace.rbac.replace_namespaced_role("ellip-studio", namespace.name, again)
    card(run, Cause.DENIED, "Forbidden", "cannot create resource", "jobs")


def test_no_cluster_is_configured(perform: Perform, lab: Lab) -> None:
    run = perform("breaks.cwl", cluster={"kubeconfig": str(lab.settings.root / "nowhere")})
    card(run, Cause.CLUSTER, "no cluster is configured")
