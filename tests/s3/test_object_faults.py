"""What goes wrong with objects: cut wires, portals, what vanishes, keys that no folder could have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from ellip_lab.errors import Conflict, Denied, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.s3 import boto, reading
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import (
    Auth,
    BucketRequest,
    ConnectionQuery,
    ConnectionRequest,
    ContentQuery,
    Credentials,
    ObjectQuery,
    ObjectsQuery,
    PresignRequest,
    WriteQuery,
)
from ellip_lab.s3.objects import Objects
from ellip_lab.s3.reading import PIECE
from ellip_lab.settings import Settings
from s3.stores import WeedServer
from s3.wires import WebPage, Wire

DATA = os.urandom(6 * PIECE)


@pytest.fixture
def objects(connections: Connections) -> Objects:
    return Objects(connections)


@pytest.fixture(scope="module")
def bucket(store: WeedServer) -> str:
    name = store.bucket("faults")
    store.client("admin").put_object(Bucket=name, Key="big.bin", Body=DATA)
    return name


@pytest.fixture
def wire(store: WeedServer, connections: Connections) -> Iterator[Wire]:
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        yield wire


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait between two attempts."""
    monkeypatch.setattr(reading, "WAIT", 0.0)


def more_than_a_wire_holds(store: WeedServer, bucket: str, fill: bytes) -> None:
    """Puts an object of which a good part is still in the store when its first bytes have been read."""
    store.client("admin").put_object(Bucket=bucket, Key="k", Body=fill * (48 * PIECE // len(fill)))


def fault(kind: type[EllipError], work: object, *args: object) -> EllipError:
    with pytest.raises(kind) as caught:
        work(*args)  # type: ignore[operator]
    return caught.value


@pytest.mark.usefixtures("hasty")
def test_a_reading_that_is_cut_goes_on_where_it_was(objects: Objects, wire: Wire, bucket: str) -> None:
    wire.cut(after=2 * PIECE + 12_345, times=3)
    assert objects.read(ContentQuery(connection="wired", bucket=bucket, key="big.bin")).read() == DATA
    assert wire.cuts >= 2
    assert len([line for line in wire.requests if line.startswith("GET")]) == wire.cuts + 1


@pytest.mark.usefixtures("hasty")
def test_a_range_that_is_cut_goes_on_where_it_was(objects: Objects, wire: Wire, bucket: str) -> None:
    wire.cut(after=PIECE // 2, times=2)
    part = objects.read(ContentQuery(connection="wired", bucket=bucket, key="big.bin"), 77, 4 * PIECE)
    assert part.read() == DATA[77 : 4 * PIECE]
    assert wire.cuts == 2


@pytest.mark.usefixtures("hasty")
def test_a_wire_that_is_cut_again_and_again_is_told(objects: Objects, wire: Wire, bucket: str) -> None:
    content = objects.read(ContentQuery(connection="wired", bucket=bucket, key="big.bin"))
    pieces = iter(content)
    assert next(pieces) == DATA[:PIECE]
    wire.cut(after=0, times=1000)
    with pytest.raises(Unavailable, match=rf"was cut after \d+ of {len(DATA)} bytes") as caught:
        list(pieces)
    assert caught.value.hint == "Try again; check the network."


@pytest.mark.usefixtures("hasty")
def test_half_of_one_object_and_half_of_another_are_never_mixed(
    objects: Objects, wire: Wire, store: WeedServer
) -> None:
    bucket = store.bucket()
    more_than_a_wire_holds(store, bucket, DATA)
    content = objects.read(ContentQuery(connection="wired", bucket=bucket, key="k"))
    pieces = iter(content)
    assert next(pieces) == DATA[:PIECE]
    more_than_a_wire_holds(store, bucket, bytes(PIECE))
    wire.cut_all()
    with pytest.raises(Conflict, match="has changed"):
        list(pieces)


@pytest.mark.usefixtures("hasty")
def test_an_object_that_vanishes_while_it_is_read_is_told(
    objects: Objects, wire: Wire, store: WeedServer
) -> None:
    bucket = store.bucket()
    more_than_a_wire_holds(store, bucket, DATA)
    pieces = iter(objects.read(ContentQuery(connection="wired", bucket=bucket, key="k")))
    assert next(pieces) == DATA[:PIECE]
    store.client("admin").delete_object(Bucket=bucket, Key="k")
    wire.cut_all()
    with pytest.raises(NotFound):
        list(pieces)


def test_an_object_that_vanishes_between_list_and_get_is_told(objects: Objects, store: WeedServer) -> None:
    bucket = store.bucket()
    store.client("admin").put_object(Bucket=bucket, Key="k", Body=b"x")
    assert [each.key for each in objects.page(ObjectsQuery(bucket=bucket)).objects] == ["k"]
    store.client("admin").delete_object(Bucket=bucket, Key="k")
    for work, query in (
        (objects.read, ContentQuery(bucket=bucket, key="k")),
        (objects.show, ObjectQuery(bucket=bucket, key="k")),
    ):
        error = fault(NotFound, work, query)
        assert error.detail == f"s3://{bucket}/k is not there"
        assert error.hint == "It may have been removed since it was listed: list again."


def test_a_missing_bucket_and_a_missing_object_differ(objects: Objects, bucket: str) -> None:
    missing = fault(NotFound, objects.show, ObjectQuery(bucket="no-such-bucket-here", key="k"))
    assert "no such bucket" in missing.detail
    assert "no such bucket" not in fault(NotFound, objects.show, ObjectQuery(bucket=bucket, key="k")).detail
    lost = fault(
        NotFound, objects.write, WriteQuery(bucket="no-such-bucket-here", key="k", if_absent=True), b""
    )
    assert "no such bucket" in lost.detail


def test_what_may_be_read_and_not_listed_is_read(objects: Objects) -> None:
    fault(Denied, objects.page, ObjectsQuery(connection="keyholder", bucket="public"))
    assert (
        objects.read(ContentQuery(connection="keyholder", bucket="public", key="hello.txt")).read()
        == b"hello"
    )
    assert objects.show(ObjectQuery(connection="keyholder", bucket="public", key="hello.txt")).size == 5


def test_what_may_not_be_read_is_told(objects: Objects, bucket: str) -> None:
    for connection in ("keyholder", "anyone", "one"):
        error = fault(Denied, objects.show, ObjectQuery(connection=connection, bucket=bucket, key="big.bin"))
        assert error.hint


def test_keys_of_a_wrong_secret_are_told_without_the_secret(
    objects: Objects, connections: Connections, store: WeedServer, bucket: str
) -> None:
    access = store.identities["admin"].access
    wrong = Credentials.model_validate({"access_key": access, "secret_key": "not-a-secret-of-anybody"})
    connections.save(store.request("wrong", "admin").model_copy(update={"credentials": wrong}))
    for work, *args in (
        (objects.buckets, ConnectionQuery(connection="wrong")),
        (objects.page, ObjectsQuery(connection="wrong", bucket=bucket)),
        (objects.show, ObjectQuery(connection="wrong", bucket=bucket, key="big.bin")),
        (objects.read, ContentQuery(connection="wrong", bucket=bucket, key="big.bin")),
        (objects.write, WriteQuery(connection="wrong", bucket=bucket, key="x"), b""),
        (objects.versions, ObjectQuery(connection="wrong", bucket=bucket, key="big.bin")),
    ):
        error = fault(Denied, work, *args)
        assert "secret key does not fit" in error.detail
        assert "not-a-secret" not in f"{error.detail}{error.hint}"
        assert access not in f"{error.detail}{error.hint}"


@pytest.mark.parametrize("status", [200, 404, 403])
def test_an_endpoint_that_speaks_html_is_told(
    objects: Objects, connections: Connections, store: WeedServer, status: int
) -> None:
    with WebPage(status) as portal:
        connections.save(store.request("portal", "admin", endpoint=portal.endpoint))
        error = fault(Unavailable, objects.page, ObjectsQuery(connection="portal", bucket="public"))
        assert "web page" in error.detail
        read = fault(
            Unavailable, objects.read, ContentQuery(connection="portal", bucket="public", key="hello.txt")
        )
        assert "web page" in read.detail
        shown = fault(
            Unavailable, objects.show, ObjectQuery(connection="portal", bucket="public", key="hello.txt")
        )
        assert "web page" in shown.detail


def test_a_store_that_is_not_there_is_told(
    objects: Objects, connections: Connections, store: WeedServer
) -> None:
    with WebPage() as page:
        closed = page.endpoint
    connections.save(store.request("closed", "admin", endpoint=closed))
    error = fault(Unavailable, objects.page, ObjectsQuery(connection="closed", bucket="public"))
    assert "refuses connections" in error.detail


@pytest.mark.parametrize("code", ["NotImplemented", "InvalidArgument"])
def test_a_store_that_knows_no_conditions_is_looked_at_before(
    objects: Objects, connections: Connections, store: WeedServer, code: str
) -> None:
    bucket = store.bucket()
    refused: list[str] = []

    def ignorant(request: Any, **_: Any) -> Any:
        if not {"If-Match", "If-None-Match"} & set(request.headers):
            return None
        refused.append(request.url)
        body = (
            f"<Error><Code>{code}</Code><Message>A header you provided implies it</Message></Error>".encode()
        )
        raw = HTTPResponse(body=BytesIO(body), preload_content=False)
        return AWSResponse(
            request.url, 501 if code == "NotImplemented" else 400, {"content-type": "application/xml"}, raw
        )

    boto.client_of(connections.get()).meta.events.register("before-send.s3.PutObject", ignorant)
    first = objects.write(WriteQuery(bucket=bucket, key="k", if_absent=True), b"1")
    objects.write(WriteQuery(bucket=bucket, key="k", if_match=first.etag), b"22")
    assert refused
    for condition in ({"if_match": first.etag}, {"if_absent": True}):
        fault(
            Conflict,
            objects.write,
            WriteQuery.model_validate({"bucket": bucket, "key": "k", **condition}),
            b"333",
        )
    assert objects.read(ContentQuery(bucket=bucket, key="k")).read() == b"22"


# -- keys that no folder could have: the store of the other tests takes not all of them, another make does


ODD = [
    "a//b", "/lead", "//", "../up", "a/../b", "./c", "a/./d", "..", ".", "back\\slash", "trail/", "sp ace/ x ", "ctl\x01\x1f\x7f",
    "tab\t", "nl\n", "cr\r", "%2e%2e/x", "a+b", "ü\U0001f6f0", "e\u0301 and \u00e9", "q?a=b&c#d", "x" * 1024, "é" * 512, "'\"<&>\\",
]  # fmt: skip


@pytest.fixture
def amazon(settings: Settings) -> Iterator[Objects]:
    from moto import mock_aws

    with mock_aws():
        known = Connections(settings)
        keys = Credentials.model_validate({"access_key": "AKIDTEST", "secret_key": "secret"})
        known.save(ConnectionRequest(name="aws", region="us-east-1", auth=Auth.KEYS, credentials=keys))
        made = Objects(known)
        made.make_bucket(BucketRequest(bucket="odd-keys"))
        yield made
    boto.close_clients()


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@pytest.mark.parametrize("key", ODD, ids=lambda key: ascii(key)[:20])
def test_any_key_makes_the_round_trip(amazon: Objects, key: str) -> None:
    written = amazon.write(WriteQuery(bucket="odd-keys", key=key, if_absent=True), b"v:" + key.encode())
    assert written.address == f"s3://odd-keys/{key}"
    shown = amazon.show(ObjectQuery(bucket="odd-keys", key=key))
    assert (shown.key, shown.size) == (key, len(key.encode()) + 2)
    assert amazon.read(ContentQuery(bucket="odd-keys", key=key)).read() == b"v:" + key.encode()
    assert [each.key for each in amazon.page(ObjectsQuery(bucket="odd-keys", flat=True)).objects] == [key]
    below = amazon.page(ObjectsQuery(bucket="odd-keys", prefix=key[:-1], flat=True))
    assert [each.key for each in below.objects] == [key]
    with pytest.raises(Conflict):
        amazon.write(WriteQuery(bucket="odd-keys", key=key, if_absent=True), b"")


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_empty_names_between_slashes_are_folders(amazon: Objects) -> None:
    for key in ("a//b", "a/c", "/lead"):
        amazon.write(WriteQuery(bucket="odd-keys", key=key), b"")
    assert amazon.page(ObjectsQuery(bucket="odd-keys")).folders == ("/", "a/")
    assert amazon.page(ObjectsQuery(bucket="odd-keys", prefix="a/")).folders == ("a//",)
    assert [each.key for each in amazon.page(ObjectsQuery(bucket="odd-keys", prefix="a//")).objects] == [
        "a//b"
    ]


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_at_amazon_a_bucket_is_made_in_its_region_and_urls_end_with_the_session(settings: Settings) -> None:
    from moto import mock_aws

    with mock_aws():
        known = Connections(settings)
        keys = Credentials.model_validate(
            {"access_key": "AKIDTEST", "secret_key": "secret", "session_token": "token"}
        )
        known.save(ConnectionRequest(name="aws", region="eu-central-1", auth=Auth.KEYS, credentials=keys))
        objects = Objects(known)
        objects.make_bucket(BucketRequest(bucket="in-frankfurt"))
        client = boto.client_of(known.get())
        assert client.get_bucket_location(Bucket="in-frankfurt")["LocationConstraint"] == "eu-central-1"
        assert [each.name for each in objects.buckets(ConnectionQuery()).buckets] == ["in-frankfurt"]
        url = objects.presign(PresignRequest(bucket="in-frankfurt", key="a b")).url
        assert "%2Feu-central-1%2Fs3%2Faws4_request" in url
        assert "secret" not in url
    boto.close_clients()


def test_a_presigned_url_is_not_said_to_outlive_the_credentials(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=20)
    monkeypatch.setattr(boto, "signing_of", lambda _: boto.Signing("access", "secret", "token", soon))
    assert objects.presign(PresignRequest(bucket="public", key="hello.txt", expires=86_400)).expires == soon
    early = objects.presign(PresignRequest(bucket="public", key="hello.txt", expires=60)).expires
    assert early < soon - timedelta(minutes=15)


@pytest.mark.parametrize("key", ["é" * 513, "a\ud800"], ids=["1,026 bytes", "half a surrogate"])
def test_what_is_no_key_is_refused_before_anybody_is_asked(
    objects: Objects, connections: Connections, key: str
) -> None:
    for work, *args in (
        (objects.show, ObjectQuery.model_construct(connection=None, bucket="public", key=key, version=None)),
        (objects.read, ContentQuery.model_construct(connection=None, bucket="public", key=key, version=None)),
        (
            objects.presign,
            PresignRequest.model_construct(connection=None, bucket="public", key=key, version=None),
        ),
        (
            objects.page,
            ObjectsQuery.model_construct(connection=None, bucket="public", prefix=key, after=None),
        ),
    ):
        assert "key" in fault(Invalid, work, *args).detail


def test_no_url_is_made_that_would_lead_elsewhere(objects: Objects) -> None:
    for key in ("a/../b", "./x", ".."):
        fault(Invalid, objects.presign, PresignRequest(bucket="public", key=key))


def test_what_no_screen_shows_is_written_out_in_a_sentence(objects: Objects, bucket: str) -> None:
    error = fault(NotFound, objects.show, ObjectQuery(bucket=bucket, key="a\x1b[31mred\n"))
    assert error.detail == f"s3://{bucket}/a\\x1b[31mred\\n is not there"
