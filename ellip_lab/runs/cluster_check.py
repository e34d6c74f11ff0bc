"""Tries the connection to a cluster: what is there, what is missing, and how to mend it.

The rights of this program are asked for one by one. Whether the image can be pulled, the volume shared and written,
and what calrissian's service account may do, is seen by a pod that tries it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ellip_lab.runs.cluster import Cluster, EngineCheck, Finding
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines.calrissian_troubles import claim_trouble, container_state, trouble

if TYPE_CHECKING:
    from ellip_lab.runs.engines.kubernetes_client import Kubernetes

RIGHTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("batch", "jobs", ("create", "list", "delete")),
    ("", "configmaps", ("create", "list", "patch", "delete")),
    ("", "pods", ("create", "get", "list", "watch", "delete")),
    ("", "pods/log", ("get",)),
    ("", "pods/exec", ("create", "get")),
    ("", "persistentvolumeclaims", ("get",)),
    ("", "events", ("list",)),
)
"""What this program needs, and no more: deploy/base/studio.yaml."""
RUNNER_RIGHTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "pods", ("create", "get", "list", "watch", "delete")),
    ("", "pods/log", ("get",)),
)
"""What calrissian needs: deploy/base/calrissian.yaml."""
PATIENCE = 90.0
"""Seconds that the trial may take: an image has to be pulled."""
TRIAL = """
import importlib, json, os, sys, tempfile
about = json.loads(sys.argv[1])
said = {}
try:
    with tempfile.NamedTemporaryFile(dir=about["mount"]):
        said["volume"] = None
except OSError as error:
    said["volume"] = error.strerror
try:
    from kubernetes import client, config
    config.load_incluster_config()
    api = client.AuthorizationV1Api()
    said["denied"] = []
    for group, resource, verbs in about["rights"]:
        name, _, sub = resource.partition("/")
        for verb in verbs:
            attributes = {"namespace": about["namespace"], "verb": verb, "group": group, "resource": name, "subresource": sub}
            reply = api.create_self_subject_access_review({"spec": {"resourceAttributes": attributes}})
            if not reply.status.allowed:
                said["denied"].append(verb + " " + resource)
except Exception as error:
    said["problem"] = str(error)[:500]
try:
    from importlib.metadata import version
    said["calrissian"] = version("calrissian")
except Exception:
    said["calrissian"] = None
