"""Objects and buckets: shown, read, written, presigned, against a real store."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from ellip_lab.errors import Conflict, Denied, Invalid, NotFound
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import (
    BucketRequest,
    ContentQuery,
    ObjectQuery,
    ObjectsQuery,
    PresignRequest,
    WriteQuery,
)
from ellip_lab.s3.objects import Objects
from ellip_lab.s3.reading import PIECE
from s3.stores import WeedServer


@pytest.fixture
def objects(connections: Connections) -> Objects:
    return Objects(connections)


@pytest.fixture(scope="module")
def bucket(store: WeedServer) -> str:
    return store.bucket("objects")


def http(url: str, method: str = "GET", data: bytes | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": "text/plain"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, b""


# -- buckets


def test_a_bucket_is_made_once_and_removed_when_empty(objects: Objects, store: WeedServer) -> None:
    name = f"made-{os.urandom(4).hex()}"
    assert objects.make_bucket(BucketRequest(bucket=name)).name == name
    with pytest.raises(Conflict, match="already"):
        objects.make_bucket(BucketRequest(bucket=name))
    store.client("admin").put_object(Bucket=name, Key="d/a", Body=b"x")
    with pytest.raises(Conflict, match="not empty"):
        objects.remove_bucket(BucketRequest(bucket=name))
    assert objects.page(ObjectsQuery(bucket=name)).folders == ("d/",)
    store.client("admin").delete_object(Bucket=name, Key="d/a")
    assert objects.remove_bucket(BucketRequest(bucket=name)).id == name
    with pytest.raises(NotFound, match="no such bucket"):
        objects.page(ObjectsQuery(bucket=name))


def test_a_bucket_with_versions_of_what_was_deleted_is_not_empty(objects: Objects, store: WeedServer) -> None:
    name = store.bucket()
    admin = store.client("admin")
    admin.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    admin.put_object(Bucket=name, Key="a", Body=b"x")
    admin.delete_object(Bucket=name, Key="a")
    with pytest.raises(Conflict, match="versions"):
        objects.remove_bucket(BucketRequest(bucket=name))


def test_who_may_not_make_or_remove_a_bucket_is_told(objects: Objects, bucket: str) -> None:
    with pytest.raises(Denied):
        objects.make_bucket(BucketRequest(connection="reader", bucket="never-made-here"))
    with pytest.raises((Denied, Conflict)):
        objects.remove_bucket(BucketRequest(connection="reader", bucket=bucket))


# -- shown


def test_everything_known_of_an_object(objects: Objects, store: WeedServer, bucket: str) -> None:
    store.client("admin").put_object(
        Bucket=bucket, Key="d/scene ü.tif", Body=b"12345", ContentType="image/tiff", CacheControl="max-age=9",
        Metadata={"Sensor": "OLI"}, Tagging="level=L2A&place=S%C3%A3o%20Paulo",
    )  # fmt: skip
    found = objects.show(ObjectQuery(bucket=bucket, key="d/scene ü.tif"))
    assert (found.key, found.size, found.media_type, found.raster) == ("d/scene ü.tif", 5, "image/tiff", True)
    assert found.etag == hashlib.md5(b"12345").hexdigest()
    assert found.metadata == {"sensor": "OLI"}
    assert found.tags == {"level": "L2A", "place": "São Paulo"}
    assert found.address == f"s3://{bucket}/d/scene ü.tif"
    assert found.storage_class == "STANDARD"
    assert found.modified is not None
    assert abs(found.modified - datetime.now(UTC)) < timedelta(minutes=10)
    assert found.headers["cache-control"] == "max-age=9"
    assert found.headers["content-length"] == "5"
    assert not [name for name in found.headers if "request-id" in name or name in ("date", "server")]


def test_an_address_names_the_connection_unless_it_is_the_default(objects: Objects) -> None:
    assert objects.show(ObjectQuery(connection="reader", bucket="public", key="hello.txt")).address == (
        "s3://reader@public/hello.txt"
    )


def test_tags_that_may_not_be_read_are_not_told(objects: Objects) -> None:
    found = objects.show(ObjectQuery(connection="anyone", bucket="public", key="hello.txt"))
    assert found.size == 5
    assert found.tags is None or found.tags == {}


def test_metadata_that_is_not_ascii_is_read(objects: Objects, store: WeedServer, bucket: str) -> None:
    # what S3 gives for it is RFC 2047; what others give is UTF-8 as it is
    store.client("admin").put_object(
        Bucket=bucket, Key="meta", Body=b"", Metadata={"place": "=?UTF-8?Q?M=C3=BCnchen?="}
    )
    assert objects.show(ObjectQuery(bucket=bucket, key="meta")).metadata == {"place": "München"}


@pytest.mark.parametrize(
    ("key", "media_type", "raster"),
    [("a.TIF", "application/octet-stream", True), ("a", "image/tiff; application=geotiff", True), ("a.jp2", "text/plain", True),
     ("a.png", "image/png", True), ("a.json", "application/json", False), ("tif", "application/octet-stream", False)],
)  # fmt: skip
def test_a_raster_is_known_by_type_or_name(
    objects: Objects, store: WeedServer, bucket: str, key: str, media_type: str, raster: bool
) -> None:
    store.client("admin").put_object(Bucket=bucket, Key=key, Body=b"x", ContentType=media_type)
    assert objects.show(ObjectQuery(bucket=bucket, key=key)).raster is raster


# -- read


def test_an_object_is_read_whole_and_in_part(objects: Objects, store: WeedServer, bucket: str) -> None:
    data = os.urandom(3 * PIECE + 17)
    store.client("admin").put_object(Bucket=bucket, Key="big", Body=data, ContentType="application/x-test")
    content = objects.read(ContentQuery(bucket=bucket, key="big"))
    assert (content.size, content.start, content.stop, content.length) == (len(data), 0, len(data), len(data))
    assert (content.content_range, content.media_type) == (None, "application/x-test")
    assert content.etag == hashlib.md5(data).hexdigest()
    pieces = list(content)
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= PIECE
    part = objects.read(ContentQuery(bucket=bucket, key="big"), 5, PIECE + 9)
    assert part.content_range == f"bytes 5-{PIECE + 8}/{len(data)}"
    assert (part.size, part.length, part.read()) == (len(data), PIECE + 4, data[5 : PIECE + 9])
    assert objects.read(ContentQuery(bucket=bucket, key="big"), len(data) - 3).read() == data[-3:]
    assert objects.read(ContentQuery(bucket=bucket, key="big"), None, 4).read() == data[:4]
    assert objects.read(ContentQuery(bucket=bucket, key="big"), -10).read() == data[-10:]
    over = objects.read(ContentQuery(bucket=bucket, key="big"), len(data) - 2, len(data) + 100)
    assert (over.stop, over.read()) == (len(data), data[-2:])


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (7, 3), (0, 0), (-5, 3)])
def test_a_range_without_bytes_is_refused(objects: Objects, start: int, stop: int) -> None:
    with pytest.raises(Invalid, match="no bytes"):
        objects.read(ContentQuery(bucket="public", key="hello.txt"), start, stop)


def test_a_range_beyond_the_end_is_refused(objects: Objects) -> None:
    with pytest.raises(Invalid, match="no such bytes"):
        objects.read(ContentQuery(bucket="public", key="hello.txt"), 100)


def test_an_empty_object_has_no_pieces(objects: Objects, store: WeedServer, bucket: str) -> None:
    store.client("admin").put_object(Bucket=bucket, Key="empty", Body=b"")
    content = objects.read(ContentQuery(bucket=bucket, key="empty"))
    assert (content.size, list(content)) == (0, [])


def test_another_than_the_wanted_etag_is_not_read(objects: Objects, store: WeedServer, bucket: str) -> None:
    store.client("admin").put_object(Bucket=bucket, Key="changing", Body=b"one")
    tag = hashlib.md5(b"one").hexdigest()
    assert objects.read(ContentQuery(bucket=bucket, key="changing"), if_match=tag).read() == b"one"
    assert objects.read(ContentQuery(bucket=bucket, key="changing"), 1, 2, f'"{tag}"').read() == b"n"
    store.client("admin").put_object(Bucket=bucket, Key="changing", Body=b"two")
    with pytest.raises(Conflict, match="has changed since it was opened"):
        objects.read(ContentQuery(bucket=bucket, key="changing"), if_match=tag)


def test_a_reading_that_is_given_up_lets_go(objects: Objects, store: WeedServer, bucket: str) -> None:
    store.client("admin").put_object(Bucket=bucket, Key="long", Body=bytes(8 * PIECE))
    content = objects.read(ContentQuery(bucket=bucket, key="long"))
    pieces = iter(content)
    assert next(pieces)
    content.close()
    assert list(pieces) == []
    content.close()


def test_memory_stays_flat_while_a_large_object_is_read(
    objects: Objects, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    size = 300 * PIECE
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(size)
    store.client("admin").upload_file(str(tmp_path / "sparse"), bucket, "large")
    process = psutil.Process()
    before = process.memory_info().rss
    read = most = 0
    for piece in objects.read(ContentQuery(bucket=bucket, key="large")):
        read += len(piece)
        most = max(most, process.memory_info().rss)
    assert read == size
    assert most - before < 32 * PIECE


# -- written


def test_an_object_is_written_with_its_type(objects: Objects, bucket: str) -> None:
    written = objects.write(WriteQuery(bucket=bucket, key="notes ü.json"), b"{}")
    assert written.address == f"s3://{bucket}/notes ü.json"
    assert (written.size, written.etag) == (2, hashlib.md5(b"{}").hexdigest())
    assert objects.show(ObjectQuery(bucket=bucket, key="notes ü.json")).media_type == "application/json"
    objects.write(WriteQuery(bucket=bucket, key="own", media_type="text/x-own"), b"a")
    assert objects.show(ObjectQuery(bucket=bucket, key="own")).media_type == "text/x-own"


def test_who_has_changed_it_meanwhile_is_not_overwritten(objects: Objects, bucket: str) -> None:
    first = objects.write(WriteQuery(bucket=bucket, key="shared.txt"), b"first")
    second = objects.write(WriteQuery(bucket=bucket, key="shared.txt", if_match=first.etag), b"second!")
    with pytest.raises(Conflict, match=r"changed by somebody else .*; it has 7 bytes now"):
        objects.write(WriteQuery(bucket=bucket, key="shared.txt", if_match=first.etag), b"mine")
    assert objects.read(ContentQuery(bucket=bucket, key="shared.txt")).read() == b"second!"
    objects.write(WriteQuery(bucket=bucket, key="shared.txt", if_match=f'"{second.etag}"'), b"third")


def test_what_is_gone_meanwhile_is_said_so(objects: Objects, store: WeedServer, bucket: str) -> None:
    first = objects.write(WriteQuery(bucket=bucket, key="gone.txt"), b"first")
    store.client("admin").delete_object(Bucket=bucket, Key="gone.txt")
    with pytest.raises(Conflict, match="has been removed since it was opened"):
        objects.write(WriteQuery(bucket=bucket, key="gone.txt", if_match=first.etag), b"mine")


def test_what_is_there_is_not_replaced_when_it_must_be_new(objects: Objects, bucket: str) -> None:
    objects.write(WriteQuery(bucket=bucket, key="new.txt", if_absent=True), b"mine")
    with pytest.raises(Conflict, match="there already"):
        objects.write(WriteQuery(bucket=bucket, key="new.txt", if_absent=True), b"theirs")
    assert objects.read(ContentQuery(bucket=bucket, key="new.txt")).read() == b"mine"


@pytest.mark.parametrize("condition", ["if_match", "if_absent"])
def test_the_store_decides_between_two_who_write_at_the_same_time(
    objects: Objects, store: WeedServer, bucket: str, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ellip_lab.s3 import writing

    key = f"race-{condition}"
    tag = objects.write(WriteQuery(bucket=bucket, key=key), b"before").etag
    if condition == "if_absent":
        store.client("admin").delete_object(Bucket=bucket, Key=key)
    real = writing.head

    def and_then_another(*args: object) -> object:
        try:
            return real(*args)  # type: ignore[arg-type]
        finally:
            store.client("admin").put_object(Bucket=bucket, Key=key, Body=b"theirs")

    monkeypatch.setattr(writing, "head", and_then_another)
    query = WriteQuery(bucket=bucket, key=key, **{condition: tag if condition == "if_match" else True})
    with pytest.raises(Conflict):
        objects.write(query, b"mine")
    assert objects.read(ContentQuery(bucket=bucket, key=key)).read() == b"theirs"


def test_what_an_object_is_besides_its_bytes_outlives_an_edit(
    objects: Objects, store: WeedServer, bucket: str
) -> None:
    store.client("admin").put_object(
        Bucket=bucket, Key="edited", Body=b"1", ContentType="text/x-own", Metadata={"a": "b"}, CacheControl="no-store",
        Tagging="t=u%20v",
    )  # fmt: skip
    before = objects.show(ObjectQuery(bucket=bucket, key="edited"))
    objects.write(WriteQuery(bucket=bucket, key="edited", if_match=before.etag), b"22")
    after = objects.show(ObjectQuery(bucket=bucket, key="edited"))
    assert (after.size, after.media_type, after.metadata, after.tags) == (
        2,
        "text/x-own",
        {"a": "b"},
        {"t": "u v"},
    )
    assert after.headers["cache-control"] == "no-store"


def test_who_may_not_write_is_told(objects: Objects, bucket: str) -> None:
    with pytest.raises(Denied, match="may not be changed"):
        objects.write(WriteQuery(connection="reader", bucket=bucket, key="x"), b"")
    with pytest.raises(Invalid, match="version"):
        objects.write(WriteQuery(bucket=bucket, key="x", version="1"), b"")


def test_a_folder_is_made_once(objects: Objects, bucket: str) -> None:
    made = objects.make_folder(ObjectQuery(bucket=bucket, key="new folder"))
    assert (made.address, made.size) == (f"s3://{bucket}/new folder/", 0)
    assert "new folder/" in objects.page(ObjectsQuery(bucket=bucket)).folders
    with pytest.raises(Conflict, match="there already"):
        objects.make_folder(ObjectQuery(bucket=bucket, key="new folder/"))
    objects.write(WriteQuery(bucket=bucket, key="full/a"), b"")
    with pytest.raises(Conflict, match="there already"):
        objects.make_folder(ObjectQuery(bucket=bucket, key="full"))


# -- presigned


def test_anybody_may_use_a_presigned_url_until_it_expires(
    objects: Objects, store: WeedServer, bucket: str
) -> None:
    key = "d/a b+ü%?#&.txt"
    put = objects.presign(PresignRequest(bucket=bucket, key=key, method="PUT", expires=600))
    assert http(put.url, "PUT", b"sent")[0] == 200
    get = objects.presign(PresignRequest(bucket=bucket, key=key, expires=600))
    assert http(get.url) == (200, b"sent")
    assert abs(get.expires - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=60)
    assert "X-Amz-Expires=600" in get.url
    assert store.identities["admin"].secret not in get.url
    assert http(get.url.replace("600", "601"))[0] == 403
    assert http(get.url, "PUT", b"other")[0] == 403


def test_a_presigned_url_ends(objects: Objects) -> None:
    url = objects.presign(PresignRequest(bucket="public", key="hello.txt", expires=1)).url
    limit = datetime.now(UTC) + timedelta(seconds=60)
    while (code := http(url)[0]) == 200 and datetime.now(UTC) < limit:
        pass
    assert code == 403


def test_nobody_cannot_sign(objects: Objects) -> None:
    with pytest.raises(Invalid, match="anonymous") as caught:
        objects.presign(PresignRequest(connection="anyone", bucket="public", key="hello.txt"))
    assert caught.value.hint == "Use the plain URL of the object."
