"""Lists: buckets and pages, against a real store."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from ellip_lab.errors import Denied, NotFound
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionQuery, ObjectPage, ObjectsQuery
from ellip_lab.s3.objects import Objects
from s3.stores import WeedServer
from s3.wires import Wire


@pytest.fixture
def objects(connections: Connections) -> Objects:
    return Objects(connections)


def fill(store: WeedServer, *keys: str) -> str:
    bucket = store.bucket("list")
    admin = store.client("admin")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: admin.put_object(Bucket=bucket, Key=key, Body=key.encode()), keys))
    admin.close()
    return bucket


def pages(objects: Objects, query: ObjectsQuery) -> list[ObjectPage]:
    found = [objects.page(query)]
    while found[-1].next:
        found.append(objects.page(query.model_copy(update={"after": found[-1].next})))
    return found


def test_a_page_has_folders_and_objects_one_level_down(objects: Objects, store: WeedServer) -> None:
    bucket = fill(store, "a.txt", "d/one", "d/two", "d/e/three", "z.txt")
    page = objects.page(ObjectsQuery(bucket=bucket))
    assert page.connection == "admin"
    assert (page.bucket, page.prefix, page.folders, page.next) == (bucket, "", ("d/",), None)
    assert [(each.key, each.size) for each in page.objects] == [("a.txt", 5), ("z.txt", 5)]
    first = page.objects[0]
    assert first.etag == hashlib.md5(b"a.txt").hexdigest()
    assert first.modified is not None
    assert first.modified.tzinfo is not None
    below = objects.page(ObjectsQuery(bucket=bucket, prefix="d/"))
    assert (below.folders, [each.key for each in below.objects]) == (("d/e/",), ["d/one", "d/two"])


def test_flat_is_everything_below(objects: Objects, store: WeedServer) -> None:
    bucket = fill(store, "a.txt", "d/one", "d/e/three", "dd")
    page = objects.page(ObjectsQuery(bucket=bucket, prefix="d", flat=True))
    assert page.folders == ()
    assert [each.key for each in page.objects] == ["d/e/three", "d/one", "dd"]


def test_a_prefix_need_not_be_a_folder(objects: Objects, store: WeedServer) -> None:
    bucket = fill(store, "scene-1/a", "scene-2/a", "other/a", "scene.txt")
    page = objects.page(ObjectsQuery(bucket=bucket, prefix="sce"))
    assert page.folders == ("scene-1/", "scene-2/")
    assert [each.key for each in page.objects] == ["scene.txt"]


def test_pages_go_on_where_they_ended(objects: Objects, store: WeedServer) -> None:
    keys = [f"k{number:03d}" for number in range(57)]
    bucket = fill(store, *keys)
    found = pages(objects, ObjectsQuery(bucket=bucket, limit=10))
    assert [len(page.objects) for page in found] == [10, 10, 10, 10, 10, 7]
    assert [each.key for page in found for each in page.objects] == keys
    assert found[-1].next is None


def test_pages_count_folders_too(objects: Objects, store: WeedServer) -> None:
    bucket = fill(
        store, *(f"d{number:02d}/x" for number in range(12)), *(f"e{number:02d}" for number in range(12))
    )
    found = pages(objects, ObjectsQuery(bucket=bucket, limit=5))
    assert all(len(page.folders) + len(page.objects) <= 5 for page in found)
    assert [folder for page in found for folder in page.folders] == [
        f"d{number:02d}/" for number in range(12)
    ]
    assert [each.key for page in found for each in page.objects] == [f"e{number:02d}" for number in range(12)]


def test_a_page_asks_the_store_once_and_for_no_more_than_the_page(
    objects: Objects, connections: Connections, store: WeedServer
) -> None:
    bucket = fill(store, *(f"k{number:03d}" for number in range(150)))
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        page = objects.page(ObjectsQuery(connection="wired", bucket=bucket, limit=20))
        assert len(page.objects) == 20
        assert page.next
        assert len(wire.requests) == 1
        assert "max-keys=20" in wire.requests[0]


def test_an_empty_bucket_is_an_empty_page(objects: Objects, store: WeedServer) -> None:
    page = objects.page(ObjectsQuery(bucket=store.bucket()))
    assert (page.folders, page.objects, page.next) == ((), (), None)


def test_keys_come_as_they_are(objects: Objects, store: WeedServer) -> None:
    keys = ["a b.txt", "a+b", "a%20b", "ü/ß.txt", "\U0001f6f0", "q?x=1&y#z", "tab\there", "new\nline", "cr\rx",
            "<xml>&amp;", "'\"", "ctl\x01\x1f", "é" * 120 + "/" + "é" * 120, "~!*();:@,$=[]"]  # fmt: skip
    bucket = fill(store, *keys)
    page = objects.page(ObjectsQuery(bucket=bucket, flat=True))
    assert sorted(each.key for each in page.objects) == sorted(keys)
    assert {each.key: each.size for each in page.objects} == {key: len(key.encode()) for key in keys}
    tree = objects.page(ObjectsQuery(bucket=bucket))
    assert set(tree.folders) == {"ü/", "é" * 120 + "/"}
    assert [each.key for each in objects.page(ObjectsQuery(bucket=bucket, prefix="tab\t")).objects] == [
        "tab\there"
    ]


def test_the_mark_of_a_folder_is_not_below_itself(objects: Objects, store: WeedServer) -> None:
    bucket = fill(store, "d/x")
    store.client("admin").put_object(Bucket=bucket, Key="d/", Body=b"")
    store.client("admin").put_object(Bucket=bucket, Key="empty/", Body=b"")
    assert objects.page(ObjectsQuery(bucket=bucket)).folders == ("d/", "empty/")
    assert [each.key for each in objects.page(ObjectsQuery(bucket=bucket, prefix="d/")).objects] == ["d/x"]
    inside = objects.page(ObjectsQuery(bucket=bucket, prefix="empty/"))
    assert (inside.folders, inside.objects) == ((), ())
    flat = objects.page(ObjectsQuery(bucket=bucket, flat=True))
    assert {"empty/", "d/x"} <= {each.key for each in flat.objects}


def test_buckets_are_listed_with_those_the_connection_names(
    objects: Objects, connections: Connections, store: WeedServer
) -> None:
    bucket = store.bucket()
    found = objects.buckets(ConnectionQuery())
    assert found.listed
    assert {"public", "one", bucket} <= {each.name for each in found.buckets}
    assert all(each.created for each in found.buckets)
    connections.save(store.request("named", "admin", buckets=("one", "elsewhere")))
    names = [each.name for each in objects.buckets(ConnectionQuery(connection="named")).buckets]
    assert names.count("one") == 1
    assert names[-1] == "elsewhere"


def test_buckets_nobody_may_list_are_those_the_connection_names(
    objects: Objects, connections: Connections, store: WeedServer
) -> None:
    connections.save(store.request("open", None, buckets=("public",)))
    found = objects.buckets(ConnectionQuery(connection="open"))
    assert not found.listed
    assert [each.name for each in found.buckets] == ["public"]
    page = objects.page(ObjectsQuery(connection="open", bucket="public"))
    assert "hello.txt" in [each.key for each in page.objects]


def test_a_bucket_that_is_not_there_and_one_that_may_not_be_listed_differ(objects: Objects) -> None:
    with pytest.raises(NotFound, match="no such bucket"):
        objects.page(ObjectsQuery(bucket="no-such-bucket-here"))
    with pytest.raises(Denied) as caught:
        objects.page(ObjectsQuery(connection="keyholder", bucket="public"))
    assert caught.value.hint == "An object whose key you know may still be readable: name it whole."


def test_keys_of_a_wrong_secret_are_an_error_and_no_empty_list(
    objects: Objects, connections: Connections, store: WeedServer
) -> None:
    wrong = {"access_key": store.identities["admin"].access, "secret_key": "not-a-secret-of-anybody"}
    request = store.request("wrong", "admin")
    given = type(request.credentials).model_validate(wrong) if request.credentials else None
    connections.save(request.model_copy(update={"credentials": given, "buckets": ("public",)}))
    with pytest.raises(Denied) as caught:
        objects.buckets(ConnectionQuery(connection="wrong"))
    assert "not-a-secret" not in f"{caught.value.detail}{caught.value.hint}"
