"""Real object stores for tests: `weed server` with several identities, started once and ended with the tests.

A test anywhere uses them by importing the fixtures into its conftest:

    from s3.stores import connections, secure_store, store  # noqa: F401

- `store` (session): a `WeedServer`. `.endpoint`; `.identities["admin"|"reader"|"keyholder"|"one"]` with `.access`
  and `.secret`; `.client("admin")` a plain boto3 client, `.client(None)` an unsigned one; `.secrets` every secret,
  to look for; `.request(name, identity)` a `ConnectionRequest`; `.bucket()` makes a bucket of a fresh name.
  There are two buckets already: `public`, which anybody may list and read and which has `hello.txt` (b"hello"),
  and `one`, the only bucket identity `one` has anything to do with.
  `reader` lists and reads everything; `keyholder` reads `public` and `one` and lists nothing.
- `secure_store` (session): another one, over TLS alone, with a certificate of its own authority; `.ca` is the file.
- `connections`: the `Connections` of the test's own `settings`, with `admin` (the default), `reader`, `keyholder`,
  `one` and `anyone` (anonymous) saved for `store`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ellip_lab.s3 import boto, weed
from ellip_lab.s3.connections import Connections
from ellip_lab.s3.contract import Auth, ConnectionRequest, Credentials, Style
from ellip_lab.settings import Settings

# The kernel ends the store when the tests are killed, and no fixture is finished any more (PR_SET_PDEATHSIG, SIGKILL).
DIES_WITH_US = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
ACTIONS = {
    "admin": ["Admin", "Read", "List", "Tagging", "Write"],
    "reader": ["Read", "List"],
    "keyholder": ["Read:public", "Read:one"],
    "one": [f"{action}:one" for action in ("Read", "List", "Tagging", "Write")],
    "anonymous": ["Read:public", "List:public"],
}


@dataclass(frozen=True)
class Identity:
    access: str
    secret: str = field(repr=False)


class WeedServer:
    """Is a `weed server` on loopback, on free ports, its data in a folder of the test's."""

    def __init__(self, folder: Path, ca: Path | None = None) -> None:
        self.folder = folder
        self.ca = ca
        self.identities = {
            name: Identity(f"AK{secrets.token_hex(8).upper()}", f"sk{secrets.token_urlsafe(30)}")
            for name in ACTIONS
            if name != "anonymous"
        }
        self.endpoint = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(one.secret for one in self.identities.values())

    def start(self) -> None:
        (self.folder / "data").mkdir(parents=True)
        known = [
            {
                "name": name,
                "actions": actions,
                "credentials": [
                    {"accessKey": self.identities[name].access, "secretKey": self.identities[name].secret}
                ]
                if name in self.identities
                else [],
            }
            for name, actions in ACTIONS.items()
        ]
        (self.folder / "identities.json").write_text(json.dumps({"identities": known}))
        ports = free_ports("s3", "master", "volume", "filer", "https")
        flags: dict[str, Any] = {
            "dir": "data", "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "master.telemetry": "false",
            "master.port": ports["master"], "volume.port": ports["volume"], "filer.port": ports["filer"],
            "s3.port": ports["s3"], "s3.config": "identities.json", "s3.port.iceberg": 0, "s3.port.lance": 0,
            "s3.allowDeleteBucketNotEmpty": "false", "s3.autoCreateBucket": "false", "s3.iam": "false",
            "volume.max": 400, "master.volumeSizeLimitMB": 128,
            "filer.localSocket": "filer.sock", "s3.localSocket": "s3.sock",
        }  # fmt: skip
        if self.ca:
            flags |= {
                "s3.port.https": ports["https"],
                "s3.cert.file": "server.pem",
                "s3.key.file": "server.key",
            }
            self.endpoint = f"https://127.0.0.1:{ports['https']}"
        else:
            self.endpoint = f"http://127.0.0.1:{ports['s3']}"
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", DIES_WITH_US, weed.program(), "server", "-s3", "-disableHttp", *(f"-{name}={value}" for name, value in flags.items())],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "GOMEMLIMIT": "400MiB", "GOGC": "50"},
            )  # fmt: skip
        admin = self.client("admin")
        limit = time.monotonic() + 90
        missing = ["public", "one"]
        while True:
            try:
                while missing:
                    admin.create_bucket(Bucket=missing[0])
                    missing.pop(0)
                admin.put_object(Bucket="public", Key="hello.txt", Body=b"hello", ContentType="text/plain")
                break
            except (BotoCoreError, ClientError) as error:
                if isinstance(error, ClientError) and "BucketAlready" in error.response["Error"]["Code"]:
                    missing.pop(0)  # made by a request whose answer got lost
                elif self.process.poll() is not None or time.monotonic() > limit:
                    tail = (self.folder / "log").read_text(errors="replace")[-3000:]
                    raise RuntimeError(f"weed did not start: {error}\n{tail}") from error
                time.sleep(0.1)
        admin.close()

    def stop(self) -> None:
        if self.process is not None:
            # it does not listen to anything softer
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, identity: str | None) -> Any:
        """A plain boto3 client, with nothing of ours in it; the caller may close it."""
        who = self.identities[identity] if identity else None
        session = boto3.session.Session(
            aws_access_key_id=who.access if who else "none",
            aws_secret_access_key=who.secret if who else "none",
        )
        config = Config(
            s3={"addressing_style": "path"}, proxies={}, connect_timeout=5, read_timeout=60,
            retries={"total_max_attempts": 3}, signature_version=None if who else UNSIGNED,
        )  # fmt: skip
        verify = str(self.ca) if self.ca else None
        return session.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1", config=config, verify=verify
        )

    def request(self, name: str, identity: str | None, **settings: Any) -> ConnectionRequest:
        """A connection to this store, to be saved."""
        who = self.identities[identity] if identity else None
        credentials = (
            Credentials.model_validate({"access_key": who.access, "secret_key": who.secret}) if who else None
        )
        return ConnectionRequest(
            name=name, endpoint=self.endpoint, region="us-east-1", style=Style.PATH, credentials=credentials,
            auth=Auth.KEYS if who else Auth.ANONYMOUS, ca_bundle=str(self.ca) if self.ca else None, replace=True,
        ).model_copy(update=settings)  # fmt: skip

    def bucket(self, prefix: str = "b") -> str:
        """Makes a bucket of a fresh name."""
        name = f"{prefix}-{secrets.token_hex(4)}"
        admin = self.client("admin")
        admin.create_bucket(Bucket=name)
        admin.close()
        return name


