"""A namespace of the tests' own on the cluster that KUBECONFIG names; skipped, and said so, where none answers.

Everything runs with the service account that deploy/base gives to the studio: what that may not do, fails here.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ellip_lab.lab import Lab
from ellip_lab.runs.cluster import Cluster, save
from ellip_lab.runs.contract import Run
from ellip_lab.runs.handle import RunHandle
from ellip_lab.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
DOCUMENTS = Path(__file__).parent / "documents"
IMAGE = os.environ.get("ELLIP_TEST_CALRISSIAN", "localhost/ellip/calrissian:0.18.1")
PATIENCE = 240.0
long = pytest.mark.skipif(
    os.environ.get("ELLIP_LAB_TEST_CLUSTER") != "all", reason="long: asked for by ELLIP_LAB_TEST_CLUSTER=all"
)
"""Marks what CI has no time for."""


@dataclass
class Namespace:
    """Is a namespace with what deploy/base has, and the administrator's client."""

    name: str
    core: Any
    batch: Any
    rbac: Any
    kubeconfig: Path
    """The studio's."""
    volume: Path | None = None
    """Where this machine sees the volume of its claim, if it does."""

    @property
    def settings(self) -> Cluster:
        return Cluster(
            kubeconfig=str(self.kubeconfig), namespace=self.name, image=IMAGE, runner_cpu="10m",
            runner_memory="64Mi", deadline=300, max_cores="8",
        )  # fmt: skip

    def objects(self) -> list[str]:
        """Gives everything of runs that is on the cluster: Jobs, pods, ConfigMaps."""
        found = [f"job/{one.metadata.name}" for one in self.batch.list_namespaced_job(self.name).items]
        found += [f"pod/{one.metadata.name}" for one in self.core.list_namespaced_pod(self.name).items]
        maps = self.core.list_namespaced_config_map(self.name).items
        found += [f"map/{one.metadata.name}" for one in maps if one.metadata.name != "kube-root-ca.crt"]
        return sorted(found)

    def lying(self) -> list[str]:
        """Gives what lies on the volume: the folder of a run is called as the run is."""
        if self.volume is not None:
            return sorted(one.name for one in self.volume.iterdir())
        return sorted(self.on_volume("ls -A /calrissian").split())

    def left(self) -> list[str]:
        """Gives everything of runs: Jobs, pods, ConfigMaps, and what lies on the volume."""
        return [*self.objects(), *(f"volume/{name}" for name in self.lying())]

    def settled(self, patience: float = 150) -> None:
        """Waits until nothing of any run is there; fails with what is left."""
        end = time.monotonic() + patience
        while left := self.left():
            if time.monotonic() > end:
                raise AssertionError(f"left behind: {' '.join(left)}")
            time.sleep(0.1)

    def empty(self) -> None:
        """Removes everything of runs: what one test has left must not be counted by the next."""
        everything = {"propagation_policy": "Background", "grace_period_seconds": 0}
        self.batch.delete_collection_namespaced_job(self.name, **everything)
        self.core.delete_collection_namespaced_pod(self.name, **everything)
        for one in self.objects():
            if one.startswith("map/"):
                self.core.delete_namespaced_config_map(one.removeprefix("map/"), self.name)
        until(lambda: not self.objects(), "the namespace is empty")
        if self.lying():
            self.on_volume("find /calrissian -mindepth 1 -delete")

    def pods(self, run: str, part: str) -> list[Any]:
        """Gives the pods of a run."""
        selector = f"ellip-lab.run={run},ellip-lab.part={part}"
        return list(self.core.list_namespaced_pod(self.name, label_selector=selector).items)

    def on_volume(self, argv: str) -> str:
        """Runs a command with the volume, as root, and gives what it wrote."""
        from ellip_lab.runs.engines.calrissian_manifests import helper

        name = f"look-{uuid.uuid4().hex[:8]}"
        pod = helper(self.settings.model_copy(update={"user": 0}), name, {}, ("sh", "-c", argv), 60)
        self.core.create_namespaced_pod(self.name, pod)
        try:
            until(
                lambda: self.core.read_namespaced_pod(name, self.name).status.phase == "Succeeded",
                f"{argv} is done",
            )
            return str(self.core.read_namespaced_pod_log(name, self.name))
        finally:
            self.core.delete_namespaced_pod(name, self.name, grace_period_seconds=0)
            until(lambda: f"pod/{name}" not in self.objects())


