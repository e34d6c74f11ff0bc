"""Transfers between the workspace and a real store: each is a task."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Conflict, Invalid, NotFound
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Action, Policy, Transfer, TransferQuery, TransferRequest
from ellip_lab.s3.transfers import Transfers
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import LogQuery, State
from ellip_lab.tasks.service import TasksService
from s3.stores import WeedServer

MIB = 2**20


@pytest.fixture
def transfers(settings: Settings, connections: Connections) -> Transfers:
    return Transfers(settings, TasksService(settings), connections)


@pytest.fixture
def admin(store: WeedServer) -> Iterator[Any]:
    client = store.client("admin")
    yield client
    client.close()


def ended(transfers: Transfers, transfer: Transfer, limit: float = 120) -> Transfer:
    transfers._tasks.wait(transfer.id, limit)
    return transfers.show(transfer.id)


def run(transfers: Transfers, *sources: str, **request: Any) -> Transfer:
    """Starts a transfer and waits for its end, which must be a good one."""
    found = ended(transfers, transfers.start(TransferRequest(sources=sources, **request)))
    assert found.state is State.DONE, (found.detail, found.failures, log(transfers, found))
    return found


def log(transfers: Transfers, transfer: Transfer) -> str:
    return transfers.log(transfer.id, LogQuery()).text


def keys(admin: Any, bucket: str, prefix: str = "") -> dict[str, int]:
    pages = admin.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", ())}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def noise(size: int) -> bytes:
    return os.urandom(size)


def uploads(admin: Any, bucket: str) -> list[str]:
    return [one["Key"] for one in admin.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]


def test_a_folder_goes_up_and_comes_back_the_same(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "scene"
    (folder / "bands").mkdir(parents=True)
    (folder / "item.json").write_text("{}")
    (folder / "empty").touch()
    (folder / "bands" / "a b é+%20#?.tif").write_bytes(noise(20_000))
    (folder / "bands" / "large.tif").write_bytes(noise(40 * MIB + 17))

    up = run(transfers, str(folder), target=f"s3://{bucket}/in/")
    assert (up.files_done, up.files_total, up.failed, up.verified) == (4, 4, 0, "checksum")
    assert up.bytes_done == up.bytes_total == sum(len(data) for data in tree(folder).values())
    assert keys(admin, bucket) == {f"in/scene/{name}": len(data) for name, data in tree(folder).items()}
    assert admin.head_object(Bucket=bucket, Key="in/scene/bands/large.tif")["ContentType"] == "image/tiff"
    assert admin.head_object(Bucket=bucket, Key="in/scene/item.json")["ContentType"] == "application/json"

    down = run(transfers, f"s3://{bucket}/in/scene/", target=str(tmp_path / "back"))
    assert tree(tmp_path / "back") == tree(folder)
    assert (down.files_done, down.verified) == (4, "checksum")
    assert not uploads(admin, bucket)


def test_single_things_get_their_name_or_go_into_the_target(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("bb")
    run(transfers, str(tmp_path / "a.txt"), target=f"s3://{bucket}/named")
    run(transfers, str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), target=f"s3://{bucket}/in/")
    assert keys(admin, bucket) == {"named": 1, "in/a.txt": 1, "in/b.txt": 2}
    (tmp_path / "out").mkdir()
    run(transfers, f"s3://{bucket}/named", f"s3://{bucket}/in/b.txt", target=str(tmp_path / "out"))
    run(transfers, f"s3://{bucket}/named", target=str(tmp_path / "new" / "deep.txt"))
    assert tree(tmp_path / "out") == {"named": b"a", "b.txt": b"bb"}
    assert (tmp_path / "new" / "deep.txt").read_bytes() == b"a"


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ({"sources": ("PATH/none",), "target": "s3://BUCKET/"}, NotFound),
        ({"sources": ("s3://BUCKET/none",), "target": "PATH/"}, NotFound),
        ({"sources": ("s3://BUCKET/a",)}, Invalid),
        ({"sources": ("s3://BUCKET/a", "s3://BUCKET/b"), "target": "s3://BUCKET/one"}, Invalid),
        ({"sources": ("s3://BUCKET/a",), "target": "s3://BUCKET/a"}, Invalid),
        ({"sources": ("s3://BUCKET/d/",), "target": "s3://BUCKET/d/e/"}, Invalid),
        ({"sources": ("s3://BUCKET/x/a", "s3://BUCKET/y/a"), "target": "s3://BUCKET/z/"}, Invalid),
        (
            {"sources": ("s3://BUCKET/d/",), "target": "s3://BUCKET/", "action": "sync", "delete": True},
            Invalid,
        ),
        ({"sources": ("s3://BUCKET/d/",), "target": "s3://BUCKET/e/", "delete": True}, Invalid),
        ({"sources": ("PATH/x",), "action": "delete"}, Invalid),
        ({"sources": ("s3://BUCKET/a",), "target": "s3://BUCKET/b", "action": "sync"}, Invalid),
        ({"sources": ("relative",), "target": "s3://BUCKET/"}, Invalid),
        ({"sources": ("s3://nobody@BUCKET/a",), "target": "PATH/"}, NotFound),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    transfers: Transfers, store: WeedServer, tmp_path: Path, request_: dict[str, Any], kind: type[Exception]
) -> None:
    bucket = "one"

    def named(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(named(one) for one in value)
        return (
            value.replace("BUCKET", bucket).replace("PATH", str(tmp_path))
            if isinstance(value, str)
            else value
        )

    (tmp_path / "x").touch()
    with pytest.raises(kind) as told:
        transfers.start(TransferRequest(**{name: named(value) for name, value in request_.items()}))
    assert str(told.value)
    assert not transfers.list(TransferQuery()).transfers


def test_what_exists_is_asked_about_skipped_replaced_or_replaced_by_newer(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / name).write_text(name)
    target = f"s3://{bucket}/p/"
    run(transfers, f"{folder}/", target=target)
    (folder / "a").write_text("A2")
    (folder / "c").write_text("c")
    request = TransferRequest(sources=(f"{folder}/",), target=target)
    plan = transfers.plan(request)
    assert (plan.files, plan.bytes, plan.more, plan.conflict_count) == (3, 4, False, 2)
    assert set(plan.conflicts) == {f"s3://{bucket}/p/a", f"s3://{bucket}/p/b"}
    with pytest.raises(Conflict, match="and 1 others exist already") as told:
        transfers.start(request)
    assert {problem.file for problem in told.value.problems} == set(plan.conflicts)
    assert keys(admin, bucket) == {"p/a": 1, "p/b": 1}

    skip = run(transfers, f"{folder}/", target=target, policy=Policy.SKIP)
    assert (skip.files_done, skip.skipped, keys(admin, bucket)["p/a"]) == (1, 2, 1)
    os.utime(folder / "a", (time.time() + 100, time.time() + 100))
    os.utime(folder / "b", (1_000_000_000, 1_000_000_000))
    newer = run(transfers, f"{folder}/", target=target, policy=Policy.NEWER)
    assert (newer.files_done, newer.skipped, keys(admin, bucket)["p/a"]) == (1, 2, 2)
    replace = run(transfers, f"{folder}/", target=target, policy=Policy.REPLACE)
    assert (replace.files_done, replace.skipped) == (3, 0)


def test_a_sync_copies_what_differs_and_deletes_what_the_source_has_not(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "in"
    (folder / "d").mkdir(parents=True)
    for name in ("a", "d/b", "d/c"):
        (folder / name).write_text(name)
    admin.put_object(Bucket=bucket, Key="p/old", Body=b"old")
    admin.put_object(Bucket=bucket, Key="other", Body=b"other")
    up: dict[str, Any] = {"target": f"s3://{bucket}/p", "action": Action.SYNC, "delete": True}
    assert transfers.plan(TransferRequest(sources=(str(folder),), **up)).deletes == 1
    first = run(transfers, str(folder), **up)
    assert (first.files_done, first.skipped) == (3, 0)
    assert set(keys(admin, bucket)) == {"p/a", "p/d/b", "p/d/c", "other"}
    again = run(transfers, str(folder), **up)
    assert (again.files_done, again.skipped) == (0, 3)

    down: dict[str, Any] = {"target": str(tmp_path / "out"), "action": Action.SYNC, "delete": True}
    (tmp_path / "out" / "x").mkdir(parents=True)
    (tmp_path / "out" / "x" / "old").touch()
    run(transfers, f"s3://{bucket}/p/", **down)
    assert tree(tmp_path / "out") == tree(folder)
    assert not (tmp_path / "out" / "x").exists()
    assert run(transfers, f"s3://{bucket}/p/", **down).skipped == 3
    # there is nothing in the source: a slip, more likely than not
    empty = ended(transfers, transfers.start(TransferRequest(sources=(f"s3://{bucket}/nothing/",), **down)))
    assert empty.state is State.FAILED and "nothing in" in (empty.detail or "")
    assert tree(tmp_path / "out") == tree(folder)


def test_a_move_deletes_the_source_when_the_copy_is_checked(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket, other = store.bucket(), store.bucket()
    folder = tmp_path / "in"
    (folder / "d").mkdir(parents=True)
    (folder / "a").write_bytes(noise(1000))
    (folder / "d" / "large").write_bytes(noise(20 * MIB))
    before = tree(folder)
    run(transfers, str(folder), target=f"s3://{bucket}/", action=Action.MOVE)
    assert not folder.exists()
    run(transfers, f"s3://{bucket}/in/", target=f"s3://{other}/x/", action=Action.MOVE)
    assert keys(admin, bucket) == {}
    renamed = run(transfers, f"s3://{other}/x/a", target=f"s3://{other}/x/b", action=Action.MOVE)
    assert renamed.verified == "checksum"
    assert set(keys(admin, other)) == {"x/b", "x/d/large"}
    run(transfers, f"s3://{other}/x/", target=str(folder), action=Action.MOVE)
    assert keys(admin, other) == {}
    assert tree(folder) == {"b": before["a"], "d/large": before["d/large"]}


def test_a_copy_keeps_what_an_object_has_besides_its_bytes(
    transfers: Transfers, store: WeedServer, admin: Any, connections: Connections
) -> None:
    bucket, other = store.bucket(), store.bucket()
    more = {"ContentType": "image/x-own", "Metadata": {"sensor": "olci"}, "CacheControl": "max-age=60"}
    data = noise(17 * MIB)
    admin.put_object(Bucket=bucket, Key="p/small ä.bin", Body=b"small", **more)
    admin.put_object(Bucket=bucket, Key="p/large", Body=data, **more)
    same = run(transfers, f"s3://{bucket}/p/", target=f"s3://{other}/same/")
    assert same.files_done == 2
    # another connection, if to the same store: through here
    connections.save(store.request("second", "admin"))
    across = run(transfers, f"s3://{bucket}/p/", target=f"s3://second@{other}/across/")
    assert across.files_done == 2
    for key in ("same/small ä.bin", "same/large", "across/small ä.bin", "across/large"):
        found = admin.get_object(Bucket=other, Key=key)
        assert found["Body"].read() == (data if key.endswith("large") else b"small")
        assert (found["ContentType"], found["Metadata"], found["CacheControl"]) == tuple(more.values())
    assert not uploads(admin, other)


def test_deleting_goes_by_the_thousand_and_takes_versions_too(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1_203):
        (folder / f"{number:04}").write_bytes(b"x")
    run(transfers, f"{folder}/", target=f"s3://{bucket}/p/")
    admin.put_object(Bucket=bucket, Key="p-not", Body=b"stays")
    request = TransferRequest(sources=(f"s3://{bucket}/p/",), action=Action.DELETE)
    plan = transfers.plan(request)
    assert (plan.files, plan.bytes, plan.more) == (1_203, 1_203, False)
    gone = run(transfers, f"s3://{bucket}/p/", action=Action.DELETE)
    assert (gone.files_done, gone.files_total) == (1_203, 1_203)
    assert set(keys(admin, bucket)) == {"p-not"}
    none = ended(
        transfers, transfers.start(TransferRequest(sources=(f"s3://{bucket}/no",), action=Action.DELETE))
    )
    assert none.state is State.FAILED and none.detail == f"there is no s3://{bucket}/no"

    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        admin.put_object(Bucket=bucket, Key="v", Body=body)
    run(transfers, f"s3://{bucket}/v", action=Action.DELETE)
    assert admin.list_object_versions(Bucket=bucket, Prefix="v").get("Versions")
    run(transfers, f"s3://{bucket}/v", action=Action.DELETE, versions=True)
    left = admin.list_object_versions(Bucket=bucket, Prefix="v")
    assert not left.get("Versions") and not left.get("DeleteMarkers")


def test_what_no_file_can_be_is_refused_alone_and_never_leaves_the_target(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    for key in ("p/good", "p/tab\tname", "p/mark/", "p/clash", "p/link/inside"):
        admin.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else b"data")
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / "clash").mkdir()
    (out / "link").symlink_to(outside)
    request = TransferRequest(sources=(f"s3://{bucket}/p/",), target=f"{out}/", policy=Policy.REPLACE)
    found = ended(transfers, transfers.start(request))
    assert (found.state, found.resumable, found.failed) == (State.FAILED, True, 2), log(transfers, found)
    why = {failure.source.rpartition("/p/")[2]: failure.message for failure in found.failures}
    assert "is a folder" in why["clash"]
    assert "leads out of the target" in why["link/inside"]
    assert tree(out) == {"good": b"data", "tab\tname": b"data"}
    assert (out / "mark").is_dir()
    assert not list(outside.iterdir())
    assert not list(out.glob("*.part"))


def test_links_and_things_that_are_no_files_are_not_followed(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "in"
    (folder / "d").mkdir(parents=True)
    (folder / "a").write_text("a")
    (tmp_path / "secret").write_text("secret")
    (folder / "inside").symlink_to(folder / "a")
    (folder / "outside").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    (folder / "gone").symlink_to(folder / "none")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"bad\xff")).write_text("bad")
    found = ended(
        transfers, transfers.start(TransferRequest(sources=(f"{folder}/",), target=f"s3://{bucket}/"))
    )
    assert found.state is State.FAILED
    assert keys(admin, bucket) == {"a": 1, "inside": 1}
    why = {Path(failure.source).name: failure.message for failure in found.failures}
    assert why.keys() == {"outside", "loop", "gone", "pipe", os.fsdecode(b"bad\xff")} or len(why) == 5, why
    assert "out of the folder" in why["outside"]


def test_who_may_only_read_is_told_so(transfers: Transfers, store: WeedServer, tmp_path: Path) -> None:
    bucket = store.bucket()
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_bytes(noise(17 * MIB))
    request = TransferRequest(
        sources=(str(tmp_path / "a"), str(tmp_path / "b")),
        target=f"s3://reader@{bucket}/",
        policy=Policy.REPLACE,
    )
    found = ended(transfers, transfers.start(request))
    assert found.state is State.FAILED
    assert {failure.message for failure in found.failures} == {
        f"s3://reader@{bucket}/{name} may not be changed with these credentials" for name in ("a", "b")
    }


def test_a_transfer_in_this_process_reports_and_raises(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    (tmp_path / "a").write_bytes(noise(20 * MIB))
    seen: list[int] = []
    request = TransferRequest(sources=(str(tmp_path / "a"),), target=f"s3://{bucket}/")
    done = transfers.now(request, lambda figures: seen.append(figures.bytes_done))
    assert (done.files, done.bytes, seen[-1]) == (1, 20 * MIB, 20 * MIB)
    with pytest.raises(Conflict, match="exists already"):
        transfers.now(request)

    def enough(_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "b").write_bytes(noise(200 * MIB))
    with pytest.raises(KeyboardInterrupt):
        transfers.now(TransferRequest(sources=(str(tmp_path / "b"),), target=f"s3://{bucket}/"), enough)
    assert set(keys(admin, bucket)) == {"a"}
    assert not uploads(admin, bucket)
    assert not transfers.list(TransferQuery()).transfers


def test_no_secret_is_in_the_files_of_a_task(
    transfers: Transfers, store: WeedServer, settings: Settings, tmp_path: Path
) -> None:
    bucket = store.bucket()
    (tmp_path / "a").write_text("a")
    found = run(transfers, str(tmp_path / "a"), target=f"s3://{bucket}/")
    files = [file for file in settings.state.rglob("*") if file.is_file() and file.name != "credentials"]
    assert any(found.id in str(file) for file in files)
    for file in files:
        if file.name == "reserve":
            continue  # nothing but zeros, and removed when the task has ended
        data = file.read_bytes()
        assert not [secret for secret in store.secrets if secret.encode() in data], file


@pytest.mark.parametrize("action", [Action.DELETE, Action.MOVE])
def test_no_empty_folder_is_left_where_a_store_has_folders(
    transfers: Transfers, store: WeedServer, admin: Any, action: Action
) -> None:
    bucket, other = store.bucket(), store.bucket()
    for key in ("scene/", "scene/a.txt", "scene/bands/b.txt", "scene/bands/deep/c.txt", "stays.txt"):
        admin.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else b"x")
    target = f"s3://{other}/moved/" if action is Action.MOVE else None
    run(transfers, f"s3://{bucket}/scene/", action=action, target=target)
    listed = admin.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [one["Prefix"] for one in listed.get("CommonPrefixes", ())] == []
    assert keys(admin, bucket) == {"stays.txt": 1}
