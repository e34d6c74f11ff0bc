"""`%%cwl` checks a cell, saves it, and tells its problems with the cell's own lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from magics.conftest import ECHO


def executed(shell: InteractiveShell, source: str) -> ExecutionResult:
    return shell.run_cell(source)


def test_a_document_is_saved(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    executed(shell, f"%%cwl echo\n{ECHO}").raise_error()
    assert Path("echo.cwl").read_text() == ECHO
    assert capsys.readouterr().out == "Saved echo.cwl: CWL v1.2, CommandLineTool\n"
    executed(shell, f"%%cwl echo.cwl\n{ECHO}# again\n").raise_error()
    assert Path("echo.cwl").read_text().endswith("# again\n")
    assert capsys.readouterr().out.startswith("Replaced echo.cwl")
    assert [place.name for place in Path().iterdir()] == ["echo.cwl"]


def test_problems_have_the_lines_of_the_cell(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("echo.cwl").write_text("before")
    wrong = ECHO.replace("type: stdout", "type: nonsense")
    result = executed(shell, f"%%cwl echo\n{wrong}")
    said = capsys.readouterr().err
    assert not result.success
    number = wrong.splitlines().index("  said: {type: nonsense}") + 2
    assert f"line {number} of the cell" in said
    assert "  said: {type: nonsense}" in said
    assert "draft" not in said
    assert "Traceback" not in said
    assert Path("echo.cwl").read_text() == "before"
    assert [place.name for place in Path().iterdir()] == ["echo.cwl"]


def test_what_it_refers_to_is_found_from_its_folder(shell: InteractiveShell) -> None:
    Path("sub").mkdir()
    Path("sub/echo.cwl").write_text(ECHO)
    flow = (
        "cwlVersion: v1.2\nclass: Workflow\ninputs: {m: string}\noutputs: {}\n"
        "steps:\n  say: {run: echo.cwl, in: {message: m}, out: [said]}\n"
    )
    executed(shell, f"%%cwl sub/flow\n{flow}").raise_error()
    assert Path("sub/flow.cwl").read_text() == flow
    assert not executed(shell, f"%%cwl flow\n{flow}").success
    assert not Path("flow.cwl").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("none/echo", "the folder"),
        ("", "Missing argument"),
        ("echo --message hi", "inputs are given with --run"),
        ("--nonsense", "no such option: --nonsense"),
        ("'unclosed", "No closing quotation"),
    ],
)
def test_a_line_that_cannot_be_understood(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    assert not executed(shell, f"%%cwl {line}\n{ECHO}").success
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("cell", ["not: cwl", "{", "just words"])
def test_a_cell_that_is_no_document(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    assert not executed(shell, f"%%cwl echo\n{cell}\n").success
    told = capsys.readouterr().err
    assert "is not valid, and is not saved" in told
    assert "of the cell" in told
    assert list(Path().iterdir()) == []
