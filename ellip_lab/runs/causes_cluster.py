"""The causes a run can fail of that lie in a cluster: what happened, to which pod, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

from ellip_lab.runs.case import Case, Said, innermost
from ellip_lab.runs.contract import Cause

Told = tuple[Cause, Said]
IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
VOLUME = ("FailedMount", "FailedAttachVolume", "Volume")


def cluster(case: Case) -> Told | None:
    """Says what a cluster has told; None for a run that failed of something else."""
    if case.job is not None and case.job.get("pod") and case.kind != "cluster":
        return _tool(case)
    if case.end.get("reason") == "ExpressionLoop":
        found = re.search(r"\b\w*Error: [^\n]+", case.message)
        said = found[0] if found else innermost(case.message)
        return Cause.EXPRESSION, (
            f"{case.name}: a job could not be made",
            f"{said}. calrissian would have waited for ever, so it was ended.",
            "Mend the expression in the document; a run with cwltool tells its place.",
        )
    if case.kind != "cluster":
        return None
    reason = str(case.end.get("reason", ""))
    judge = next((one for names, one in JUDGES if reason in names), _other)
    return judge(case, reason)


def _tool(case: Case) -> Told | None:
    """Says what has ended the pod of a tool from outside; its own failures are those of every engine."""
    job = case.job or {}
    reason = str(job.get("reason") or "")
    if job.get("killed"):
        limit = job.get("limit")
        at = f" of {limit / 2**20:.0f} MiB" if limit else ""
        return Cause.MEMORY, (
            f"{case.who} ran out of memory",
            f"Its pod {job['pod']} reached its limit{at} and was killed (OOMKilled).",
            "Raise the limit of the namespace (kubectl describe limitrange), or give the tool less at a time.",
        )
    if reason == "Evicted":
        return _evicted(case, reason)
    if reason in ("DeadlineExceeded",):
        return _deadline(case, reason)
    return None


def _pod(case: Case) -> str:
    return str(case.end.get("pod") or (case.job or {}).get("pod") or "its pod")


def _image(case: Case, reason: str) -> Told:
    image = case.end.get("image")
    return Cause.IMAGE, (
        f"{case.who}: the cluster cannot pull the image {image}",
        f"{reason}, pod {_pod(case)}: {innermost(str(case.end['message']))}",
        "Push the image to a registry that the cluster reaches, check its name and tag, and give the service account "
        "its pull secret (kubectl create secret docker-registry).",
    )


def _config(case: Case, reason: str) -> Told:
    return Cause.CLUSTER, (
        f"{case.who}: a container could not be made",
        f"{reason}, pod {_pod(case)}: {innermost(str(case.end['message']))}",
        "A secret or ConfigMap it names is missing, or its user is not allowed: look with kubectl describe pod.",
    )


def _unschedulable(case: Case, reason: str) -> Told:
    return Cause.UNSCHEDULABLE, (
        f"{case.who}: no node has room",
        f"{reason}, pod {_pod(case)}: {case.end['message']}",
        "Ask for less (ResourceRequirement coresMin, ramMin), mend the node selector, or give the cluster more nodes.",
    )


def _claim(case: Case, reason: str) -> Told:
    said = {
        "ClaimMissing": "Make it: kubectl apply -k deploy/base, or name another one in the settings of the cluster.",
        "ClaimPending": "Give it a storage class that exists (kubectl describe pvc says what it waits for).",
        "ClaimMode": "Make one with accessModes [ReadWriteMany], of a storage class that can (NFS, CephFS, EFS).",
    }
    return Cause.CLAIM, (
        f"{case.name}: the pods cannot share a volume",
        f"{case.end['message'][:1].upper()}{case.end['message'][1:]}; every pod of a run writes to it at once.",
        said[reason],
    )


def _volume(case: Case, reason: str) -> Told:
    return Cause.CLAIM, (
        f"{case.name}: the volume cannot be used",
        f"{reason}, pod {_pod(case)}: {innermost(str(case.end['message']))}",
        "Look at the claim (kubectl describe pvc), and whether user 1000 may write into it.",
    )


def _denied(case: Case, reason: str) -> Told:
    return Cause.DENIED, (
        f"{case.name}: the cluster does not allow it",
        f"{reason}: {case.end['message']}",
        "`ellip engine check` names every right that is missing; deploy/base has the role that gives them.",
    )


def _deadline(case: Case, reason: str) -> Told:
    return Cause.DEADLINE, (
        f"{case.name} took longer than it may",
        f"{reason}: the cluster has ended it after the deadline of the settings.",
        "Raise `deadline` in the settings of the cluster, or look in the log for a step that does not end.",
    )


def _evicted(case: Case, reason: str) -> Told:
    message = case.message if case.kind != "cluster" else str(case.end["message"])
    return Cause.EVICTED, (
        f"{case.who}: its pod was removed by the cluster",
        f"{reason}, pod {_pod(case)}: {message}",
        "A node had run out of memory or disk, was drained, or somebody has deleted the pod. Re-run it.",
    )


def _memory(case: Case, reason: str) -> Told:
    return Cause.MEMORY, (
        f"{case.name}: calrissian itself ran out of memory",
        f"OOMKilled, pod {_pod(case)}: {case.end['message']}.",
        "Raise `runner_memory_limit` in the settings of the cluster.",
    )


def _vanished(case: Case, reason: str) -> Told:
    return Cause.LOST, (
        f"{case.name} was lost",
        f"{case.end['message'][:1].upper()}{case.end['message'][1:]}.",
        "Re-run it: what it had started has been removed.",
    )


def _other(case: Case, reason: str) -> Told:
    if reason == "Unreachable":
        hint = "Is the cluster running, and its address right? `ellip engine check` tries it."
    elif reason == "Uninstalled":
        hint = "Install it where this runs, then start that again: `pip install 'ellip-lab[kubernetes]'`"
    else:
        hint = "`ellip engine check` says what is missing."
    return Cause.CLUSTER, (
        f"{case.name}: the cluster has not done it",
        f"{reason}: {case.end['message']}",
        hint,
    )


Judge = Callable[[Case, str], Told]
JUDGES: tuple[tuple[tuple[str, ...], Judge], ...] = (
    (IMAGE, _image),
    (CONFIG, _config),
    (("Unschedulable", "SchedulerError"), _unschedulable),
    (("ClaimMissing", "ClaimPending", "ClaimMode"), _claim),
    (VOLUME, _volume),
    (("Forbidden", "Unauthorized"), _denied),
    (("DeadlineExceeded",), _deadline),
    (("Evicted", "PodDeleted", "NodeLost", "Shutdown"), _evicted),
    (("RunnerMemory",), _memory),
    (("JobVanished",), _vanished),
)
