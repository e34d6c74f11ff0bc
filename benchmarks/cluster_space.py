"""A namespace of the benchmark's own on the cluster that KUBECONFIG names, by kubectl, and given back at the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROOT = Path(__file__).parent.parent
IMAGE = os.environ.get("ELLIP_TEST_CALRISSIAN", "localhost/ellip/calrissian:0.18.1")
TOOL = "docker.io/ellip/busybox:1"
CLAIMS = {"calrissian": "/calrissian", "calrissian-wdir": "/other"}
"""The claims, and where the pod for files has them; the name of the second is pycalrissian's."""
MOUNT = CLAIMS["calrissian"]
OTHER = CLAIMS["calrissian-wdir"]
FILES = "files"
"""A pod that sees the volume and waits: whoever works by hand copies through it."""
PATIENCE = 240.0


def missing() -> str | None:
    """Tells why there is no cluster to measure on; None where there is one."""
    if not os.environ.get("KUBECONFIG"):
        return "KUBECONFIG names no cluster"
    if not shutil.which("kubectl"):
        return "kubectl is not installed"
    argv = ["kubectl", "get", "--raw", "/readyz", "--request-timeout", "5s"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return f"the cluster does not answer: {done.stderr.strip()}" if done.returncode else None


@dataclass
class Space:
    """Is the namespace."""

    name: str

    def kubectl(self, *words: str, body: Json | None = None, about: str | None = None) -> str:
        """Runs kubectl in the namespace, and gives what it wrote; what fails ends the benchmark, with a log."""
        argv = ["kubectl", "-n", self.name, *words]
        text = None if body is None else json.dumps(body)
        done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            log = self.kubectl("logs", about, "--tail=20") if about else ""
            raise SystemExit(f"{' '.join(argv)}: {done.stderr}{log}")
        return done.stdout

    def volume(self, command: str) -> str:
        """Runs a command where the volume is."""
        return self.kubectl("exec", FILES, "--", "sh", "-c", command)

    def settled(self) -> None:
        """Waits until nothing is left of what was run, so that it is not in the time of what comes next."""
        until(lambda: set(self.objects()) <= {f"pod/{FILES}", "configmap/kube-root-ca.crt"})

    def objects(self) -> list[str]:
        """Gives everything that runs leave: Jobs, pods and ConfigMaps."""
        return self.kubectl("get", "jobs,pods,configmaps", "-o", "name").split()


def until(what: Callable[[], object]) -> None:
    """Looks again and again until something is so."""
    end = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > end:
            raise SystemExit(f"the cluster did not come to rest within {PATIENCE:g} s")
        time.sleep(0.2)


@contextmanager
def space() -> Iterator[Space]:
    """Makes the namespace with what deploy/base has, and a pod for files; removes it, and gives its volumes back."""
    own = Space(f"ellip-benchmark-{uuid.uuid4().hex[:6]}")
    own.kubectl("create", "namespace", own.name)
    try:
        own.kubectl("apply", "-k", str(ROOT / "deploy" / "base"))
        own.kubectl("create", "-f", "-", body=claim("calrissian-wdir"))
        own.kubectl("create", "-f", "-", body=pod())
        own.kubectl("wait", "--for=condition=ready", f"pod/{FILES}", "--timeout=120s")
        own.volume(f"chmod 1777 {MOUNT}")
        yield own
        own.volume(f"rm -rf {MOUNT}/* {OTHER}/*")
    finally:
        claims = json.loads(own.kubectl("get", "pvc", "-o", "json"))["items"]
        own.kubectl("delete", "pod", "--all", "--grace-period=0", "--force")
        own.kubectl("delete", "namespace", own.name, "--timeout=120s")
        for one in claims:
            given_back(own, str(one["spec"].get("volumeName")))


def given_back(own: Space, volume: str) -> None:
    """Lets others have a volume that the cluster would keep for a claim that is no more."""

    def found() -> Json:
        return dict(json.loads(own.kubectl("get", "pv", volume, "-o", "json")))

    if found()["spec"]["persistentVolumeReclaimPolicy"] == "Retain":
        until(lambda: found()["status"]["phase"] == "Released")
        own.kubectl("patch", "pv", volume, "-p", '{"spec": {"claimRef": null}}')


def claim(name: str) -> Json:
    """Gives a claim that many pods can write at once."""
    resources = {"requests": {"storage": "1Gi"}}
    spec = {"accessModes": ["ReadWriteMany"], "resources": resources}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def pod() -> Json:
    """Gives a pod that sees the claims and waits, as root."""
    container = {
        "name": FILES,
        "image": TOOL,
        "command": ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
        "volumeMounts": [{"name": name, "mountPath": place} for name, place in CLAIMS.items()],
    }
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in CLAIMS]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": FILES},
        "spec": {"terminationGracePeriodSeconds": 0, "containers": [container], "volumes": volumes},
    }
