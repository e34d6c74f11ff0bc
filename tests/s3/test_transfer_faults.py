"""Cuts, kills, full disks and stores that fail: one clear error, nothing half-written, and it goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Conflict, NotFound
from ellip_lab.s3 import retrying
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Policy, Transfer, TransferQuery, TransferRequest
from ellip_lab.s3.transfers import Transfers
from ellip_lab.settings import Settings
from ellip_lab.tasks.contract import State
from s3.faulty import Wire
from s3.stores import WeedServer
from s3.test_transfers import MIB, admin, ended, keys, log, noise, transfers, tree, uploads

__all__ = ["admin", "transfers"]

SIZE = int(os.environ.get("ELLIP_LAB_TEST_CUT_MIB", "96")) * MIB


def held(wire: Wire, share: float = 0.75) -> None:
    """Waits until a part of a large file has been carried; the wire carries no more before it is let go."""
    until(lambda: wire.carried >= SIZE * share)


@pytest.fixture
def wire(store: WeedServer, connections: Connections) -> Iterator[Wire]:
    """A connection `cut` to the store that leads over a wire."""
    made = Wire(store.endpoint)
    connections.save(store.request("cut", "admin", endpoint=made.endpoint))
    yield made
    made.close()


def until(true: Callable[[], object], limit: float = 60) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.part"))


def large(path: Path, size: int = SIZE) -> Path:
    block = noise(MIB)
    with path.open("wb") as stream:
        for number in range(size // MIB):
            stream.write(number.to_bytes(8, "big") + block[8:])
    return path


def put_large(admin: Any, bucket: str, key: str, file: Path) -> None:
    with file.open("rb") as stream:
        admin.put_object(Bucket=bucket, Key=key, Body=stream)


def same(one: Path, other: Path) -> bool:
    return subprocess.run(["cmp", one, other], check=False).returncode == 0


def test_an_upload_stopped_in_the_middle_goes_on_with_the_parts_that_are_there(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    file = large(tmp_path / "large.bin")
    (tmp_path / "small.txt").write_text("small")
    request = TransferRequest(
        sources=(str(tmp_path / "small.txt"), str(file)), target=f"s3://cut@{bucket}/", policy=Policy.REPLACE
    )
    wire.most = SIZE * 0.75
    first = transfers.start(request)
    held(wire)
    asked = time.monotonic()
    transfers.stop(first.id)
    stopped = ended(transfers, first)
    wire.most = None
    assert time.monotonic() - asked < 10  # a second, on a machine that has nothing else to do
    assert (stopped.state, stopped.resumable) == (State.STOPPED, True)
    assert keys(admin, bucket) == {"small.txt": 5}
    assert uploads(admin, bucket) == ["large.bin"]

    before = wire.carried
    second = transfers.resume(first.id)
    found = ended(transfers, second)
    assert found.state is State.DONE, log(transfers, found)
    assert (found.files_done, found.bytes_done, found.verified) == (2, SIZE + 5, "checksum")
    assert wire.carried - before < SIZE * 0.8, "what was there was sent again"
    assert keys(admin, bucket) == {"small.txt": 5, "large.bin": SIZE}
    assert not uploads(admin, bucket)
    assert sum(b"/small.txt" in line and line.startswith(b"PUT") for line in wire.requests) == 1
    assert not transfers.show(first.id).resumable
    with pytest.raises(Conflict, match="resumed already"):
        transfers.resume(first.id)
    with pytest.raises(Conflict, match="is done"):
        transfers.resume(second.id)


def test_a_download_killed_in_the_middle_goes_on_with_the_ranges_that_are_there(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    file = large(tmp_path / "in.bin")
    put_large(admin, bucket, "large.bin", file)
    out = tmp_path / "out"
    wire.most = SIZE * 0.75
    first = transfers.start(TransferRequest(sources=(f"s3://cut@{bucket}/large.bin",), target=f"{out}/"))
    held(wire)
    for child in children(transfers, first):
        os.kill(child, signal.SIGKILL)
    killed = ended(transfers, first)
    wire.most = None
    assert (killed.state, killed.resumable) == (State.FAILED, True)
    assert [path.name.partition(".bin.")[0] for path in parts(out)] == ["large"]
    assert not (out / "large.bin").exists()

    before = wire.carried
    found = ended(transfers, transfers.resume(first.id))
    assert (found.state, found.verified) == (State.DONE, "checksum"), log(transfers, found)
    assert wire.carried - before < SIZE * 0.8, "what was there was fetched again"
    assert same(file, out / "large.bin")
    assert not parts(out)


def test_what_arrived_before_a_kill_could_be_written_down_is_no_conflict_afterwards(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1500):
        (folder / f"{number:04}.txt").write_text(str(number))
    request = TransferRequest(sources=(f"{folder}/",), target=f"s3://{bucket}/many/")
    first = transfers.start(request)
    until(lambda: transfers.show(first.id).files_done > 20)
    for child in children(transfers, first):
        os.kill(child, signal.SIGKILL)
    assert ended(transfers, first).state is State.FAILED
    # the moment between an arrival and its line, which a kill seldom meets by itself
    journal = transfers._settings.state / "s3" / "transfers" / first.id / "journal"
    lines = journal.read_bytes().splitlines(keepends=True)
    finished = [line for line in lines if line.startswith(b'{"d"')]
    assert 20 < len(finished) < 1500
    journal.write_bytes(b"".join(line for line in lines if line not in finished[-5:]))

    found = ended(transfers, transfers.resume(first.id))
    assert (found.state, found.failed) == (State.DONE, 0), (found.failures, log(transfers, found))
    there = admin.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="many/")
    assert sum(len(page.get("Contents", ())) for page in there) == 1500


def children(transfers: Transfers, transfer: Transfer) -> list[int]:
    """Gives the processes of a transfer, by the mark that every process of a task bears."""
    mark = f"ELLIP_LAB_TASK={transfer.id}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                marked = any(
                    transfer.id.encode() in one for one in (entry / "environ").read_bytes().split(b"\0")
                )
                if marked and b"transfer_child" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    assert found, mark
    return found


def test_a_cut_is_survived_when_it_is_short_and_told_when_it_is_long(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    file = large(tmp_path / "in.bin")
    put_large(admin, bucket, "large.bin", file)
    out = tmp_path / "out"
    wire.most = SIZE * 0.25
    first = transfers.start(TransferRequest(sources=(f"s3://cut@{bucket}/large.bin",), target=f"{out}/"))
    held(wire, 0.25)
    wire.cut()
    time.sleep(1)
    wire.mend()
    found = ended(transfers, first)
    assert found.state is State.DONE, log(transfers, found)
    assert same(file, out / "large.bin")

    wire.carried = 0
    wire.most = SIZE * 0.75
    up = transfers.start(TransferRequest(sources=(str(file),), target=f"s3://cut@{bucket}/up.bin"))
    held(wire)
    wire.cut()
    failed = ended(transfers, up)
    assert (failed.state, failed.resumable) == (State.FAILED, True)
    assert failed.detail and ("refuses connections" in failed.detail or "cut" in failed.detail), failed.detail
    assert set(keys(admin, bucket)) == {"large.bin"}
    wire.mend()
    before = wire.carried
    found = ended(transfers, transfers.resume(up.id))
    assert found.state is State.DONE, log(transfers, found)
    assert wire.carried - before < SIZE * 0.8
    assert keys(admin, bucket)["up.bin"] == SIZE
    assert not uploads(admin, bucket)


def test_a_store_that_fails_for_a_while_is_asked_again(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}").write_bytes(noise(1000))
    left = [12]
    body = b"<Error><Code>SlowDown</Code><Message>slow</Message></Error>"

    def busy(head: bytes) -> bytes | None:
        if not head.startswith((b"PUT", b"GET /" + bucket.encode() + b"/p/")) or left[0] <= 0:
            return None
        left[0] -= 1
        return b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )

    wire.answer = busy
    for source, target in (
        (f"{folder}/", f"s3://cut@{bucket}/p/"),
        (f"s3://cut@{bucket}/p/", f"{tmp_path}/out/"),
    ):
        left[0] = 12
        request = TransferRequest(sources=(source,), target=target, policy=Policy.REPLACE)
        found = ended(transfers, transfers.start(request))
        assert (found.state, found.files_done) == (State.DONE, 40), log(transfers, found)
        assert left[0] == 0
    assert tree(tmp_path / "out") == tree(folder)


def test_what_arrives_damaged_never_gets_its_name(
    transfers: Transfers,
    store: WeedServer,
    admin: Any,
    wire: Wire,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrying, "PAUSES", (0.01, 0.01))
    bucket = store.bucket()
    admin.put_object(Bucket=bucket, Key="a", Body=b"good")
    tag = admin.head_object(Bucket=bucket, Key="a")["ETag"]

    def lie(head: bytes) -> bytes | None:
        if not head.startswith(b"GET"):
            return None
        return (
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
            f"ETag: {tag}\r\n\r\nevil"
        ).encode()

    wire.answer = lie
    request = TransferRequest(sources=(f"s3://cut@{bucket}/a",), target=str(tmp_path / "a"))
    with pytest.raises(Exception, match="arrived damaged"):
        transfers.now(request)
    assert not (tmp_path / "a").exists()
    assert not parts(tmp_path)


def test_a_source_that_changes_on_the_way_starts_again(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    before, after = large(tmp_path / "before.bin"), large(tmp_path / "after.bin", SIZE // 2)
    put_large(admin, bucket, "large.bin", before)
    changed: list[bool] = []

    def change(head: bytes) -> bytes | None:
        # the answers to the first ranges are on their way
        if not changed and wire.carried > SIZE // 4:
            changed.append(True)
            put_large(admin, bucket, "large.bin", after)
        return None

    wire.answer = change
    found = ended(
        transfers,
        transfers.start(
            TransferRequest(sources=(f"s3://cut@{bucket}/large.bin",), target=f"{tmp_path}/out/")
        ),
    )
    assert found.state is State.DONE, log(transfers, found)
    assert changed and same(after, tmp_path / "out" / "large.bin")
    assert not parts(tmp_path)


def test_an_object_that_vanishes_after_the_list_fails_alone(
    transfers: Transfers, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    for key in ("p/a", "p/b", "p/c"):
        admin.put_object(Bucket=bucket, Key=key, Body=b"data")
    put_large(admin, bucket, "p/large", large(tmp_path / "in.bin", 20 * MIB))

    def vanish(head: bytes) -> bytes | None:
        if head.startswith(b"GET /%s/p/" % bucket.encode()):
            for key in ("p/b", "p/large"):
                admin.delete_object(Bucket=bucket, Key=key)
        return None

    wire.answer = vanish
    found = ended(
        transfers,
        transfers.start(TransferRequest(sources=(f"s3://cut@{bucket}/p/",), target=f"{tmp_path}/out/")),
    )
    assert (found.state, found.failed, found.files_done) == (State.FAILED, 2, 2), log(transfers, found)
    assert {failure.message for failure in found.failures} == {
        f"s3://cut@{bucket}/p/{name} is not there" for name in ("b", "large")
    }
    assert tree(tmp_path / "out") == {"a": b"data", "c": b"data"}


def test_a_full_disk_ends_it_and_leaves_no_half_file(
    transfers: Transfers, store: WeedServer, admin: Any, tmp_path: Path
) -> None:
    bucket = store.bucket()
    file = large(tmp_path / "in.bin", 24 * MIB)
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", disk], check=True)
    try:
        put_large(admin, bucket, "a/large.bin", file)
        for number in range(30):
            admin.put_object(Bucket=bucket, Key=f"b/{number:02}", Body=noise(MIB))
        (disk / "ballast").write_bytes(bytes(10 * MIB))
        one = transfers.start(TransferRequest(sources=(f"s3://{bucket}/a/",), target=f"{disk}/a/"))
        found = ended(transfers, one)
        assert (found.state, found.detail) == (State.FAILED, f"the disk of {disk}/a is full")
        assert not (disk / "a" / "large.bin").exists()
        many = ended(
            transfers, transfers.start(TransferRequest(sources=(f"s3://{bucket}/b/",), target=f"{disk}/b/"))
        )
        assert (many.state, many.detail) == (State.FAILED, f"the disk of {disk}/b is full")
        assert all(path.stat().st_size == MIB for path in (disk / "b").iterdir() if path.suffix != ".part")
        (disk / "ballast").unlink()
        for path in (disk / "b").iterdir():
            path.unlink()
        found = ended(transfers, transfers.resume(one.id))
        assert found.state is State.DONE, log(transfers, found)
        assert same(file, disk / "a" / "large.bin")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_removing_a_transfer_leaves_no_parts_in_the_store_nor_on_the_disk(
    transfers: Transfers, settings: Settings, store: WeedServer, admin: Any, wire: Wire, tmp_path: Path
) -> None:
    bucket = store.bucket()
    file = large(tmp_path / "in.bin")
    put_large(admin, bucket, "large.bin", file)
    wire.most = SIZE * 0.75
    up = transfers.start(TransferRequest(sources=(str(file),), target=f"s3://cut@{bucket}/up.bin"))
    held(wire)
    with pytest.raises(Conflict, match="has not ended"):
        transfers.remove(up.id)
    transfers.stop(up.id)
    ended(transfers, up)
    wire.carried = 0
    wire.most = SIZE * 0.75
    down = transfers.start(
        TransferRequest(sources=(f"s3://cut@{bucket}/large.bin",), target=f"{tmp_path}/out/")
    )
    held(wire)
    transfers.stop(down.id)
    ended(transfers, down)
    wire.most = None
    assert uploads(admin, bucket) and parts(tmp_path / "out")

    # its record is too old, and goes; what it left is found by whoever looks next
    transfers._tasks.remove(down.id)
    assert transfers.sweep() == 1
    assert not parts(tmp_path / "out")
    wire.cut()
    with pytest.raises(Exception, match=r"refuses connections|cut|reached"):
        transfers.remove(up.id)
    assert transfers.show(up.id).resumable
    wire.mend()
    transfers.remove(up.id)
    assert not uploads(admin, bucket)
    with pytest.raises(NotFound):
        transfers.show(up.id)
    assert not list((settings.state / "s3" / "transfers").iterdir())
    assert not transfers.list(TransferQuery()).transfers
