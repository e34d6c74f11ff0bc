"""What is made on the cluster for one run, as data: a Job, a ConfigMap that it owns, and a pod for files.

Everything of a run carries its label, so that it can be found again, watched and swept.
"""

from __future__ import annotations

import json
import posixpath
from base64 import b64encode
from pathlib import Path
from typing import Any

from ellip_lab.runs.cluster import Cluster

Json = dict[str, Any]
RUN = "ellip-lab.run"
"""The label with the id of the run."""
PART = "ellip-lab.part"
"""The label that tells the pods of this program from those of the tools: `runner`, `files`, `sweep`; `tool`."""
RUNNER, FILES = "calrissian", "files"
"""The two containers of a Job's pod; calrissian looks at the volumes of the first."""
CONFIG = "/ellip"
LARGEST = 900_000
"""Bytes of a ConfigMap; what is larger goes onto the volume."""
PACKAGE, PARAMETERS, START, INPUTS = "package.cwl", "params.json", "start.py", "inputs.tar"


def selector(run: str) -> str:
    """Gives what chooses everything of a run."""
    return f"{RUN}={run}"


def name_of(run: str) -> str:
    """Gives the name of the Job and of the ConfigMap of a run."""
    return f"ellip-{run}"


def folder_of(cluster: Cluster, run: str) -> str:
    """Gives the folder of a run on the volume, as pods see it."""
    return f"{cluster.mount.rstrip('/')}/{run}"


def config(
    cluster: Cluster, run: str, package: Json, parameters: Json, archive: bytes = b""
) -> tuple[Json, dict[str, bytes]]:
    """Gives the ConfigMap of a run, and what of it is too large and has to go onto the volume.

    `archive` is of the inputs, when they are small; it does not come along where something else has no room.
    """
    data = {
        "labels.yml": json.dumps({**cluster.pod_labels, RUN: run, PART: "tool"}),
        "env.yml": json.dumps(cluster.pod_env),
        "nodes.yml": json.dumps(cluster.node_selector),
        START: Path(__file__).with_name("calrissian_start.py").read_text("utf-8"),
    }
    large = {}
    for name, value in ((PACKAGE, package), (PARAMETERS, parameters)):
        text = json.dumps(value, ensure_ascii=False, default=str)
        if len(text.encode()) + sum(map(len, data.values())) + len(archive) > LARGEST:
            large[name] = text.encode()
        else:
            data[name] = text
    body: Json = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name_of(run), "labels": {RUN: run}},
        "data": data,
    }
    if archive and not large:
        body["binaryData"] = {INPUTS: b64encode(archive).decode()}
    return body, large


def job(cluster: Cluster, run: str, large: set[str], entry: str | None, along: bytes | None = None) -> Json:
    """Gives the Job of a run: calrissian, and beside it a container that carries files where it must.

    `along` is the archive of inputs that has come with the ConfigMap, empty when there are none; with null calrissian
    waits until they have been carried.
    """
    folder = folder_of(cluster, run)
    scratch = posixpath.join(folder, "tmp")
    shared = {"name": "shared", "mountPath": cluster.mount}
    places = {
        name: f"{folder}/in/{name}" if name in large else f"{CONFIG}/{name}" for name in (PACKAGE, PARAMETERS)
    }
    about = {
        "folder": folder,
        "inputs": f"{CONFIG}/{INPUTS}" if along else None,
        "waits": cluster.mounted_at is None and along is None,
    }
    arguments = [
        "--max-ram", cluster.max_ram, "--max-cores", cluster.max_cores, "--disable-color",
        "--tmp-outdir-prefix", f"{scratch}/", "--tmpdir-prefix", f"{scratch}/", "--outdir", f"{folder}/out",
        "--usage-report", f"{folder}/logs/report.json", "--tool-logs-basepath", f"{folder}/logs/tools",
        "--pod-labels", f"{CONFIG}/labels.yml", "--pod-env-vars", f"{CONFIG}/env.yml",
        "--pod-nodeselectors", f"{CONFIG}/nodes.yml",
        *(("--default-container", cluster.default_container) if cluster.default_container else ()),
        f"{places[PACKAGE]}{f'#{entry}' if entry else ''}", places[PARAMETERS],
    ]  # fmt: skip
    runner = {
        "name": RUNNER,
        "image": cluster.image,
        "imagePullPolicy": cluster.pull_policy,
        "command": [
            "sh",
            "-c",
            f'exec $(sed -n "1s/^#!//p" "$(command -v calrissian)") {CONFIG}/{START} "$@"',
            "ellip",
        ],
        "args": [json.dumps(about), *arguments],
        "env": [
            {"name": "CALRISSIAN_POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            # pods that have ended stay until their log is read; start.py sees to their end
            {"name": "CALRISSIAN_DELETE_PODS", "value": "false"},
            {"name": "CALRISSIAN_INIT_IMAGE", "value": cluster.image},
            {"name": "TMPDIR", "value": scratch},
            {"name": "PYTHONUNBUFFERED", "value": "1"},
        ],
        "resources": {
            "requests": {"cpu": cluster.runner_cpu, "memory": cluster.runner_memory},
            "limits": {"memory": cluster.runner_memory_limit},
        },
        "volumeMounts": [shared, {"name": "config", "mountPath": CONFIG}],
    }
    carries = [] if cluster.mounted_at else [files(cluster)]
    pod = {
        **_pod(cluster),
        "serviceAccountName": cluster.service_account,
        "terminationGracePeriodSeconds": 5,
        "containers": [runner, *carries],
        "volumes": [_volume(cluster), {"name": "config", "configMap": {"name": name_of(run)}}],
    }
    labels = {**cluster.pod_labels, RUN: run, PART: "runner"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name_of(run), "labels": {RUN: run}},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": cluster.deadline,
            "ttlSecondsAfterFinished": cluster.keep,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def files(cluster: Cluster, argv: tuple[str, ...] = ()) -> Json:
    """Gives the container that carries files; without a command of its own it waits to be asked."""
    waits = ("sh", "-c", 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done')
    return {
        "name": FILES,
        "image": cluster.image,
        "imagePullPolicy": cluster.pull_policy,
        "command": list(argv or waits),
        "resources": {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": "shared", "mountPath": cluster.mount}],
    }


def helper(cluster: Cluster, name: str, labels: dict[str, str], argv: tuple[str, ...], deadline: int) -> Json:
    """Gives a pod that runs one command with the volume."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {**cluster.pod_labels, **labels}},
        "spec": {
            **_pod(cluster),
            "activeDeadlineSeconds": deadline,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "containers": [files(cluster, argv)],
            "volumes": [_volume(cluster)],
        },
    }


def _pod(cluster: Cluster) -> Json:
    user = (
        {}
        if cluster.user is None
        else {"runAsUser": cluster.user, "runAsGroup": cluster.user, "fsGroup": cluster.user}
    )
    return {
        "restartPolicy": "Never",
        "securityContext": user,
        "nodeSelector": cluster.node_selector,
        "imagePullSecrets": [{"name": name} for name in cluster.pull_secrets],
    }


def _volume(cluster: Cluster) -> Json:
    return {"name": "shared", "persistentVolumeClaim": {"claimName": cluster.claim}}
