"""The engine calrissian as data: its plan, its manifests, and how it reads what a cluster says; no cluster needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Invalid
from ellip_lab.runs import cluster
from ellip_lab.runs.cluster import Cluster
from ellip_lab.runs.contract import RunRequest
from ellip_lab.runs.engines import calrissian, calrissian_inputs, calrissian_outputs, calrissian_start
from ellip_lab.runs.engines import calrissian_manifests as manifests
from ellip_lab.runs.engines.calrissian_lines import Lines, Names
from ellip_lab.runs.engines.calrissian_pods import bytes_of, ordered
from ellip_lab.runs.engines.calrissian_troubles import claim_trouble, trouble
from ellip_lab.runs.engines.record import Record
from ellip_lab.runs.engines.stages import with_own_steps
from ellip_lab.runs.request import resolve
from ellip_lab.settings import Settings

RUN = "20261126t072317047-runs-b2bc"
STEPS = [
    {"id": "shout", "scatter": True},
    {"id": "inner", "scatter": True, "workflow": True},
    {"id": "inner/deep"},
    {"id": "Norm_Diff"},
]


def test_the_plan_is_data_and_imports_nothing(settings: Settings) -> None:
    (settings.root / "a.cwl").write_text("cwlVersion: v1.2")
    resolved = resolve(RunRequest(document=str(settings.root / "a.cwl"), engine="calrissian"), settings)
    env = {"PATH": "/bin", "KUBECONFIG": "/k", "SECRET": "s"}
    plan = calrissian.plan(resolved, Cluster(namespace="ellip"), Path("/cache"), None, env)
    assert plan.command.argv == (sys.executable, "-m", "ellip_lab.runs.engines.calrissian_child")
    assert plan.command.resumes > 0
    assert plan.cleanup.env == {"PATH": "/bin", "KUBECONFIG": "/k"}
    assert plan.run["cluster"]["namespace"] == "ellip"
    program = "import sys, ellip_lab.runs.service, ellip_lab.runs.engines.calrissian_run; print('kubernetes' in sys.modules)"
    reply = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert reply.stdout.strip() == "False"


def test_the_warm_process_has_the_client_where_a_cluster_is_set(tmp_path: Path) -> None:
    from ellip_lab.lab import LOADS

    assert "ellip_lab.runs.engines.calrissian_warming:ready" in LOADS
    program = (
        "import sys, pathlib; from ellip_lab.runs.engines.calrissian_warming import ready; "
        "ready(pathlib.Path(sys.argv[1])); "
        "print('ellip_lab.runs.engines.calrissian_child' in sys.modules, 'kubernetes.client.api.core_v1_api' in sys.modules)"
    )
    argv = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split() == [
        "True",
        "False",
    ]
    (tmp_path / "cluster.toml").write_text('namespace = "ellip"\n')
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split() == ["True", "True"]


def test_small_inputs_come_along(tmp_path: Path) -> None:
    import base64
    import io
    import tarfile

    (tmp_path / "folder/deep").mkdir(parents=True)
    (tmp_path / "folder/deep/one").write_text("1")
    (tmp_path / "text").write_text("text")
    files = [(str(tmp_path / "folder"), "in/0/folder"), (str(tmp_path / "text"), "in/1/text")]
    along = calrissian_inputs.archived(files)
    assert along
    body, large = manifests.config(Cluster(), "one", {}, {}, along)
    assert not large
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(body["binaryData"]["inputs.tar"]))) as archive:
        assert archive.getnames() == ["in/0/folder", "in/0/folder/deep", "in/0/folder/deep/one", "in/1/text"]
    assert calrissian_inputs.archived([]) == b""
    (tmp_path / "folder/deep/two").write_bytes(bytes(calrissian_inputs.SMALL))
    assert calrissian_inputs.archived(files) is None


def test_inputs_do_not_come_along_with_a_large_document() -> None:
    body, large = manifests.config(Cluster(), "one", {"doc": "x" * manifests.LARGEST}, {}, b"archive")
    assert list(large) == ["package.cwl"]
    assert "binaryData" not in body


def test_the_job_says_everything_that_leaves_nothing_behind() -> None:
    settings = Cluster(pull_secrets=("key",), node_selector={"disk": "ssd"}, deadline=77, keep=5)
    job = manifests.job(settings, RUN, set(), "main")
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"]) == (
        0,
        77,
        5,
    )
    assert pod["serviceAccountName"] == "calrissian"
    assert pod["imagePullSecrets"] == [{"name": "key"}]
    assert [one["name"] for one in pod["containers"]] == ["calrissian", "files"], (
        "calrissian looks at the first"
    )
    assert "/ellip/package.cwl#main" in pod["containers"][0]["args"]
    mounted = manifests.job(settings.model_copy(update={"mounted_at": "/mnt"}), RUN, set(), None)
    assert [one["name"] for one in mounted["spec"]["template"]["spec"]["containers"]] == ["calrissian"]


def test_what_is_too_large_for_a_config_map_goes_onto_the_volume() -> None:
    body, large = manifests.config(Cluster(pod_labels={"team": "eo"}), RUN, {"x": "y" * 1_000_000}, {"a": 1})
    assert set(large) == {"package.cwl"}
    assert json.loads(body["data"]["params.json"]) == {"a": 1}
    assert json.loads(body["data"]["labels.yml"])[manifests.RUN] == RUN
    job = manifests.job(Cluster(), RUN, set(large), "main")
    place = f"/calrissian/{RUN}/in/package.cwl#main"
    assert place in job["spec"]["template"]["spec"]["containers"][0]["args"]


@pytest.mark.parametrize(
    ("pod", "found"),
    [
        ("shout-pod-abcdefgh", ("shout", "shout")),
        ("shout-4-pod-abcdefgh", ("shout", "shout_4")),
        ("deep-2-pod-abcdefgh", ("inner/deep", "deep_2")),
        ("norm-diff-pod-abcdefgh", ("Norm_Diff", "Norm_Diff")),
        ("other-pod-abcdefgh", None),
    ],
)
def test_the_step_of_a_pod(pod: str, found: tuple[str, str] | None) -> None:
    assert Names(STEPS).job(pod) == found


@pytest.mark.parametrize(("fetches", "publishes"), [(False, False), (True, True)])
def test_the_only_step_of_a_tool(fetches: bool, publishes: bool) -> None:
    steps = with_own_steps([{"id": "crop"}], fetches, publishes)
    assert Names(steps).job("main-pod-abcdefgh") == ("crop", "crop")


def test_the_log_of_calrissian_tells_the_steps(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        record = Record(tmp_path, log.fileno())
        lines = Lines(Names(STEPS), record)
        for line in (
            "INFO [workflow ] starting step shout",
            "INFO [step shout] start",
            "INFO [step shout] start",
            "INFO [workflow inner_2] completed success",
            "INFO [step deep_2] start",
            "INFO [step Norm_Diff] completed skipped",
            "INFO [step shout] completed permanentFail",
            "../../ellip/package.cwl:1:724: plain before its level",
            "ERROR Cannot make scatter job: ../../ellip/..2026/package.cwl:1:7: Expression evaluation error:",
            "../../ellip/..2026/package.cwl:1:7: ReferenceError: nothing is not defined",
            "ellip-lab: ended 0",
        ):
            lines.take(line)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    told = [
        (e["event"], e.get("step"), e.get("more"), e.get("status")) for e in events if e["event"] != "said"
    ]
    assert told == [
        ("expand", "shout", False, None),
        ("expand", "shout", True, None),
        ("item-ended", "inner", None, "success"),
        ("expand", "inner/deep", False, None),
        ("step-ended", "Norm_Diff", None, "skipped"),
        ("step-ended", "shout", None, "permanentFail"),
    ]
    assert lines.stuck
    assert lines.ended == 0
    assert lines.error == [
        "Cannot make scatter job: Expression evaluation error:",
        "ReferenceError: nothing is not defined",
    ]


def test_files_and_what_lies_beside_them_have_one_place(tmp_path: Path) -> None:
    scene, index = tmp_path / "a b.tif", tmp_path / "a b.tif.idx"
    scene.touch()
    index.touch()
    value: dict[str, Any] = {
        "class": "File",
        "location": scene.as_uri(),
        "path": str(scene),
        "nameroot": "a b",
    }
    again = {"class": "File", "location": scene.as_uri()}
    elsewhere = {"class": "File", "location": "https://example.org/x.tif"}
    mapping = calrissian_inputs.Mapping("/c/run")
    mapping.beside(value, calrissian_inputs.patterns_of({"secondaryFiles": [{"pattern": ".idx"}, "^.none"]}))
    mapping.take([value, again, elsewhere])
    assert value["location"] == again["location"] == "file:///c/run/in/0/a%20b.tif"
    assert value["secondaryFiles"][0]["location"] == "file:///c/run/in/0/a%20b.tif.idx"
    assert elsewhere["location"] == "https://example.org/x.tif"
    assert mapping.files == [(str(scene), "in/0/a b.tif"), (str(index), "in/0/a b.tif.idx")]


def test_a_document_that_cannot_be_packed_goes_as_it_is(tmp_path: Path) -> None:
    document = tmp_path / "a.cwl"
    document.write_text(
        "cwlVersion: v1.2\n$schemas: [https://schema.org/x.rdf]\n$graph: [{id: main, steps: {a: {run: '#b'}}}]\n"
    )
    broken = {"$graph": [{"id": "#main", "steps": [{"$import": "#main/a"}]}]}
    sent = calrissian_inputs.package_of(broken, document)
    assert sent == {"cwlVersion": "v1.2", "$graph": [{"id": "main", "steps": {"a": {"run": "#b"}}}]}


def test_outputs_have_their_places_here() -> None:
    given = {
        "all": [
            {
                "class": "File",
                "location": "file:///c/run/out/a%20b",
                "path": "/c/run/out/a b",
                "nameroot": "a",
            }
        ],
        "n": 1,
    }
    found = calrissian_outputs.told(given, "/c/run/out", Path("/here"))
    assert found == {
        "all": [{"class": "File", "location": "file:///here/a%20b", "path": "/here/a b"}],
        "n": 1,
    }


def test_outputs_that_cannot_be_placed_are_taken_back(tmp_path: Path) -> None:
    fetched, outdir = tmp_path / "fetched", tmp_path / "out"
    fetched.mkdir()
    (fetched / "a").write_text("a")
    outdir.write_text("in the way")
    with (tmp_path / "log").open("w") as log, pytest.raises(calrissian_outputs.PlacingError):
        calrissian_outputs.place(Record(tmp_path, log.fileno()), fetched, outdir)
    assert outdir.read_text() == "in the way"


@pytest.mark.parametrize(
    ("status", "reason", "final"),
    [
        ({"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}]}, "ErrImagePull", True),
        ({"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ErrImagePull", "message": "timeout"}}}]}, "ErrImagePull", False),
        ({"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}, "ImagePullBackOff", True),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on memory"}, "Evicted", True),
        ({"phase": "Failed", "reason": "OutOfcpu", "message": "no"}, "OutOfcpu", True),
        ({"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"running": {}}}]}, "PodFailed", True),
        ({"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {}}}]}, None, False),
        ({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}, "Unschedulable", False),
        ({"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]}, None, False),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_pod(status: dict[str, Any], reason: str | None, final: bool) -> None:
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}, "status": status}
    found = trouble(pod)
    assert (found.reason if found else None, bool(found and found.final)) == (reason, final)


def test_a_claim_that_can_be_shared() -> None:
    claim: dict[str, Any] = {
        "metadata": {"name": "c"},
        "spec": {},
        "status": {"phase": "Bound", "accessModes": ["ReadWriteMany"]},
    }
    assert claim_trouble(claim) is None


def test_times_of_a_log_sort_as_they_come() -> None:
    times = [
        "2026-11-26T07:46:02.6Z",
        "2026-11-26T07:46:02.601761438Z",
        "2026-11-26T07:46:02.61Z",
        "2026-11-26T07:46:03Z",
    ]
    assert sorted(times, key=ordered) == times


@pytest.mark.parametrize(("quantity", "size"), [("64Mi", 67108864), ("1k", 1000), ("12", 12), (None, None)])
def test_quantities(quantity: str | None, size: int | None) -> None:
    assert bytes_of(quantity) == size


def calrissian_of(folder: Path, version: str, program: str) -> dict[str, str]:
    """Makes a calrissian of another version, and gives the environment in which it is found."""
    (folder / "calrissian").mkdir()
    (folder / "calrissian/main.py").write_text(program)
    about = folder / f"calrissian-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: calrissian\nVersion: {version}\n")
    return {**os.environ, "PYTHONPATH": str(folder)}


def test_a_calrissian_that_is_not_known_is_told(tmp_path: Path) -> None:
    env = calrissian_of(tmp_path, "9.9", "def main(): raise SystemExit('it ran')\n")
    about = json.dumps({"folder": str(tmp_path / "run"), "waits": False})
    # beside it lies what has calrissian's name here
    start = shutil.copy(calrissian_start.__file__, tmp_path / "start.py")
    argv = [sys.executable, start, about]
    reply = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert reply.returncode == 1
    assert reply.stderr.startswith("ERROR calrissian 9.9 has no delete_pods, handle_sigterm: ")
    assert f"knows calrissian {calrissian_start.VERSION}" in reply.stderr


def test_a_second_pod_ends_at_once(tmp_path: Path) -> None:
    program = "def delete_pods(): pass\ndef handle_sigterm(): pass\ndef main(): print('one')\n"
    env = calrissian_of(tmp_path, calrissian_start.VERSION, program)
    run = tmp_path / "run"
    (run / "logs").mkdir(parents=True)
    (run / "logs/.read").touch()
    argv = [sys.executable, shutil.copy(calrissian_start.__file__, tmp_path / "start.py")]
    argv.append(json.dumps({"folder": str(run), "waits": False}))
    first = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert (first.returncode, first.stderr) == (0, "ellip-lab: ended 0\n")
    second = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert second.stderr.startswith("ERROR the pod that has begun this run was deleted")
    assert (run / "logs/output.json").read_text() == "one\n"


def test_one_version_of_calrissian_is_named_everywhere() -> None:
    root = Path(__file__).parents[2]
    pins = (root / "deploy/calrissian/requirements.txt").read_text().splitlines()
    version = calrissian_start.VERSION
    assert f"calrissian=={version}" in pins
    assert Cluster().image.endswith(f"/calrissian:{version}")
    for file in ("scripts/cluster-image", "deploy/calrissian/Containerfile", "docs/kubernetes.md"):
        assert f"ellip/calrissian:{version}" in (root / file).read_text(), file


def test_settings_are_kept_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cluster.NAMED, raising=False)
    assert cluster.read(tmp_path) == Cluster()
    other = Cluster(namespace="ellip", node_selector={"disk": "ssd"}, pull_secrets=("key",))
    file = cluster.save(tmp_path, other)
    assert cluster.read(tmp_path, os.environ) == other
    file.write_text('namespace = "Not One"\nwhatever = 1\n')
    with pytest.raises(Invalid) as wrong:
        cluster.read(tmp_path)
    assert {problem.field for problem in wrong.value.problems} == {"namespace", "whatever"}


def test_settings_that_are_no_text_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="half a character"):
        cluster.save(tmp_path, Cluster(pull_secrets=("\ud800",)))
    assert list(tmp_path.iterdir()) == []


def test_the_user_of_the_image_comes_back_as_it_was_set(tmp_path: Path) -> None:
    cluster.save(tmp_path, Cluster(user=None))
    assert cluster.read(tmp_path, {}).user is None
