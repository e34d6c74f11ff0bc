"""`%toolbox`, in a shell, with a real channel."""

# ruff: noqa: F811 - fixtures that tests name

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from toolboxes.channel import Faults, Server
from toolboxes.conftest import channel, made  # noqa: F401 - fixtures

Magic = Callable[[str], Any]


@pytest.fixture
def magic(shell: InteractiveShell) -> Magic:
    return lambda line: shell.run_line_magic("toolbox", line)


def test_alone_it_says_what_it_can(magic: Magic, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic("") is None
    said = capsys.readouterr().out
    for verb in ("catalogue", "plan", "install", "ls", "run", "remove"):
        assert verb in said
    assert "unwraps" in repr(magic("catalogue snaphu")) or "Unwraps" in repr(magic("catalogue snaphu"))


def test_installed_used_and_removed(
    magic: Magic,
    shell: InteractiveShell,
    channel: Server,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert "2 changes, 0 kept" in repr(magic(f"plan eo -p hello-eo -c {channel.url}"))
    done = magic(f"install eo -p 'hello-eo 1.*' -c {channel.url}")
    assert done.record.state == "done"
    assert "solve" in done._repr_html_()
    assert "eo" in repr(magic("ls"))
    assert "hello-eo" in repr(magic("show eo"))
    shell.run_cell("name = 'world'\n%toolbox run eo hello-eo --to $name").raise_error()
    said = capfd.readouterr().out
    assert "hello-eo 1.0 in " in said
    assert "arguments: --to world" in said
    assert "share/hello-eo" in said
    with pytest.raises(UsageError, match="sh ended with exit code 3"):
        magic("run eo sh -c 'exit 3'")
    with pytest.raises(UsageError, match="eo has no command gdalinfo"):
        magic("run eo gdalinfo")
    assert "upgrade" in repr(magic("update eo -p hello-eo --dry-run"))
    magic("update eo -p hello-eo")
    assert "hello-eo-2.0" in magic("lock eo")
    magic("clone eo two")
    magic("remove two")
    assert [one.name for one in magic("ls").record.toolboxes] == ["eo"]


def test_what_goes_wrong(magic: Magic, channel: Server) -> None:
    assert "left and right do not go together" in repr(magic(f"plan eo -p left -p right -c {channel.url}"))
    with pytest.raises(UsageError, match="left and right do not go together"):
        magic(f"install eo -p left -p right -c {channel.url}")
    with pytest.raises(UsageError, match="there is no toolbox eo"):
        magic("run eo true")


def test_interrupting_the_kernel_stops_it(
    magic: Magic,
    channel: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel.faults = Faults(hold="eo-data")

    def interrupt() -> None:
        import _thread

        until = time.monotonic() + 60
        while not any("eo-data" in path for path in channel.asked) and time.monotonic() < until:
            time.sleep(0.02)
        _thread.interrupt_main()

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(UsageError, match="interrupted: the work is stopped"):
        magic(f"install eo -p hello-eo -c {channel.url}")
    assert magic("ls").record.toolboxes == ()
