"""Outputs published to an object store: whole or not at all, the catalogue last, and readable there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pystac
import pytest
from pystac.stac_io import DefaultStacIO

from ellip_lab.cwl.parameters import read_parameters
from ellip_lab.errors import Invalid, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.packages.contract import DemoRequest
from ellip_lab.runs.contract import (
    Cause,
    RemoveQuery,
    RerunRequest,
    Run,
    RunLogQuery,
    RunRequest,
    ScriptLanguage,
    ScriptQuery,
    StepState,
)
from ellip_lab.runs.rewriting import Published, rewritten
from ellip_lab.s3 import boto
from ellip_lab.s3.addresses import parse
from ellip_lab.s3.contract import ContentQuery
from ellip_lab.tasks.contract import State
from runs.store_proxy import proxy
from runs.stores import DOCUMENTS, PATIENCE, document, house, keys, save, secrets_in
from runs.test_staging import until

__all__ = ["house"]

EVERYTHING = {
    "report.txt", "report.txt.aux", "1.log", "2.log", "tables/table.csv", "tables/deep/a table?.csv",
    "catalog/catalog.json", "catalog/items/a/a.json", "catalog/items/a/a.tif",
    "catalog/items/b/b.json", "catalog/items/b/b.tif",
}  # fmt: skip


def run(lab: Lab, publish: str, **options: Any) -> Run:
    shutil.copy(DOCUMENTS / "write_results.sh", lab.settings.root)
    inputs = {"writer": {"class": "File", "path": "write_results.sh"}}
    return (
        lab.runs.start(document(lab, "results.cwl"), inputs, publish=publish, **options).wait(PATIENCE).show()
    )


def read(lab: Lab, address: str) -> bytes:
    place = parse(address)
    query = ContentQuery(connection=place.connection or "local", bucket=place.bucket, key=place.key)
    return b"".join(lab.s3.read(query))


class FromStore(DefaultStacIO):
    """Reads STAC documents through room `s3`."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab

    def read_text_from_href(self, href: str) -> str:
        assert href.startswith("s3://"), href
        return read(self.lab, href).decode()


# -- rewriting


