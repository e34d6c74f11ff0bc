"""Registries: signing in and out, saving how they are reached, tags and digests; against real ones on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from podman_store import IMAGE, podman
from pydantic import SecretStr

from containers.registry import Registry
from containers.working import done, failed, log
from ellip_lab.containers import auth_files, reaching, references
from ellip_lab.containers import contract as words
from ellip_lab.containers.contract import EngineKind
from ellip_lab.containers.service import ContainersService
from ellip_lab.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from ellip_lab.settings import Settings

pytestmark = pytest.mark.podman


@pytest.fixture
def own(rooms: ContainersService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContainersService:
    """Gives the room with a home and a file of who is signed in of the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    auth = home / "auth.json"
    auth.write_text("{}")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(auth))
    return rooms


def sign_in(rooms: ContainersService, registry: Registry, password: str) -> words.Registry:
    return rooms.login(words.LoginRequest(host=registry.host, user="ada", password=SecretStr(password)))


def find(rooms: ContainersService, host: str) -> words.Registry:
    return next(one for one in rooms.registries().registries if one.host == host)


def test_known_registries_are_listed_with_what_to_sign_in_with(own: ContainersService) -> None:
    found = own.registries()
    assert [one.host for one in found.registries] == [
        "docker.io", "ghcr.io", "registry.gitlab.com", "quay.io", "localhost:5000",
    ]  # fmt: skip
    assert all(one.hint and one.homepage and one.preset and one.user is None for one in found.registries)
    assert {one.host for one in found.registries if not one.searchable} == {"ghcr.io", "registry.gitlab.com"}
    assert found.auth == os.environ["REGISTRY_AUTH_FILE"]


def test_signing_in_pushing_pulling_and_signing_out(
    own: ContainersService, store: dict[str, str], settings: Settings, locked: Registry, password: str
) -> None:
    with pytest.raises(Unavailable, match="plain HTTP"):
        sign_in(own, locked, password)
    own.save_registry(words.RegistryRequest(host=locked.host, insecure=True))
    with pytest.raises(Denied, match="does not accept") as wrong:
        sign_in(own, locked, "wrong-" + password)
    assert password not in wrong.value.detail + (wrong.value.hint or "")
    assert find(own, locked.host).user is None

    name = f"{locked.host}/ellip/locked:1"
    push = words.PushRequest(image=IMAGE, target=name)
    denied = failed(own, own.push(push))
    assert denied.headline == f"{locked.host} does not let you do that"
    assert "Sign in" in (denied.hint or "")
    with pytest.raises(Denied, match="nobody is signed in"):
        own.tags(words.TagsQuery(repository=f"{locked.host}/ellip/locked"))

    signed = sign_in(own, locked, password)
    assert (signed.user, signed.saved, signed.insecure) == ("ada", True, True)
    assert own.registries().registries[0].host == locked.host  # signed in: first
    work = done(own, own.push(push))
    assert work.result == locked.digest("ellip/locked", "1")
    assert own.tags(words.TagsQuery(repository=f"{locked.host}/ellip/locked")).tags == ("1",)
    assert own._registries.digest(name) == work.result
    pulled = done(own, own.pull(words.PullRequest(image=name)))
    podman(store, "rmi", name)

    # the password stands in podman's own file (as base64) and nowhere else
    for place in settings.state.rglob("*"):
        if place.is_file():
            assert password.encode() not in place.read_bytes(), place
    told = own.show_work(work.id).model_dump_json() + log(own, work) + log(own, pulled)
    assert password not in told + own.registries().model_dump_json()
    auth = json.loads(Path(os.environ["REGISTRY_AUTH_FILE"]).read_text())
    assert list(auth["auths"]) == [locked.host]

    assert own.logout(words.HostQuery(host=locked.host)).user is None
    assert own.logout(words.HostQuery(host=locked.host)).user is None  # once more does no harm
    assert failed(own, own.pull(words.PullRequest(image=name))).headline.endswith("does not let you do that")


def test_the_password_is_in_no_command(
    own: ContainersService, locked: Registry, password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.save_registry(words.RegistryRequest(host=locked.host, insecure=True))
    # a podman that writes down how it was called, then does what it was asked
    program = tmp_path / "podman"
    program.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} >> {tmp_path}/called\nexec /usr/bin/podman "$@"\n')
    program.chmod(0o755)
    engine = own.find("podman").model_copy(update={"command": str(program)})
    monkeypatch.setattr(own._serving, "chosen", lambda: engine)
    sign_in(own, locked, password)
    called = (tmp_path / "called").read_text()
    assert f"login --username ada --password-stdin {locked.host}" in called
    assert password not in called


