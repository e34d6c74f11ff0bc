"""The first page of a large bucket: what the room and a Jupyter server add to the store's own answer.

A bucket of 50,000 keys and one of ten, in the embedded store; with BENCHMARK_MILLION=1 also one of 1,000,000, which
takes a quarter of an hour to fill. BENCHMARK_STORE=FOLDER keeps the store there, filled, for another time.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks.measure import Line, Result, ratio, timed

TURNS = 41
TARGET = 50.0
"""Milliseconds that may be added to the store's own answer."""
PAGE = 200
"""What the panel asks for."""


def measure() -> list[Result]:
    """Fills the buckets unless they are there, and asks each side in turn for its first page."""
    from ellip_lab.lab import Lab
    from ellip_lab.settings import Settings

    counts = [10, 50_000] + ([1_000_000] if os.environ.get("BENCHMARK_MILLION") else [])
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(os.environ.get("BENCHMARK_STORE") or made)
        lab = Lab(Settings(state=folder / "state", root=Path(made)))
        lab.s3.start_store()
        try:
            plain = client(lab)
            for count in counts:
                fill(lab, plain, count)
            with server(folder / "state", Path(made)) as ask:
                for count in counts[1:]:
                    results += pages(lab, plain, ask, count)
        finally:
            lab.s3.stop_store()
    return results


def pages(lab: Any, plain: Any, ask: Callable[[str], bytes], count: int) -> list[Result]:
    """Measures one bucket."""
    from ellip_lab.s3.contract import ObjectsQuery

    bucket = name(count)
    url = plain.generate_presigned_url(
        "list_objects_v2", Params={"Bucket": bucket, "MaxKeys": PAGE, "Delimiter": "/"}
    )
    parts = urlsplit(url)
    line = http.client.HTTPConnection(str(parts.hostname), parts.port or 80)

    def store() -> None:
        line.request("GET", f"{parts.path}?{parts.query}")
        if line.getresponse().read().count(b"<Key>") != PAGE:
            raise SystemExit(f"the store's page of {bucket} does not have {PAGE} keys")

    def room() -> None:
        page = lab.s3.objects(ObjectsQuery(connection="local", bucket=bucket, limit=PAGE))
        if len(page.objects) != PAGE or page.next is None or not page.model_dump_json():
            raise SystemExit(f"the page of {bucket} has {len(page.objects)} keys")

    def boto3() -> None:
        reply = plain.list_objects_v2(Bucket=bucket, MaxKeys=PAGE, Delimiter="/")
        if not json.dumps(reply["Contents"], default=str):
            raise SystemExit("nothing was listed")

    def door() -> None:
        if (
            len(json.loads(ask(f"s3/objects?connection=local&bucket={bucket}&limit={PAGE}"))["objects"])
            != PAGE
        ):
            raise SystemExit("the server's page is another one")

    def ten(bucket: str) -> Callable[[], None]:
        query = ObjectsQuery(connection="local", bucket=bucket, limit=10)

        def page() -> None:
            if len(lab.s3.objects(query).objects) != 10:
                raise SystemExit(f"the page of {bucket} does not have ten keys")

        return page

    took = in_turn(store, room, boto3, door, ten(bucket), ten(name(10)))
    line.close()
    what = f"{count:,} keys, first page"
    return [
        beyond(f"{what}: the room's own", took[1], took[0]),
        beyond(f"{what}: the server's own", took[3], took[0]),
        ratio(f"{what} against boto3", took[1], took[2], 1.0, "boto3"),
        Line(f"{what}: more than of ten keys", f"{took[4] * 1000:.0f} ms", f"of ten {took[5] * 1000:.0f} ms", (took[4] - took[5]) * 1000, TARGET, "ms"),
    ]  # fmt: skip


def in_turn(*sides: Callable[[], None]) -> list[float]:
    """Measures several things in turn, after one turn that does not count; gives their medians in seconds."""
    for side in sides:
        side()
    times = [[timed(side) for side in sides] for _ in range(TURNS)]
    return [median(column) for column in zip(*times, strict=True)]


def beyond(what: str, ours: float, store: float) -> Line:
    """Gives the line for what is added to the store's own answer."""
    return Line(
        what, f"{ours * 1000:.0f} ms", f"the store {store * 1000:.0f} ms", (ours - store) * 1000, TARGET, "ms"
    )


def name(count: int) -> str:
    """Gives the bucket that has so many keys."""
    return f"keys-{count}"


def keys(lab: Any) -> tuple[str, str, str]:
    """Gives where the embedded store is, and its keys."""
    from ellip_lab.s3 import weed

    return (lab.s3.show_store().endpoint, *weed.keys(lab.settings.state / "store"))


def client(lab: Any) -> Any:
    """Gives a plain boto3 client, with nothing of ours in it."""
    import boto3
    from botocore.config import Config

    endpoint, access, secret = keys(lab)
    session = boto3.session.Session(aws_access_key_id=access, aws_secret_access_key=secret)
    config = Config(s3={"addressing_style": "path"}, signature_version="s3v4", proxies={})
    return session.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)


def fill(lab: Any, plain: Any, count: int) -> None:
    """Makes a bucket of so many small objects, unless it is there and full."""
    import obstore
    from obstore.store import S3Store

    bucket = name(count)
    have = {found["Name"] for found in plain.list_buckets()["Buckets"]}
    last = f"item-{count - 1:07d}.json"
    if bucket in have and plain.list_objects_v2(Bucket=bucket, Prefix=last).get("KeyCount"):
        return
    if bucket not in have:
        plain.create_bucket(Bucket=bucket)
    endpoint, access, secret = keys(lab)
    target = S3Store(
        bucket, endpoint=endpoint, access_key_id=access, secret_access_key=secret, region="us-east-1",
        virtual_hosted_style_request=False, client_options={"allow_http": True},
    )  # fmt: skip
    numbers = iter(range(count - 1))

    async def put() -> None:
        for number in numbers:
            await obstore.put_async(target, f"item-{number:07d}.json", b"{}")

    async def all_of_them() -> None:
        await asyncio.gather(*(put() for _ in range(24)))

    asyncio.run(all_of_them())
    plain.put_object(Bucket=bucket, Key=last, Body=b"{}")  # the last one says that it is full


@contextmanager
def server(state: Path, root: Path) -> Iterator[Callable[[str], bytes]]:
    """Runs a Jupyter server with the extension, and gives a call that asks it."""
    token = secrets.token_hex(16)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", f"--port={port}", "--ServerApp.port_retries=0", "--no-browser",
         "--allow-root", f"--ServerApp.root_dir={root}", "--ServerApp.jpserver_extensions={'ellip_lab': True}"],
        env={**os.environ, "ELLIP_LAB_STATE": str(state), "JUPYTER_TOKEN": token}, cwd=root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    line = http.client.HTTPConnection("127.0.0.1", port)

    def ask(path: str) -> bytes:
        line.request("GET", f"/ellip-lab/{path}", headers={"Authorization": f"token {token}"})
        reply = line.getresponse()
        body = reply.read()
        if reply.status != 200:
            raise SystemExit(f"the server answers {path} with {reply.status}: {body.decode()[:300]}")
        return body

    try:
        limit = time.monotonic() + 90
        while True:
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    f"http://127.0.0.1:{port}/api", timeout=5
                ):
                    break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > limit:
                    raise SystemExit("the Jupyter server does not start") from error
                time.sleep(0.1)
        yield ask
    finally:
        line.close()
        process.terminate()
        process.wait(60)
