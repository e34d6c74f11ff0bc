"""Large files from a browser: parts in any order, twice, from several processes; and nothing left in the store."""

from __future__ import annotations

import errno
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from ellip_lab.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from ellip_lab.s3 import upload_records
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionQuery, PartQuery, UploadQuery, UploadRequest
from ellip_lab.s3.service import S3Service
from ellip_lab.s3.uploads import LARGEST, MOST, SMALLEST, Uploads, part_size_of
from ellip_lab.settings import Settings
from ellip_lab.tasks.service import TasksService
from s3.stores import WeedServer
from s3.wires import Wire

DATA = os.urandom(2 * SMALLEST + 12_345)
"""Three parts."""


@pytest.fixture
def uploads(settings: Settings, connections: Connections) -> Uploads:
    return Uploads(settings, connections)


@pytest.fixture
def bucket(store: WeedServer) -> str:
    return store.bucket("uploads")


def request(bucket: str, key: str = "d/big ü.bin", **more: Any) -> UploadRequest:
    return UploadRequest.model_validate({"bucket": bucket, "key": key, "size": len(DATA), **more})


def piece(number: int, data: bytes = DATA) -> bytes:
    return data[(number - 1) * SMALLEST : number * SMALLEST]


def send(uploads: Uploads, id_: str, *numbers: int) -> None:
    for number in numbers:
        uploads.part(PartQuery(upload=id_, number=number), piece(number))


def stored(store: WeedServer, bucket: str, key: str = "d/big ü.bin") -> bytes:
    return bytes(store.client("admin").get_object(Bucket=bucket, Key=key)["Body"].read())


def begun(store: WeedServer, bucket: str) -> list[str]:
    """What the store still has parts of."""
    return [
        each["Key"] for each in store.client("admin").list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    ]


def records(settings: Settings) -> list[str]:
    folder = settings.state / "s3/uploads"
    return sorted(place.name for place in folder.iterdir()) if folder.exists() else []


def age(settings: Settings, days: float) -> None:
    """Lets the records be as old as that."""
    then = time.time() - days * 86_400
    for place in (settings.state / "s3/uploads").iterdir():
        os.utime(place, (then, then))


def test_parts_in_any_order_and_twice_make_the_object(
    uploads: Uploads, store: WeedServer, bucket: str
) -> None:
    upload = uploads.begin(request(bucket, media_type="application/x-own"))
    assert (upload.part_size, upload.parts) == (SMALLEST, ())
    query = UploadQuery(upload=upload.id)
    send(uploads, upload.id, 3, 1)
    assert uploads.show(query).parts == (1, 3)
    with pytest.raises(Conflict, match="1 of 3 parts have not arrived: 2") as caught:
        uploads.finish(query)
    assert [problem.field for problem in caught.value.problems] == ["parts.2"]
    uploads.part(PartQuery(upload=upload.id, number=2), bytes(SMALLEST))
    send(uploads, upload.id, 2, 1)
    written = uploads.finish(query)
    assert (written.address, written.size) == (f"s3://{bucket}/d/big ü.bin", len(DATA))
    assert written.etag is not None
    assert written.etag.endswith("-3")
    assert stored(store, bucket) == DATA
    head = store.client("admin").head_object(Bucket=bucket, Key="d/big ü.bin")
    assert head["ContentType"] == "application/x-own"
    assert begun(store, bucket) == []


def test_before_the_end_there_is_no_object(uploads: Uploads, store: WeedServer, bucket: str) -> None:
    upload = uploads.begin(request(bucket))
    send(uploads, upload.id, 1, 2, 3)
    assert not store.client("admin").list_objects_v2(Bucket=bucket).get("Contents")
    uploads.finish(UploadQuery(upload=upload.id))
    assert [each["Key"] for each in store.client("admin").list_objects_v2(Bucket=bucket)["Contents"]] == [
        "d/big ü.bin"
    ]


def test_the_type_is_guessed_by_the_name(uploads: Uploads, store: WeedServer, bucket: str) -> None:
    upload = uploads.begin(request(bucket, key="a.tif", size=4))
    uploads.part(PartQuery(upload=upload.id, number=1), b"II*\0")
    uploads.finish(UploadQuery(upload=upload.id))
    assert store.client("admin").head_object(Bucket=bucket, Key="a.tif")["ContentType"] == "image/tiff"


def take(state: Path, id_: str, number: int, data: bytes) -> tuple[int, int]:
    """Takes a part, as another server does."""
    settings = Settings(state=state, root=state)
    Uploads(settings, Connections(settings)).part(PartQuery(upload=id_, number=number), data)
    return os.getpid(), number


