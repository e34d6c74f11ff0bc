"""Ready code: it runs, in a process that has nothing but the variables of a used connection."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from ellip_lab.errors import Invalid
from ellip_lab.s3.code import code
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import CodeLanguage, CodeQuery
from ellip_lab.s3.surroundings import surroundings
from s3.stores import WeedServer

ITEM = {
    "type": "Feature", "stac_version": "1.1.0", "id": "scene-1", "geometry": None, "links": [], "assets": {},
    "properties": {"datetime": "2026-01-01T00:00:00Z"},
}  # fmt: skip
PLACES = ("plain/{}", "od d/ü \U0001f6f0 ?#&%20+='\"/{}")
"""A key without trouble, and one with."""


def tiff() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile() as file:
            with file.open(driver="GTiff", width=7, height=5, count=1, dtype="uint8") as raster:
                raster.write(np.ones((1, 5, 7), dtype="uint8"))
            return BytesIO(file.read()).getvalue()


@pytest.fixture(scope="module")
def filled(store: WeedServer, secure_store: WeedServer) -> None:
    for server in (store, secure_store):
        admin = server.client("admin")
        for place in PLACES:
            admin.put_object(
                Bucket="public", Key=place.format("a.tif"), Body=tiff(), ContentType="image/tiff"
            )
            admin.put_object(Bucket="public", Key=place.format("item.json"), Body=json.dumps(ITEM).encode())


def run(
    connections: Connections,
    store: WeedServer,
    name: str,
    language: CodeLanguage,
    key: str,
    then: str,
    cwd: Path,
) -> str:
    """Runs the code for an object as a kernel does that uses the connection, and gives what it prints."""
    text = code(connections, CodeQuery(connection=name, bucket="public", key=key, language=language)).text
    around = surroundings(connections, name)
    shown = text + json.dumps(around.set)
    assert not [
        word for one in store.identities.values() for word in (one.access, one.secret) if word in shown
    ]
    environment = {variable: value for variable, value in os.environ.items() if variable not in around.unset}
    done = subprocess.run(
        [sys.executable, "-c", text + then],
        env={**environment, **around.set},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    return done.stdout


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("place", PLACES, ids=["plain", "odd"])
@pytest.mark.parametrize("name", ["admin", "reader", "keyholder", "anyone"])
def test_the_code_runs(
    connections: Connections, store: WeedServer, tmp_path: Path, name: str, place: str
) -> None:
    def ran(language: CodeLanguage, file: str, then: str = "") -> str:
        return run(connections, store, name, language, place.format(file), then, tmp_path)

    assert "'width': 7" in ran(CodeLanguage.RASTERIO, "a.tif")
    assert ran(CodeLanguage.BOTO3, "item.json", "import json\nprint(json.loads(data)['id'])") == "scene-1\n"
    assert ran(CodeLanguage.PYSTAC, "item.json") == "<Item id=scene-1>\n"
    assert list(tmp_path.glob("*.tif")) == []


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("language", [CodeLanguage.RASTERIO, CodeLanguage.BOTO3])
def test_the_code_runs_over_tls(
    connections: Connections, secure_store: WeedServer, tmp_path: Path, language: CodeLanguage
) -> None:
    connections.save(secure_store.request("secure", "admin"))
    then = "print(len(data))" if language is CodeLanguage.BOTO3 else ""
    printed = run(connections, secure_store, "secure", language, PLACES[0].format("a.tif"), then, tmp_path)
    assert ("'width': 7" in printed) if language is CodeLanguage.RASTERIO else int(printed) == len(tiff())


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("key", "call", "module"),
    [("plain/a.tif", "rioxarray.open_rasterio('/vsis3/public/plain/a.tif')", "rioxarray"),
     ("cube.zarr/", "xarray.open_zarr('s3://public/cube.zarr'", "zarr"),
     ("a.nc", "fsspec.open('s3://public/a.nc', \"rb\"", "h5netcdf")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["admin", "anyone"])
def test_xarray_opens_by_what_it_is(
    connections: Connections, store: WeedServer, tmp_path: Path, name: str, key: str, call: str, module: str
) -> None:
    text = code(
        connections, CodeQuery(connection=name, bucket="public", key=key, language=CodeLanguage.XARRAY)
    ).text
    compile(text, "code", "exec")
    assert call in text
    assert ("'anon': True" in text or "anon=True" in text) is (name == "anyone" and "rioxarray" not in text)
    if key.endswith(".tif") and importlib.util.find_spec(module):
        assert "x: 7" in run(connections, store, name, CodeLanguage.XARRAY, key, "", tmp_path)


def test_addresses_are_those_of_the_lab_and_of_gdal(connections: Connections) -> None:
    def text(language: CodeLanguage, name: str | None = None) -> str:
        return code(
            connections, CodeQuery(connection=name, bucket="public", key="d/ü a", language=language)
        ).text

    assert text(CodeLanguage.S3) == "s3://public/d/ü a"
    assert text(CodeLanguage.S3, "reader") == "s3://reader@public/d/ü a"
    assert text(CodeLanguage.VSIS3, "reader") == "/vsis3/public/d/ü a"


def test_who_pays_is_said(connections: Connections, store: WeedServer) -> None:
    connections.save(store.request("paying", "admin", requester_pays=True))
    text = code(
        connections, CodeQuery(connection="paying", bucket="public", key="a", language=CodeLanguage.BOTO3)
    ).text
    assert 'RequestPayer="requester"' in text


def test_a_version_is_named_where_there_is_a_way(connections: Connections) -> None:
    query = CodeQuery(bucket="public", key="a", version="v'1", language=CodeLanguage.BOTO3)
    text = code(connections, query).text
    assert 'VersionId="v\'1"' in text
    with pytest.raises(Invalid, match="no way to name a version"):
        code(connections, query.model_copy(update={"language": CodeLanguage.RASTERIO}))
