"""Connections: kept, listed, chosen, used against a real store."""

from __future__ import annotations

import pytest

from ellip_lab.errors import Denied, NotFound
from ellip_lab.s3 import boto
from ellip_lab.s3.connections import Connections
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
    assert names(anyone.list_objects_v2(Bucket="public"), "Contents", "Key") == ["hello.txt"]
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
