"""The server stays as small as it is while a large object goes through it."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from s3.stores import WeedServer

from ellip_lab.server.route import PREFIX

from .live import LiveServer
from .standin import asked

ROOM = 64 * 2**20
"""Bytes the server may grow by."""
BLOCK = 8 * 2**20


@pytest.fixture
def live(tmp_path: Path, store: WeedServer) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path).start()
    status, saved = server.ask("POST", "/s3/connections", asked(store, "admin", "admin"))
    assert status == 200, saved
    yield server
    server.stop()


def large(store: WeedServer, size: int) -> dict[str, str]:
    """Puts an object of many bytes, in parts."""
    bucket, client = store.bucket("large"), store.client("admin")
    named = {"Bucket": bucket, "Key": "large.bin"}
    upload = client.create_multipart_upload(**named)["UploadId"]
    parts = []
    for number in range(1, size // BLOCK + 1):
        body = number.to_bytes(4, "big") * (BLOCK // 4)
        done = client.upload_part(**named, UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": done["ETag"]})
    client.complete_multipart_upload(**named, UploadId=upload, MultipartUpload={"Parts": parts})
    client.close()
    return {"connection": "admin", "bucket": bucket, "key": "large.bin", "download": "true"}


def memory(pid: int) -> int:
    """Gives the bytes of a process that are in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} is gone")


def download(live: LiveServer, query: dict[str, str], size: int) -> None:
    """Downloads an object, and compares every byte of it without holding it."""
    where = f"{live.url}{PREFIX}/s3/content?{urlencode(query)}"
    request = urllib.request.Request(where, headers={"Authorization": f"token {live.token}"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        assert int(reply.headers["Content-Length"]) == size
        for number in range(1, size // BLOCK + 1):
            assert reply.read(BLOCK) == number.to_bytes(4, "big") * (BLOCK // 4), number
        assert reply.read(1) == b""


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "size", [192 * 2**20, pytest.param(2**30, marks=pytest.mark.slow)], ids=["192 MiB", "1 GiB"]
)
def test_a_download_takes_no_memory(live: LiveServer, store: WeedServer, size: int) -> None:
    query: dict[str, Any] = large(store, size)
    # what the first download of all loads (boto3) is not what a download takes
    download(live, large(store, BLOCK), BLOCK)
    assert live.process is not None
    pid = live.process.pid
    before, most, over = memory(pid), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.05):
            most = max(most, memory(pid))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        download(live, query, size)
    finally:
        over.set()
        watching.join()
    assert most > 0
    assert most - before <= ROOM, f"{(most - before) / 2**20:.0f} MiB"
