"""Paths of requests stay inside the server's root; paths of replies are those the browser knows."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.contract import JsonObject
from ellip_lab.cwl.contract import Check, DocumentQuery
from ellip_lab.errors import Denied, Invalid, NotFound, Problem
from ellip_lab.lab import Lab
from ellip_lab.runs.contract import RerunRequest, Run, RunRequest
from ellip_lab.server.route import PREFIX
from ellip_lab.server.workspace import Workspace
from ellip_lab.tasks.contract import State

from .standin import ID, Ask, stand_in, told


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    (made / "maps").mkdir(parents=True)
    (made / "maps" / "a.cwl").write_text("cwlVersion: v1.2\n")
    (tmp_path / "secret.txt").write_text("x")
    (made / "way-out").symlink_to(tmp_path)
    (made / "loop").symlink_to(made / "loop")
    (made / "inner").symlink_to(made / "maps")
    return made


@pytest.fixture
def workspace(root: Path) -> Workspace:
    return Workspace(root)


@pytest.mark.parametrize(
    "path", ["maps/a.cwl", "/maps/a.cwl", "maps/../maps/a.cwl", "inner/a.cwl", "./maps//a.cwl"]
)
def test_inside(workspace: Workspace, root: Path, path: str) -> None:
    assert workspace.place(path) == str(root / "maps" / "a.cwl")


@pytest.mark.parametrize(
    "path", ["..", "../secret.txt", "maps/../../secret.txt", "way-out/secret.txt", "way-out"]
)
def test_outside(workspace: Workspace, path: str) -> None:
    with pytest.raises(Denied) as caught:
        workspace.place(path)
    assert path in caught.value.detail
    assert caught.value.hint


@pytest.mark.parametrize("path", ["a\x00b", "x" * 256, "maps/" + "é" * 200])
def test_what_no_file_can_be_called(workspace: Workspace, path: str) -> None:
    with pytest.raises(NotFound):
        workspace.place(path)


def test_a_link_to_itself(workspace: Workspace, root: Path) -> None:
    """Python 3.11 and 3.12 raise, 3.13 gives the link's own place: either way nothing of the system leaks."""
    try:
        assert workspace.place("loop") == str(root / "loop")
    except NotFound as error:
        assert "itself" in error.detail


