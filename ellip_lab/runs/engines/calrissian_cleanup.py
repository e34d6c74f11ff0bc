"""Leaves nothing of a run behind: on the cluster, on the volume, and where its outputs go.

``python -m ellip_lab.runs.engines.calrissian_cleanup`` in the directory of a task, run by its supervisor at every
end, and by whoever finds the task lost. Idempotent.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines import cleanup
from ellip_lab.runs.engines.calrissian_troubles import container_state
from ellip_lab.runs.engines.calrissian_volume import REMOVE, Carried, Mounted
from ellip_lab.runs.engines.kubernetes_client import ClusterError, Kubernetes
from ellip_lab.shell import read_json

PATIENCE = 50.0
"""Seconds that everything may take together; a supervisor gives a minute."""
FORBIDDEN = 403
GRACE = 5
"""Seconds that a tool has to end by itself."""
LATE = 5.0
"""Seconds for a node to tell that a container has started."""
SOON = 20.0
"""Seconds for calrissian and its tools to end while the container beside it is still there."""


def main() -> int:
    """Cleans up in the current directory; the exit code says whether everything is gone."""
    directory = Path.cwd()
    cleanup.take_back(directory)
    kept = cleanup.unpublished(directory)
    left = False
    if (directory / "cluster.json").exists():
        try:
            left = not swept(directory, read_json(directory / "run.json"))
        except ClusterError as error:
            sys.stderr.write(f"cleanup: the cluster could not be swept: {error.message}\n")
            left = True
    if left:
        return 1  # what the scratch says of the run is needed for the next try
    return 1 if not cleanup.remove_scratch("", directory) or kept else 0


def swept(directory: Path, asked: dict[str, Any]) -> bool:
    """Removes everything with the label of the run, and its folder; tells whether all of it is gone."""
    run = directory.name
    until = time.monotonic() + PATIENCE
    cluster = Cluster.model_validate(asked["cluster"])
    kubernetes = Kubernetes(cluster)
    selector = manifests.selector(run)
    pods = kubernetes.pods(selector)[0]
    late = time.monotonic() + LATE
    while any(map(unclear, pods)) and time.monotonic() < late:
        time.sleep(0.2)
        pods = kubernetes.pods(selector)[0]
    wrote = (directory / "work" / "begun").exists() or begun(pods)
    whole = (directory / "work" / "whole").exists()
    removed = directory / "work" / "removed"
    if not removed.exists():

        def beside() -> None:
            with suppress(ClusterError):
                if _beside(Kubernetes(cluster), cluster, run, pods, whole=whole):
                    removed.touch()

        # a node that does not answer, or a folder that takes minutes, must not keep the Job: its tools run on
        worker = threading.Thread(target=beside, name="ellip-beside", daemon=True)
        worker.start()
        worker.join(SOON)
    gone = _objects(kubernetes, selector, until)
    if removed.exists():
        return gone
    if cluster.mounted_at:
        folder = Path(cluster.mounted_at, run)
        Mounted(folder).remove()
        return gone and not folder.exists()
    return (not wrote or _folder(kubernetes, cluster, run, until)) and gone


def _beside(
    kubernetes: Kubernetes, cluster: Cluster, run: str, pods: list[dict[str, Any]], *, whole: bool
) -> bool:
    """Removes the folder by the container that is there for files; tells whether it could.

    A pod of its own for that may have to wait for a node. Where the run was not `whole` nothing may write there any
    more: calrissian is ended first, and its tools.
    """
    pod = next((one for one in pods if "running" in container_state(one, manifests.FILES)), None)
    if pod is None:
        return False
    name = pod["metadata"]["name"]
    try:
        if not whole and not _still(kubernetes, run, name):
            return False
        Carried(kubernetes, name, manifests.folder_of(cluster, run)).remove()
    except ClusterError:
        return False
    return True


def _still(kubernetes: Kubernetes, run: str, runner: str) -> bool:
    """Ends the tools of a run, and calrissian; tells whether they have ended soon."""
    asked: set[str] = set()
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        pods, _ = kubernetes.pods(manifests.selector(run))
        here = next((pod for pod in pods if pod["metadata"]["name"] == runner), None)
        if here is None:
            return False
        tools = [pod for pod in pods if pod["metadata"]["labels"].get(manifests.PART) == "tool"]
        for tool in tools:
            name = tool["metadata"]["name"]
            if name not in asked:
                asked.add(name)
                kubernetes.delete_pod(name, GRACE if running(tool) else 0)
        if "running" not in container_state(here, manifests.RUNNER):
            if not any(map(running, tools)):
                return True
        elif runner not in asked:
            # after its tools: it would give them half a minute, and what is given cannot be taken back
            asked.add(runner)
            kubernetes.execute(runner, manifests.RUNNER, ["sh", "-c", "kill 1"], patience=GRACE)
        time.sleep(0.2)
    return False


def running(pod: dict[str, Any]) -> bool:
    """Tells whether any container of a pod is running."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return any("running" in (one.get("state") or {}) for one in statuses)