def until(what: Callable[[], Any], told: str = "", patience: float = PATIENCE) -> Any:
    """Looks again and again until there is something, and gives it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not happen within {patience:g} s: {told or what}")


@pytest.fixture(scope="session")
def namespace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Namespace]:
    kubernetes = pytest.importorskip("kubernetes", reason="pip install 'ellip-lab[kubernetes]'")
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG names no cluster")
    from kubernetes import client, config, utils

    config.load_kube_config()
    core = client.CoreV1Api()
    try:
        core.list_namespace(_request_timeout=5)
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no cluster to test on
        pytest.skip(f"the cluster that KUBECONFIG names does not answer: {error}")
    assert kubernetes
    name = f"ellip-tests-{uuid.uuid4().hex[:6]}"
    core.create_namespace({"metadata": {"name": name}})
    try:
        for file in ("calrissian.yaml", "studio.yaml", "claim.yaml"):
            for body in yaml.safe_load_all((DEPLOY / "base" / file).read_text()):
                for subject in body.get("subjects", ()):
                    subject["namespace"] = name
                utils.create_from_dict(client.ApiClient(), body, namespace=name)
        until(
            lambda: core.read_namespaced_persistent_volume_claim("calrissian", name).status.phase == "Bound"
        )
        file = tmp_path_factory.mktemp("kube") / "studio.kubeconfig"
        file.write_text(yaml.safe_dump(studio(core, name, client.Configuration.get_default_copy())))
        space = Namespace(name, core, client.BatchV1Api(), client.RbacAuthorizationV1Api(), file)
        # what deploy/base asks of whoever makes the volume; the file shows whether this machine sees it
        mark = f"mark-{uuid.uuid4().hex}"
        space.on_volume(f"chmod 1777 /calrissian; touch /calrissian/{mark}")
        claim = core.read_namespaced_persistent_volume_claim("calrissian", name)
        host = core.read_persistent_volume(claim.spec.volume_name).spec.host_path
        if host and Path(host.path, mark).exists():
            space.volume = Path(host.path)
        space.on_volume("find /calrissian -mindepth 1 -delete")
        yield space
        space.empty()
    finally:
        volume = core.read_namespaced_persistent_volume_claim("calrissian", name).spec.volume_name
        core.delete_namespace(name)
        if volume and core.read_persistent_volume(volume).spec.persistent_volume_reclaim_policy == "Retain":
            # emptied above, and kept for ever for a claim that is no more: it is given back
            until(lambda: core.read_persistent_volume(volume).status.phase == "Released")
            core.patch_persistent_volume(volume, {"spec": {"claimRef": None}})


def studio(core: Any, namespace: str, admin: Any) -> dict[str, Any]:
    """Gives a kubeconfig of the studio's service account."""
    body = {"spec": {"expirationSeconds": 7200}}
    token = core.create_namespaced_service_account_token("ellip-studio", namespace, body).status.token
    server = {"server": admin.host, "certificate-authority": admin.ssl_ca_cert}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": server}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "tests", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "tests",
    }


@pytest.fixture(autouse=True)
def nothing_left(namespace: Namespace) -> Iterator[None]:
    """Counts before and after every test: nothing of a run may be there, whatever has become of it."""
    assert namespace.left() == []
    yield
    try:
        # a run that is done is told before it has been cleaned up
        namespace.settled()
    finally:
        if namespace.left():
            namespace.empty()


@pytest.fixture
def lab(tmp_path: Path, cache: Path, namespace: Namespace) -> Iterator[Lab]:
    """A hall whose settings lead to the namespace; at the end no run of it goes on."""
    state, root = tmp_path / "state", tmp_path / "workspace"
    state.mkdir(mode=0o700)
    root.mkdir()
    (state / "cache").symlink_to(cache)
    save(state, namespace.settings)
    hall = Lab(Settings(state=state, root=root, task_limit=20))
    yield hall
    from ellip_lab.runs.contract import RunQuery

    runs = hall.runs.list(RunQuery()).runs
    for run in runs:
        if not run.state.final:
            hall.runs.stop(run.id)
            hall.runs.wait(run.id, PATIENCE)
    until(lambda: not list(hall.tasks.root.glob("*/work")), "no temporary folder is left", 60)


@pytest.fixture
def start(lab: Lab) -> Callable[..., RunHandle]:
    """Starts a document of these tests on the cluster; `cluster` changes fields of the settings."""

    def begin(name: str, inputs: dict[str, Any] | None = None, /, **options: Any) -> RunHandle:
        changed = options.pop("cluster", {})
        if changed:
            save(lab.settings.state, lab.runs.cluster().model_copy(update=changed))
        options.setdefault("engine", "calrissian")
        return lab.runs.start(DOCUMENTS / name, inputs, **options)

    return begin


@pytest.fixture
def perform(start: Callable[..., RunHandle]) -> Callable[..., Run]:
    """Runs a document on the cluster to its end."""

    def run(*arguments: Any, **options: Any) -> Run:
        ended = start(*arguments, **options).wait(PATIENCE).show()
        assert ended.state.final, f"still {ended.state} after {PATIENCE} s"
        return ended

    return run
