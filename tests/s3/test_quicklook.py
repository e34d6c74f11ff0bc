"""Pictures of rasters in a store: little is read, nothing is kept, nobody sees a key."""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin
from rio_cogeo.cogeo import cog_translate
from rio_cogeo.profiles import cog_profiles

from ellip_lab.errors import Denied, EllipError, Invalid, NotFound, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import ContentQuery, Credentials, QuicklookQuery
from ellip_lab.s3.service import S3Service
from ellip_lab.settings import Settings
from s3.stores import WeedServer
from s3.wires import WebPage, Wire

BIG = 4096
"""Pixels of the big one's sides; three bands of two bytes and its overviews make some 130 MB."""


@pytest.fixture
def rooms(settings: Settings, connections: Connections) -> S3Service:
    assert connections.settings == settings
    return Lab(settings).s3


@pytest.fixture(scope="module")
def bucket(store: WeedServer) -> str:
    return store.bucket("pictures")


@pytest.fixture(scope="module")
def big(
    store: WeedServer, bucket: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """A Cloud-Optimized GeoTIFF that no compression makes small: its key and its bytes."""
    folder = tmp_path_factory.mktemp("cog")
    values = np.random.default_rng(7).integers(0, 10_000, (3, BIG, BIG), dtype="uint16")
    raster(
        folder / "plain.tif", values, tiled=True, crs="EPSG:32629", transform=from_origin(5e5, 4e6, 10, 10)
    )
    cog_translate(
        str(folder / "plain.tif"),
        str(folder / "cog.tif"),
        cog_profiles.get("raw"),
        in_memory=False,
        quiet=True,
    )
    size = (folder / "cog.tif").stat().st_size
    assert size > 120_000_000
    key = "scènes 2026/big #1 ?.tif"
    store.client("admin").upload_file(str(folder / "cog.tif"), bucket, key)
    for file in folder.iterdir():
        file.unlink()
    yield key, size


def raster(path: Path, pixels: Any, **profile: Any) -> Path:
    pixels = pixels if pixels.ndim == 3 else pixels[np.newaxis]
    count, height, width = pixels.shape
    options = {
        "driver": "GTiff",
        "count": count,
        "height": height,
        "width": width,
        "dtype": pixels.dtype.name,
        **profile,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **options) as target:
            target.write(pixels)
    return path


def put(store: WeedServer, bucket: str, file: Path, key: str | None = None, **more: str) -> str:
    store.client("admin").put_object(Bucket=bucket, Key=key or file.name, Body=file.read_bytes(), **more)
    return key or file.name


def looked_at(png: bytes) -> Any:
    """Gives a PNG's bands as rows, columns and bands."""
    assert png.startswith(b"\x89PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile(png) as file, file.open() as picture:
            return np.moveaxis(picture.read(), 0, -1)


def refused(kind: type[EllipError], rooms: S3Service, store: WeedServer, **query: Any) -> EllipError:
    """Gives the error, after a look whether any secret is in it or in what it comes from."""
    with pytest.raises(kind) as caught:
        rooms.quicklook(QuicklookQuery.model_validate(query))
    told: BaseException | None = caught.value
    while told is not None:
        said = f"{told} {getattr(told, 'hint', '')}"
        assert not [
            word
            for one in store.identities.values()
            for word in (one.access, one.secret, "X-Amz-")
            if word in said
        ]
        told = told.__cause__
    return caught.value


def test_of_a_big_raster_little_is_read(
    rooms: S3Service, connections: Connections, store: WeedServer, bucket: str, big: tuple[str, int]
) -> None:
    key, size = big
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        seen = looked_at(
            rooms.quicklook(QuicklookQuery(connection="wired", bucket=bucket, key=key, size=512))
        )
        assert seen.shape == (512, 512, 4)
        assert wire.down < size / 20
        assert len(wire.requests) < 40
        assert [line for line in wire.requests if line.startswith("GET")]
        small = wire.down
        rooms.quicklook(QuicklookQuery(connection="wired", bucket=bucket, key=key, size=1024))
        assert small < wire.down - small < size / 10


def test_what_is_on_it_is_on_the_picture(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    pixels = np.zeros((3, 40, 80), dtype="uint8")
    pixels[0, :, 40:], pixels[1], pixels[2, 20:] = 200, 30, 90
    key = put(store, bucket, raster(tmp_path / "colours.tif", pixels))
    seen = looked_at(rooms.quicklook(QuicklookQuery(bucket=bucket, key=key)))
    assert seen.shape == (40, 80, 4)
    assert tuple(seen[0, 0]) == (0, 30, 0, 255)
    assert tuple(seen[39, 79]) == (200, 30, 90, 255)


@pytest.mark.parametrize(
    ("driver", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("WEBP", "a.webp"), ("JP2OpenJPEG", "a.jp2")]
)
def test_pictures_are_drawn_too(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path, driver: str, name: str
) -> None:
    pixels = np.full((3, 64, 96), 120, dtype="uint8")
    key = put(store, bucket, raster(tmp_path / name, pixels, driver=driver))
    seen = looked_at(rooms.quicklook(QuicklookQuery(bucket=bucket, key=key, size=48)))
    assert seen.shape == (32, 48, 4)
    assert abs(int(seen[10, 10, 0]) - 120) < 6


def test_an_object_that_changes_has_another_picture(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    def colour(value: int) -> int:
        put(store, bucket, raster(tmp_path / "changing.tif", np.full((3, 30, 30), value, dtype="uint8")))
        return int(looked_at(rooms.quicklook(QuicklookQuery(bucket=bucket, key="changing.tif")))[5, 5, 0])

    assert [colour(value) for value in (10, 99, 200)] == [10, 99, 200]


@pytest.mark.parametrize("name", ["reader", "keyholder", "anyone"])
def test_who_may_read_may_look(rooms: S3Service, store: WeedServer, tmp_path: Path, name: str) -> None:
    key = put(store, "public", raster(tmp_path / "open.tif", np.full((3, 30, 30), 7, dtype="uint8")))
    assert looked_at(rooms.quicklook(QuicklookQuery(connection=name, bucket="public", key=key))).shape == (
        30,
        30,
        4,
    )


def test_who_may_not_read_may_not_look_even_after_somebody_who_may(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    key = put(store, bucket, raster(tmp_path / "closed.tif", np.full((3, 30, 30), 7, dtype="uint8")))
    for _ in range(2):
        assert rooms.quicklook(QuicklookQuery(bucket=bucket, key=key))
        for name in ("keyholder", "anyone"):
            refused(Denied, rooms, store, connection=name, bucket=bucket, key=key)


def test_two_connections_at_the_same_time_keep_apart(
    rooms: S3Service, store: WeedServer, secure_store: WeedServer, connections: Connections, tmp_path: Path
) -> None:
    # The same bucket and key at two stores: only the connection says which.
    connections.save(secure_store.request("secure", "admin"))
    put(store, "public", raster(tmp_path / "a.tif", np.full((3, 30, 30), 11, dtype="uint8")), "same.tif")
    put(
        secure_store,
        "public",
        raster(tmp_path / "b.tif", np.full((3, 30, 30), 222, dtype="uint8")),
        "same.tif",
    )

    def colour(name: str) -> tuple[str, int]:
        png = rooms.quicklook(QuicklookQuery(connection=name, bucket="public", key="same.tif"))
        return name, int(looked_at(png)[5, 5, 0])

    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(colour, ["admin", "secure", "anyone", "reader"] * 5))
    assert set(seen) == {("admin", 11), ("secure", 222), ("anyone", 11), ("reader", 11)}


def test_keys_are_in_no_variable_log_or_thread(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from rasterio.env import get_gdal_config

    key = put(store, bucket, raster(tmp_path / "quiet.tif", np.full((3, 30, 30), 7, dtype="uint8")))
    before = dict(os.environ)
    with caplog.at_level(logging.DEBUG):
        rooms.quicklook(QuicklookQuery(bucket=bucket, key=key))
        refused(Denied, rooms, store, connection="anyone", bucket=bucket, key=key)
    assert dict(os.environ) == before
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    assert [get_gdal_config(name) for name in names] == [None, None]
    seen: list[Any] = []
    other = threading.Thread(target=lambda: seen.extend(get_gdal_config(name) for name in names))
    other.start()
    other.join(30)
    assert seen == [None, None]
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("botocore")
    )
    assert store.identities["admin"].secret not in caplog.text
    assert store.identities["admin"].access not in ours


def test_variables_of_the_process_have_no_say(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put(store, bucket, raster(tmp_path / "own.tif", np.full((3, 30, 30), 7, dtype="uint8")))
    with WebPage() as page:
        for variable, value in {
            "AWS_SESSION_TOKEN": "stale", "AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other",
            "AWS_PROFILE": "nobody", "AWS_REGION": "mars-1", "AWS_NO_SIGN_REQUEST": "YES", "AWS_HTTPS": "YES",
            "AWS_VIRTUAL_HOSTING": "TRUE", "AWS_S3_ENDPOINT": "127.0.0.1:9", "AWS_REQUEST_PAYER": "requester",
            "http_proxy": page.endpoint, "HTTP_PROXY": page.endpoint,
        }.items():  # fmt: skip
            monkeypatch.setenv(variable, value)
        assert rooms.quicklook(QuicklookQuery(bucket=bucket, key=key))


def test_over_tls_with_an_authority_of_its_own(
    rooms: S3Service, secure_store: WeedServer, connections: Connections, tmp_path: Path
) -> None:
    connections.save(secure_store.request("secure", "admin"))
    key = put(secure_store, "public", raster(tmp_path / "tls.tif", np.full((3, 30, 30), 7, dtype="uint8")))
    assert rooms.quicklook(QuicklookQuery(connection="secure", bucket="public", key=key))


# -- what is no raster


@pytest.mark.parametrize(
    ("key", "body", "message"),
    [("notes.txt", b"hello", "is no raster"), ("empty.tif", b"", "is no raster"), ("false.tif", b"hello" * 99, "no raster that can be shown"),
     ("half.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no raster that can be shown")],
)  # fmt: skip
def test_what_is_no_raster_is_told(
    rooms: S3Service, store: WeedServer, bucket: str, key: str, body: bytes, message: str
) -> None:
    store.client("admin").put_object(Bucket=bucket, Key=key, Body=body)
    assert message in refused(Invalid, rooms, store, bucket=bucket, key=key).detail


def test_a_raster_that_is_a_letter_to_other_files_is_not_opened(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    secret = raster(tmp_path / "of-this-machine.tif", np.full((3, 30, 30), 7, dtype="uint8"))
    letter = tmp_path / "letter.tif"
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{n}"><SimpleSource><SourceFilename>{secret}</SourceFilename>'
        f"<SourceBand>{n}</SourceBand></SimpleSource></VRTRasterBand>"
        for n in (1, 2, 3)
    )
    letter.write_text(f'<VRTDataset rasterXSize="30" rasterYSize="30">{bands}</VRTDataset>')
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(letter) as opened:
            assert opened.driver == "VRT"  # it would work
    key = put(store, bucket, letter)
    assert "no raster" in refused(Invalid, rooms, store, bucket=bucket, key=key).detail


def test_a_picture_that_would_be_read_whole_is_not_when_it_is_large(
    rooms: S3Service, store: WeedServer, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ellip_lab.s3 import quicklook

    monkeypatch.setattr(quicklook, "WHOLE_MOST", 100)
    store.client("admin").put_object(Bucket=bucket, Key="large.png", Body=bytes(101))
    error = refused(Invalid, rooms, store, bucket=bucket, key="large.png")
    assert error.hint == "Make a Cloud-Optimized GeoTIFF of it (rio cogeo create)."


def test_what_is_not_there_or_not_answered_is_told(
    rooms: S3Service, store: WeedServer, connections: Connections, bucket: str
) -> None:
    refused(NotFound, rooms, store, bucket=bucket, key="nothing.tif")
    refused(NotFound, rooms, store, bucket="no-such-bucket-here", key="a.tif")
    with WebPage() as page:
        connections.save(store.request("portal", "admin", endpoint=page.endpoint))
        refused(Unavailable, rooms, store, connection="portal", bucket="public", key="a.tif")
    wrong = Credentials.model_validate(
        {"access_key": store.identities["admin"].access, "secret_key": "nobodys"}
    )
    connections.save(store.request("wrong", "admin").model_copy(update={"credentials": wrong}))
    refused(Denied, rooms, store, connection="wrong", bucket=bucket, key="a.tif")


def test_a_raster_that_is_cut_off_in_the_store_is_told(
    rooms: S3Service, store: WeedServer, bucket: str, tmp_path: Path
) -> None:
    whole = raster(
        tmp_path / "whole.tif",
        np.random.default_rng(1).integers(0, 255, (3, 600, 600), dtype="uint8"),
        tiled=True,
    )
    (tmp_path / "torn.tif").write_bytes(whole.read_bytes()[:300_000])
    key = put(store, bucket, tmp_path / "torn.tif")
    assert "or it is damaged" in refused(Unavailable, rooms, store, bucket=bucket, key=key).detail


def test_a_wire_that_is_cut_while_it_is_drawn_is_told(
    rooms: S3Service, store: WeedServer, connections: Connections, bucket: str, big: tuple[str, int]
) -> None:
    with Wire(store.endpoint) as wire:
        connections.save(store.request("wired", "admin", endpoint=wire.endpoint))
        wire.cut(after=40_000, times=1000)
        error = refused(Unavailable, rooms, store, connection="wired", bucket=bucket, key=big[0])
    assert "could not be read" in error.detail
    assert rooms.read(ContentQuery(bucket=bucket, key=big[0]), 0, 4).read() in (b"II*\0", b"II+\0")


def test_an_older_version_has_no_picture(rooms: S3Service, store: WeedServer, tmp_path: Path) -> None:
    bucket = store.bucket()
    admin = store.client("admin")
    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    file = raster(tmp_path / "v.tif", np.full((3, 30, 30), 7, dtype="uint8")).read_bytes()
    old, new = (admin.put_object(Bucket=bucket, Key="v.tif", Body=file)["VersionId"] for _ in range(2))
    assert rooms.quicklook(QuicklookQuery(bucket=bucket, key="v.tif", version=new))
    assert (
        "newest version only"
        in refused(Invalid, rooms, store, bucket=bucket, key="v.tif", version=old).detail
    )