@pytest.mark.usefixtures("connections")
def test_several_servers_take_parts_of_one_file(
    settings: Settings, uploads: Uploads, store: WeedServer, bucket: str
) -> None:
    data = os.urandom(6 * SMALLEST)
    id_ = uploads.begin(request(bucket, size=len(data))).id
    with ExitStack() as running:
        servers = [
            running.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn"))) for _ in range(3)
        ]
        asked = [
            servers[at % 3].submit(take, settings.state, id_, number, piece(number, data))
            for at, number in enumerate((1, 2, 3, 4, 5, 6, 3, 1))
        ]
        taken = {one.result(timeout=120)[0] for one in asked}
    assert len(taken) == 3
    assert uploads.show(UploadQuery(upload=id_)).parts == (1, 2, 3, 4, 5, 6)
    other = Uploads(settings, Connections(settings))
    written = other.finish(UploadQuery(upload=id_))
    assert stored(store, bucket) == data
    assert uploads.finish(UploadQuery(upload=id_)) == written


@pytest.mark.parametrize(("number", "data"), [(1, b"short"), (3, bytes(12_346)), (4, b"x"), (3, b"")])
def test_a_part_that_does_not_fit_is_refused(uploads: Uploads, bucket: str, number: int, data: bytes) -> None:
    upload = uploads.begin(request(bucket))
    with pytest.raises(Invalid):
        uploads.part(PartQuery(upload=upload.id, number=number), data)
    assert uploads.show(UploadQuery(upload=upload.id)).parts == ()


def test_a_part_that_the_store_has_lost_must_come_again(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str
) -> None:
    upload = uploads.begin(request(bucket))
    send(uploads, upload.id, 1, 2, 3)
    place = settings.state / f"s3/uploads/{upload.id}.parts/2"
    place.write_text(json.dumps({"etag": "0" * 32, "size": SMALLEST}))
    with pytest.raises(Conflict, match="have not arrived: 2"):
        uploads.finish(UploadQuery(upload=upload.id))
    assert uploads.show(UploadQuery(upload=upload.id)).parts == (1, 3)
    send(uploads, upload.id, 2)
    uploads.finish(UploadQuery(upload=upload.id))
    assert stored(store, bucket) == DATA


def test_a_file_that_is_given_up_leaves_nothing(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str
) -> None:
    upload = uploads.begin(request(bucket))
    send(uploads, upload.id, 1, 2)
    assert begun(store, bucket) == ["d/big ü.bin"]
    assert uploads.drop(UploadQuery(upload=upload.id)).id == upload.id
    assert begun(store, bucket) == []
    assert records(settings) == []
    for work in (uploads.show, uploads.finish, uploads.drop):
        with pytest.raises(NotFound, match="no such upload"):
            work(UploadQuery(upload=upload.id))
    with pytest.raises(NotFound):
        send(uploads, upload.id, 3)


