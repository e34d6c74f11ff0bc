"""A run is stopped in every phase: before there is a Job, while inputs are carried, while pods wait, while outputs come back.

That nothing is left is counted after each (conftest.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import RunLogQuery
from ellip_lab.runs.handle import RunHandle
from ellip_lab.s3.contract import BucketRequest, ConnectionQuery
from ellip_lab.tasks.contract import State
from runs.store_proxy import proxy
from runs.stores import save, write

from .conftest import PATIENCE, Namespace, long, until

Start = Callable[..., RunHandle]
LARGE = 1 << 30
"""Bytes that are not carried before anyone can stop that; a file of holes."""


@pytest.fixture
def shop(lab: Lab) -> Iterator[Lab]:
    """The hall, whose object store ends with the test."""
    yield lab
    lab.s3.stop_store()


def stopped(lab: Lab, run: RunHandle) -> None:
    assert not run.show().state.final, run.show().failure
    assert lab.runs.stop(run.id)
    assert lab.runs.wait(run.id, PATIENCE) is State.STOPPED
    assert not Path(run.show().outdir).exists()


def log(lab: Lab, run: RunHandle) -> str:
    assert not run.show().state.final, run.show().failure
    try:
        return lab.runs.log(run.id, RunLogQuery(offset=0)).text
    except NotFound:
        return ""


@long
def test_before_there_is_a_job(shop: Lab, start: Start, namespace: Namespace) -> None:
    shop.s3.make_bucket(BucketRequest(connection="local", bucket="scenes"))
    shop.s3.choose_connection(ConnectionQuery(connection="local"))
    write(shop, "scenes", "large", bytes(1 << 23))
    with proxy(str(shop.s3.show_store().endpoint)) as slow:
        save(shop, "slow", slow.url)
        slow.rate = 100_000
        run = start("files.cwl", {"scene": file("s3://slow@scenes/large"), "folder": {"class": "Directory", "listing": []}})  # fmt: skip
        until(lambda: "s3://slow@scenes/large" in log(shop, run), "the input is being fetched")
        assert namespace.left() == []
        stopped(shop, run)


@long
def test_while_inputs_are_carried(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("files.cwl", large(lab.settings.root))
    until(lambda: "carrying 3 inputs to the volume" in log(lab, run), "the inputs are being carried")
    stopped(lab, run)
    assert not (lab.tasks.directory(run.id) / "work").exists()


def test_while_pods_wait(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("greedy.cwl", cluster={"max_cores": "100"})

    def reason() -> str:
        found = run.show()
        assert not found.state.final, found.failure
        return " ".join(str(job.reason) for step in found.steps for job in step.jobs)

    until(lambda: "Unschedulable: " in reason(), "the step says why it waits")
    stopped(lab, run)


def test_while_calrissian_itself_waits(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("breaks.cwl", cluster={"node_selector": {"ellip": "nowhere"}})
    until(lambda: "Unschedulable: " in log(lab, run), "the log says what the run waits for")
    stopped(lab, run)


@long
def test_while_outputs_come_back(lab: Lab, start: Start, namespace: Namespace) -> None:
    run = start("large.cwl", {"size": LARGE})
    coming = lab.tasks.directory(run.id) / "work" / "fetched" / "out" / "large"

    def seen() -> bool:
        assert not run.show().state.final, run.show().failure
        return coming.exists()

    until(seen, "an output is being fetched")
    stopped(lab, run)


def file(location: str) -> dict[str, Any]:
    beside = [{"class": "File", "location": location, "basename": "large.idx"}]
    return {"class": "File", "location": location, "secondaryFiles": beside}


def large(folder: Path) -> dict[str, Any]:
    """Makes a file of holes, and gives the inputs of files.cwl."""
    (folder / "folder").mkdir()
    (folder / "scene.idx").touch()
    with (folder / "scene").open("wb") as stream:
        stream.truncate(LARGE)
    return {"scene": folder / "scene", "folder": folder / "folder"}
