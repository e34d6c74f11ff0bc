"""The demo package, inputs and outputs in an object store: on the cluster as here, live, with the same result."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.packages.contract import DemoRequest
from ellip_lab.packages.demo import IMAGE, RESULTS
from ellip_lab.runs.comparison import CompareQuery
from ellip_lab.runs.contract import Network, Run, RunLogQuery, StepState
from ellip_lab.runs.handle import RunHandle
from ellip_lab.s3.contract import BucketRequest, ConnectionQuery
from ellip_lab.tasks.contract import State
from runs.store_proxy import proxy
from runs.stores import keys, write

from .conftest import PATIENCE, Namespace, until


@pytest.fixture
def shop(lab: Lab) -> Iterator[Lab]:
    """The hall, whose object store ends with the test."""
    yield lab
    lab.s3.stop_store()


@pytest.fixture
def image(namespace: Namespace) -> None:
    """The demo's image, in the cluster and in podman; skipped, and said so, where it is not in both."""
    nodes = namespace.core.list_node().items
    if not any(IMAGE in (one.names or ()) for node in nodes for one in node.status.images):
        pytest.skip(f"the cluster does not have {IMAGE}")
    podman = shutil.which("podman")
    if not podman or subprocess.run([podman, "image", "exists", IMAGE], check=False).returncode:
        pytest.skip(f"podman does not have {IMAGE}")


def seen_by_pods(namespace: Namespace) -> str:
    """Gives the address of this machine that the cluster is reached from: what its pods reach it by."""
    server = yaml.safe_load(namespace.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.connect((urlsplit(server).hostname, urlsplit(server).port or 443))
        return str(there.getsockname()[0])


def contents(folder: Path) -> dict[str, str]:
    """Gives a checksum for each file below a folder."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {
        str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in files
        if one.name != "quicklook.png"
    }


def items(lab: Lab, run: Run) -> dict[str, Any]:
    """Gives what is to be the same of the catalogue of a run: ids, geometry, and the checksum of each asset."""
    [output] = run.outputs
    catalogue = lab.stac.read(Path(str(output.path)))
    return {
        one.id: (
            json.loads(Path(one.path).read_text())["geometry"],
            {asset.key: hashlib.sha256(Path(asset.href).read_bytes()).hexdigest() for asset in one.assets},
        )
        for one in catalogue.items
    }


def test_the_demo_package_gives_what_it_gives_here(
    shop: Lab, start: Callable[..., RunHandle], namespace: Namespace, image: None
) -> None:
    package = shop.packages.demo(DemoRequest())
    inputs = yaml.safe_load(Path(package.parameters).read_text())
    item = urlsplit(inputs["item"])
    with proxy(f"http://{item.netloc}", seen_by_pods(namespace)) as front:
        inputs["item"] = front.url + item.path
        here = shop.runs.start(package.document, inputs, container="podman", network=Network.HOST)
        there = start(package.document, inputs, publish=f"s3://{RESULTS}/cluster/")

        def log(job: str) -> str:
            try:
                return shop.runs.log(there.id, RunLogQuery(offset=0, job=job)).text
            except NotFound:
                return ""

        def live() -> bool:
            run = there.show()
            assert not run.state.final, run.failure
            return "green: " in log("crop") and "nir: " in log("crop_2")

        until(live, "the logs of both jobs of the scatter can be read while the run goes on")
        ended, twin = there.wait(PATIENCE).show(), here.wait(PATIENCE).show()
    assert twin.state is State.DONE, twin.failure
    assert ended.state is State.DONE, ended.failure
    *steps, published = ended.steps
    assert (published.id, published.state) == ("stage-out", StepState.DONE)
    assert [(step.id, step.state, step.done, step.total) for step in steps] == [
        ("crop", StepState.DONE, 2, 2),
        ("norm_diff", StepState.DONE, 1, 1),
        ("otsu", StepState.DONE, 1, 1),
        ("stac", StepState.DONE, 1, 1),
    ]
    assert contents(Path(ended.outdir)) == contents(Path(twin.outdir))
    assert items(shop, ended) == items(shop, twin)
    assert len(items(shop, ended)) == 1
    compared = shop.runs.compare(twin.id, CompareQuery(other=ended.id))
    assert compared.same, compared.differences
    root = f"cluster/{ended.id}/"
    assert {key.removeprefix(root) for key in keys(shop, RESULTS, root)} == set(contents(Path(ended.outdir)))


def test_inputs_in_a_store_are_carried_to_the_volume(shop: Lab, perform: Callable[..., Run]) -> None:
    shop.s3.make_bucket(BucketRequest(connection="local", bucket="scenes"))
    shop.s3.choose_connection(ConnectionQuery(connection="local"))
    for key, data in (
        ("a b/scene.tif", b"scene "),
        ("a b/scene.tif.idx", b"index"),
        ("deep/folder/one", b"1"),
    ):
        write(shop, "scenes", key, data)
    beside = [{"class": "File", "location": "s3://scenes/a b/scene.tif.idx"}]
    scene = {"class": "File", "location": "s3://scenes/a b/scene.tif", "secondaryFiles": beside}
    folder = {"class": "Directory", "location": "s3://scenes/deep"}
    run = perform("files.cwl", {"scene": scene, "folder": folder})
    assert run.state is State.DONE, run.failure
    assert [(step.id, step.state) for step in run.steps] == [
        ("stage-in", StepState.DONE),
        ("files", StepState.DONE),
    ]
    all_ = Path(run.outdir, "all")
    assert (all_ / "scene").read_text() == "scene index"
    assert (all_ / "folder/one").read_text() == "1"