def test_a_certificate_authority_of_ones_own(
    own: ContainersService, store: dict[str, str], certified: Registry, password: str, tmp_path: Path
) -> None:
    assert certified.ca
    name = f"{certified.host}/ellip/certified:1"
    unknown = failed(own, own.push(words.PushRequest(image=IMAGE, target=name)))
    assert unknown.headline == f"{certified.host} has a certificate that nobody here knows"
    with pytest.raises(Unavailable, match="certificate"):
        sign_in(own, certified, password)
    with pytest.raises(Unavailable, match="cannot be trusted"):
        own.tags(words.TagsQuery(repository=f"{certified.host}/a"))
    with pytest.raises(NotFound, match="cannot be read"):
        own.save_registry(words.RegistryRequest(host=certified.host, ca=str(tmp_path / "none.crt")))
    (tmp_path / "none.crt").write_text("no certificate")
    with pytest.raises(Invalid, match="is no certificate"):
        own.save_registry(words.RegistryRequest(host=certified.host, ca=str(tmp_path / "none.crt")))
    saved = own.save_registry(words.RegistryRequest(host=certified.host, ca=str(certified.ca)))
    assert saved.ca == str(certified.ca)
    assert not saved.insecure
    assert sign_in(own, certified, password).user == "ada"
    work = done(own, own.push(words.PushRequest(image=IMAGE, target=name)))
    assert own._registries.digest(name) == work.result == certified.digest("ellip/certified", "1")

    # a podman in a terminal of this user knows it too
    terminal = subprocess.run(
        ["podman", "pull", "-q", name], env={**os.environ, **store, "HOME": os.environ["HOME"],
        "REGISTRY_AUTH_FILE": os.environ["REGISTRY_AUTH_FILE"]}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert terminal.returncode == 0, terminal.stderr
    podman(store, "rmi", name)
    left = own.forget_registry(words.HostQuery(host=certified.host)).registries
    assert next(one for one in left if one.host == certified.host).user == "ada"  # who is signed in stays
    assert [place for place in Path.home().rglob("*") if "ellip-lab" in place.name] == []
    assert failed(own, own.pull(words.PullRequest(image=name))).headline.endswith("nobody here knows")


def test_what_podman_is_told_is_written_again_where_the_home_is_new(
    own: ContainersService, settings: Settings, registry: Registry
) -> None:
    own.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    place = Path.home() / ".config/containers/registries.conf.d" / f"ellip-lab-{registry.host}.conf"
    assert "insecure = true" in place.read_text()
    place.unlink()
    own._registries.env()
    assert place.exists()
    assert reaching.Ways(settings.state / "containers").get(registry.host).insecure


def test_tags_come_page_by_page_and_the_catalogue_is_searched(
    own: ContainersService, store: dict[str, str], registry: Registry
) -> None:
    own.save_registry(words.RegistryRequest(host=registry.host, insecure=True))
    repository = f"{registry.host}/ellip/many"
    here = {name: value for name, value in store.items() if name.startswith("CONTAINERS_")}
    for number in range(5):
        assert podman(here, "push", IMAGE, f"{repository}:v{number}").returncode == 0
    seen: list[str] = []
    after = None
    while True:
        page = own.tags(words.TagsQuery(repository=repository, limit=2, after=after))
        assert len(page.tags) <= 2
        seen += page.tags
        after = page.next
        if after is None:
            break
    assert seen == ["v0", "v1", "v2", "v3", "v4"]
    found = own.search(words.SearchQuery(host=registry.host, text="MANY"))
    assert [image.name for image in found.images] == [repository]
    assert own.search(words.SearchQuery(host=registry.host, text="nothing-of-that-name")).images == ()
    with pytest.raises(NotFound):
        own.tags(words.TagsQuery(repository=f"{registry.host}/ellip/none"))
    with pytest.raises(Invalid, match="names one image"):
        own.tags(words.TagsQuery(repository=f"{repository}:v1"))
    with pytest.raises(Conflict, match="cannot be searched"):
        own.search(words.SearchQuery(host="ghcr.io", text="x"))
    assert own._registries.digest(f"{repository}:v9") is None
    assert own._registries.digest(f"{registry.host}/ellip/none:1") is None


def test_a_registry_that_is_not_there(own: ContainersService, registry: Registry) -> None:
    nowhere = "registry.invalid"
    with pytest.raises(Unavailable, match=r"no such host|does not answer"):
        own.tags(words.TagsQuery(repository=f"{nowhere}/a"))
    with pytest.raises(Unavailable):
        own.login(words.LoginRequest(host=nowhere, user="ada", password=SecretStr("x")))
    with pytest.raises(Unavailable, match="plain HTTP"):
        own.tags(words.TagsQuery(repository=f"{registry.host}/a"))


# -- what a real registry on loopback does not do: tokens


class Tokens(BaseHTTPRequestHandler):
    """Is a registry that gives tokens, as Docker Hub and others do."""

    realm = ""
    asked: list[tuple[str, str | None]]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        if self.path.startswith("/token"):
            self._answer(200, {"token": "t-1"})
        elif self.headers.get("Authorization") != "Bearer t-1":
            challenge = f'Bearer realm="{self.realm}",service="tests",scope="repository:a/b:pull"'
            self._answer(401, {}, {"WWW-Authenticate": challenge})
        else:
            self._answer(200, {"tags": ["1"]}, {"Docker-Content-Digest": "sha256:" + "d" * 64})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def tokens() -> Iterator[Callable[[], tuple[str, type[Tokens]]]]:
    servers = []

    def start() -> tuple[str, type[Tokens]]:
        handler = type("Handler", (Tokens,), {"asked": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        host = f"127.0.0.1:{server.server_port}"
        handler.realm = f"http://{host}/token"
        return host, handler

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_token_is_fetched_where_the_registry_says(
    own: ContainersService, tokens: Callable[[], tuple[str, type[Tokens]]]
) -> None:
    host, handler = tokens()
    own.save_registry(words.RegistryRequest(host=host, insecure=True))
    Path(os.environ["REGISTRY_AUTH_FILE"]).write_text(
        json.dumps({"auths": {f"{host}/a": {"auth": "YWRhOnMzY3JldA=="}}})
    )
    assert own.tags(words.TagsQuery(repository=f"{host}/a/b")).tags == ("1",)
    asked = [path for path, _ in handler.asked]
    assert any(path.startswith("/token?service=tests&scope=repository") for path in asked)
    proofs = {path.partition("?")[0]: proof for path, proof in handler.asked}
    assert proofs["/token"] == "Basic YWRhOnMzY3JldA=="
    assert own._registries.digest(f"{host}/a/b:1") == "sha256:" + "d" * 64
    assert find(own, host).user == "ada"


def test_a_password_is_not_sent_where_anybody_can_read_it(
    own: ContainersService, certified: Registry, tokens: Callable[[], tuple[str, type[Tokens]]]
) -> None:
    from ellip_lab.containers.registry_api import RegistryApi

    host, handler = tokens()
    api = RegistryApi("registry.example", reaching.Way(), auth_files.Credentials("ada", "secret"))
    try:
        with pytest.raises(Denied, match="unprotected"):
            api._prove(f'Bearer realm="http://{host}/token",service="x"', "y")
    finally:
        api.close()
    assert handler.asked == []


# -- files that others have written


def test_files_of_podman_and_docker_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    for name in ("REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    def write(path: str, document: object) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(document if isinstance(document, str) else json.dumps(document))

    write(
        "run/containers/auth.json",
        {"auths": {"a.example": {"auth": "YWRhOnMzY3JldA=="}, "bad": {"auth": "%"}}},
    )
    write(".config/containers/auth.json", "no JSON")
    write(
        ".docker/config.json",
        {"auths": {"https://index.docker.io/v1/": {"auth": "Ym9iOng="}, "a.example": {"auth": "Ym9iOng="},
                   "h.example": {}}, "credsStore": "tests"},
    )  # fmt: skip
    write(
        "bin/docker-credential-tests", '#!/bin/sh\nread name\necho \'{"Username": "eve", "Secret": "pw"}\'\n'
    )
    (tmp_path / "bin/docker-credential-tests").chmod(0o755)
    assert auth_files.own_file(EngineKind.PODMAN) == tmp_path / "run/containers/auth.json"
    assert auth_files.own_file(EngineKind.DOCKER) == tmp_path / ".docker/config.json"
    assert auth_files.users(EngineKind.PODMAN) == {"a.example": "ada", "docker.io": "bob", "h.example": "eve"}
    known = auth_files.credentials(EngineKind.PODMAN, "docker.io", "library/alpine")
    assert known == auth_files.Credentials("bob", "x")
    assert "x" not in repr(known).replace("Credentials('bob')", "")
    assert auth_files.credentials(EngineKind.PODMAN, "b.example") is None


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("alpine", ("docker.io", "library/alpine", "latest")),
        ("osgeo/gdal:3", ("docker.io", "osgeo/gdal", "3")),
        ("localhost/a", ("localhost", "a", "latest")),
        ("quay.io/a/b/c:x", ("quay.io", "a/b/c", "x")),
        ("127.0.0.1:5000/a@sha256:" + "0" * 64, ("127.0.0.1:5000", "a", "sha256:" + "0" * 64)),
    ],
)
def test_names_are_taken_apart(reference: str, parts: tuple[str, str, str]) -> None:
    named = references.parse(reference)
    assert (named.registry, named.repository, named.wanted) == parts


@pytest.mark.parametrize(
    "reference", ["Upper/case:1", "a//b", "a:b/c", "a@sha256:12", "a:-x", "a..b", "quay.io/"]
)
def test_names_that_no_registry_could_have(reference: str) -> None:
    with pytest.raises(Invalid, match="cannot be the name of an image"):
        references.parse(reference)
