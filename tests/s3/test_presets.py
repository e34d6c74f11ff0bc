"""Presets: data files that hold to the contract and make connections that can be saved."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ellip_lab.s3 import boto
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Auth, ConnectionRequest, Credentials, Preset, Style
from ellip_lab.s3.presets import presets
from ellip_lab.settings import Settings

FILES = sorted(Path(str(files("ellip_lab.s3"))).joinpath("presets").iterdir())


def test_those_the_specification_names_are_there() -> None:
    assert {preset.id for preset in presets().presets} == {
        "aws", "creodias", "creodias-eodata", "copernicus", "onda", "hetzner", "ovh", "google", "terradue",
        "minio", "ceph", "sentinel-cogs", "usgs-landsat",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_holds_to_the_contract(file: Path) -> None:
    preset = Preset.model_validate(json.loads(file.read_text("utf-8")))
    assert preset.id == file.stem
    assert preset.title
    assert preset.description.endswith(".")
    for url in (preset.source, preset.keys_url):
        assert url is None or urlsplit(url).scheme == "https"
    assert (
        preset.region is None or not preset.regions or preset.region in [one.name for one in preset.regions]
    )
    if preset.endpoint and "{" in preset.endpoint:
        assert preset.endpoint.count("{region}") == 1
        assert preset.regions


@pytest.mark.parametrize("preset", presets().presets, ids=lambda preset: preset.id)
def test_a_preset_makes_a_connection_whose_requests_go_to_its_endpoint(
    preset: Preset, settings: Settings
) -> None:
    endpoint = preset.endpoint.format(region=preset.region) if preset.endpoint else None
    if preset.asks_endpoint and endpoint is None:
        endpoint = "https://s3.example.org"
    keys = Credentials.model_validate({"access_key": "someone", "secret_key": "something"})
    known = Connections(settings)
    known.save(
        ConnectionRequest(
            name="made", preset=preset.id, endpoint=endpoint, region=preset.region, style=preset.style,
            auth=preset.auth, requester_pays=preset.requester_pays, buckets=preset.buckets,
            credentials=keys if preset.auth is Auth.KEYS else None,
        )
    )  # fmt: skip
    client = boto.client_of(known.get("made"))
    url = urlsplit(
        client.generate_presigned_url("get_object", Params={"Bucket": "some-bucket", "Key": "a/b"})
    )
    if endpoint:
        host = urlsplit(endpoint).netloc
        assert (url.netloc, url.path) in ((host, "/some-bucket/a/b"), (f"some-bucket.{host}", "/a/b"))
    else:
        assert url.netloc.startswith("some-bucket.s3.")
        assert url.netloc.endswith(".amazonaws.com")
        assert preset.region in (None, *url.netloc.split("."))
    assert preset.style is not Style.PATH or url.path == "/some-bucket/a/b"
    assert ("Signature" in url.query) == (preset.auth is Auth.KEYS)
    # "requester pays" stands in the signed URL itself: nobody else could use it otherwise
    assert ("x-amz-request-payer=requester" in url.query) == preset.requester_pays
    boto.close_clients()
