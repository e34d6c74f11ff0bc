"""`%s3`, in a shell and in a real kernel, against a real store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from s3.stores import WeedServer

from ellip_lab.lab import Lab
from ellip_lab.magics import using
from ellip_lab.s3 import boto
from ellip_lab.s3.contract import ConnectionQuery
from ellip_lab.settings import Settings

from .test_kernel import Kernel, kernel, kinds  # noqa: F401 - a fixture


@pytest.fixture
def known(tmp_path: Path, store: WeedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeedServer]:
    """A state that knows the store, and an environment that knows nothing."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GDAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("ELLIP_LAB_STATE", str(tmp_path / "state"))
    lab = Lab(Settings(state=tmp_path / "state", root=tmp_path))
    lab.s3.save_connection(store.request("admin", "admin"))
    lab.s3.save_connection(store.request("anyone", None))
    lab.s3.choose_connection(ConnectionQuery(connection="admin"))
    yield store
    using.put(using._before)
    using._before.clear()
    boto.close_clients()


@pytest.fixture
def bucket(known: WeedServer) -> Iterator[tuple[str, Any]]:
    client = known.client("admin")
    yield known.bucket("magics"), client
    client.close()


def magic(shell: InteractiveShell, line: str) -> Any:
    return shell.run_line_magic("s3", line)