def unclear(pod: dict[str, Any]) -> bool:
    """Tells whether a pod has a node that has not told yet what has become of its containers."""
    if not pod["spec"].get("nodeName") or (pod.get("status") or {}).get("phase") != "Pending":
        return False
    statuses = pod["status"].get("containerStatuses") or []
    waits = [(one.get("state") or {}).get("waiting") for one in statuses]
    return all(one is not None and one.get("reason") in (None, "ContainerCreating") for one in waits)


def begun(pods: list[dict[str, Any]]) -> bool:
    """Tells whether a container has started that sees the volume: before that, there is nothing on it.

    A pod of a tool is made by calrissian, which has started then, whatever its node has told of it.
    """
    if any(pod["metadata"]["labels"].get(manifests.PART) == "tool" for pod in pods):
        return True
    states = [container_state(pod, name) for pod in pods for name in (manifests.RUNNER, manifests.FILES)]
    return any("running" in state or "terminated" in state for state in states)


def _objects(kubernetes: Kubernetes, selector: str, until: float) -> bool:
    """Deletes Jobs in the foreground, then pods, then ConfigMaps, until there are none."""
    asked: set[str] = set()
    refused: set[str] = set()

    def listed(ask: Callable[[str], Any]) -> Any:
        try:
            return ask(selector)
        except ClusterError as error:
            if error.status != FORBIDDEN:
                raise
            refused.add(error.message)  # the others must not stay for it
            return []

    while True:
        jobs = listed(kubernetes.jobs)
        for job in jobs:
            if not job["metadata"].get("deletionTimestamp"):
                kubernetes.delete_job(job["metadata"]["name"])
        pods = listed(lambda chosen: kubernetes.pods(chosen)[0])
        for pod in pods:
            name = pod["metadata"]["name"]
            # a kubelet may take a minute to see that a pod is to go which never started, and ten seconds for one that ended
            forced = not running(pod) or time.monotonic() > until - PATIENCE / 2
            if name not in asked or forced:
                asked.add(name)
                kubernetes.delete_pod(name, 0 if forced else GRACE)
        configs = listed(kubernetes.configs)
        for config in configs:
            kubernetes.delete_config(config["metadata"]["name"])
        if not jobs and not pods and not configs:
            sys.stderr.writelines(f"cleanup: {message}\n" for message in sorted(refused))
            return not refused
        if time.monotonic() > until:
            return False
        time.sleep(0.3)


def _folder(kubernetes: Kubernetes, cluster: Cluster, run: str, until: float) -> bool:
    """Removes the folder of the run by a pod that sees the volume."""
    name = f"{manifests.name_of(run)}-sweep"
    argv = ("python3", "-c", REMOVE, manifests.folder_of(cluster, run))
    # it has the label of the run: whoever sweeps next finds it, should this program be killed
    labels = {manifests.RUN: run, manifests.PART: "sweep"}
    kubernetes.create_pod(manifests.helper(cluster, name, labels, argv, int(PATIENCE)))
    try:
        while time.monotonic() < until:
            phase = kubernetes.pod(name)["status"].get("phase")
            if phase in ("Succeeded", "Failed"):
                return bool(phase == "Succeeded")
            time.sleep(0.2)
        sys.stderr.write(
            f"cleanup: the pod {name} did not start; the folder {argv[-1]} is still on the volume\n"
        )
        return False
    finally:
        kubernetes.delete_pod(name, 0)


if __name__ == "__main__":
    sys.exit(main())
