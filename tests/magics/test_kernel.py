"""The magics in a real kernel: a display that lives, an interrupt that stops the run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from magics.conftest import ECHO

PATIENCE = 60.0


class Kernel:
    """Is a kernel, and what it says while it executes a cell."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def begin(self, source: str) -> str:
        return str(self.client.execute(source))

    def messages(self, asked: str) -> Iterator[dict[str, Any]]:
        """Gives what is said until the kernel is idle again."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message

    def run(self, source: str) -> list[dict[str, Any]]:
        return list(self.messages(self.begin(source)))


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv("ELLIP_LAB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["msg_type"] for message in messages]


def last_html(messages: list[dict[str, Any]]) -> str:
    shown = [m for m in messages if m["msg_type"] in ("display_data", "update_display_data")]
    return str(shown[-1]["content"]["data"]["text/html"])


def test_a_cell_lives_until_its_run_has_ended(kernel: Kernel, tmp_path: Path) -> None:
    messages = kernel.run("%load_ext ellip_lab")
    assert "error" not in kinds(messages)
    assert "stream" not in kinds(messages), messages
    messages = kernel.run(f"%%cwl echo --run --no-container --message hello\n{ECHO}")
    assert kinds(messages).count("display_data") == 1
    assert "update_display_data" in kinds(messages)
    html = last_html(messages)
    assert "✓ done" in html
    assert 'href="results/' in html
    (result,) = [m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"]
    assert "text/html" not in result  # the display stands right above
    messages = kernel.run("print(_.outputs['said'].read_text())")
    assert [m["content"]["text"] for m in messages if m["msg_type"] == "stream"] == ["hello\n\n"]
    messages = kernel.run("%ellip show")
    (result,) = [m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"]
    assert "said.txt" in result["text/html"]


def test_interrupting_the_kernel_stops_the_run(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "sleep.cwl").write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: [sleep, '619']\ninputs: []\noutputs: []\n"
    )
    kernel.run("%load_ext ellip_lab")
    asked = kernel.begin("%ellip run sleep.cwl --no-container")
    said = []
    for message in kernel.messages(asked):
        said.append(message)
        if message["msg_type"] == "update_display_data" and len(said) > 1 and running():
            kernel.manager.interrupt_kernel()
            break
    said += kernel.messages(asked)
    text = "".join(m["content"]["text"] for m in said if m["msg_type"] == "stream")
    assert "interrupted: the run" in text
    assert "stopped" in text
    assert "■ stopped" in last_html(said)
    until = time.monotonic() + PATIENCE
    while running():
        assert time.monotonic() < until, "the tool goes on"
        time.sleep(0.05)


def running() -> bool:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes() == b"sleep\x00619\x00":
                return True
        except OSError:
            continue
    return False
