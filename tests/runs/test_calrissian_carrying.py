"""What goes to a cluster and comes back, and which cluster it is; no cluster needed."""

from __future__ import annotations

import inspect
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Conflict
from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.comparing import compare
from ellip_lab.runs.contract import Run, RunRequest
from ellip_lab.runs.engines import calrissian
from ellip_lab.runs.engines import calrissian_cleanup as cleanup
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines.calrissian_volume import PACK, Mounted, _Piped, packed
from ellip_lab.runs.engines.kubernetes_client import Kubernetes
from ellip_lab.runs.request import resolve
from ellip_lab.settings import Settings
from ellip_lab.shell import write_json
from ellip_lab.stac.service import StacService
from ellip_lab.tasks.contract import State

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: one
clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: me, user: {}}]
contexts:
- {name: one, context: {cluster: here, user: me, namespace: first}}
- {name: two, context: {cluster: here, user: me}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run on the volume, with a link out of it in an output."""
    (tmp_path / "secret").write_text("the token")
    run = tmp_path / "volume" / "run"
    (run / "out" / "made").mkdir(parents=True)
    (run / "in").mkdir()
    (run / "in" / "scene").write_text("a scene")
    (run / "out" / "made" / "token").symlink_to(tmp_path / "secret")
    (run / "out" / "made" / "scene").symlink_to(run / "in" / "scene")
    return run


def test_a_link_out_of_the_folder_of_a_run_does_not_come_back(folder: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-c", PACK, str(folder), "logs/.read", "out", "nothing"]
    done = subprocess.run(argv, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(tmp_path / "carried", filter="data")
    Mounted(folder).fetch(("out", "nothing"), tmp_path / "mounted", "logs/.read")
    for back in ("carried", "mounted"):
        made = tmp_path / back / "out" / "made"
        assert [one.name for one in made.iterdir()] == ["scene"]
        assert (made / "scene").read_text() == "a scene"
        assert not (made / "scene").is_symlink()
    assert (folder / "logs" / ".read").exists()


def test_an_input_that_cannot_be_read_ends_the_archive(tmp_path: Path) -> None:
    """Whoever unpacks waits for the end of the archive, which it would never get."""
    (tmp_path / "there").write_text("x")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    files = [(str(tmp_path / "there"), "in/there"), (str(tmp_path / "broken"), "in/broken")]
    piped = _Piped(lambda stream: packed(stream, files, {}))
    with pytest.raises(FileNotFoundError), piped as pieces:
        for piece in pieces:
            assert piece


def test_what_a_command_in_a_pod_writes_is_not_kept() -> None:
    from kubernetes.stream.ws_client import WSClient

    assert "self._all.write(" in inspect.getsource(WSClient.update)


def test_what_has_begun_is_swept_though_its_node_has_not_told() -> None:
    """A node tells a second late that a container runs, and calrissian has made its folder and a pod by then."""

    def pod(part: str, node: str | None, **state: object) -> dict[str, Any]:
        statuses = [{"name": manifests.RUNNER, "state": state}] if state else []
        spec = {"containers": [], **({"nodeName": node} if node else {})}
        about = {"name": "a", "labels": {manifests.PART: part}}
        return {
            "metadata": about,
            "spec": spec,
            "status": {"phase": "Pending", "containerStatuses": statuses},
        }

    starting = pod("runner", "here", waiting={"reason": "ContainerCreating"})
    assert cleanup.unclear(starting)
    assert cleanup.unclear(pod("runner", "here"))
    assert not cleanup.unclear(pod("runner", None))
    assert not cleanup.unclear(pod("runner", "here", waiting={"reason": "ErrImagePull"}))
    assert not cleanup.unclear(pod("runner", "here", running={}))
    assert not cleanup.begun([starting])
    assert cleanup.begun([starting, pod("tool", None)])
    assert cleanup.begun([pod("runner", "here", running={})])


def test_the_cluster_is_the_one_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "config"
    place.write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(place))
    now = Kubernetes(Cluster()).pinned
    assert now == {"kubeconfig": str(place), "context": "one", "namespace": "first"}
    place.write_text(KUBECONFIG.replace("current-context: one", "current-context: two"))
    monkeypatch.delenv("KUBECONFIG")
    later = Kubernetes(Cluster(**now))
    assert (later.namespace, later.where) == ("first", "context one")


def test_whoever_takes_a_run_up_asks_the_same_cluster(settings: Settings) -> None:
    (settings.root / "a.cwl").write_text("cwlVersion: v1.2")
    resolved = resolve(RunRequest(document=str(settings.root / "a.cwl"), engine="calrissian"), settings)
    env = {"PATH": "/bin", "KUBECONFIG": "/k", "KUBERNETES_SERVICE_HOST": "10.0.0.1", "SECRET": "s"}
    plan = calrissian.plan(resolved, Cluster(), Path("/cache"), Path("/node"), env)
    carried = {"KUBECONFIG": "/k", "KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    assert plan.command.env == {"PATH": os.pathsep.join(("/bin", "/node")), **carried}


def test_secrets_go_to_no_cluster(settings: Settings, tmp_path: Path) -> None:
    document = settings.root / "a.cwl"
    document.write_text(
        'cwlVersion: v1.2\nclass: CommandLineTool\n$namespaces: {cwltool: "http://commonwl.org/cwltool#"}\n'
        "hints: {cwltool:Secrets: {secrets: [word]}, DockerRequirement: {dockerPull: busybox}}\n"
        "baseCommand: echo\ninputs: {word: {type: string, inputBinding: {}}}\noutputs: {}\n"
    )
    (tmp_path / "config").write_text(KUBECONFIG)
    request = RunRequest(document=str(document), engine="calrissian", inputs={"word": "hush"})
    env = {**os.environ, "KUBECONFIG": str(tmp_path / "config")}
    plan = calrissian.plan(resolve(request, settings), Cluster(), settings.state / "cache", None, env)
    task = tmp_path / "task"
    task.mkdir()
    write_json(task / "run.json", plan.run, 0o600)
    argv = [sys.executable, "-m", "ellip_lab.runs.engines.calrissian_child"]
    done = subprocess.run(argv, cwd=task, env={**os.environ, **plan.command.env}, check=False)
    assert done.returncode == 33
    ended = json.loads((task / "events.jsonl").read_text().splitlines()[-1])
    assert (ended["event"], ended["kind"]) == ("ended", "unsupported"), ended
    assert "Secrets" in ended["message"]
    assert not list(task.rglob("params.json"))


def test_outputs_that_cannot_be_read_are_not_the_same(tmp_path: Path) -> None:
    one = Run.model_construct(id="a", state=State.DONE, output_object={})
    other = Run.model_construct(id="b", state=State.DONE, output_object=None)
    with pytest.raises(Conflict, match="the outputs of run b cannot be read"):
        compare(one, other, StacService(Settings(state=tmp_path, root=tmp_path)))
