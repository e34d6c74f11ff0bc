"""`ellip package check` and `ellip package rules`: reports, files and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ellip_lab.cli import ellip
from ellip_lab.cli.exits import CODES, FAILED, USAGE, carried_out

ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "tests/packages/documents/good.cwl").read_text()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ELLIP_LAB_STATE", str(tmp_path / "state"))
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    (tmp_path / "desk/good.cwl").write_text(GOOD)
    (tmp_path / "desk/bad.cwl").write_text(GOOD.replace("  doc: Puts the parts into one folder.\n", ""))
    return tmp_path / "desk"


def test_it_ends_with_0_or_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["package", "check", "good.cwl", "--profile", "scheduler"]) == 0
    assert "conforms to scheduler" in capsys.readouterr().out
    assert carried_out(ellip, ["package", "check", "bad.cwl"]) == FAILED
    said = capsys.readouterr()
    line = GOOD.splitlines().index("  id: collecting") + 1
    assert said.out.startswith(f"bad.cwl:{line}:7: error: Workflow collecting has no doc [app-pck/wf/doc]\n")
    assert said.err == ""
    # the same document, by the standard alone
    assert carried_out(ellip, ["package", "check", "bad.cwl", "--profile", "cwl"]) == 0


def test_an_entry_behind_the_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["package", "check", "good.cwl#collecting"]) == 0
    assert "good.cwl#collecting conforms" in capsys.readouterr().out
    assert carried_out(ellip, ["package", "check", "good.cwl#look"]) == FAILED


def test_what_cannot_be_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["package", "check", "good.cwl", "--profile", "mine"]) == USAGE
    assert carried_out(ellip, ["package", "check", "good.cwl", "--format", "yaml"]) == USAGE
    assert carried_out(ellip, ["package", "check"]) == USAGE
    assert carried_out(ellip, ["package", "check", "nowhere.cwl"]) == CODES["not-found"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit"])
def test_a_report_in_a_file(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["package", "check", "bad.cwl", "--format", form]
    assert carried_out(ellip, words) == FAILED
    shown = capsys.readouterr().out
    assert carried_out(ellip, [*words, "--output", "report"]) == FAILED
    said = capsys.readouterr()
    assert (folder / "report").read_text() == shown
    assert said.out == ""
    assert (
        said.err
        == "bad.cwl#app does not conform to best-practice: 7 of 8 requirements met, 1 error, 1 rule not met\n"
    )
    if form == "junit":
        assert ElementTree.fromstring(shown).get("failures") == "1"
    elif form != "text":
        assert json.loads(shown)


def test_the_rules_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out(ellip, ["package", "rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:2] == ["7", "app-pck/cwl/valid"]
    assert carried_out(ellip, ["package", "rules", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rules"]) == len(lines)
