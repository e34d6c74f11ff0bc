"""A hall with an object store of its own, for the tests of inputs and outputs that are in one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ellip_lab.errors import NotFound
from ellip_lab.lab import Lab
from ellip_lab.s3 import weed
from ellip_lab.s3.contract import (
    Auth,
    BucketRequest,
    ConnectionQuery,
    ConnectionRequest,
    Credentials,
    ObjectsQuery,
    Style,
    WriteQuery,
)
from ellip_lab.settings import Settings

PATIENCE = 120.0
DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A hall whose store has the buckets `scenes` and `results`; nothing of it runs at the end."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "workspace").mkdir()
    lab = Lab(Settings(state=folder / "state", root=folder / "workspace", task_limit=4, container="none"))
    for bucket in ("scenes", "results"):
        lab.s3.make_bucket(BucketRequest(connection="local", bucket=bucket))
    lab.s3.choose_connection(ConnectionQuery(connection="local"))
    yield lab
    lab.s3.stop_store()


def write(lab: Lab, bucket: str, key: str, data: bytes) -> None:
    """Puts an object into the store."""
    lab.s3.write(WriteQuery(connection="local", bucket=bucket, key=key), data)


def keys(lab: Lab, bucket: str, prefix: str = "") -> list[str]:
    """Gives the keys below a prefix."""
    found: list[str] = []
    token = None
    while True:
        try:
            page = lab.s3.objects(
                ObjectsQuery(
                    connection="local", bucket=bucket, prefix=prefix, flat=True, limit=1000, after=token
                )
            )
        except NotFound:
            return found
        found += [one.key for one in page.objects]
        token = page.next
        if token is None:
            return found


def save(lab: Lab, name: str, endpoint: str, *, anonymous: bool = False) -> None:
    """Keeps a connection to the store at another endpoint, as its owner or as nobody."""
    from pydantic import SecretStr

    access, secret = weed.keys(lab.settings.state / "store")
    lab.s3.save_connection(
        ConnectionRequest(
            name=name,
            endpoint=endpoint,
            region="us-east-1",
            style=Style.PATH,
            auth=Auth.ANONYMOUS if anonymous else Auth.KEYS,
            credentials=None
            if anonymous
            else Credentials(access_key=SecretStr(access), secret_key=SecretStr(secret)),
            replace=True,
        )
    )


def document(lab: Lab, name: str) -> Path:
    """Gives a document of the fixtures, copied into the workspace."""
    target = lab.settings.root / name
    if not target.exists():
        shutil.copy(DOCUMENTS / name, target)
    return target


def secrets_in(lab: Lab, run: str) -> list[Path]:
    """Gives the files of a task that hold a key of the store."""
    found = weed.keys(lab.settings.state / "store")
    return [
        file
        for file in lab.tasks.directory(run).rglob("*")
        if file.is_file() and any(key.encode() in file.read_bytes() for key in found)
    ]