def free_ports(*names: str) -> dict[str, int]:
    """Chooses ports that are free, each with its own plus 10000, which weed takes for gRPC."""
    chosen: dict[str, int] = {}
    while len(chosen) < len(names):
        port = 20_000 + secrets.randbelow(12_000)
        if port not in chosen.values() and weed._free(port) and weed._free(port + 10_000):
            chosen[names[len(chosen)]] = port
    return chosen


def authority(folder: Path, names: str = "IP:127.0.0.1,DNS:localhost") -> Path:
    """Makes an authority and a certificate for those names: `ca.pem`, `server.pem`, `server.key`; gives the first."""
    folder.mkdir(parents=True, exist_ok=True)
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    subprocess.run(
        [*make, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [*make, "-keyout", "server.key", "-out", "server.pem", "-subj", "/CN=localhost", "-CA", "ca.pem", "-CAkey",
         "ca.key", "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=CA:FALSE"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "ca.pem"


@contextlib.contextmanager
def running(folder: Path, ca: Path | None = None) -> Iterator[WeedServer]:
    """Runs a store for a while."""
    server = WeedServer(folder, ca)
    try:
        server.start()
        yield server
    finally:
        boto.close_clients()
        server.stop()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeedServer]:
    with running(tmp_path_factory.mktemp("weed")) as server:
        yield server


@pytest.fixture(scope="session")
def secure_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WeedServer]:
    folder = tmp_path_factory.mktemp("weedtls")
    with running(folder, authority(folder)) as server:
        yield server


@pytest.fixture
def connections(store: WeedServer, settings: Settings) -> Iterator[Connections]:
    known = Connections(settings)
    for name in ("admin", "reader", "keyholder", "one"):
        known.save(store.request(name, name))
    known.save(store.request("anyone", None))
    yield known
    boto.close_clients()
