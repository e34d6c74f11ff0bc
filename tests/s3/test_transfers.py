"""Transfers between the workspace and a real store: each is a task."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Transfer, TransferRequest
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
