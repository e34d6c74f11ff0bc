"""The image of the studio on the cluster itself, with the pod's own service account: opt-in, for the image is large.

ELLIP_LAB_TEST_STUDIO_IMAGE names it (`scripts/studio-image` makes it), and the nodes have it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from ellip_lab.runs.engines.kubernetes_client import Kubernetes

from .conftest import DEPLOY, DOCUMENTS, IMAGE, Namespace, until

STUDIO = os.environ.get("ELLIP_LAB_TEST_STUDIO_IMAGE", "")
pytestmark = [
    pytest.mark.skipif(not STUDIO, reason="ELLIP_LAB_TEST_STUDIO_IMAGE names no image"),
    # the administrator's client leaves its connections to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Ask = Callable[..., str]


@pytest.fixture
def ask(namespace: Namespace) -> Iterator[Ask]:
    """Applies deploy/studio, its home in the pod, and gives what runs a command in there."""
    from kubernetes import client, utils

    api = namespace.core.api_client
    file = DEPLOY / "studio/studio.yaml"
    by_kind = {one["kind"]: one for one in yaml.safe_load_all(file.read_text())}
    assert set(by_kind) == {"ConfigMap", "PersistentVolumeClaim", "Deployment", "Service"}
    pod = by_kind["Deployment"]["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = STUDIO
    # volumes are few on a cluster of one node
    assert pod["volumes"][0].pop("persistentVolumeClaim")["claimName"] == "ellip-studio-home"
    pod["volumes"][0]["emptyDir"] = {}
    settings = by_kind["ConfigMap"]["data"]["cluster.toml"].replace(
        "localhost/ellip/calrissian:0.18.1", IMAGE
    )
    by_kind["ConfigMap"]["data"]["cluster.toml"] = settings
    cluster = Kubernetes(namespace.settings)
    secret = {"metadata": {"name": "ellip-studio"}, "stringData": {"token": "a-token"}}
    namespace.core.create_namespaced_secret(namespace.name, secret)
    for kind in ("ConfigMap", "Deployment"):
        utils.create_from_dict(api, by_kind[kind], namespace=namespace.name)

    def ready() -> Any:
        found = namespace.core.list_namespaced_pod(namespace.name, label_selector="app=ellip-studio").items
        statuses = found[0].status.container_statuses if found else None
        return found[0] if statuses and statuses[0].ready else None

    try:
        studio = until(ready, "it is ready")

        def run(script: str, text: str = "") -> str:
            said: list[bytes] = []
            argv = ["sh", "-c", script, "sh", text]
            code, wrong = cluster.execute(
                studio.metadata.name, "studio", argv, sink=said.append, patience=200
            )
            assert code == 0, wrong
            return b"".join(said).decode()

        yield run
    finally:
        apps = client.AppsV1Api(api)
        apps.delete_namespaced_deployment("ellip-studio", namespace.name, propagation_policy="Foreground")
        namespace.core.delete_namespaced_config_map("ellip-studio", namespace.name)
        namespace.core.delete_namespaced_secret("ellip-studio", namespace.name)
        until(lambda: not any("studio" in one for one in namespace.objects()), "nothing is left")


def test_it_runs_on_the_cluster_it_is_on(ask: Ask, namespace: Namespace) -> None:
    assert ask("id -u; echo $KUBECONFIG").split() == ["1000"]
    assert "ellip_lab" in ask("jupyter server extension list 2>&1 | grep OK")
    answers = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8888/api/status?token=a-token').status)"
    assert ask(f'python -c "{answers}"') == "200\n"
    found = json.loads(ask("ellip engine check --json"))
    assert found["works"], found["findings"]
    assert found["where"] == "the cluster this runs in"
    assert found["namespace"] == namespace.name
    ask('cd; printf "%s" "$1" > four.cwl', (DOCUMENTS / "four.cwl").read_text())
    words = "cd; for n in 0 1; do echo word $n > t$n.txt; done; ellip run -q --engine calrissian --outdir out four.cwl"
    outputs = json.loads(
        ask(f"{words} --texts t0.txt --texts t1.txt || {{ ellip runs log last --all >&2; exit 1; }}")
    )
    assert outputs["joined"]["path"] == "/home/studio/out/joined.txt"
    assert ask("cat /home/studio/out/joined.txt") == "WORD 0\nWORD 1\n"
    until(lambda: ask("ls /calrissian") == "", "nothing is left on the volume")
