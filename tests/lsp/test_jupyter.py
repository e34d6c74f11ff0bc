"""What jupyterlab-lsp is told of the server."""

from __future__ import annotations

import importlib
import tomllib

import pytest

from ellip_lab.lsp import jupyter
from tests.cwl.language.asking import ROOT


def test_the_entry_point_leads_to_the_description() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["jupyter_lsp_spec_v1"]["ellip-cwl"].partition(":")
    assert getattr(importlib.import_module(module), name) is jupyter.spec


def test_the_description_is_one_that_jupyter_lsp_takes() -> None:
    schema = pytest.importorskip("jupyter_lsp.schema")
    found = jupyter.spec(None)
    schema.LANGUAGE_SERVER_SPEC_MAP.validate(found)
    assert found["ellip-cwl"]["languages"] == ["cwl"]
    mime = (ROOT / "src" / "cwl" / "index.ts").read_text(encoding="utf-8")
    assert any(f"CWL_MIME = '{one}'" in mime for one in found["ellip-cwl"]["mime_types"])


def test_nothing_is_told_where_it_could_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "find_spec", lambda _name: None)
    assert jupyter.spec(None) == {}
