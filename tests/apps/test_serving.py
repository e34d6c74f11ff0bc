"""Which apps can serve a file: by its imports, without running anything of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ellip_lab.apps.contract import ServeQuery
from ellip_lab.apps.service import AppsService
from ellip_lab.errors import NotFound
from ellip_lab.settings import Settings


@pytest.fixture
def room(tmp_path: Path) -> AppsService:
    return AppsService(Settings(state=tmp_path / "state", root=tmp_path))


def chosen(room: AppsService, file: Path) -> dict[str, str]:
    return {one.app: one.reason for one in room.serve_choices(ServeQuery(path=str(file))).choices}


@pytest.mark.parametrize(
    ("name", "text", "apps"),
    [
        ("a.py", "import streamlit as st\n", {"streamlit": "it imports streamlit"}),
        ("a.py", "from panel.widgets import Button\n", {"panel": "it imports panel"}),
        ("a.py", "def f():\n    from shiny.express import ui\n", {"shiny": "it imports shiny"}),
        (
            "a.py",
            "import streamlit.components.v1, panel\n",
            {"streamlit": "it imports streamlit", "panel": "it imports panel"},
        ),
        ("a.py", "import streamlit_extras\nfrom . import streamlit\n# import panel\n'import shiny'\n", {}),
        ("a.PY", "import streamlit\n", {"streamlit": "it imports streamlit"}),
        ("a.txt", "import streamlit\n", {}),
        ("app.R", "", {"shiny-r": "it is called app.R"}),
        ("other.R", "library(shiny)", {}),
        (
            "a.py",
            "raise SystemExit(open('ran', 'w'))\nimport streamlit",
            {"streamlit": "it imports streamlit"},
        ),
    ],
)
def test_by_its_imports(
    room: AppsService, tmp_path: Path, name: str, text: str, apps: dict[str, str]
) -> None:
    (tmp_path / name).write_text(text)
    assert chosen(room, tmp_path / name) == apps
    assert not Path("ran").exists()


def test_a_notebook(room: AppsService, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "import streamlit"},
        {"cell_type": "code", "source": ["%pip install panel\n", "!ls\n", "import panel as pn\n"]},
        {"cell_type": "code", "source": "this is ( not finished"},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    assert chosen(room, tmp_path / "a.ipynb") == {"panel": "it imports panel"}


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.py", b"import streamlit\ndef f(:\n", "a.py is no Python: line 2: "),
        ("a.py", b"\x00import streamlit", "a.py is no Python"),
        ("a.py", b"\xff\xfe\x00", "a.py is no Python"),
        ("a.py", b"(" * 100_000, "a.py is no Python"),
        ("a.ipynb", b"{}", "a.ipynb is no notebook"),
        ("a.ipynb", b"[" * 100_000, "a.ipynb is no notebook"),
    ],
)
def test_what_cannot_be_read(room: AppsService, tmp_path: Path, name: str, data: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(data)
    found = room.serve_choices(ServeQuery(path=str(tmp_path / name)))
    assert found.choices == ()
    assert (found.problem or "").startswith(problem)


def test_what_is_too_large_or_not_there(room: AppsService, tmp_path: Path) -> None:
    with (tmp_path / "a.py").open("wb") as large:
        large.truncate(5 * 2**20)
    assert (
        room.serve_choices(ServeQuery(path=str(tmp_path / "a.py"))).problem
        == "a.py is too large to be looked into"
    )
    for path in (tmp_path, tmp_path / "b.py"):
        with pytest.raises(NotFound):
            room.serve_choices(ServeQuery(path=str(path)))
