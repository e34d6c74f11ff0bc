"""`%%container` runs a cell in an image: its streams, its folder, its variables, its end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from podman_store import IMAGE, add_busybox, podman, private_store

pytestmark = pytest.mark.podman


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("cells")
    with private_store(folder / "store") as found:
        add_busybox(found, folder)
        yield found


@pytest.fixture
def cells(shell: InteractiveShell, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return shell


def executed(shell: InteractiveShell, line: str, cell: str) -> ExecutionResult:
    return shell.run_cell(f"%%container {line}\n{cell}")


def test_a_script_has_the_folder_and_says_what_it_says(
    cells: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in.txt").write_text("from the notebook")
    executed(cells, IMAGE, "cat in.txt; pwd; echo aside >&2; echo made > out.txt").raise_error()
    said = capsys.readouterr()
    assert said.out == f"from the notebook{Path.cwd()}\n"
    assert said.err == "aside\n"
    assert Path("out.txt").read_text() == "made\n"
    assert Path("out.txt").stat().st_uid == os.getuid()


def test_it_has_no_network_and_only_the_variables_that_are_named(
    cells: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FROM_OUTSIDE", "outer")
    cells.user_ns["scene"] = "S2A"
    cell = "ls /sys/class/net; echo $scene $FROM_OUTSIDE $HIDDEN"
    monkeypatch.setenv("HIDDEN", "hidden")
    executed(cells, f"{IMAGE} -e scene --env FROM_OUTSIDE", cell).raise_error()
    assert capsys.readouterr().out == "lo\nS2A outer\n"
    assert not executed(cells, f"{IMAGE} --env NOWHERE", "true").success
    assert "there is no variable NOWHERE" in capsys.readouterr().err


def test_an_exit_code_an_image_and_a_shell_that_are_wrong_are_told(
    cells: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not executed(cells, IMAGE, "echo before; exit 7; echo after").success
    said = capsys.readouterr()
    assert said.out == "before\n"
    assert said.err == "UsageError: %%container: the script ended with exit code 7\n"
    assert not executed(cells, "localhost/ellip/nothing:1", "true").success
    said = capsys.readouterr()
    assert "the image localhost/ellip/nothing:1 is not here" in said.err
    assert "ellip images pull localhost/ellip/nothing:1" in said.err
    assert not executed(cells, f"{IMAGE} --shell zsh", "true").success
    assert "zsh" in capsys.readouterr().err


def test_output_comes_while_the_script_runs_and_an_interrupt_ends_it(
    cells: InteractiveShell, env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    begun = Path("begun")

    def interrupt() -> None:
        end = time.monotonic() + 60
        while not begun.exists() and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    waiter = threading.Thread(target=interrupt)
    waiter.start()
    result = executed(cells, IMAGE, "echo at once; touch begun; sleep 300")
    waiter.join()
    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    assert "at once" in capsys.readouterr().out
    assert podman(env, "ps", "-a", "-q").stdout == ""
