"""A scatter of 4 and a join on Kubernetes: by this program, by calrissian submitted by hand, and by pycalrissian.

What is counted is what a person waits for, from the command to the outputs in a folder here.

- **Ours**: the whole of `ellip run --engine calrissian`, with the warm process: the document is checked and packed, the
  inputs are carried to the volume, the log of each step is followed, outputs, tool logs and usage come back.
- **By hand**: one file with a ConfigMap and a Job for `kubectl create`, `kubectl wait` for the Job, `kubectl cp` of the
  outputs. Not counted: the inputs are on the volume already, the pod to copy through runs already, and the Job and the
  folder are removed afterwards.
- **pycalrissian**: a Python program in its own virtual environment, with the calls that its documentation gives: the
  inputs are copied to the volume, the job is submitted and waited for, output object and outputs are copied from the
  volume. Not counted: its claim is there already, its tool logs and its usage report stay where they are, and what it
  leaves (ConfigMaps, pods that copied, the folder) is removed afterwards.

All use the same image of calrissian, the same images of tools and the same limits. They come in turn, each when
nothing of the one before is left on the cluster, so that no removal is in the time of what comes next.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import cluster_pycalrissian
from benchmarks.cluster_space import FILES, IMAGE, MOUNT, OTHER, Json, Space, missing, space
from benchmarks.measure import PAIRS, SCRIPTS, Line, Result, Skipped, command, ratio, timed, warmed

DOCUMENT = Path(__file__).parent.parent / "tests" / "runs" / "kubernetes" / "documents" / "four.cwl"
NAME = "scatter of 4 and a join on Kubernetes"
SLOWER = 2.0
"""Seconds that ours may take longer than calrissian by hand."""
TIMES = 0.7
"""What of the time of pycalrissian ours may take."""
RAM, CORES = "8Gi", "4"
EXPECTED = "WORD 0\nWORD 1\nWORD 2\nWORD 3\n"


@dataclass(frozen=True)
class Way:
    """Is one way to run it: what is timed, and what removes afterwards what does not go by itself."""

    run: Callable[[], None]
    clear: Callable[[], None] = lambda: None


def measure() -> list[Result]:
    """Measures the three in turn."""
    why = missing()
    if why:
        return [Skipped(NAME, why)]
    with (
        tempfile.TemporaryDirectory() as made,
        space() as own,
        settings(own, Path(made) / "state"),
        warmed() as warm,
    ):
        folder = Path(made)
        texts = [folder / f"t{number}.txt" for number in range(4)]
        for number, text in enumerate(texts):
            text.write_text(f"word {number}\n")
        ways = [by_us(folder, texts, warm), by_hand(own, folder, texts)]
        with by_pycalrissian(own, folder, texts) as third:
            found = turns(own, *ways, *([] if isinstance(third, str) else [third]))
    ours, hand, *others = map(median, found)
    lines: list[Result] = [
        Line(NAME, f"{ours:.2f} s", f"by hand {hand:.2f} s", ours - hand, SLOWER, "s"),
        *(ratio("the same against another client", ours, other, TIMES, "pycalrissian") for other in others),
    ]
    return lines if others else [*lines, Skipped("the same against pycalrissian", str(third))]


def turns(own: Space, *ways: Way) -> list[list[float]]:
    """Measures all in turn, after one turn that does not count; nothing is left of one when the next begins."""
    found: list[list[float]] = [[] for _ in ways]
    for turn in range(PAIRS + 1):
        for way, times in zip(ways, found, strict=True):
            own.settled()
            took = timed(way.run)
            way.clear()
            if turn:
                times.append(took)
        if turn:
            told = " ".join(f"{times[-1]:.2f}" for times in found)
            sys.stderr.write(f"  turn {turn}: {told}   load {os.getloadavg()[0]:.1f}\n")
    own.settled()
    return found


@contextmanager
def settings(own: Space, state: Path) -> Iterator[None]:
    """Makes a state folder that leads to the namespace, and leads to it."""
    state.mkdir()
    (state / "cluster.toml").write_text(
        f'namespace = "{own.name}"\nimage = "{IMAGE}"\nmax_ram = "{RAM}"\nmax_cores = "{CORES}"\n'
    )
    before = os.environ.get("ELLIP_LAB_STATE")
    os.environ["ELLIP_LAB_STATE"] = str(state)
    try:
        yield
    finally:
        del os.environ["ELLIP_LAB_STATE"]
        if before is not None:
            os.environ["ELLIP_LAB_STATE"] = before


def by_us(folder: Path, texts: list[Path], warm: dict[str, str]) -> Way:
    """Gives the whole command of this program; what it leaves goes by itself."""
    params = folder / "params.json"
    params.write_text(json.dumps({"texts": [{"class": "File", "path": str(text)} for text in texts]}))
    env = {**os.environ, **warm}

    def run() -> None:
        out = folder / f"ours-{uuid.uuid4().hex[:8]}"
        words = ["run", "--engine", "calrissian", "--quiet", "--outdir", str(out), str(DOCUMENT), str(params)]
        command([str(SCRIPTS / "ellip"), *words], folder, env)()
        right(out)

    return Way(run)


def by_hand(own: Space, folder: Path, texts: list[Path]) -> Way:
    """Gives what a person does by hand who has prepared everything."""
    place = f"{MOUNT}/by-hand"
    own.volume(f"mkdir -p {place}/in")
    for text in texts:
        own.kubectl("cp", str(text), f"{FILES}:{place}/in/{text.name}")
    own.volume(f"chmod -R a+rwX {place}")
    body = manifest(place, [text.name for text in texts])

    def run() -> None:
        out = folder / f"hand-{uuid.uuid4().hex[:8]}"
        own.kubectl("create", "-f", "-", body=body)
        own.kubectl("wait", "--for=condition=complete", "job/by-hand", "--timeout=120s", about="job/by-hand")
        own.kubectl("cp", f"{FILES}:{place}/out", str(out))
        right(out)

    def clear() -> None:
        own.kubectl("delete", "job/by-hand", "configmap/by-hand")
        own.volume(f"rm -rf {place}/out {place}/tmp")

    return Way(run, clear)


@contextmanager
def by_pycalrissian(own: Space, folder: Path, texts: list[Path]) -> Iterator[Way | str]:
    """Gives what a program for pycalrissian does; or why it cannot be had here."""
    there = cluster_pycalrissian.node()
    python = there if isinstance(there, str) else cluster_pycalrissian.python()
    if isinstance(there, str) or isinstance(python, str):
        yield str(python)
        return
    program = str(Path(__file__).with_name("pycalrissian_program.py"))
    with cluster_pycalrissian.registry(*there, folder) as image:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        env["CALRISSIAN_IMAGE"] = image

        def run() -> None:
            out = folder / f"other-{uuid.uuid4().hex[:8]}"
            words = [own.name, str(DOCUMENT), str(out), RAM, CORES, *map(str, texts)]
            command([str(python), program, *words], folder, env)()
            right(out)

        def clear() -> None:
            own.kubectl("delete", "jobs", "--all")
            own.kubectl("delete", "configmap", "cwl-workflow", "params")
            pods = [name for name in own.objects() if name.startswith("pod/kube-cp-")]
            own.kubectl("delete", "--grace-period=0", "--force", *pods)
            own.volume(f"rm -rf {OTHER}/*")

        yield Way(run, clear)


def manifest(place: str, names: list[str]) -> Json:
    """Gives the ConfigMap and the Job that a person writes, after calrissian's own documentation."""
    inputs = {"texts": [{"class": "File", "path": f"{place}/in/{name}"} for name in names]}
    data = {"package.cwl": DOCUMENT.read_text("utf-8"), "params.json": json.dumps(inputs)}
    about = {"metadata": {"name": "by-hand"}}
    runner = {
        "name": "calrissian",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["calrissian"],
        "args": [
            "--max-ram", RAM, "--max-cores", CORES, "--tmp-outdir-prefix", f"{place}/tmp/", "--outdir", f"{place}/out",
            "--stdout", f"{place}/output.json", "--stderr", f"{place}/stderr.log",
            "--usage-report", f"{place}/report.json", "/package/package.cwl#four", "/package/params.json",
        ],
        "env": [{"name": "CALRISSIAN_POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "volumeMounts": [{"name": "shared", "mountPath": MOUNT}, {"name": "package", "mountPath": "/package"}],
    }  # fmt: skip
    pod = {
        "restartPolicy": "Never",
        "serviceAccountName": "calrissian",
        "securityContext": {"runAsUser": 1000, "runAsGroup": 1000},
        "containers": [runner],
        "volumes": [
            {"name": "shared", "persistentVolumeClaim": {"claimName": "calrissian"}},
            {"name": "package", "configMap": {"name": "by-hand"}},
        ],
    }
    spec = {"backoffLimit": 0, "template": {"spec": pod}}
    items = [
        {"apiVersion": "v1", "kind": "ConfigMap", **about, "data": data},
        {"apiVersion": "batch/v1", "kind": "Job", **about, "spec": spec},
    ]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def right(out: Path) -> None:
    """Ends the benchmark when the outputs are not what they should be."""
    if (out / "joined.txt").read_text() != EXPECTED or len(list(out.glob("*.loud"))) != 4:
        raise SystemExit(f"the outputs in {out} are not right")