def test_alone_it_says_what_it_can(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic(shell, "") is None
    said = capsys.readouterr().out
    for verb in ("use", "ls", "cat", "cp", "connections"):
        assert verb in said


def test_connections(shell: InteractiveShell, known: WeedServer) -> None:
    shown = magic(shell, "connections")
    assert "admin (default)" in shown._repr_html_()
    assert known.endpoint in repr(shown)
    assert {one.name for one in shown.record.connections} >= {"admin", "anyone", "local"}


def test_lists(shell: InteractiveShell, bucket: tuple[str, Any]) -> None:
    name, client = bucket
    for key in ("a/1", "a/2", "<b>.txt", "c\nd"):
        client.put_object(Bucket=name, Key=key, Body=b"12345")
    assert name in repr(magic(shell, "ls"))
    page = magic(shell, f"ls s3://{name}/")
    assert page.record.folders == ("a/",)
    assert "&lt;b&gt;.txt" in page._repr_html_()
    assert "c\\x0ad" in repr(page)
    assert "5 B" in repr(page)
    assert "nothing" in repr(magic(shell, f"ls s3://{name}/zzz"))
    assert "--all" in repr(magic(shell, f"ls s3://{name}/a/ -n 1"))
    assert len(magic(shell, f"ls s3://{name}/a/ -n 1 --all").record.objects) == 2
    assert len(magic(shell, f"ls -r s3://{name}").record.objects) == 4


def test_shows_text_and_only_text(shell: InteractiveShell, bucket: tuple[str, Any]) -> None:
    name, client = bucket
    client.put_object(Bucket=name, Key="a b.txt", Body="grüße <x>".encode())
    client.put_object(Bucket=name, Key="b.bin", Body=bytes(range(256)))
    client.put_object(Bucket=name, Key="long.txt", Body="ü".encode() * 2**20)
    shown = magic(shell, f"cat 's3://{name}/a b.txt'")
    assert repr(shown) == "grüße <x>"
    assert shown._repr_html_() == "<pre>grüße &lt;x&gt;</pre>"
    binary = magic(shell, f"cat s3://{name}/b.bin")
    assert (binary.text, binary.data) == (None, bytes(range(256)))
    assert "no text" in repr(binary)
    long = magic(shell, f"cat s3://{name}/long.txt")
    assert len(long.data) == 2**20
    assert "the first 1.0 MB of 2.1 MB" in repr(long)


def test_copies(shell: InteractiveShell, bucket: tuple[str, Any]) -> None:
    name, client = bucket
    Path("a.txt").write_text("here")
    shown = magic(shell, f"cp a.txt s3://{name}/in/")
    assert "✓ done" in repr(shown)
    assert client.get_object(Bucket=name, Key="in/a.txt")["Body"].read() == b"here"
    with pytest.raises(UsageError, match="exists already"):
        magic(shell, f"cp a.txt s3://{name}/in/")
    assert magic(shell, f"cp --skip a.txt s3://{name}/in/").record.skipped == 1
    magic(shell, f"cp s3://{name}/in/ back/")
    assert Path("back/a.txt").read_text() == "here"


@pytest.mark.parametrize(
    "line",
    ["ls s3://x", "ls nothing", "cat s3://public/", "cat s3://public/nothing", "use nobody", "cp a", "cp a b", "fly"],
)  # fmt: skip
def test_an_error_is_one_clear_block(shell: InteractiveShell, known: WeedServer, line: str) -> None:
    before = dict(os.environ)
    with pytest.raises(UsageError) as caught:
        magic(shell, line)
    assert "Traceback" not in str(caught.value)
    assert dict(os.environ) == before


def test_what_was_before_comes_back(
    shell: InteractiveShell, known: WeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    magic(shell, "use admin")
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert os.environ["AWS_PROFILE"] == "admin"
    assert os.environ["AWS_ENDPOINT_URL_S3"] == known.endpoint
    magic(shell, "use anyone")
    assert os.environ["AWS_NO_SIGN_REQUEST"] == "YES"
    magic(shell, "use admin")
    assert "AWS_NO_SIGN_REQUEST" not in os.environ
    with pytest.raises(UsageError):
        magic(shell, "use nobody")
    assert os.environ["AWS_PROFILE"] == "admin"
    using.put(using._before)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    assert "AWS_PROFILE" not in os.environ


def said(messages: list[dict[str, Any]]) -> str:
    """Gives what a cell has printed; the error when it has failed."""
    for message in messages:
        if message["msg_type"] == "error":
            raise AssertionError("\n".join(message["content"]["traceback"]))
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")


RASTER = """
import numpy, rasterio
from rasterio.transform import from_origin
with rasterio.open("a.tif", "w", driver="GTiff", width=64, height=32, count=1, dtype="uint8",
                   crs="EPSG:4326", transform=from_origin(10, 50, .1, .1)) as made:
    made.write(numpy.full((1, 32, 64), 7, "uint8"))
"""
READS = {
    "boto3": "import boto3; print(boto3.client('s3').get_object(Bucket='{0}', Key='a.txt')['Body'].read())",
    "boto3 again": "print(boto3.resource('s3').Object('{0}', 'a.txt').get()['Body'].read())",
    "s3fs": "import s3fs; print(s3fs.S3FileSystem().cat('{0}/a.txt'))",
    "rasterio": "import rasterio; d = rasterio.open('s3://{0}/a.tif'); print(d.shape, int(d.read(1).sum()))",
    "gdal": "d = rasterio.open('/vsis3/{0}/a.tif'); print(d.shape, int(d.read(1).sum()))",
}


def test_a_notebook_reads_with_no_key_in_it(
    kernel: Kernel,  # noqa: F811
    bucket: tuple[str, Any],
    known: WeedServer,
    tmp_path: Path,
) -> None:
    name, client = bucket
    client.put_object(Bucket=name, Key="a.txt", Body=b"seen")
    said(kernel.run(RASTER))
    for key in ("a.tif", "b.tif"):
        client.upload_file(str(tmp_path / "a.tif"), name, key)
    said(kernel.run("%load_ext ellip_lab"))
    before = kernel.run(READS["boto3"].format(name))
    assert "error" in kinds(before), "without a connection there is nothing"
    shown = kernel.run("%s3 use admin")
    (result,) = [m["content"]["data"] for m in shown if m["msg_type"] == "execute_result"]
    assert "rasterio" in result["text/html"]
    for who, source in READS.items():
        found = said(kernel.run(source.format(name)))
        assert found.strip() in ("b'seen'", f"(32, 64) {7 * 32 * 64}"), who
    # everything that the kernel could show of itself
    told = said(kernel.run("import os; print(dict(os.environ)); print(globals())"))
    assert not [secret for secret in known.secrets if secret in told]
    # another connection: what was loaded before follows
    shown = kernel.run("%s3 use anyone")
    said(shown)
    (result,) = [m["content"]["data"] for m in shown if m["msg_type"] == "execute_result"]
    assert "UNSIGNED" in result["text/html"]
    for who in ("s3fs", "gdal"):
        # another raster: GDAL keeps what it has read once
        source = READS[who].format(name).replace("a.tif", "b.tif")
        assert "error" in kinds(kernel.run(source)), who
    hello = READS["s3fs"].format("public").replace("a.txt", "hello.txt")
    assert said(kernel.run(hello)).strip() == "b'hello'"
    # boto3 has no variable for a request that is not signed
    hello = READS["boto3"].format("public").replace("a.txt", "hello.txt")
    assert said(kernel.run(hello)).strip() == "b'hello'"


def test_progress_lives_in_a_notebook(kernel: Kernel, bucket: tuple[str, Any], tmp_path: Path) -> None:  # noqa: F811
    name, _ = bucket
    (tmp_path / "a.bin").write_bytes(bytes(30 * 2**20))
    said(kernel.run("%load_ext ellip_lab"))
    messages = kernel.run(f"%s3 cp a.bin s3://{name}/")
    said(messages)
    assert kinds(messages).count("display_data") == 1
    last = [m for m in messages if m["msg_type"] in ("display_data", "update_display_data")][-1]
    assert "✓ done" in last["content"]["data"]["text/html"]
