"""Storage over HTTP, against a real store: what a browser does, and what it is not told."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from s3.stores import WeedServer

from ellip_lab.errors import Denied
from ellip_lab.lab import Lab
from ellip_lab.s3.contract import TransferPlan, TransferRequest
from ellip_lab.server.route import PREFIX
from ellip_lab.server.workspace import Workspace

from .standin import Ask, Raw, asked, told

PATIENCE = 90.0


async def get(ask: Ask, path: str, **query: Any) -> Any:
    reply = await ask(f"{PREFIX}/s3/{path}", params=query)
    assert reply.code == 200, (path, reply.body)
    return (
        json.loads(reply.body) if reply.headers["Content-Type"].startswith("application/json") else reply.body
    )


async def post(ask: Ask, path: str, body: Any, status: int = 200, **query: Any) -> Any:
    reply = await ask(f"{PREFIX}/s3/{path}", method="POST", body=body, params=query)
    assert reply.code == status, (path, reply.body)
    return json.loads(reply.body)


async def delete(ask: Ask, path: str, **query: Any) -> Any:
    reply = await ask(f"{PREFIX}/s3/{path}", method="DELETE", params=query)
    assert reply.code == 200, (path, reply.body)
    return json.loads(reply.body)


async def test_a_connection_from_first_to_last(ask: Ask, store: WeedServer) -> None:
    assert {one["name"] for one in (await get(ask, "connections"))["connections"]} >= {"local"}
    body = asked(store, "mine", "admin")
    tried = await post(ask, "connections/test", {"request": body})
    assert tried["works"], tried
    assert (await post(ask, "connections", body))["name"] == "mine"
    told(await ask(f"{PREFIX}/s3/connections", method="POST", body={**body, "replace": False}), 409)
    assert (await post(ask, "connections/default", {"connection": "mine"}))["default"]
    assert {one["name"] for one in (await get(ask, "buckets"))["buckets"]} >= {"public", "one"}
    used = await get(ask, "use", connection="mine")
    assert used["set"]["AWS_ENDPOINT_URL_S3"] == store.endpoint
    assert (await get(ask, "presets"))["presets"]
    await delete(ask, "connections", connection="mine")
    told(await ask(f"{PREFIX}/s3/buckets", params={"connection": "mine"}), 404)


async def test_browsing_and_acting(ask: Ask, told_of_store: WeedServer) -> None:
    bucket = (await post(ask, "buckets", {"bucket": "server-made-here"}, 201))["name"]
    told(await ask(f"{PREFIX}/s3/buckets", method="POST", body={"bucket": bucket}), 409)
    await post(ask, "folders", {"bucket": bucket, "key": "empty/"}, 201)
    for number in range(5):
        await post(ask, "content", Raw(b"x" * number), bucket=bucket, key=f"many/{number}.txt")
    top = await get(ask, "objects", bucket=bucket)
    assert top["folders"] == ["empty/", "many/"]
    page = await get(ask, "objects", bucket=bucket, prefix="many/", limit=2)
    assert [one["key"] for one in page["objects"]] == ["many/0.txt", "many/1.txt"]
    rest = await get(ask, "objects", bucket=bucket, prefix="many/", limit=10, after=page["next"])
    assert [one["size"] for one in rest["objects"]] == [2, 3, 4]
    named = {"bucket": bucket, "key": "many/3.txt"}
    assert (await get(ask, "object", **named))["size"] == 3
    assert (await post(ask, "presign", named))["url"].startswith(told_of_store.endpoint)
    assert "import boto3" in (await get(ask, "code", **named, language="boto3"))["text"]
    assert len((await get(ask, "versions", **named))["versions"]) >= 1
    assert told(await ask(f"{PREFIX}/s3/quicklook", params=named), 400).hint is not None
    gone = await ask(f"{PREFIX}/s3/buckets", method="DELETE", params={"bucket": bucket})
    told(gone, 409)
    started = await post(ask, "transfers", {"action": "delete", "sources": [f"s3://{bucket}/"]}, 201)
    assert (await ended(ask, started["id"]))["state"] == "done"
    await delete(ask, "buckets", bucket=bucket)
    told(await ask(f"{PREFIX}/s3/objects", params={"bucket": bucket}), 404)


async def ended(ask: Ask, id_: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while True:
            now = await get(ask, f"transfers/{id_}")
            if now["state"] in ("done", "failed", "stopped", "lost"):
                return now
            await asyncio.sleep(0.1)


async def test_who_may_what_is_told_apart(ask: Ask, told_of_store: WeedServer) -> None:
    where = f"{PREFIX}/s3/content"
    query = {"connection": "reader", "bucket": "public", "key": "x"}
    assert told(await ask(where, method="POST", params=query, body=Raw(b"x")), 403).hint
    told(await ask(f"{PREFIX}/s3/objects", params={"connection": "one", "bucket": "public"}), 403)
    told(
        await ask(f"{PREFIX}/s3/buckets", method="POST", body={"connection": "reader", "bucket": "new-one"}),
        403,
    )
    assert (await get(ask, "objects", connection="anyone", bucket="public"))["objects"]


async def test_a_large_file_in_parts(ask: Ask, told_of_store: WeedServer) -> None:
    bucket = told_of_store.bucket("parts")
    body = bytes(range(256)) * (70 * 4096)  # 70 MiB
    upload = await post(ask, "uploads", {"bucket": bucket, "key": "large.bin", "size": len(body)}, 201)
    size, id_ = upload["part_size"], upload["id"]
    assert size <= 64 * 2**20, "what the door takes"
    count = -(-len(body) // size)
    for number in range(1, count + 1):
        part = Raw(body[(number - 1) * size : number * size])
        shown = await post(ask, "uploads/part", part, upload=id_, number=number)
    assert shown["parts"] == list(range(1, count + 1))
    assert (await get(ask, "uploads", upload=id_))["parts"] == shown["parts"]
    assert not (await get(ask, "objects", bucket=bucket))["objects"], "nothing under its final name yet"
    written = await post(ask, "uploads/finish", {"upload": id_})
    assert written["size"] == len(body)
    assert await get(ask, "content", bucket=bucket, key="large.bin") == body
    assert await post(ask, "uploads/finish", {"upload": id_}) == written, (
        "an answer that was lost is given again"
    )


async def test_a_file_that_is_given_up_leaves_nothing(ask: Ask, told_of_store: WeedServer) -> None:
    bucket = told_of_store.bucket("parts")
    upload = await post(ask, "uploads", {"bucket": bucket, "key": "a", "size": 30 * 2**20}, 201)
    part = Raw(bytes(min(upload["part_size"], 30 * 2**20)))
    await post(ask, "uploads/part", part, upload=upload["id"], number=1)
    await delete(ask, "uploads", upload=upload["id"])
    client = told_of_store.client("admin")
    assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")
    client.close()
    told(await ask(f"{PREFIX}/s3/uploads/finish", method="POST", body={"upload": upload["id"]}), 404)


# -- transfers between the workspace and a store


async def test_paths_of_a_transfer_are_the_workspaces(
    ask: Ask, told_of_store: WeedServer, jp_root_dir: Path
) -> None:
    bucket = told_of_store.bucket("workspace")
    (jp_root_dir / "data" / "deep").mkdir(parents=True)
    for name in ("a.txt", "deep/b.txt"):
        (jp_root_dir / "data" / name).write_text(name)
    request = {"sources": ["data/"], "target": f"s3://{bucket}/in/"}
    assert (await post(ask, "transfers/plan", request))["files"] == 2
    started = await post(ask, "transfers", request, 201)
    assert started["request"]["sources"] == ["data/"]
    assert str(jp_root_dir) not in json.dumps(started)
    now = await ended(ask, started["id"])
    assert (now["state"], now["files_done"]) == ("done", 2)
    assert now["request"]["sources"] == ["data/"]
    back = await post(ask, "transfers", {"sources": [f"s3://{bucket}/in/"], "target": "back/"}, 201)
    assert (await ended(ask, back["id"]))["state"] == "done"
    assert (jp_root_dir / "back" / "deep" / "b.txt").read_text() == "deep/b.txt"
    plan = await post(ask, "transfers/plan", {"sources": [f"s3://{bucket}/in/"], "target": "back/"})
    assert set(plan["conflicts"]) == {"back/a.txt", "back/deep/b.txt"}
    refused = await ask(
        f"{PREFIX}/s3/transfers", method="POST", body={"sources": [f"s3://{bucket}/in/"], "target": "back/"}
    )
    details = told(refused, 409)
    assert str(jp_root_dir) not in details.model_dump_json()
    assert {problem.file for problem in details.problems} == {"back/a.txt", "back/deep/b.txt"}
    listed = (await get(ask, "transfers"))["transfers"]
    assert [one["id"] for one in listed] == [back["id"], started["id"]]
    assert str(jp_root_dir) not in json.dumps(listed)
    log = await get(ask, f"transfers/{back['id']}/log", wait=1)
    assert log["finished"]
    told(await ask(f"{PREFIX}/s3/transfers/{back['id']}/resume", method="POST", body={}), 409)
    await delete(ask, f"transfers/{back['id']}")
    told(await ask(f"{PREFIX}/s3/transfers/{back['id']}"), 404)


@pytest.mark.parametrize("path", ["../outside.txt", "way-out/x", "a/../../outside", "way-out/"])
async def test_no_path_of_a_transfer_leaves_the_workspace(
    ask: Ask, told_of_store: WeedServer, jp_root_dir: Path, path: str
) -> None:
    (jp_root_dir / "way-out").symlink_to(jp_root_dir.parent)
    (jp_root_dir.parent / "outside.txt").write_text("x")
    for verb in ("transfers", "transfers/plan"):
        for request in (
            {"sources": [path], "target": "s3://public/"},
            {"sources": ["s3://public/hello.txt"], "target": path},
        ):
            told(await ask(f"{PREFIX}/s3/{verb}", method="POST", body=request), 403)
    assert (jp_root_dir.parent / "outside.txt").read_text() == "x"
    assert not (await get(ask, "transfers"))["transfers"]


def test_paths_there_and_back(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    asked = TransferRequest(sources=("data/", "a.txt", "s3://b-1/x//../y"), target="out/")
    meant = workspace.transfer(asked)
    assert meant.sources == (f"{tmp_path}/data/", f"{tmp_path}/a.txt", "s3://b-1/x//../y")
    assert meant.target == f"{tmp_path}/out/"
    assert (
        workspace.show_plan(TransferPlan(files=1, bytes=1, conflicts=meant.sources)).conflicts
        == asked.sources
    )
    assert workspace.transfer(TransferRequest(sources=("/",), target="s3://b-1/")).sources == (
        f"{tmp_path}/",
    )
    with pytest.raises(Denied):
        workspace.transfer(TransferRequest(sources=("/etc/../..//etc/passwd", "../x"), target="s3://b-1/"))


def test_inputs_in_a_store_are_no_paths(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for location in ("s3://mine@bucket/a b[1]?#%/../x", "s3://bucket/", "S3://bucket/x"):
        workspace.check_inputs({"scene": {"class": "File", "location": location}}, tmp_path)
    with pytest.raises(Denied):
        workspace.check_inputs({"scene": {"class": "File", "path": "../s3://x"}}, tmp_path)


# -- what the server does by itself


async def test_it_sweeps_uploads_and_lives_on_when_it_cannot(
    jp_serverapp: Any, lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = jp_serverapp.web_app.settings["ellip_lab"]
    swept = asyncio.Event()
    loop = asyncio.get_running_loop()
    answers = iter([OSError("no such store"), 3])

    def sweep() -> int:
        answer = next(answers, None)
        if isinstance(answer, OSError):
            raise answer
        loop.call_soon_threadsafe(swept.set)
        return answer or 0

    monkeypatch.setattr(lab.s3, "sweep_uploads", sweep)
    app._stop = asyncio.Event()  # the tests' server is not started, only made
    app.keep(app.sweep(first=0.01, every=0.01))
    await asyncio.wait_for(swept.wait(), 30)
    assert "Abandoned uploads cannot be looked after now" in caplog.text


async def test_nothing_is_started_before_it_is_used(ask: Ask, lab: Lab) -> None:
    await get(ask, "connections")
    await get(ask, "presets")
    await get(ask, "transfers")
    assert lab.s3.sweep_uploads() == 0
    assert not (lab.settings.state / "store").exists()
