"""Versions: listed and restored, against a real store."""

from __future__ import annotations

import pytest

from ellip_lab.errors import Denied, Invalid, NotFound
from ellip_lab.s3 import versions as room
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ContentQuery, ObjectQuery, Version
from ellip_lab.s3.objects import Objects
from s3.stores import WeedServer

Kept = tuple[str, list[str]]


@pytest.fixture
def objects(connections: Connections) -> Objects:
    return Objects(connections)


@pytest.fixture
def kept(store: WeedServer) -> Kept:
    """A bucket that keeps versions, and the versions of `d/k`: one, two, three."""
    bucket = store.bucket("versions")
    admin = store.client("admin")
    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = [
        admin.put_object(
            Bucket=bucket, Key="d/k", Body=text.encode(), Metadata={"n": text}, ContentType=f"text/{text}"
        )["VersionId"]
        for text in ("one", "two", "three")
    ]
    admin.put_object(Bucket=bucket, Key="d/k2", Body=b"another")
    admin.put_object(Bucket=bucket, Key="d/k/below", Body=b"another")
    return bucket, made


def read(objects: Objects, bucket: str, version: str | None = None) -> bytes:
    return objects.read(ContentQuery(bucket=bucket, key="d/k", version=version)).read()


def listed(objects: Objects, bucket: str) -> tuple[Version, ...]:
    found = objects.versions(ObjectQuery(bucket=bucket, key="d/k"))
    assert found.enabled
    return found.versions


def test_versions_are_those_of_this_object_alone(objects: Objects, kept: Kept) -> None:
    bucket, made = kept
    found = listed(objects, bucket)
    assert {each.version for each in found} == set(made)
    assert [(each.version, each.latest) for each in found if each.latest] == [(made[2], True)]
    assert found[0].latest
    assert {each.version: each.size for each in found} == dict(zip(made, (3, 3, 5), strict=True))
    assert not any(each.deleted for each in found)
    assert [read(objects, bucket, version) for version in made] == [b"one", b"two", b"three"]
    assert objects.show(ObjectQuery(bucket=bucket, key="d/k", version=made[0])).metadata == {"n": "one"}


def test_an_older_version_is_made_the_newest_and_nothing_is_lost(objects: Objects, kept: Kept) -> None:
    bucket, made = kept
    written = objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=made[0]))
    assert (written.address, written.size) == (f"s3://{bucket}/d/k", 3)
    assert written.version not in made
    assert read(objects, bucket) == b"one"
    now = objects.show(ObjectQuery(bucket=bucket, key="d/k"))
    assert (now.metadata, now.media_type, now.version) == ({"n": "one"}, "text/one", written.version)
    assert set(made) < {each.version for each in listed(objects, bucket)}


def test_what_was_deleted_comes_back_without_the_mark(
    objects: Objects, store: WeedServer, kept: Kept
) -> None:
    bucket, made = kept
    store.client("admin").delete_object(Bucket=bucket, Key="d/k")
    with pytest.raises(NotFound):
        objects.show(ObjectQuery(bucket=bucket, key="d/k"))
    mark = listed(objects, bucket)[0]
    assert (mark.deleted, mark.latest, mark.size) == (True, True, None)
    written = objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=mark.version))
    assert written.version == made[2]
    assert read(objects, bucket) == b"three"
    assert {each.version for each in listed(objects, bucket)} == set(made)


def test_an_older_version_comes_back_over_the_mark(objects: Objects, store: WeedServer, kept: Kept) -> None:
    bucket, made = kept
    store.client("admin").delete_object(Bucket=bucket, Key="d/k")
    mark = listed(objects, bucket)[0]
    objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=made[1]))
    assert read(objects, bucket) == b"two"
    with pytest.raises(Invalid, match="mark of a deletion"):
        objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=mark.version))


def test_one_that_is_older_than_all_that_are_listed_comes_back_too(
    objects: Objects, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, made = kept
    monkeypatch.setattr(room, "MOST", 1)
    assert [each.version for each in listed(objects, bucket)] == [made[2]]
    objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=made[0]))
    assert read(objects, bucket) == b"one"
    with pytest.raises(NotFound, match="no such version"):
        objects.restore(ObjectQuery(bucket=bucket, key="d/k", version="0" * 32))


def test_restoring_the_newest_changes_nothing(objects: Objects, kept: Kept) -> None:
    bucket, made = kept
    assert objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=made[2])).version == made[2]
    assert len(listed(objects, bucket)) == 3


def test_a_large_one_is_copied_in_parts_inside_the_store(
    objects: Objects, store: WeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = store.bucket("versions")
    admin = store.client("admin")
    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    data = bytes(range(256)) * 4096 * 12
    old = admin.put_object(
        Bucket=bucket, Key="d/k", Body=data, Metadata={"n": "big"}, ContentType="text/big", Tagging="t=u"
    )["VersionId"]
    admin.put_object(Bucket=bucket, Key="d/k", Body=b"new")
    monkeypatch.setattr(room, "SINGLE", 1)
    monkeypatch.setattr(room, "PART", 5 * 2**20)
    written = objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=old))
    assert written.size == len(data)
    assert written.etag is not None
    assert written.etag.endswith("-3")
    assert read(objects, bucket) == data
    now = objects.show(ObjectQuery(bucket=bucket, key="d/k"))
    assert (now.metadata, now.media_type, now.tags) == ({"n": "big"}, "text/big", {"t": "u"})
    assert not admin.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_a_copy_in_parts_that_fails_leaves_no_parts(
    objects: Objects, store: WeedServer, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, made = kept
    monkeypatch.setattr(room, "SINGLE", 1)

    def vanishes(*_: object) -> None:
        store.client("admin").delete_object(Bucket=bucket, Key="d/k", VersionId=made[0])

    monkeypatch.setattr(room, "tags", vanishes)
    with pytest.raises(NotFound):
        objects.restore(ObjectQuery(bucket=bucket, key="d/k", version=made[0]))
    assert read(objects, bucket) == b"three"
    assert not store.client("admin").list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_a_bucket_that_keeps_none_has_one_version(objects: Objects) -> None:
    found = objects.versions(ObjectQuery(bucket="public", key="hello.txt"))
    assert not found.enabled
    assert [(each.version, each.latest, each.size) for each in found.versions] == [("null", True, 5)]


def test_what_never_was_and_what_may_not_be_listed_are_told(objects: Objects, kept: Kept) -> None:
    bucket, _ = kept
    with pytest.raises(NotFound, match="in no version"):
        objects.versions(ObjectQuery(bucket=bucket, key="d/"))
    with pytest.raises(NotFound, match="no such bucket"):
        objects.versions(ObjectQuery(bucket="no-such-bucket-here", key="a"))
    with pytest.raises(Denied):
        objects.versions(ObjectQuery(connection="keyholder", bucket="public", key="hello.txt"))
    with pytest.raises(Invalid, match="no version is named"):
        objects.restore(ObjectQuery(bucket=bucket, key="d/k"))
    with pytest.raises(NotFound, match="no version"):
        objects.restore(ObjectQuery(bucket=bucket, key="d/k", version="0" * 32))
    with pytest.raises(Denied):
        objects.restore(ObjectQuery(connection="reader", bucket=bucket, key="d/k", version=kept[1][0]))
