"""Trials in containers, in a store of the tests' own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

import pytest
import yaml
from podman_store import IMAGE, add_busybox, podman, private_store

from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.packages.contract import ToolDraft, ToolRequest
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Lab whose containers are in a store with busybox; at the end none may be left."""
    if shutil.which("podman") is None or shutil.which("busybox") is None:
        pytest.skip("podman or busybox is not installed")
    folder = tmp_path_factory.mktemp("trials")
    (folder / "root").mkdir()
    (folder / "root" / "in.txt").write_text("b\na\n")
    with private_store(folder / "store") as env, pytest.MonkeyPatch.context() as patch:
        add_busybox(env, folder / "image")
        for name, value in env.items():
            patch.setenv(name, value)
        yield Lab(Settings(state=folder / "state", root=folder / "root"))
        assert podman(env, "ps", "-a", "-q").stdout == ""


def tool(lab: Lab, command: str, image: str = IMAGE, limit: float = 60) -> ToolDraft:
    """Makes a tool of a command that is tried in an image."""
    return lab.packages.tool(ToolRequest(argv=(command,), image=image, run=True, limit=limit))


def test_a_command_is_tried_in_its_image_without_a_network(lab: Lab) -> None:
    made = tool(lab, "sh -c 'sort \"$1\" > o.txt; ls /sys/class/net > net.txt' x in.txt")
    assert made.problem is None
    assert made.files == ("net.txt", "o.txt")
    document = yaml.safe_load(made.text)
    assert document["requirements"] == {"DockerRequirement": {"dockerPull": IMAGE}}
    assert set(document["outputs"]) == {"net", "o"}
    assert sorted(path.name for path in lab.settings.root.iterdir()) == ["in.txt"]
    alone = tool(lab, "sh -c 'test -z \"$(ls /sys/class/net | grep -v lo)\"'")
    assert alone.exit_code == 0


def test_it_writes_to_no_other_place(lab: Lab) -> None:
    assert "Read-only" in str(tool(lab, "touch /elsewhere").problem)
    assert tool(lab, "touch /tmp/scratch").problem is None


def test_large_inputs_are_mounted_not_copied(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ellip_lab.packages.tooling_copies.COPIED", 0)
    made = tool(lab, "cp in.txt o.txt")
    assert made.files == ("o.txt",)
    refused = tool(lab, "sed -i s/a/z/ in.txt")
    assert refused.problem is not None
    assert (lab.settings.root / "in.txt").read_text() == "b\na\n"


def test_what_is_not_there_is_said(lab: Lab) -> None:
    with pytest.raises(NotFound, match="has no command 'no-such'"):
        tool(lab, "no-such in.txt")
    with pytest.raises(NotFound, match="is not here"):
        tool(lab, "ls in.txt", image="localhost/none:1")


def test_one_that_does_not_end_is_stopped(lab: Lab) -> None:
    began = time.monotonic()
    made = tool(lab, "sleep 300", limit=1.5)
    assert made.problem == "it had not ended after 1.5 s, and was stopped"
    assert time.monotonic() - began < 30
