"""The catalogue's files are what their words say, and the user's own stand before them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ellip_lab.errors import NotFound
from ellip_lab.settings import Settings
from ellip_lab.toolboxes.catalogue import provided, read
from ellip_lab.toolboxes.contract import CatalogueEntry, CatalogueQuery
from ellip_lab.toolboxes.service import ToolboxesService

FOLDER = Path(__file__).resolve().parents[2] / "ellip_lab" / "toolboxes" / "catalogue"
FILES = sorted(FOLDER.glob("*.toml"))
WANTED = {"gdal", "orfeo-toolbox", "snap", "sen2cor", "isce2", "isce3", "mintpy", "pyrosar", "snaphu",
          "stactools", "datacube"}  # fmt: skip

OWN = """\
title = "Mine"
description = "What I use."
channels = ["conda-forge"]
packages = ["gdal >=3.8"]
platforms = ["linux-64"]
licence = "MIT"
homepage = "https://example.org"
commands = ["gdalinfo --version"]
"""


@pytest.fixture
def service(tmp_path: Path) -> ToolboxesService:
    return ToolboxesService(Settings(state=tmp_path / "state", root=tmp_path, toolboxes_dir=None))


def put(service: ToolboxesService, name: str, text: str) -> None:
    folder = Path(service.catalogue(CatalogueQuery()).folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_it_has_what_was_promised() -> None:
    assert set(provided()) == {file.stem for file in FILES} == WANTED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_says_everything(file: Path) -> None:
    entry = read(file.stem, file)
    assert entry.packages
    assert entry.commands
    assert "linux-64" in entry.platforms
    assert entry.homepage.startswith("https://")
    assert entry.description.endswith(".")
    assert set(tomllib.loads(file.read_text())) <= set(CatalogueEntry.model_fields)


def test_it_is_searched_whatever_the_case(service: ToolboxesService) -> None:
    found = service.catalogue(CatalogueQuery(text="ORFEO"))
    assert [entry.id for entry in found.entries] == ["orfeo-toolbox"]
    assert not found.entries[0].own


def test_the_users_own_come_first_and_take_the_place_of_ours(service: ToolboxesService) -> None:
    put(service, "gdal.toml", OWN)
    put(service, "zz.toml", OWN)
    entries = service.catalogue(CatalogueQuery()).entries
    assert [(entry.id, entry.own) for entry in entries[:2]] == [("gdal", True), ("zz", True)]
    assert [entry.id for entry in entries].count("gdal") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "it is not TOML"),
        (OWN + "colour = 'red'\n", "colour"),
        (OWN.replace("title", "titel"), "title"),
        (OWN + "own = true\n", "own is not for a file to say"),
        (OWN.replace("conda-forge", "https://me:secret@example.org/c"), "channels.0"),
        ("\xff", "it is not UTF-8 text"),
    ],
)
def test_a_wrong_file_is_told_and_nothing_else_is_lost(
    service: ToolboxesService, text: str, said: str
) -> None:
    put(service, "wrong.toml", "")
    Path(service.catalogue(CatalogueQuery()).folder, "wrong.toml").write_bytes(text.encode("latin-1"))
    found = service.catalogue(CatalogueQuery())
    [problem] = found.problems
    assert problem.startswith("wrong.toml: ")
    assert said in problem
    assert "secret" not in problem
    assert len(found.entries) == len(WANTED)
    with pytest.raises(NotFound, match=r"wrong\.toml"):
        service._catalogue.entry("wrong")
