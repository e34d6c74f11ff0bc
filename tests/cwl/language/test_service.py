"""The verbs by way of the service: in the process that loads documents, within its limits."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ellip_lab.cwl import image_names
from ellip_lab.cwl.editing import DocumentText, RenameRequest, TextPlace, TextRange
from ellip_lab.cwl.language import actions, complete, definition, hover, outline, references
from ellip_lab.cwl.language import format as formatting
from ellip_lab.cwl.service import CwlService
from ellip_lab.errors import Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings

from .asking import asked, at
from .test_complete import FLOW

TEXT = FLOW.replace("SOURCE", "scene")
PULL = "cwlVersion: v1.2\nclass: CommandLineTool\nhints:\n  DockerRequirement:\n    dockerPull: "


@pytest.fixture
def service(settings: Settings) -> CwlService:
    return CwlService(settings)


def test_each_verb(service: CwlService, tmp_path: Path) -> None:
    path = str(tmp_path / "document.cwl")
    place = TextPlace(path=path, text=TEXT, line=22, column=44)
    assert service.complete(place).items[0].label == "second/made"
    assert "**second** · step" in service.hover(place).markdown
    assert service.definition(place).spans[0].line == 14
    assert len(service.references(place).spans) == 2
    assert len(service.rename(RenameRequest(**place.model_dump(), name="two")).edits) == 2
    with pytest.raises(Invalid, match="cannot be a name"):
        service.rename(RenameRequest(**place.model_dump(), name="a b"))
    document = DocumentText(path=path, text=TEXT)
    assert [one.name for one in service.outline(document).symbols] == ["main", "tool"]
    assert service.format(document).edits == ()
    span = TextRange(path=path, text=TEXT, line=16, column=7, end_line=16, end_column=8)
    assert [one.title for one in service.actions(span).actions] == ["Add ScatterFeatureRequirement to `main`"]
    # without a text the file counts, and one that is not there is told
    with pytest.raises(NotFound):
        service.hover(TextPlace(path=path, line=1, column=1))
    Path(path).write_text(TEXT)
    assert service.hover(place.model_copy(update={"text": None})).markdown


def test_images_are_asked_for_where_they_are_wanted(settings: Settings, tmp_path: Path) -> None:
    asked = []

    def images() -> tuple[str, ...]:
        asked.append(1)
        return ("docker.io/library/debian:12", "ghcr.io/osgeo/gdal:3")

    service = CwlService(settings, images)
    path = str(tmp_path / "document.cwl")
    service.complete(TextPlace(path=path, text=PULL, line=1, column=1))
    assert asked == []
    place = TextPlace(path=path, text=PULL, line=5, column=17)
    for _ in range(2):
        found = service.complete(place).items
        assert [one.label for one in found] == ["docker.io/library/debian:12", "ghcr.io/osgeo/gdal:3"]
        assert found[0].kind == "image"
    assert asked == [1]


def test_an_engine_that_is_away_is_done_without(settings: Settings, tmp_path: Path) -> None:
    def images() -> tuple[str, ...]:
        raise Unavailable("no engine")

    text = f"{PULL}\nx: {{DockerRequirement: 1}}\n"
    place = TextPlace(path=str(tmp_path / "document.cwl"), text=text, line=5, column=17)
    assert CwlService(settings, images).complete(place).items == ()


def test_an_engine_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_names, "PATIENCE", 0.05)
    answered = threading.Event()
    calls = []

    def ask() -> tuple[str, ...]:
        calls.append(1)
        answered.wait(30)
        return ("a:1", "a:1")

    names = image_names.ImageNames(ask)
    assert names.known() == ()
    assert names.known() == ()
    assert calls == [1]
    answered.set()
    monkeypatch.setattr(image_names, "PATIENCE", 30)
    assert names.known() == ("a:1",)
    assert calls == [1]


def test_a_large_document_is_answered() -> None:
    """Three hundred steps: what an editor asks for while one types; how soon is `benchmarks/run editing`'s."""
    steps = "".join(
        f"    s{number}:\n      run: '#tool'\n      in: {{file: {f's{number - 1}/made' if number else 'scene'}}}\n"
        "      out: [made]\n"
        for number in range(300)
    )
    text = TEXT.replace("  steps:\n", f"  steps:\n{steps}")
    question = asked(at(text, "s150/made", 0, 2))
    for verb in (complete, hover, definition, references, actions, outline, formatting):
        assert verb.answer(dict(question)), verb.__name__
