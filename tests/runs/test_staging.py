"""Inputs in an object store: found wherever they stand, checked before the run, fetched by it; a real store."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Invalid, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.runs import staging
from ellip_lab.runs.contract import Cause, Run, RunLogQuery, ScriptLanguage, ScriptQuery, StepState
from ellip_lab.runs.handle import RunHandle
from ellip_lab.runs.remote import remotes
from ellip_lab.tasks.contract import State
from runs.store_proxy import proxy
from runs.stores import PATIENCE, document, house, save, secrets_in, write

__all__ = ["house"]


def file(location: str, **more: Any) -> dict[str, Any]:
    return {"class": "File", "location": location, **more}


def folder(location: str, **more: Any) -> dict[str, Any]:
    return {"class": "Directory", "location": location, **more}


def run(lab: Lab, inputs: dict[str, Any], **options: Any) -> Run:
    return lab.runs.start(document(lab, "stores.cwl"), inputs, **options).wait(PATIENCE).show()


def told(record: Run) -> str:
    assert record.state is State.DONE, record.failure
    (output,) = record.outputs
    return Path(str(output.path)).read_text()


def until(said: Callable[[], bool]) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and not said():
        time.sleep(0.1)
    return said()


# -- finding


def test_it_is_found_wherever_it_stands_and_text_is_left_alone() -> None:
    inputs = {
        "item": "s3://scenes/item.json",
        "scene": file("s3://scenes/a.tif", secondaryFiles=[file("s3://scenes/a.tif.aux")]),
        "pair": {
            "left": {"class": "File", "path": "s3://eo@scenes/b.tif"},
            "right": [folder("s3://scenes/c")],
        },
        "made": {
            "class": "Directory",
            "basename": "x",
            "listing": [file("s3://scenes/d.tif"), file("e.tif")],
        },
        "here": file("file:///tmp/f.tif"),
    }
    assert [(one.field, one.address) for one in remotes(inputs)] == [
        ("scene", "s3://scenes/a.tif"),
        ("scene.secondaryFiles[0]", "s3://scenes/a.tif.aux"),
        ("pair.left", "s3://eo@scenes/b.tif"),
        ("pair.right[0]", "s3://scenes/c"),
        ("made.listing[0]", "s3://scenes/d.tif"),
    ]


def test_files_of_one_name_do_not_meet_and_strange_names_go_alone(tmp_path: Path) -> None:
    inputs = {
        "bands": [file("s3://scenes/1/B.tif"), file("s3://scenes/2/B.tif"), file("s3://scenes/2/C.tif")],
        "odd": [file("s3://scenes/a/..", basename="odd.tif"), file("s3://scenes/ü b?#%20.tif")],
        "tree": folder("s3://scenes/tree"),
    }
    fetches = staging.planned(list(remotes(inputs)), tmp_path)
    assert {fetch.sources: fetch.target.removeprefix(f"{tmp_path}/") for fetch in fetches} == {
        ("s3://scenes/a/..",): "o3/object",
        ("s3://scenes/ü b?#%20.tif",): "o4/ü b?#%20.tif",
        ("s3://scenes/tree/",): "d5/tree/",
        ("s3://scenes/1/B.tif", "s3://scenes/2/C.tif"): "f0/",
        ("s3://scenes/2/B.tif",): "f1/",
    }
    first, second, _ = inputs["bands"]
    assert (first["location"], first["basename"]) == ((tmp_path / "f0" / "B.tif").as_uri(), "B.tif")
    assert second["location"] == (tmp_path / "f1" / "B.tif").as_uri()
    assert inputs["odd"][0]["basename"] == "odd.tif"


# -- checking


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"scene": file("s3://scenes/nothing.tif")}, "scene: .*nothing.tif"),
        ({"scene": file("s3://no-such-bucket/a.tif")}, "scene: .*no-such-bucket"),
        ({"scene": file("s3://nobody-knows@scenes/a.tif")}, "scene: .*nobody-knows"),
        ({"scene": file("s3://scenes/folder/")}, "scene: .*is a folder, not a File"),
        ({"scene": file("s3://x/a")}, "scene: .*not the name of a bucket"),
        ({"folder": folder("s3://scenes/nowhere/")}, "folder: there is nothing below s3://scenes/nowhere/"),
        ({"pair": {"left": file("s3://scenes/nothing.tif")}}, "pair.left: .*nothing.tif"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_cannot_be_fetched_is_told_with_its_input_before_anything_is_written(
    house: Lab, inputs: dict[str, Any], message: str, check: bool
) -> None:
    before = sorted(house.tasks.root.glob("*"))
    with pytest.raises(Invalid, match=message) as caught:
        house.runs.start(document(house, "stores.cwl"), inputs, check=check)
    assert caught.value.problems[0].field == message.partition(":")[0]
    assert sorted(house.tasks.root.glob("*")) == before


def test_several_are_told_together(house: Lab) -> None:
    inputs = {"bands": [file(f"s3://scenes/nothing-{number}.tif") for number in range(3)]}
    with pytest.raises(Invalid, match="3 inputs are not right") as caught:
        house.runs.start(document(house, "stores.cwl"), inputs)
    assert [problem.field for problem in caught.value.problems] == ["bands[0]", "bands[1]", "bands[2]"]


def test_a_store_that_is_not_there_is_no_fault_of_the_input(house: Lab) -> None:
    save(house, "gone", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="scene: "):
        house.runs.start(document(house, "stores.cwl"), {"scene": file("s3://gone@scenes/a.tif")})


# -- fetching


def test_files_and_folders_are_fetched_wherever_they_stand(house: Lab) -> None:
    write(house, "scenes", "one/B.tif", b"first\n")
    write(house, "scenes", "two/B.tif", b"second\n")
    write(house, "scenes", "one/B.tif.aux", b"beside\n")
    for name in ("a.txt", "deep/b.txt"):
        write(house, "scenes", f"tree/{name}", f"{name}\n".encode())
    write(house, "scenes", "treetop.txt", b"not below it\n")
    record = run(
        house,
        {
            "scene": file("s3://scenes/one/B.tif", secondaryFiles=[file("s3://local@scenes/one/B.tif.aux")]),
            "folder": folder("s3://scenes/tree"),
            "bands": [file("s3://scenes/two/B.tif"), file("s3://scenes/one/B.tif")],
            "pair": {"left": file("s3://local@scenes/two/B.tif", basename="left.tif")},
            "text": "s3://scenes/not-looked-at",
        },
    )
    assert told(record) == (
        "file B.tif\nfirst\nbeside B.tif.aux\nbeside\n"
        "folder tree\n./a.txt\na.txt\n./deep/b.txt\ndeep/b.txt\n"
        "file B.tif\nsecond\nfile B.tif\nfirst\nfile left.tif\nsecond\n"
    )
    stage, tool = record.steps
    assert (stage.id, stage.label, stage.state) == ("stage-in", "Fetch the inputs", StepState.DONE)
    assert stage.started is not None
    assert stage.finished is not None
    assert (stage.done, stage.total) == (7, 7)
    assert tool.state is StepState.DONE
    log = house.runs.log(record.id, RunLogQuery(offset=0, job="stage-in")).text
    assert "s3://scenes/two/B.tif" in log
    assert "7 of 7 files" in log
    assert record.progress.done == record.progress.total == 2
    # what was asked is what is remembered, and nothing that was fetched is left
    assert record.inputs["folder"]["location"] == "s3://scenes/tree"
    assert until(lambda: not (house.tasks.directory(record.id) / "work").exists())
    assert not secrets_in(house, record.id)
    script = house.runs.script(record.id, ScriptQuery(language=ScriptLanguage.PYTHON)).text
    assert "s3://local@scenes/two/B.tif" in script


def test_it_can_be_run_again(house: Lab) -> None:
    write(house, "scenes", "again.txt", b"once\n")
    first = run(house, {"scene": file("s3://scenes/again.txt")})
    write(house, "scenes", "again.txt", b"twice\n")
    from ellip_lab.runs.contract import RerunRequest

    second = house.runs.rerun(first.id, RerunRequest()).wait(PATIENCE).show()
    assert told(second) == "file again.txt\ntwice\n"


def test_a_default_of_the_document_is_fetched_too(house: Lab) -> None:
    write(house, "scenes", "default.txt", b"by default\n")
    text = document(house, "stores.cwl").read_text()
    default = "    type: File?\n    default: {class: File, location: 's3://scenes/default.txt'}\n"
    place = house.settings.root / "default.cwl"
    place.write_text(text.replace("    type: File?\n", default, 1))
    record = house.runs.start(place, {}).wait(PATIENCE).show()
    assert told(record) == "file default.txt\nby default\n"
    assert [step.id for step in record.steps] == ["stage-in", "default"]


def test_a_step_of_that_name_keeps_it(house: Lab) -> None:
    write(house, "scenes", "name.txt", b"x\n")
    place = house.settings.root / "named.cwl"
    place.write_text(
        "cwlVersion: v1.2\nclass: Workflow\ninputs: {scene: File}\n"
        "outputs: {told: {type: File, outputSource: stage-in/told}}\n"
        "steps: {stage-in: {run: stores.cwl, in: {scene: scene}, out: [told]}}\n"
    )
    document(house, "stores.cwl")
    record = house.runs.start(place, {"scene": file("s3://scenes/name.txt")}).wait(PATIENCE).show()
    assert record.state is State.DONE, record.failure
    assert [(step.id, step.state) for step in record.steps] == [
        ("stage-in-2", StepState.DONE),
        ("stage-in", StepState.DONE),
    ]


# -- failing


def started_unseen(lab: Lab, inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> RunHandle:
    """Starts a run whose inputs vanish, or are forbidden, between the check and the run."""
    with monkeypatch.context() as patch:
        patch.setattr(staging, "check", lambda *_: None)
        return lab.runs.start(document(lab, "stores.cwl"), inputs)


def test_an_object_that_has_gone_fails_the_run_and_says_so(
    house: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = started_unseen(house, {"scene": file("s3://scenes/gone.tif")}, monkeypatch)
    record = handle.wait(PATIENCE).show()
    assert record.state is State.FAILED
    assert record.failure is not None
    assert record.failure.cause is Cause.STAGE_IN
    assert record.failure.headline == "stores: an input could not be fetched"
    assert "gone.tif" in record.failure.explanation
    assert "scene" in record.failure.explanation
    assert record.failure.step == record.failed_step == "stage-in"
    assert [step.state for step in record.steps] == [StepState.FAILED, StepState.NOT_RUN]
    assert not Path(record.outdir).exists()


def test_an_object_that_may_not_be_read_fails_the_run_and_says_so(
    house: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(house, "scenes", "private.tif", b"x")
    save(house, "nobody", house.s3.show_store().endpoint, anonymous=True)
    inputs = {"scene": file("s3://nobody@scenes/private.tif")}
    with pytest.raises(Invalid, match="scene: "):
        house.runs.start(document(house, "stores.cwl"), inputs)
    record = started_unseen(house, inputs, monkeypatch).wait(PATIENCE).show()
    assert record.failure is not None
    assert record.failure.cause is Cause.STAGE_IN
    assert record.failure.hint
    assert not secrets_in(house, record.id)


def test_it_is_stopped_while_it_fetches(house: Lab) -> None:
    write(house, "scenes", "large.bin", bytes(8 * 2**20))
    with proxy(house.s3.show_store().endpoint) as slow:
        slow.rate = 500_000
        save(house, "slow", slow.url)
        handle = house.runs.start(
            document(house, "stores.cwl"), {"scene": file("s3://slow@scenes/large.bin")}
        )
        assert until(lambda: "0 of 1 file" in handle.show().progress.text)
        step = handle.show().steps[0]
        assert (step.id, step.state) == ("stage-in", StepState.RUNNING)
        began = time.monotonic()
        handle.stop()
        record = handle.wait(PATIENCE).show()
        assert time.monotonic() - began < 10
    assert record.state is State.STOPPED
    assert record.steps[0].state is StepState.STOPPED
    assert until(lambda: not (house.tasks.directory(record.id) / "work").exists())


# -- by URL


def test_a_url_of_the_store_on_this_machine_starts_it_and_holds_it_for_the_run(
    house: Lab, tmp_path: Path
) -> None:
    """As `ellip run` after `scripts/demo --headless`: the parameters name a URL, and the store has ended."""
    from ellip_lab.s3 import weed

    (tmp_path / "url.txt").write_bytes(b"by its URL\n")
    (stored,) = house.s3.put("open", "x", (tmp_path / "url.txt",), public=True)
    place = house.settings.root / "url.cwl"
    read = (
        "import sys, time, urllib.request as r; time.sleep(2); print(r.urlopen(sys.argv[1]).read().decode())"
    )
    place.write_text(
        f"cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [{sys.executable}, -c, '{read}']\n"
        "inputs: {url: {type: string, inputBinding: {position: 1}}}\noutputs: {told: stdout}\nstdout: told.txt\n"
    )
    house.s3.stop_store()
    handle = house.runs.start(place, {"url": stored.url})
    house.s3.release_store()  # as when the command that started it has ended
    users = house.settings.state / "store" / "users"
    assert until(lambda: any(users.iterdir()))
    assert told(handle.wait(PATIENCE).show()) == "by its URL\n\n"
    assert weed.running(house.settings.state / "store") is not None
