"""The data files of apps: those of the package, the user's own, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ellip_lab.apps.entries import STOCK, Catalogue, icon
from ellip_lab.apps.service import AppsService
from ellip_lab.errors import NotFound
from ellip_lab.settings import Settings

OWN = """\
title = "Mine"
description = "An app of my own."
homepage = "https://example.org"
licence = "MIT"
rank = 1

[find]
programs = ["mine"]
missing = "mine is not installed"
hint = "Install it."

[start]
command = ["{program}", "{unix_socket}"]
"""


def test_every_file_of_the_package_can_be_read(tmp_path: Path) -> None:
    entries, problems = Catalogue(tmp_path).read()
    assert problems == ()
    assert {entry.name for entry in entries} == {file.stem for file in STOCK.glob("*.toml")}
    assert {"code-server", "theia", "rstudio", "shiny", "streamlit", "panel"} <= {
        entry.name for entry in entries
    }
    for entry in entries:
        assert icon(entry).startswith("<svg")
        assert entry.icon is not None
        assert (entry.folder / entry.icon).is_file()


def test_the_users_own_go_first(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN)
    (tmp_path / "theia.toml").write_text(OWN.replace("Mine", "My Theia"))
    catalogue = Catalogue(tmp_path)
    assert catalogue.read()[0][0].title == "Mine"
    assert catalogue.entry("theia").title == "My Theia"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "Invalid value"),
        (OWN + "port = 80\n", "start.port: Extra inputs are not permitted"),
        (OWN.replace("licence", "license"), "licence: Field required"),
        ('name = "other"\n' + OWN, "its name is other"),
    ],
)
def test_what_is_no_description_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    _, [problem] = Catalogue(tmp_path).read()
    assert said in problem
    assert str(tmp_path / "mine.toml") in problem


def test_an_app_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        AppsService(Settings(state=tmp_path)).show("emacs")
    assert "code-server" in (caught.value.hint or "")