def test_what_is_absolute_here_becomes_relative_and_self_is_the_address(tmp_path: Path) -> None:
    for name in ("c/catalog.json", "c/i/i.json", "c/i/a b.tif", "other.tif"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files = {
        str(tmp_path.resolve() / name): name
        for name in ("c/catalog.json", "c/i/i.json", "c/i/a b.tif", "other.tif")
    }
    published = Published("s3://results/p/", files, frozenset(files.values()))
    item = {
        "links": [
            {"rel": "self", "href": "/anything"},
            {"rel": "root", "href": f"{tmp_path}/c/catalog.json"},
            {"rel": "parent", "href": "../catalog.json"},
            {"rel": "derived_from", "href": "https://example.org/x.json"},
            {"rel": "license", "href": "/not/published"},
        ],
        "assets": {
            "near": {"href": "./a b.tif"},
            "uri": {"href": (tmp_path / "c/i/a b.tif").as_uri(), "title": "kept"},
            "out": {"href": str(tmp_path / "other.tif")},
            "far": {"href": "s3://eo/x.tif"},
            "container": {"href": "/AbCdEf/c/i/a b.tif"},
            "stranger": {"href": "/data/other.tif"},
        },
    }
    new = rewritten(item, tmp_path / "c/i/i.json", published, entry=False)
    assert [link["href"] for link in new["links"]] == [
        "s3://results/p/c/i/i.json", "../catalog.json", "../catalog.json", "https://example.org/x.json", "/not/published",
    ]  # fmt: skip
    assert {name: asset["href"] for name, asset in new["assets"].items()} == {
        "near": "./a b.tif", "uri": "./a b.tif", "out": "../../other.tif", "far": "s3://eo/x.tif",
        "container": "./a b.tif", "stranger": "/data/other.tif",
    }  # fmt: skip
    assert new["assets"]["uri"]["title"] == "kept"
    entry = rewritten({"links": []}, tmp_path / "c/catalog.json", published, entry=True)
    assert entry["links"] == [
        {"rel": "self", "href": "s3://results/p/c/catalog.json", "type": "application/json"}
    ]


# -- checking


@pytest.mark.parametrize(
    ("publish", "message"),
    [
        ("s3://results/prefix", "is not a folder"),
        ("results/", "is not an address"),
        ("s3://no-such-bucket/x/", "no-such-bucket"),
        ("s3://nobody-knows@results/", "nobody-knows"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_place_that_is_none_is_told_before_anything_is_written(
    house: Lab, publish: str, message: str, check: bool
) -> None:
    before = sorted(house.tasks.root.glob("*"))
    with pytest.raises(Invalid, match=message) as caught:
        run(house, publish, check=check)
    assert caught.value.problems[0].field == "publish"
    assert sorted(house.tasks.root.glob("*")) == before


# -- publishing


def test_everything_is_there_and_the_catalogue_comes_last(house: Lab) -> None:
    with proxy(house.s3.show_store().endpoint) as between:
        save(house, "watched", between.url)
        record = run(house, "s3://watched@results/some/where/")
        asked = list(between.asked)
    assert record.state is State.DONE, record.failure
    root = f"some/where/{record.id}/"
    assert set(keys(house, "results", root)) == {f"{root}{name}" for name in EVERYTHING}
    puts = [line for line in asked if line.startswith("PUT") and root in line]
    assert "catalog/catalog.json" in puts[-1]
    assert sum("catalog/catalog.json" in line for line in puts) == 1
    # told: the folder of the run, and the address of each output
    assert record.published == f"s3://watched@results/{root}"
    outputs = {output.name: output for output in record.outputs}
    assert outputs["report"].published == f"{record.published}report.txt"
    assert outputs["report"].children[0].published == f"{record.published}report.txt.aux"
    assert [child.published for child in outputs["logs"].children] == [
        f"{record.published}1.log",
        f"{record.published}2.log",
    ]
    assert outputs["catalog"].published == f"{record.published}catalog/"
    deep = next(child for child in outputs["tables"].children if "deep" in child.name)
    assert deep.published == f"{record.published}tables/deep/a table?.csv"
    assert read(house, str(deep.published)) == b"deeper\n"
    # the local outputs are as the tool has written them
    here = Path(str(outputs["catalog"].path))
    assert (
        record.outdir in (here / "items/b/b.json").read_text() or "/" in (here / "items/b/b.json").read_text()
    )
    assert outputs["report"].path is not None
    # the step
    step = record.steps[-1]
    assert (step.id, step.label, step.state) == ("stage-out", "Publish the outputs", StepState.DONE)
    assert (step.done, step.total) == (len(EVERYTHING), len(EVERYTHING))
    assert record.progress.done == record.progress.total == 2
    assert str(record.published) in house.runs.log(record.id, RunLogQuery(offset=0, job="stage-out")).text
    assert not secrets_in(house, record.id)


def test_the_catalogue_is_read_where_it_is_published(house: Lab) -> None:
    record = run(house, "s3://results/")
    assert record.published == f"s3://local@results/{record.id}/"
    address = f"s3://results/{record.id}/catalog/catalog.json"
    catalogue = pystac.Catalog.from_file(address, stac_io=FromStore(house))
    assert catalogue.get_self_href() == address
    items = {item.id: item for item in catalogue.get_items(recursive=True)}
    assert set(items) == {"a", "b"}
    for name, item in items.items():
        folder = f"s3://results/{record.id}/catalog/items/{name}"
        assert item.get_self_href() == f"{folder}/{name}.json"
        assert item.assets["data"].get_absolute_href() == f"{folder}/{name}.tif"
        assert read(house, f"{folder}/{name}.tif") == f"raster-{name}\n".encode()
        assert item.assets["there"].href == "https://example.org/far.tif"
        raw = json.loads(read(house, f"{folder}/{name}.json"))
        hrefs = {link["rel"]: link["href"] for link in raw["links"]}
        assert hrefs["self"] == f"{folder}/{name}.json"
        assert hrefs["root"] == hrefs["parent"] == "../../catalog.json"
        assert hrefs["derived_from"] == "https://example.org/scene.json"
        assert raw["assets"]["data"]["href"] == f"./{name}.tif"


def test_it_is_published_again_into_a_folder_of_its_own(house: Lab) -> None:
    first = run(house, "s3://results/again/")
    second = house.runs.rerun(first.id, RerunRequest()).wait(PATIENCE).show()
    assert second.state is State.DONE, second.failure
    assert second.published == f"s3://local@results/again/{second.id}/"
    assert keys(house, "results", f"again/{first.id}/")
    third = house.runs.rerun(first.id, RerunRequest(publish="s3://results/elsewhere/")).wait(PATIENCE).show()
    assert third.published == f"s3://local@results/elsewhere/{third.id}/"
    fourth = house.runs.rerun(first.id, RerunRequest(publish="")).wait(PATIENCE).show()
    assert (fourth.state, fourth.published, fourth.request.publish) == (State.DONE, None, None)
    fourth = house.runs.rerun(first.id, RerunRequest(publish="")).wait(PATIENCE).show()
    assert (fourth.state, fourth.published, fourth.request.publish) == (State.DONE, None, None)
    shell = house.runs.script(first.id, ScriptQuery(language=ScriptLanguage.SHELL)).text
    assert "--publish s3://local@results/again/" in shell
    python = house.runs.script(first.id, ScriptQuery(language=ScriptLanguage.PYTHON)).text
    assert "publish='s3://local@results/again/'" in python


# -- failing


def kept_here(record: Run) -> None:
    """The outputs are where they would be without publishing, and are shown."""
    assert record.published is None
    names = {output.name: output for output in record.outputs}
    assert set(names) == {"report", "logs", "tables", "catalog"}
    assert Path(str(names["report"].path)).read_text() == "report\n"
    assert names["report"].published is None
    assert Path(record.outdir, "catalog", "catalog.json").is_file()


def test_a_store_that_refuses_fails_the_run_and_leaves_nothing_there(house: Lab) -> None:
    with proxy(house.s3.show_store().endpoint) as between:
        between.refused = re.compile(r"^PUT .*items/b/b\.json")
        save(house, "partly", between.url)
        record = run(house, "s3://partly@results/refused/")
    assert record.state is State.FAILED
    assert record.failure is not None
    assert record.failure.cause is Cause.PUBLISH
    assert record.failure.headline == "results: its outputs could not be published"
    assert "b.json" in record.failure.explanation
    assert record.failure.step == record.failed_step == "stage-out"
    assert [step.state for step in record.steps] == [StepState.DONE, StepState.FAILED]
    kept_here(record)
    assert not keys(house, "results", "refused/")
    assert not secrets_in(house, record.id)


def test_what_cannot_be_taken_back_is_told_and_goes_with_the_record(house: Lab) -> None:
    with proxy(house.s3.show_store().endpoint) as between:
        between.refused = re.compile(r"^PUT .*items/b/b\.json|^DELETE |^POST .*\?delete")
        save(house, "stubborn", between.url)
        record = run(house, "s3://stubborn@results/left/")
        root = f"s3://stubborn@results/left/{record.id}/"
        assert record.failure is not None
        assert f"it is in {root}" in record.failure.explanation
        assert keys(house, "results", "left/")
        with pytest.raises(Unavailable, match=f"still in {root}"):
            house.runs.remove(record.id, RemoveQuery())
        assert house.runs.show(record.id).id == record.id
        between.refused = None
        house.runs.remove(record.id, RemoveQuery())
    assert not keys(house, "results", "left/")
    assert not (house.tasks.root / record.id).exists()


def test_who_may_not_write_is_told_so(house: Lab) -> None:
    save(house, "nobody", house.s3.show_store().endpoint, anonymous=True)
    record = run(house, "s3://nobody@results/denied/")
    assert record.failure is not None
    assert record.failure.cause is Cause.PUBLISH
    assert record.failure.hint
    kept_here(record)
    assert not keys(house, "results", "denied/")


def test_what_is_stopped_while_it_publishes_leaves_nothing_there(house: Lab) -> None:
    big = house.settings.root / "big.cwl"
    big.write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\ninputs: []\n"
        "baseCommand: [sh, -c, 'echo small > a.bin; head -c 60000000 /dev/zero > b.bin']\n"
        "outputs: {all: {type: 'File[]', outputBinding: {glob: '*.bin'}}}\n"
    )
    with proxy(house.s3.show_store().endpoint) as between:
        between.rate = 1_000_000
        save(house, "slow", between.url)
        handle = house.runs.start(big, {}, publish="s3://slow@results/stopped/")
        assert until(
            lambda: (
                any("b.bin" in line for line in between.asked) and "stage-out" in handle.show().progress.text
            )
        )
        assert handle.show().steps[-1].state is StepState.RUNNING
        handle.stop()
        between.rate = 0
        record = handle.wait(PATIENCE).show()
    assert record.state is State.STOPPED
    assert record.steps[-1].state is StepState.STOPPED
    assert Path(record.outdir, "b.bin").stat().st_size == 60_000_000
    assert until(lambda: not keys(house, "results", "stopped/"))
    known = house.s3._connections.get("local")
    client = boto.client_of(known)
    assert not client.list_multipart_uploads(Bucket="results", Prefix="stopped/").get("Uploads")


# -- the doors


def test_the_command_line_publishes(house: Lab) -> None:
    shutil.copy(DOCUMENTS / "write_results.sh", house.settings.root)
    place = document(house, "results.cwl")
    command = [
        sys.executable, "-m", "ellip_lab.cli", "run", "--no-container", "--json",
        "--publish", "s3://local@results/cli/", str(place), "--writer", "write_results.sh",
    ]  # fmt: skip
    import os

    env = {**os.environ, "ELLIP_LAB_STATE": str(house.settings.state)}
    reply = subprocess.run(
        command,
        cwd=house.settings.root,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert reply.returncode == 0, reply.stderr
    told = json.loads(reply.stdout)
    assert told["published"] == f"s3://local@results/cli/{told['id']}/"
    assert "stage-out" in reply.stderr
    assert set(keys(house, "results", f"cli/{told['id']}/"))


def test_the_demo_package_runs_on_a_scene_of_the_store_and_is_published_to_it(house: Lab) -> None:
    package = house.packages.demo(DemoRequest())
    inputs = read_parameters(Path(package.parameters)).inputs
    assert house.s3.show_store().endpoint in str(inputs["item"])
    request = RunRequest(
        document=package.document,
        inputs=inputs,
        base=package.folder,
        publish="s3://results/demo/",
        name="Water bodies",
    )
    record = house.runs.start(request).wait(PATIENCE).show()
    assert record.state is State.DONE, record.failure
    address = f"s3://results/demo/{record.id}/water-bodies/catalog.json"
    catalogue = pystac.Catalog.from_file(address, stac_io=FromStore(house))
    (item,) = catalogue.get_items(recursive=True)
    (asset,) = (one for one in item.assets.values() if one.href.endswith(".tif"))
    raster = read(house, str(asset.get_absolute_href()))
    (local,) = Path(record.outdir).rglob("water.tif")
    assert raster == local.read_bytes()
    # what is published is a catalogue that a validator finds nothing wrong with
    copied = house.settings.root / "copied"
    for key in keys(house, "results", f"demo/{record.id}/"):
        target = copied / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(read(house, f"s3://results/{key}"))
    problems = house.stac.validate(copied / "demo" / record.id / "water-bodies")
    assert not [problem for problem in problems if problem.severity == "error"], problems