def test_a_root_that_is_a_link(tmp_path: Path, root: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    linked = Workspace(link)
    assert linked.place("maps/a.cwl") == str(root / "maps" / "a.cwl")
    assert linked.show(str(link / "maps" / "a.cwl")) == "maps/a.cwl"
    assert linked.show(str(root / "maps" / "a.cwl")) == "maps/a.cwl"


def file(path: str, **more: Any) -> JsonObject:
    return {"class": "File", "path": path, **more}


@pytest.mark.parametrize(
    "value",
    [
        "../../secret.txt",
        file("a.tif"),
        file("../maps/a.tif"),
        {"class": "File", "location": "https://example.org/a.tif"},
        {"class": "File", "location": "s3://bucket/../a.tif"},
        {"class": "File", "basename": "b", "contents": "../../x"},
        {"class": "Directory", "listing": [file("a.tif")]},
        {"path": "/etc/passwd"},
        [1, None, 2.5, True],
    ],
)
def test_inputs_inside(workspace: Workspace, value: Any) -> None:
    asked = RunRequest(document="maps/a.cwl", inputs={"x": value})
    understood = workspace.request(asked)
    assert understood.inputs == {"x": value}


@pytest.mark.parametrize(
    "value",
    [
        file("../../secret.txt"),
        file("/etc/passwd"),
        file("../way-out/secret.txt"),
        {"class": "Directory", "path": "/"},
        {"class": "File", "location": "file:///etc/passwd"},
        {"class": "File", "location": "FILE:///etc/passwd"},
        {"class": "File", "location": "../../secret%2Etxt"},
        {"class": "File", "location": "/etc/passwd"},
        [file("a.tif"), file("/etc/passwd")],
        file("a.tif", secondaryFiles=[file("/etc/passwd")]),
        {"class": "Directory", "listing": [{"class": "Directory", "listing": [file("/etc/passwd")]}]},
        {"record": {"field": [file("/etc/passwd")]}},
    ],
)
def test_inputs_outside(workspace: Workspace, value: Any) -> None:
    with pytest.raises(Denied) as caught:
        workspace.request(RunRequest(document="maps/a.cwl", inputs={"scene": value, "other": 1}))
    assert [problem.field for problem in caught.value.problems] == ["scene"]
    with pytest.raises(Denied):
        before = workspace.request(RunRequest(document="maps/a.cwl"))
        workspace.rerun(RerunRequest(inputs={"scene": value}), before)


def test_an_absolute_input_inside(workspace: Workspace, root: Path) -> None:
    """The outputs of a run have absolute paths: they can be the inputs of another."""
    inputs = {"scene": file(str(root / "results" / "a.tif"))}
    assert workspace.request(RunRequest(document="maps/a.cwl", inputs=inputs)).inputs == inputs


def test_a_location_that_is_none(workspace: Workspace) -> None:
    with pytest.raises(Invalid):
        workspace.request(
            RunRequest(document="a.cwl", inputs={"x": {"class": "File", "location": "http://[x"}})
        )


def test_relative_inputs_count_from_the_base(workspace: Workspace, root: Path) -> None:
    asked = RunRequest(document="maps/a.cwl", base=".", inputs={"x": file("../secret.txt")})
    with pytest.raises(Denied):
        workspace.request(asked)
    plain = workspace.request(asked.model_copy(update={"inputs": {}, "outdir": "out/here"}))
    assert plain.base == str(root)
    assert plain.outdir == str(root / "out" / "here")
    assert workspace.request(RunRequest(document="maps/a.cwl")).base == str(root / "maps")


@pytest.mark.parametrize("field", ["document", "base", "outdir"])
def test_no_field_of_a_request_leads_out(workspace: Workspace, field: str) -> None:
    with pytest.raises(Denied):
        workspace.request(RunRequest(**{"document": "maps/a.cwl", field: "way-out/x"}))


def test_an_entry_said_in_the_document(workspace: Workspace, root: Path) -> None:
    understood = workspace.request(RunRequest(document="maps/a.cwl#my%20tool"))
    assert (understood.document, understood.entry) == (str(root / "maps" / "a.cwl"), "my tool")
    with pytest.raises(Denied):
        workspace.request(RunRequest(document="way-out#main"))
    (root / "a#b.cwl").write_text("x")
    assert workspace.request(RunRequest(document="a#b.cwl")).document == str(root / "a#b.cwl")


def test_what_a_run_was_asked_can_be_asked_again(workspace: Workspace, root: Path) -> None:
    asked = RunRequest(document="maps/a.cwl", outdir="out", inputs={"n": 1})
    run = Run(
        id=ID,
        name="a",
        state=State.DONE,
        document="maps/a.cwl",
        engine="cwltool",
        created=datetime.now(UTC),
        outdir=str(root / "out"),
        request=workspace.request(asked),
    )
    shown = workspace.show_run(run).request
    assert (shown.document, shown.base, shown.outdir) == ("maps/a.cwl", "maps", "out")
    assert workspace.request(shown) == run.request


def test_a_check_is_shown_with_paths_of_the_workspace(workspace: Workspace, root: Path) -> None:
    place = str(root / "maps" / "a.cwl")
    check = Check(
        path=place, valid=False, files=(place, "/usr/x"), problems=(Problem(message="m", file=place),)
    )
    shown = workspace.show_check(check)
    assert (shown.path, shown.files) == ("maps/a.cwl", ("maps/a.cwl", "/usr/x"))
    assert shown.problems[0].file == "maps/a.cwl"
    assert workspace.document(DocumentQuery(path=shown.path)).path == place


@pytest.mark.parametrize(
    "path", ["../secret.txt", "way-out/secret.txt", "%2e%2e/secret.txt/../../../etc/passwd"]
)
async def test_every_path_of_every_route(ask: Ask, lab: Lab, jp_root_dir: Path, path: str) -> None:
    (jp_root_dir / "way-out").symlink_to(jp_root_dir.parent)
    (jp_root_dir / "a.cwl").write_text("x")

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("no room is asked")

    stand_in(lab, never)
    for verb in ("check", "form", "template"):
        told(await ask(f"{PREFIX}/cwl/{verb}", params={"path": path}), 403)
    for body in (
        {"document": path},
        {"document": "a.cwl", "outdir": path},
        {"document": "a.cwl", "base": path},
    ):
        told(await ask(f"{PREFIX}/runs", method="POST", body=body), 403)
    inputs = {"scene": file(path)}
    details = told(
        await ask(f"{PREFIX}/runs", method="POST", body={"document": "a.cwl", "inputs": inputs}), 403
    )
    assert details.problems[0].field == "scene"
    told(await ask(f"{PREFIX}/packages/demo", method="POST", body={"folder": path}), 403)


async def test_a_name_that_is_too_long(ask: Ask) -> None:
    told(await ask(f"{PREFIX}/cwl/check", params={"path": "x" * 300}), 404)
    told(await ask(f"{PREFIX}/cwl/check", params={"path": "x/" * 3000}), 400)


def test_names_that_are_not_text(workspace: Workspace, root: Path) -> None:
    """The bytes of a file's name need not be UTF-8: it is a name of this system all the same."""
    name = os.fsdecode(b"a\xff.cwl")
    assert workspace.place(name) == str(root / name)


def test_sentences_name_paths_as_the_browser_knows_them(workspace: Workspace, root: Path) -> None:
    (said,) = workspace.show_problems(
        (
            Problem(
                message=f"{root}/a.tif is not there",
                hint=f"Looked for {root}/maps/a.tif.",
                file=f"{root}/a.cwl",
            ),
        )
    )
    assert (said.message, said.hint, said.file) == ("a.tif is not there", "Looked for maps/a.tif.", "a.cwl")
    assert workspace.say("/elsewhere/a.tif is not there") == "/elsewhere/a.tif is not there"
    assert Workspace(Path("/")).say("/a/b is not there") == "/a/b is not there"
