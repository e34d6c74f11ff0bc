"""A real registry on loopback: Debian's `docker-registry`, with a login and TLS where a test wants them."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ACCEPTED = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass
class Registry:
    """Is a registry that runs."""

    host: str
    log: Path
    ca: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    user: tuple[str, str] | None = field(default=None, repr=False)

    def digest(self, repository: str, tag: str) -> str | None:
        """Gives the digest of a tag, asked directly."""
        url = f"{'https' if self.ca else 'http'}://{self.host}/v2/{repository}/manifests/{tag}"
        headers = {"Accept": ", ".join(ACCEPTED)}
        if self.user:
            headers["Authorization"] = "Basic " + b64encode(":".join(self.user).encode()).decode()
        context = ssl.create_default_context(cafile=str(self.ca)) if self.ca else None
        request = urllib.request.Request(url, method="HEAD", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as reply:
                return str(reply.headers["Docker-Content-Digest"])
        except urllib.error.HTTPError as error:
            error.close()
            return None

    def stop(self) -> None:
        """Ends it, as a machine that goes away."""
        if self.process:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(folder: Path, *, user: tuple[str, str] | None = None, tls: bool = False) -> Iterator[Registry]:
    """Starts a registry in a folder and ends it."""
    program = shutil.which("docker-registry")
    assert program, "apt-get install docker-registry"
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    more = ""
    ca = None
    if tls:
        ca = certify(folder)
        more += f"  tls: {{certificate: {folder}/registry.crt, key: {folder}/registry.key}}\n"
    if user:
        import bcrypt

        secret = bcrypt.hashpw(user[1].encode(), bcrypt.gensalt(4)).decode()
        (folder / "htpasswd").write_text(f"{user[0]}:{secret}\n")
        more += f"auth:\n  htpasswd: {{realm: tests, path: {folder}/htpasswd}}\n"
    (folder / "registry.yml").write_text(
        "version: 0.1\nlog: {level: error}\n"
        f"storage:\n  filesystem: {{rootdirectory: {folder}/data}}\n  delete: {{enabled: true}}\n"
        f'http:\n  addr: "127.0.0.1:{port}"\n{more}'
    )
    log = folder / "registry.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [program, "serve", str(folder / "registry.yml")],
            stdout=stream,
            stderr=stream,
            stdin=subprocess.DEVNULL,
            # it takes REGISTRY_AUTH_FILE, which is podman's, for a setting of its own
            env={name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")},
        )
    registry = Registry(f"127.0.0.1:{port}", log, ca, process, user)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
        yield registry
    finally:
        registry.stop()


def certify(folder: Path) -> Path:
    """Makes an authority of the folder's own and a certificate for 127.0.0.1; gives the authority's."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=tests",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    openssl("req", *new, "-keyout", "registry.key", "-out", "registry.csr", "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    openssl(
        "x509", "-req", "-in", "registry.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
        "-out", "registry.crt", "-extfile", "names",
    )  # fmt: skip
    return folder / "ca.crt"


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Gives a registry that wants no login and speaks plain HTTP."""
    with serving(tmp_path_factory.mktemp("registry")) as one:
        yield one


@pytest.fixture
def password() -> str:
    """Gives a password that stands nowhere but where it is used."""
    return f"pw-{os.urandom(12).hex()}"


@pytest.fixture
def locked(tmp_path: Path, password: str) -> Iterator[Registry]:
    """Gives a registry that lets only `ada` in, by plain HTTP."""
    with serving(tmp_path / "locked", user=("ada", password)) as one:
        yield one


@pytest.fixture
def certified(tmp_path: Path, password: str) -> Iterator[Registry]:
    """Gives a registry that lets only `ada` in, by HTTPS with an authority that nobody knows."""
    with serving(tmp_path / "certified", user=("ada", password), tls=True) as one:
        yield one
