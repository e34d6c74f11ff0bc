"""Works at the server's door: paths of the workspace in, paths of the workspace out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from podman_store import IMAGE, add_busybox, private_store

from ellip_lab.lab import Lab

from .standin import Ask

pytestmark = pytest.mark.podman


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("works")
    with private_store(folder / "store") as env:
        add_busybox(env, folder)
        yield env


@pytest.fixture
def jp_server_config(
    tmp_path: Path, images: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    for name, value in {**images, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return {
        "ServerApp": {"jpserver_extensions": {"ellip_lab": True, "jupyter_server_terminals": False}},
        "EllipLabApp": {"state_dir": str(tmp_path / "state"), "container": "podman"},
    }


async def ended(ask: Ask, work: dict[str, Any]) -> dict[str, Any]:
    for _ in range(600):
        told: dict[str, Any] = json.loads((await ask(f"ellip-lab/containers/works/{work['id']}")).body)
        if told["state"] not in ("queued", "running"):
            return told
        await asyncio.sleep(0.1)
    raise AssertionError("it did not end")


async def test_a_build_and_an_archive_of_the_workspace(ask: Ask, lab: Lab, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "tool"
    folder.mkdir()
    (folder / "Containerfile").write_text(f"FROM {IMAGE}\nRUN echo hello\n")
    form = json.loads((await ask("ellip-lab/containers/containerfile", params={"path": "tool"})).body)
    assert (form["path"], form["folder"], form["bases"]) == ("tool/Containerfile", "tool", [IMAGE])
    body = {"folder": "tool", "name": "localhost/ellip/door:1"}
    reply = await ask("ellip-lab/containers/build", method="POST", body=body)
    assert reply.code == 201
    work = json.loads(reply.body)
    assert work["request"]["folder"] == "tool"
    built = await ended(ask, work)
    assert built["state"] == "done", built
    assert [step["state"] for step in built["steps"]] == ["done", "done"]

    body = {"images": ["localhost/ellip/door:1"], "path": "tool/door.tar"}
    saved = await ended(
        ask, json.loads((await ask("ellip-lab/containers/save", method="POST", body=body)).body)
    )
    assert (saved["state"], saved["result"]) == ("done", "tool/door.tar")
    assert saved["title"] == "Save localhost/ellip/door:1 to tool/door.tar"
    assert saved["request"]["path"] == "tool/door.tar"
    again = await ask("ellip-lab/containers/save", method="POST", body=body)
    assert again.code == 409
    loaded = await ended(
        ask,
        json.loads(
            (await ask("ellip-lab/containers/load", method="POST", body={"path": "tool/door.tar"})).body
        ),
    )
    assert loaded["result"] == built["result"]
    listed = json.loads((await ask("ellip-lab/containers/works", params={"kind": "save"})).body)
    assert [one["title"] for one in listed["works"]] == [saved["title"]]
    (jp_root_dir / "bad.tar").write_text("no archive")
    bad = await ended(
        ask,
        json.loads((await ask("ellip-lab/containers/load", method="POST", body={"path": "bad.tar"})).body),
    )
    assert bad["failure"]["headline"] == bad["detail"] == "bad.tar is no whole archive of images"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("build", {"folder": "../elsewhere", "name": "a:1"}),
        ("save", {"images": ["a:1"], "path": "../x.tar"}),
        ("load", {"path": "link/x.tar"}),
    ],
)
async def test_nothing_outside_the_workspace(
    ask: Ask, jp_root_dir: Path, tmp_path: Path, verb: str, body: dict[str, Any]
) -> None:
    (jp_root_dir / "link").symlink_to(tmp_path)
    (tmp_path / "x.tar").write_text("theirs")
    reply = await ask(f"ellip-lab/containers/{verb}", method="POST", body=body)
    assert reply.code == 403, reply.body
    assert "outside the workspace" in json.loads(reply.body)["detail"]


async def test_images_of_a_document_and_what_uses_them(ask: Ask, jp_root_dir: Path) -> None:
    (jp_root_dir / "flows").mkdir()
    (jp_root_dir / "flows/tool.cwl").write_text(
        "cwlVersion: v1.2\nclass: CommandLineTool\nid: tool\n"
        f"requirements:\n  DockerRequirement:\n    dockerPull: {IMAGE}\ninputs: []\noutputs: []\n"
    )
    told = json.loads((await ask("ellip-lab/containers/document", params={"path": "flows/tool.cwl"})).body)
    [image] = told["images"]
    assert (told["path"], image["image"], image["state"]) == ("flows/tool.cwl", IMAGE, "present")
    assert image["places"] == [{"path": "flows/tool.cwl", "line": 6, "column": 17, "tool": "tool"}]
    page = json.loads((await ask("ellip-lab/containers/images", params={"text": "busybox"})).body)
    [user] = next(one for one in page["images"] if IMAGE in one["names"])["users"]
    assert (user["kind"], user["name"], user["line"]) == ("document", "flows/tool.cwl", 6)
    for path in ("../outside.cwl", "/etc/passwd", "flows/../../up.cwl"):
        reply = await ask("ellip-lab/containers/document", params={"path": path})
        assert reply.code in (403, 404), path
        assert str(jp_root_dir) not in reply.body.decode()
    body = {"path": "../outside.cwl", "image": IMAGE}
    assert (await ask("ellip-lab/containers/document/pin", method="POST", body=body)).code in (403, 404)
