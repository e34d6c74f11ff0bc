"""Connections: kept, listed, chosen, used against a real store."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ellip_lab.errors import Denied, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.boto_sessions import timestamp
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Source
from ellip_lab.settings import Settings
from s3.stores import WeedServer


def names(reply: dict[str, list[dict[str, str]]], kind: str, field: str) -> list[str]:
    return [entry[field] for entry in reply.get(kind, [])]


def test_every_identity_does_what_it_may(connections: Connections, store: WeedServer) -> None:
    bucket = store.bucket()
    admin = boto.client_of(connections.get())
    admin.put_object(Bucket=bucket, Key="a", Body=b"x")
    reader = boto.client_of(connections.get("reader"))
    assert names(reader.list_objects_v2(Bucket=bucket), "Contents", "Key") == ["a"]
    with pytest.raises(Denied), boto.translated(bucket):
        reader.put_object(Bucket=bucket, Key="b", Body=b"x")
    holder = boto.client_of(connections.get("keyholder"))
    assert holder.get_object(Bucket="public", Key="hello.txt")["Body"].read() == b"hello"
    with pytest.raises(Denied), boto.translated("public"):
        holder.list_objects_v2(Bucket="public")
    one = boto.client_of(connections.get("one"))
    one.put_object(Bucket="one", Key="mine", Body=b"x")
    with pytest.raises(Denied), boto.translated(bucket):
        one.get_object(Bucket=bucket, Key="a")
    anyone = boto.client_of(connections.get("anyone"))
    assert "hello.txt" in names(anyone.list_objects_v2(Bucket="public"), "Contents", "Key")
    with pytest.raises(Denied), boto.translated("one"):
        anyone.get_object(Bucket="one", Key="mine")


def test_over_tls_with_an_authority_of_its_own(secure_store: WeedServer, connections: Connections) -> None:
    connections.save(secure_store.request("secure", "admin"))
    client = boto.client_of(connections.get("secure"))
    assert set(names(client.list_buckets(), "Buckets", "Name")) == {"public", "one"}


def test_an_unknown_name_is_told_with_those_there_are(connections: Connections) -> None:
    with pytest.raises(NotFound) as caught:
        connections.get("nowhere")
    assert caught.value.hint == "There are: admin, reader, keyholder, one, anyone, local."


def test_a_list_starts_and_asks_nothing(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object, **__: object) -> None:
        raise AssertionError("a list opens no connection and starts no program")

    monkeypatch.setattr(socket.socket, "connect", no)
    monkeypatch.setattr(subprocess, "Popen", no)
    listed = connections.list()
    assert [one.name for one in listed.connections] == [
        "admin",
        "reader",
        "keyholder",
        "one",
        "anyone",
        "local",
    ]
    assert listed.connections[0].default
    assert not listed.problems
    local = listed.connections[-1]
    assert (local.source, local.title, local.endpoint) == (Source.EMBEDDED, "On this machine", None)
    assert not (connections.settings.state / "store").exists()


def test_threads_share_one_client(connections: Connections) -> None:
    def read(_: int) -> tuple[int, bytes]:
        client = boto.client_of(connections.get("reader"))
        return id(client), client.get_object(Bucket="public", Key="hello.txt")["Body"].read()

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(read, range(64)))
    assert len(found) == 1
    assert found.pop()[1] == b"hello"


def test_a_connection_that_changes_gets_a_new_client(connections: Connections, store: WeedServer) -> None:
    before = boto.client_of(connections.get("admin"))
    connections.save(store.request("admin", "reader"))
    after = boto.client_of(connections.get("admin"))
    assert after is not before
    with pytest.raises(Denied), boto.translated("one"):
        after.put_object(Bucket="one", Key="x", Body=b"")


def test_two_states_never_share_a_client(connections: Connections, store: WeedServer, tmp_path: Path) -> None:
    other = Connections(Settings(state=tmp_path / "other", root=tmp_path))
    other.save(store.request("admin", "reader"))
    first, second = boto.client_of(connections.get("admin")), boto.client_of(other.get("admin"))
    assert first is not second
    assert boto.client_of(connections.get("admin")) is first


def test_times_of_a_list_are_read_as_botocore_reads_them(connections: Connections) -> None:
    client = boto.client_of(connections.get("reader"))
    (entry,) = client.list_objects_v2(Bucket="public", Prefix="hello.txt")["Contents"]
    head = client.head_object(Bucket="public", Key="hello.txt")
    assert entry["LastModified"].replace(microsecond=0) == head["LastModified"]
    for text in (
        "2026-11-22T19:16:42.123Z",
        "2026-11-22T19:16:42Z",
        "Sun, 22 Nov 2026 19:16:42 GMT",
        "1795375002",
    ):
        assert timestamp(text).replace(microsecond=0) == datetime(2026, 11, 22, 19, 16, 42, tzinfo=UTC)


def test_where_a_connection_leads_is_told_to_other_libraries(
    connections: Connections, secure_store: WeedServer
) -> None:
    connections.save(secure_store.request("secure", "admin", requester_pays=True))
    known = connections.get("secure")
    reach = boto.reach_of(known)
    assert (reach.endpoint, reach.region, reach.virtual) == (secure_store.endpoint, "us-east-1", False)
    assert (reach.verify, reach.anonymous) == (str(secure_store.ca), False)
    assert (reach.requester_pays, reach.proxy) == (True, False)
    signing = boto.signing_of(known)
    assert signing is not None
    assert signing.secret == secure_store.identities["admin"].secret
    assert signing.secret not in repr(signing)
    assert boto.signing_of(connections.get("anyone")) is None
    assert boto.region_of(known, "one") == "us-east-1"
    with pytest.raises(NotFound):
        boto.region_of(known, "no-such-bucket")


def test_a_proxy_for_the_world_is_not_asked_for_this_machine(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = boto.make_client(connections.get("reader"), attempts=1)
    assert client.list_buckets()["Buckets"]
    client.close()


def test_ellip_lab_is_light_without_it() -> None:
    program = (
        "import sys, ellip_lab.s3.service, ellip_lab.s3.connections, ellip_lab.s3.surroundings\n"
        "print([m for m in ('boto3', 'botocore', 'keyring', 'obstore', 'rasterio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
