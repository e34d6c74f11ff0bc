"""Keys that weed does not take as they are (`//`, `..`, 1,024 bytes): against moto, which takes any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ellip_lab.errors import Unavailable
from ellip_lab.s3 import boto, obstore
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ConnectionRequest, Credentials, Policy, TransferRequest
from ellip_lab.s3.transfers import Transfers
from ellip_lab.settings import Settings
from ellip_lab.tasks.service import TasksService
from s3.test_transfers import keys, tree

GOOD = {"p/plain", "p/d/tab\tname", "p/d/ä +%20#?"}
BAD = {"p//double", "p/../up", "p/d/./dot", "p//etc/absolute", f"p/{'l' * 1000}", "p/nul\x01/..", "p/d/.."}
KEYS = GOOD | BAD


@pytest.fixture
def moto(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Transfers, Any]]:
    # moto stands in for botocore's connections alone: here everything goes as where obstore is not installed
    monkeypatch.setattr(obstore, "available", lambda: False)
    with mock_aws():
        connections = Connections(settings)
        for name in ("one", "two"):
            credentials = Credentials.model_validate({"access_key": "a", "secret_key": "b"})
            connections.save(ConnectionRequest(name=name, region="us-east-1", credentials=credentials))
        client = boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
        for bucket in ("source", "target"):
            client.create_bucket(Bucket=bucket)
        for key in KEYS:
            client.put_object(Bucket="source", Key=key, Body=key.encode())
        yield Transfers(settings, TasksService(settings), connections), client
        client.close()
        boto.close_clients()


@pytest.mark.parametrize("name", ["one", "two"])
def test_any_key_is_copied_inside_a_connection_and_across(moto: tuple[Transfers, Any], name: str) -> None:
    transfers, client = moto
    request = TransferRequest(
        sources=("s3://one@source/p/",), target=f"s3://{name}@target/q/", policy=Policy.REPLACE
    )
    assert transfers.now(request).files == len(KEYS)
    assert set(keys(client, "target")) == {f"q/{key[2:]}" for key in KEYS}
    for key in KEYS:
        assert client.get_object(Bucket="target", Key=f"q/{key[2:]}")["Body"].read() == key.encode()


def test_a_key_that_no_file_can_have_is_refused_and_the_others_arrive(
    moto: tuple[Transfers, Any], tmp_path: Path
) -> None:
    transfers, _ = moto
    out = tmp_path / "deep" / "out"
    with pytest.raises(Unavailable) as told:
        transfers.now(TransferRequest(sources=("s3://one@source/p/",), target=f"{out}/"))
    refused = {
        str(problem.file).removeprefix("s3://one@source/").removeprefix("s3://source/")
        for problem in told.value.problems
    }
    assert refused == BAD
    assert tree(tmp_path / "deep") == {f"out/{key[2:]}": key.encode() for key in GOOD}


def test_a_key_with_an_empty_segment_can_be_fetched_by_itself(
    moto: tuple[Transfers, Any], tmp_path: Path
) -> None:
    transfers, client = moto
    transfers.now(TransferRequest(sources=("s3://one@source/p//double",), target=str(tmp_path / "file")))
    assert (tmp_path / "file").read_bytes() == b"p//double"
    transfers.now(TransferRequest(sources=(str(tmp_path / "file"),), target="s3://one@target/x/../y"))
    assert set(keys(client, "target")) == {"x/../y"}
