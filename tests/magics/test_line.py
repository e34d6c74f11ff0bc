"""`%ellip` runs documents and looks at runs, in a real shell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ellip_lab.lab import Lab
from ellip_lab.runs.contract import RunQuery
from ellip_lab.runs.handle import RunHandle
from ellip_lab.tasks.contract import State
from magics.conftest import ECHO

FAIL = (
    "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [sh, -c, 'echo no such band >&2; exit 3']\n"
    "inputs: []\noutputs: []\n"
)


@pytest.fixture(autouse=True)
def documents(shell: InteractiveShell) -> None:
    Path("echo.cwl").write_text(ECHO)
    Path("fail.cwl").write_text(FAIL)


def value(shell: InteractiveShell, source: str) -> Any:
    result = shell.run_cell(source, store_history=True)
    result.raise_error()
    return result.result


def text_of(shell: InteractiveShell, shown: object, kind: str) -> str | None:
    assert shell.display_formatter is not None
    data, _ = shell.display_formatter.format(shown)
    found = data.get(kind)
    return found if found is None else str(found)


def test_a_run_gives_its_handle_and_shows_its_outputs(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = value(shell, "%ellip run echo.cwl --no-container --message 'hi there'")
    assert isinstance(handle, RunHandle)
    assert handle.outputs["said"].read_text() == "hi there\n"
    assert f"said: {handle.outputs['said']}" in capsys.readouterr().out
    (summary,) = Lab().runs.list(RunQuery()).runs
    assert summary.id == handle.id


def test_variables_of_the_notebook(shell: InteractiveShell) -> None:
    shell.user_ns["word"] = "from $word"
    first = value(shell, 'run = %ellip run echo.cwl --no-container --message "$word"\nrun')
    assert first.outputs["said"].read_text() == "from $word\n"
    shell.user_ns["params"] = {"message": "from a dictionary"}
    handle = value(shell, "%ellip run --no-container --inputs params echo.cwl")
    assert handle.outputs["said"].read_text() == "from a dictionary\n"
    shown = value(shell, f"%ellip compare {first.id} last")
    assert [(one.place, one.kind) for one in shown.record.differences] == [("said", "content")]
    assert "1 difference: 1 output, 1 file compared" in str(text_of(shell, shown, "text/html"))
    assert value(shell, "%ellip compare last last").record.same


def test_a_cell_can_be_run(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    handle = value(shell, f"%%cwl fresh --run --no-container --message cell --outdir out\n{ECHO}")
    assert isinstance(handle, RunHandle)
    assert Path("out/said.txt").read_text() == "cell\n"
    assert capsys.readouterr().out.startswith("Saved fresh.cwl")


def test_a_failure_shows_why(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    handle = value(shell, "%ellip run fail.cwl --no-container")
    assert handle.show().state is State.FAILED
    assert "no such band" in capsys.readouterr().out
    assert text_of(shell, handle, "text/html") is None  # the display of the same cell stands above
    value(shell, "'another cell'")
    html = text_of(shell, handle, "text/html")
    assert html is not None
    assert "no such band" in html


def test_a_handle_shows_itself_again_in_the_next_cell(shell: InteractiveShell) -> None:
    handle = value(
        shell, "handle = %ellip run echo.cwl --no-container --message x --name '<i>mine</i>'\nhandle"
    )
    assert text_of(shell, handle, "text/html") is None  # the display of the same cell stands above
    value(shell, "'another cell'")
    html = text_of(shell, handle, "text/html")
    assert html is not None
    assert "said.txt" in html
    assert "✓ done" in html
    assert "&lt;i&gt;mine" in html
    assert "<i>" not in html


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("run nowhere.cwl", "does not exist"),
        ("run echo.cwl --mesage x", "Did you mean message?"),
        ("run echo.cwl", "message"),
        ("run --inputs nothing echo.cwl", "there is no dictionary of this name"),
        ("run --container nonsense echo.cwl", "nonsense"),
        ("show nope", "there is no run 'nope'"),
        ("show", "no run yet"),
        ("runs 0", "range"),
        ("runs --state odd", "odd"),
        ("nonsense", "No such command"),
        ("check nowhere.cwl", "does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_error(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    result = shell.run_cell(f"%ellip {line}")
    assert not result.success
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert told.count("UsageError:") == 1
    assert Lab().runs.list(RunQuery()).runs == ()


def test_help_is_no_error(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert value(shell, "%ellip --help") in (None, 0)
    assert "Usage: %ellip" in capsys.readouterr().out


def test_the_other_verbs(shell: InteractiveShell) -> None:
    handle = value(shell, "%ellip run echo.cwl --no-container --message x --name mine")
    assert value(shell, "%ellip show").id == handle.id
    assert value(shell, "%ellip watch last").id == handle.id
    runs = value(shell, "%ellip runs")
    assert runs.record.runs[0].id == handle.id
    assert "mine" in (text_of(shell, runs, "text/html") or "")
    assert handle.id in repr(runs)
    assert " done in " in repr(value(shell, "%ellip log"))
    assert value(shell, "%ellip check echo.cwl").record.valid
    held = value(shell, "%ellip check echo.cwl --profile best-practice")
    assert not held.record.conforms
    assert "app-pck/cwl/workflow" in repr(held)
    assert "message  string  required" in repr(value(shell, "%ellip form echo.cwl"))
    assert "none" in repr(value(shell, "%ellip engines"))


def test_a_detached_run_can_be_stopped(shell: InteractiveShell) -> None:
    Path("sleep.cwl").write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [sleep, '600']\ninputs: []\noutputs: []\n"
    )
    handle = value(shell, "%ellip run sleep.cwl --no-container --detach")
    assert not handle.show().state.final
    assert value(shell, "%ellip stop").show().state is State.STOPPED


def test_loading_costs_nothing_until_it_is_used() -> None:
    code = (
        "import sys\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'ellip_lab')\n"
        "print(sorted({'cwltool', 'pystac', 'podman', 'rio_tiler', 'watchfiles', 'tornado'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