print(json.dumps(said), flush=True)
"""
HINTS = {
    "Configuration": "Set `kubeconfig` and `context` in the settings of the cluster (`ellip engine set kubeconfig=FILE`), "
    "or KUBECONFIG.",
    "Uninstalled": "Install it where this runs, then start that again: `pip install 'ellip-lab[kubernetes]'`",
}
"""What helps where there is no cluster to ask."""
ROLE = "`kubectl apply -n {namespace} -k deploy/base`"


def check(cluster: Cluster, *, trial: bool = True) -> EngineCheck:
    """Tries everything that a run needs; nothing of it is left on the cluster."""
    from ellip_lab.runs.engines.kubernetes_client import ClusterError, Kubernetes

    try:
        kubernetes = Kubernetes(cluster)
        version = kubernetes.version()
    except ClusterError as error:
        hint = HINTS.get(error.reason, "Is the cluster running, and this machine allowed to reach it?")
        finding = Finding(name="connection", works=False, message=error.message, hint=hint)
        return EngineCheck(works=False, findings=(finding,))
    findings = [Finding(name="connection", works=True, message=f"{kubernetes.where}, Kubernetes {version}")]
    findings += rights(kubernetes)
    may = {finding.name for finding in findings if finding.works}
    if "persistentvolumeclaims" in may:
        findings.append(_claim(kubernetes, cluster))
    sound = all(finding.works for finding in findings)
    if trial and sound:
        findings += _tried(kubernetes, cluster)
    return EngineCheck(
        works=all(finding.works for finding in findings),
        where=kubernetes.where,
        namespace=kubernetes.namespace,
        version=version,
        findings=tuple(findings),
    )


def rights(kubernetes: Kubernetes) -> Iterator[Finding]:
    """Asks for each right of this program."""
    from ellip_lab.runs.engines.kubernetes_client import ClusterError

    for group, resource, verbs in RIGHTS:
        try:
            missing = [verb for verb in verbs if not kubernetes.may(verb, group, resource)]
        except ClusterError as error:
            yield Finding(name=resource, works=False, message=error.message)
            continue
        yield Finding(
            name=resource,
            works=not missing,
            message=f"may not {', '.join(missing)} {resource}" if missing else f"may {', '.join(verbs)}",
            hint=f"Give the role of deploy/base/studio.yaml: {ROLE.format(namespace=kubernetes.namespace)}"
            if missing
            else None,
        )


def _claim(kubernetes: Kubernetes, cluster: Cluster) -> Finding:
    from ellip_lab.runs.engines.kubernetes_client import ClusterError

    try:
        claim = kubernetes.claim(cluster.claim)
    except ClusterError as error:
        hint = f"Name another one in the settings, or make it: {ROLE.format(namespace=kubernetes.namespace)}"
        there = f"there is no claim {cluster.claim} in namespace {kubernetes.namespace}"
        message = there if error.reason == "NotFound" else error.message
        return Finding(name="claim", works=False, message=message, hint=hint)
    wrong = claim_trouble(claim)
    if wrong is None:
        size = (claim["status"].get("capacity") or {}).get("storage", "")
        return Finding(name="claim", works=True, message=f"{cluster.claim}: {size}, ReadWriteMany")
    described = f"`kubectl describe pvc -n {kubernetes.namespace} {cluster.claim}`"
    hint = (
        f"Give it a storage class that exists: {described} says what it waits for."
        if wrong.reason == "ClaimPending"
        else "Make one with accessModes [ReadWriteMany], of a storage class that can (NFS, CephFS, EFS)."
    )
    return Finding(name="claim", works=False, message=wrong.message, hint=hint)


def _tried(kubernetes: Kubernetes, cluster: Cluster) -> list[Finding]:
    """Has a pod try what only a pod can know."""
    from ellip_lab.runs.engines.kubernetes_client import ClusterError

    name = f"ellip-check-{uuid.uuid4().hex[:8]}"
    about = {"mount": cluster.mount, "namespace": kubernetes.namespace, "rights": RUNNER_RIGHTS}
    argv = ("python3", "-c", TRIAL, json.dumps(about))
    pod = manifests.helper(cluster, name, {manifests.PART: "check"}, argv, int(PATIENCE))
    pod["spec"].update(serviceAccountName=cluster.service_account, automountServiceAccountToken=True)
    try:
        kubernetes.create_pod(pod)
        try:
            return _waited(kubernetes, cluster, name)
        finally:
            kubernetes.delete_pod(name, 0)
    except ClusterError as error:
        account = f"service account {cluster.service_account}"
        missing = "serviceaccount" in error.message.lower()
        hint = ROLE.format(namespace=kubernetes.namespace) if missing else None
        return [Finding(name=account if missing else "trial", works=False, message=error.message, hint=hint)]


def _waited(kubernetes: Kubernetes, cluster: Cluster, name: str) -> list[Finding]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        pod = kubernetes.pod(name)
        wrong = trouble(pod)
        if wrong and wrong.final:
            hint = "Push it to a registry that the cluster reaches, or set `image` and `pull_secrets`."
            return [Finding(name="image", works=False, message=f"{wrong.reason}: {wrong.message}", hint=hint)]
        if ended := container_state(pod).get("terminated"):
            lines = list(kubernetes.log(name, None, None))
            # a container that could not be started has written nothing; why, the cluster says
            line = lines[-1].partition(b" ")[2] if lines else str(ended.get("message") or "").encode()
            return _said(line, cluster, kubernetes.namespace)
        time.sleep(0.2)
    wrong = trouble(kubernetes.pod(name))
    told = [one for one in kubernetes.happened(name) if one.get("type") == "Warning"]
    why = (
        f"{wrong.reason}: {wrong.message}"
        if wrong
        else str(told[-1].get("message") if told else "nobody says why")
    )
    hint = "Has a node room for it, and does the node selector of the settings name one?"
    return [
        Finding(name="pod", works=False, message=f"a pod did not start in {PATIENCE:g} s: {why}", hint=hint)
    ]


def _said(line: bytes, cluster: Cluster, namespace: str) -> list[Finding]:
    try:
        said = json.loads(line)
    except ValueError:
        hint = "Its python3 must be the one that has calrissian (deploy/calrissian/Containerfile)."
        told = line.decode(errors="replace")[:500] or "it said nothing"
        return [Finding(name="image", works=False, message=f"{cluster.image}: {told}", hint=hint)]
    found = [
        Finding(
            name="image",
            works=bool(said.get("calrissian")),
            message=f"{cluster.image}: calrissian {said['calrissian']}"
            if said.get("calrissian")
            else f"there is no calrissian in {cluster.image}",
            hint=None if said.get("calrissian") else "Build it of deploy/calrissian, and set `image`.",
        )
    ]
    user = "its own user" if cluster.user is None else f"user {cluster.user}"
    refused = said.get("volume")
    found.append(
        Finding(
            name="volume",
            works=refused is None,
            message=f"{user} can write to it" if refused is None else f"{user} cannot write to it: {refused}",
            hint=None if refused is None else f"Give {user} its folder (chown, or fsGroup), or set `user`.",
        )
    )
    denied, problem = said.get("denied") or [], said.get("problem")
    account = f"service account {cluster.service_account}"
    wrong = problem or (f"may not {', '.join(denied)}" if denied else None)
    mends = (
        f"Give the role of deploy/base/calrissian.yaml: {ROLE.format(namespace=namespace)}" if wrong else None
    )
    found.append(
        Finding(name=account, works=not wrong, message=wrong or "may what calrissian does", hint=mends)
    )
    return found
