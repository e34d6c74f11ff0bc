"""What is wrong with a pod, as the cluster tells it: waiting for what, or ended by what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
HOPELESS = re.compile(
    r"not found|denied|unauthorized|forbidden|no such host|not exist|invalid reference", re.I
)


@dataclass(frozen=True)
class Trouble:
    """Is what is wrong, and whether waiting may help."""

    reason: str
    """As the cluster calls it: `ImagePullBackOff`, `Unschedulable`."""
    message: str
    pod: str
    image: str | None = None
    final: bool = False
    """Waiting does not help."""


def container_state(pod: Json, name: str | None = None) -> Json:
    """Gives the state of a container of a pod: `waiting`, `running` or `terminated`, or nothing yet."""
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        if name is None or status["name"] == name:
            return dict(status.get("state") or {})
    return {}


def lifeless(pod: Json) -> bool:
    """Tells whether a pod has failed and no container of it has ended: its node refused it, or is gone."""
    status = pod.get("status") or {}
    states = [one.get("state") or {} for one in status.get("containerStatuses") or []]
    return status.get("phase") == "Failed" and not any("terminated" in state for state in states)


def trouble(pod: Json) -> Trouble | None:
    """Says what keeps a pod from running, or what has ended it from outside; None when nothing does."""
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    if status.get("phase") == "Failed" and status.get("reason") in (
        "Evicted",
        "DeadlineExceeded",
        "NodeLost",
        "Shutdown",
        "Terminated",
    ):
        return Trouble(status["reason"], str(status.get("message") or ""), name, final=True)
    if lifeless(pod):
        reason = str(status.get("reason") or "PodFailed")
        return Trouble(reason, str(status.get("message") or "it has failed before it ran"), name, final=True)
    images = {one["name"]: one.get("image") for one in pod["spec"]["containers"]}
    every = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    for one in every:
        waiting = (one.get("state") or {}).get("waiting")
        if not waiting or waiting.get("reason") not in (*IMAGE, *CONFIG):
            continue
        reason, message = waiting["reason"], str(waiting.get("message") or "")
        final = reason != "ErrImagePull" or bool(HOPELESS.search(message))
        return Trouble(reason, message, name, images.get(one["name"]) or one.get("image"), final)
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return Trouble(
                str(condition.get("reason") or "Unschedulable"), str(condition.get("message") or ""), name
            )
    return None


def job_trouble(job: Json) -> Trouble | None:
    """Says why a Job was failed by the cluster."""
    wrong = job_failed(job)
    return wrong if wrong and wrong.reason == "DeadlineExceeded" else None


def job_failed(job: Json) -> Trouble | None:
    """Says with what a Job has failed: it does also when its pod has ended with an error, which says more."""
    for condition in (job.get("status") or {}).get("conditions") or []:
        if condition["type"] == "Failed" and condition["status"] == "True":
            reason, message = condition.get("reason") or "JobFailed", condition.get("message") or ""
            return Trouble(str(reason), str(message), job["metadata"]["name"], final=True)
    return None


def claim_trouble(claim: Json) -> Trouble | None:
    """Says why the pods of a run cannot share a claim."""
    name = claim["metadata"]["name"]
    if claim["status"]["phase"] != "Bound":
        return Trouble("ClaimPending", f"the claim {name} is {claim['status']['phase']}", name, final=True)
    modes = claim["status"].get("accessModes") or claim["spec"].get("accessModes") or []
    if "ReadWriteMany" not in modes:
        return Trouble(
            "ClaimMode", f"the claim {name} is {', '.join(modes)}, not ReadWriteMany", name, final=True
        )
    return None