def test_a_part_that_is_on_its_way_when_the_file_is_given_up_leaves_nothing(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = uploads.begin(request(bucket))
    real = uploads._records.add

    def late(*args: Any) -> None:
        uploads.drop(UploadQuery(upload=upload.id))
        real(*args)

    monkeypatch.setattr(uploads._records, "add", late)
    with pytest.raises(NotFound):
        send(uploads, upload.id, 1)
    assert begun(store, bucket) == []
    assert records(settings) == []


def test_what_is_there_already_stays(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str
) -> None:
    store.client("admin").put_object(Bucket=bucket, Key="d/big ü.bin", Body=b"old")
    with pytest.raises(Conflict, match="there already"):
        uploads.begin(request(bucket, if_absent=True))
    assert records(settings) == []
    upload = uploads.begin(request(bucket, key="later", if_absent=True))
    send(uploads, upload.id, 1, 2, 3)
    store.client("admin").put_object(Bucket=bucket, Key="later", Body=b"theirs")
    with pytest.raises(Conflict, match="there already"):
        uploads.finish(UploadQuery(upload=upload.id))
    assert stored(store, bucket, "later") == b"theirs"
    assert begun(store, bucket) == []
    assert records(settings) == []


def test_of_two_that_must_be_new_the_store_takes_one(
    uploads: Uploads, store: WeedServer, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ellip_lab.s3 import assembling

    upload = uploads.begin(request(bucket, if_absent=True))
    send(uploads, upload.id, 1, 2, 3)
    real = assembling.refuse_present

    def and_then_another(*args: Any) -> None:
        real(*args)
        store.client("admin").put_object(Bucket=bucket, Key="d/big ü.bin", Body=b"theirs")

    monkeypatch.setattr(assembling, "refuse_present", and_then_another)
    with pytest.raises(Conflict, match="there already"):
        uploads.finish(UploadQuery(upload=upload.id))
    assert stored(store, bucket) == b"theirs"
    assert begun(store, bucket) == []


def test_an_answer_that_was_lost_is_given_again(
    uploads: Uploads, store: WeedServer, connections: Connections, bucket: str
) -> None:
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        upload = uploads.begin(request(bucket, connection="wired"))
        send(uploads, upload.id, 1, 2, 3)
        # The store puts them together, and the answer does not arrive.
        admin = store.client("admin")
        (left,) = admin.list_multipart_uploads(Bucket=bucket)["Uploads"]
        parts = admin.list_parts(Bucket=bucket, Key=left["Key"], UploadId=left["UploadId"])["Parts"]
        listed = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]
        admin.complete_multipart_upload(
            Bucket=bucket, Key=left["Key"], UploadId=left["UploadId"], MultipartUpload={"Parts": listed}
        )
        written = uploads.finish(UploadQuery(upload=upload.id))
    assert written.size == len(DATA)
    assert stored(store, bucket) == DATA


def test_a_store_that_is_away_for_a_while_costs_no_part(
    uploads: Uploads, store: WeedServer, connections: Connections, bucket: str
) -> None:
    wire = Wire(store.endpoint)
    with wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        upload = uploads.begin(request(bucket, connection="wired"))
        send(uploads, upload.id, 1, 2)
    for work in (lambda: send(uploads, upload.id, 3), lambda: uploads.drop(UploadQuery(upload=upload.id))):
        with pytest.raises(Unavailable):
            work()
    assert uploads.show(UploadQuery(upload=upload.id)).parts == (1, 2)
    connections.save(store.request("wired", "admin"))
    send(uploads, upload.id, 3)
    uploads.finish(UploadQuery(upload=upload.id))
    assert stored(store, bucket) == DATA


def test_who_may_not_write_leaves_no_record(uploads: Uploads, settings: Settings, bucket: str) -> None:
    with pytest.raises(Denied):
        uploads.begin(request(bucket, connection="reader"))
    with pytest.raises(NotFound, match="no such bucket"):
        uploads.begin(request("no-such-bucket-here"))
    assert records(settings) == []


def test_on_a_full_disk_nothing_is_begun(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = upload_records.write_json, []

    def full(path: Any, value: Any, mode: int) -> None:
        written.append(path)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, value, mode)

    monkeypatch.setattr(upload_records, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        uploads.begin(request(bucket))
    assert len(written) == 2
    assert begun(store, bucket) == []
    assert records(settings) == []


def test_ten_thousand_parts_suffice_and_none_is_too_large_to_hold() -> None:
    for size in (1, SMALLEST, 80 * 2**30, MOST * SMALLEST + 1, MOST * LARGEST):
        part = part_size_of(size)
        assert SMALLEST <= part <= LARGEST
        assert part % 2**20 == 0
        assert -(-size // part) <= MOST
    with pytest.raises(Invalid, match="too large") as caught:
        part_size_of(MOST * LARGEST + 1)
    assert caught.value.hint is not None
    assert "ellip s3 cp" in caught.value.hint


def test_the_records_are_their_users_alone_and_have_no_secret(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str
) -> None:
    upload = uploads.begin(request(bucket))
    send(uploads, upload.id, 1)
    folder = settings.state / "s3/uploads"
    files = [place for place in folder.rglob("*") if place.is_file()]
    assert len(files) == 2
    for place in files:
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        text = place.read_text()
        assert not [secret for secret in (*store.secrets, store.identities["admin"].access) if secret in text]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# -- what is left behind


def test_what_nobody_has_sent_anything_of_for_a_day_is_removed(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str
) -> None:
    old = uploads.begin(request(bucket, key="old")).id
    send(uploads, old, 1)
    finished = uploads.begin(request(bucket, key="finished", size=3)).id
    uploads.part(PartQuery(upload=finished, number=1), b"abc")
    uploads.finish(UploadQuery(upload=finished))
    assert uploads.sweep() == 0
    age(settings, 2)
    young = uploads.begin(request(bucket, key="young")).id
    assert uploads.sweep() == 1
    assert begun(store, bucket) == ["young"]
    assert records(settings) == [f"{young}.json", f"{young}.parts"]
    assert stored(store, bucket, "finished") == b"abc"


def test_a_part_that_arrives_keeps_an_old_one_alive(
    uploads: Uploads, settings: Settings, bucket: str
) -> None:
    id_ = uploads.begin(request(bucket)).id
    age(settings, 2)
    send(uploads, id_, 1)
    assert uploads.sweep() == 0
    assert uploads.show(UploadQuery(upload=id_)).parts == (1,)


def test_a_store_that_does_not_answer_is_swept_the_next_time(
    uploads: Uploads, settings: Settings, store: WeedServer, connections: Connections, bucket: str
) -> None:
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        uploads.begin(request(bucket, connection="wired"))
    age(settings, 2)
    assert uploads.sweep() == 0
    assert begun(store, bucket) == ["d/big ü.bin"]
    connections.save(store.request("wired", "admin"))
    assert uploads.sweep() == 1
    assert begun(store, bucket) == []


def test_what_cannot_be_removed_any_more_is_forgotten(
    uploads: Uploads, settings: Settings, store: WeedServer, connections: Connections, bucket: str
) -> None:
    connections.save(store.request("passing", "admin"))
    uploads.begin(request(bucket, connection="passing"))
    connections.remove("passing")
    (settings.state / "s3/uploads" / f"{secrets.token_hex(16)}.json").write_text("damaged")
    age(settings, 2)
    assert uploads.sweep() == 0
    assert records(settings) == []


def test_the_sweep_does_not_start_the_store_on_this_machine(settings: Settings) -> None:
    rooms = S3Service(settings, TasksService(settings), lambda *_: b"")
    records_ = upload_records.Records(settings.state / "s3/uploads")
    records_.make(
        upload_records.Record(
            connection="local",
            bucket="demo",
            key="k",
            size=1,
            part_size=SMALLEST,
            media_type="a/b",
            if_absent=False,
            begun=0.0,
            upload="1",
        )
    )
    age(settings, 2)
    assert rooms.sweep_uploads() == 0
    assert not (settings.state / "store").exists()
    assert len(records(settings)) == 2


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from ellip_lab.s3 import boto
    from ellip_lab.s3.connections import Connections
    from ellip_lab.s3.contract import PartQuery, UploadRequest
    from ellip_lab.s3.uploads import SMALLEST, Uploads
    from ellip_lab.settings import Settings

    settings = Settings(state=Path(sys.argv[1]), root=Path(sys.argv[1]))
    connections = Connections(settings)
    uploads = Uploads(settings, connections)
    wanted = UploadRequest(bucket=sys.argv[2], key="killed", size=3 * SMALLEST)

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    if sys.argv[3] == "begun":
        boto.client_of(connections.get()).meta.events.register("after-call.s3.CreateMultipartUpload", die)
    id_ = uploads.begin(wanted).id
    uploads.part(PartQuery(upload=id_, number=1), bytes(SMALLEST))
    if sys.argv[3] == "sending":
        boto.client_of(connections.get()).meta.events.register("after-call.s3.UploadPart", die)
    uploads.part(PartQuery(upload=id_, number=2), bytes(SMALLEST))
    sys.exit("was not killed")
"""


@pytest.mark.parametrize("moment", ["begun", "sending"])
@pytest.mark.usefixtures("connections")
def test_a_server_that_is_killed_leaves_what_the_sweep_finds(
    uploads: Uploads, settings: Settings, store: WeedServer, bucket: str, moment: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(settings.state), bucket, moment],
        timeout=120, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert begun(store, bucket) == ["killed"]
    # Another upload of the same key, that lives, is left alone.
    living = uploads.begin(request(bucket, key="killed"))
    for place in (settings.state / "s3/uploads").iterdir():
        if living.id not in place.name:
            os.utime(place, (0, 0))
    assert uploads.sweep() == 1
    assert begun(store, bucket) == ["killed"]
    send(uploads, living.id, 1, 2, 3)
    uploads.finish(UploadQuery(upload=living.id))
    assert stored(store, bucket, "killed") == DATA


def test_the_verbs_of_the_room_lead_here(
    settings: Settings, connections: Connections, bucket: str, store: WeedServer
) -> None:
    rooms = S3Service(settings, TasksService(settings), lambda *_: b"")
    assert "admin" in [each.name for each in rooms.connections().connections]
    assert bucket in [each.name for each in rooms.buckets(ConnectionQuery()).buckets]
    upload = rooms.begin_upload(request(bucket, size=3))
    assert rooms.upload_part(PartQuery(upload=upload.id, number=1), b"abc").parts == (1,)
    assert rooms.show_upload(UploadQuery(upload=upload.id)).parts == (1,)
    assert rooms.finish_upload(UploadQuery(upload=upload.id)).size == 3
    assert rooms.drop_upload(UploadQuery(upload=upload.id)).id == upload.id
    assert stored(store, bucket) == b"abc"
    assert rooms.sweep_uploads() == 0
