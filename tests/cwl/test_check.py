"""Documents that are right: what is told of them."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ellip_lab.cwl.contract import DocumentQuery
from ellip_lab.cwl.service import CwlService
from ellip_lab.errors import Invalid, NotFound

from .conftest import DOCUMENTS


@pytest.mark.parametrize(
    ("name", "version", "entries", "default", "images"),
    [
        ("tool.cwl", "v1.2", [("", "CommandLineTool")], "", ()),
        ("v11.cwl", "v1.1", [("count", "CommandLineTool")], "count", ("local/count",)),
        ("crop.cwl", "v1.0", [("crop-cl", "CommandLineTool")], "crop-cl", ("docker.io/osgeo/gdal",)),
        ("main.cwl", "v1.2", [("main", "Workflow"), ("say", "CommandLineTool")], "main", ()),
        ("two-workflows.cwl", "v1.2", [("one", "Workflow"), ("two", "Workflow")], None, ()),
        ("flow.cwl", "v1.2", [("", "Workflow")], "", ("base:1",)),
        (
            "five-steps.cwl",
            "v1.2",
            [
                ("water", "Workflow"),
                *((name, "CommandLineTool") for name in ("crop", "index", "threshold", "clean", "publish")),
            ],
            "water",
            ("localhost/eo:1",),
        ),
        ("types.cwl", "v1.2", [("", "CommandLineTool")], "", ()),
        ("import.cwl", "v1.2", [("", "CommandLineTool")], "", ()),
        ("namespaces.cwl", "v1.2", [("", "CommandLineTool")], "", ()),
    ],
)
def test_a_document_is_known(check, name, version, entries, default, images):
    told = check(name)
    assert [str(problem) for problem in told.problems if problem.severity == "error"] == []
    assert told.valid
    assert told.version == version
    assert [(entry.id, entry.kind) for entry in told.entries] == entries
    assert told.default_entry == default
    assert told.images == images
    assert told.files[0] == told.path == str(DOCUMENTS / name)


def test_the_deck_example_needs_nothing_but_its_two_texts(form):
    crop = form("crop.cwl")
    assert crop.entry.id == "crop-cl"
    assert crop.json_schema["required"] == ["cog", "bbox"]
    assert {schema["type"] for schema in crop.json_schema["properties"].values()} == {"string"}
    assert [(step.id, step.image) for step in crop.steps] == [("crop-cl", "docker.io/osgeo/gdal")]


def test_words_of_entries(check):
    main = check("main.cwl").entries[0]
    assert (main.label, main.doc) == ("Say it", "Says it, twice.")


def test_every_file_is_named(check):
    assert {Path(file).name for file in check("import.cwl").files} == {
        "import.cwl",
        "about.md",
        "sensor.yml",
        "band.yml",
    }
    assert {Path(file).name for file in check("flow.cwl").files} == {"flow.cwl", "tool.cwl", "copy.cwl"}


def test_nothing_is_fetched_for_foreign_words(check):
    assert check("namespaces.cwl").problems == ()


def test_a_link_from_a_step_that_may_be_skipped_is_a_warning(check):
    (warning,) = check("flow.cwl").problems
    assert warning.severity == "warning"
    assert warning.message == "`o` is File?, but goes to `f`, which is File"
    assert "pickValue" in (warning.hint or "")


def test_an_entry_is_chosen(service: CwlService):
    graph = str(DOCUMENTS / "two-workflows.cwl")
    assert service.form(DocumentQuery(path=graph, entry="two")).json_schema["required"] == ["x"]
    assert service.form(DocumentQuery(path=graph, entry="#one")).json_schema["properties"] == {}
    with pytest.raises(Invalid, match=r"has no process `three`") as unknown:
        service.check(DocumentQuery(path=graph, entry="three"))
    assert unknown.value.hint == "It has: one, two."
    with pytest.raises(Invalid, match="several processes and no `main`") as several:
        service.form(DocumentQuery(path=graph))
    assert several.value.hint == "Name one of: one, two."


def test_a_file_that_is_not_there(service: CwlService):
    with pytest.raises(NotFound, match=r"nowhere\.cwl does not exist"):
        service.check(DocumentQuery(path="/nowhere.cwl"))


def test_a_form_of_a_broken_document_is_refused_with_its_problems(service: CwlService):
    with pytest.raises(Invalid, match="has 3 problems: `baseComand` is not a field here") as error:
        service.form(DocumentQuery(path=str(DOCUMENTS / "bad/misspelled-fields.cwl")))
    assert [problem.line for problem in error.value.problems] == [3, 7, 7]


def test_a_packed_document_says_the_same(service: CwlService, tmp_path: Path):
    whole = DocumentQuery(path=str(DOCUMENTS / "flow.cwl"))
    packed = tmp_path / "packed.cwl"
    packed.write_text(json.dumps(service.pack(whole)))
    again = service.form(DocumentQuery(path=str(packed)))
    assert again.entry.id == "main"
    assert [(step.id, step.scatter, step.conditional, step.after) for step in again.steps] == [
        (step.id, step.scatter, step.conditional, step.after) for step in service.form(whole).steps
    ]
    assert again.json_schema["properties"].keys() == service.form(whole).json_schema["properties"].keys()


def test_pack_takes_the_entry(service: CwlService):
    packed = service.pack(DocumentQuery(path=str(DOCUMENTS / "five-steps.cwl"), entry="clean"))
    assert packed["cwlVersion"] == "v1.2"
    assert json.dumps(packed).count('"CommandLineTool"') == 1
    assert str(DOCUMENTS) not in json.dumps(packed)


def test_a_path_with_spaces_and_marks(service: CwlService, tmp_path: Path):
    folder = tmp_path / "a folder #1 (100%) é"
    folder.mkdir()
    (folder / "my tool.cwl").write_text((DOCUMENTS / "tool.cwl").read_text())
    flow = folder / "my flow.cwl"
    flow.write_text(
        "cwlVersion: v1.2\nclass: Workflow\ninputs: {x: int}\noutputs: []\nsteps:\n"
        "  say: {run: my%20tool.cwl, in: {x: x}, out: [o]}\n"
    )
    told = service.check(DocumentQuery(path=str(flow)))
    assert (told.valid, told.problems) == (True, ())
    assert told.files == (str(flow), str(folder / "my tool.cwl"))
    (folder / "my tool.cwl").write_text(
        "class: CommandLineTool\ncwlVersion: v1.2\ninputs: {x: strin}\noutputs: []\n"
    )
    (problem,) = service.check(DocumentQuery(path=str(flow))).problems
    assert (problem.file, problem.line) == (str(folder / "my tool.cwl"), 3)


def test_a_remote_document_is_fetched_when_asked_by_its_address(service: CwlService):
    handler = partial(SimpleHTTPRequestHandler, directory=str(DOCUMENTS))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/flow.cwl"
        form = service.form(DocumentQuery(path=address))
        assert form.path == address
        assert [step.id for step in form.steps] == ["first", "sub", "sub/inner1", "sub/inner2", "zlast"]
        told = service.check(DocumentQuery(path=address.replace("flow", "bad/unknown-type")))
        assert [(problem.file, problem.line) for problem in told.problems] == [(told.path, 6)]
        nowhere = service.check(DocumentQuery(path=address.replace("flow", "nowhere")))
        assert [problem.message for problem in nowhere.problems] == [f"{nowhere.path} cannot be fetched"]
        server.shutdown()
