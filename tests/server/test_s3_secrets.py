"""No secret leaves its place: whatever is done, none stands in a reply, an event, a log, a command line or a file.

One real server, one real store. Every reply of every route is kept, every process is looked at all the time, and at the
end every file below the test's folder is read: only the file of credentials (and the embedded store's own keys) may
have a secret in it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import websocket
from s3.stores import WeedServer

from ellip_lab.server.route import PREFIX
from ellip_lab.server.routes import TABLE

from .live import LiveServer
from .standin import asked

PATIENCE = 90.0
WRONG = "wrongsecret-4f1c9e77a0d24b6f8be2"
TOKEN = "wrongtoken-9a07d1c5b3e84f6d92aa"
KEPT = ("s3/credentials", "store/keys.json")
"""The files, below the state, in which keys are kept."""


class Ear:
    """Hears everything: replies, events, and the command lines of all processes."""

    def __init__(self, live: LiveServer) -> None:
        self.live = live
        self.said: list[tuple[str, bytes]] = []
        self.lines: set[bytes] = set()
        self.events: list[bytes] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.watch), threading.Thread(target=self.listen)]

    def watch(self) -> None:
        while not self.over.wait(0.02):
            for place in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.lines.add(place.read_bytes())
                except OSError:
                    continue

    def listen(self) -> None:
        """Hears the server's event bus, as a browser does."""
        where = self.live.url.replace("http", "ws", 1) + "/api/events/subscribe"
        socket = websocket.create_connection(
            where,
            timeout=0.2,
            header=[f"Authorization: token {self.live.token}"],
            http_no_proxy=["127.0.0.1"],
        )
        while not self.over.is_set():
            try:
                self.events.append(str(socket.recv()).encode())
            except websocket.WebSocketTimeoutException:
                continue
        socket.close()

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        where = f"{self.live.url}{PREFIX}{path}" + (f"?{urlencode(query)}" if query else "")
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = {"Authorization": f"token {self.live.token}", "Content-Type": kind}
        request = urllib.request.Request(where, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return self.kept(f"{method} {path}", reply)
        except urllib.error.HTTPError as error:
            with error:
                return self.kept(f"{method} {path}", error)

    def kept(self, what: str, reply: Any) -> tuple[int, Any]:
        found = reply.read()
        self.said.append((what, str(reply.headers).encode() + found))
        try:
            return reply.status, json.loads(found)
        except ValueError:
            return reply.status, found

    def ended(self, id_: str) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            _, now = self.ask("GET", f"/s3/transfers/{id_}")
            if now["state"] in ("done", "failed", "stopped", "lost"):
                return now
            time.sleep(0.1)
        raise AssertionError(now)


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    server = LiveServer(tmp_path / "live", ELLIP_LAB_DEBUG="1")
    server.argv.append("--ServerApp.log_level=DEBUG")
    found = Ear(server.start())
    for thread in found.threads:
        thread.start()
    yield found
    found.over.set()
    for thread in found.threads:
        thread.join()
    server.stop()


def forms(secret: str) -> set[bytes]:
    """Gives a secret as it may be written."""
    raw = secret.encode()
    return {raw, quote(secret, safe="").encode(), base64.b64encode(raw).rstrip(b"=")[:-2], raw.hex().encode()}


def everything(ear: Ear, store: WeedServer, state: Path) -> None:
    """Uses every route of storage, well and badly."""
    for name, who in (("admin", "admin"), ("one", "one"), ("anyone", None)):
        assert ear.ask("POST", "/s3/connections", asked(store, name, who))[0] == 200
    wrong = asked(store, "wrong", "admin")
    wrong["credentials"] |= {"secret_key": WRONG, "session_token": TOKEN}
    assert ear.ask("POST", "/s3/connections", wrong)[0] == 200
    # what is not understood must not be repeated either
    ear.ask("POST", "/s3/connections", {**wrong, "credentials": {"secret_key": WRONG, "secrt": WRONG}})
    ear.ask("POST", "/s3/connections", {**wrong, "name": WRONG + "!", "region": 1})
    ear.ask("POST", "/s3/connections", {**wrong, "credentials": [WRONG]})
    ear.ask("POST", "/s3/connections/test", {"request": wrong})
    ear.ask("POST", "/s3/connections/test", {"request": {**wrong, "endpoint": "http://127.0.0.1:9"}})
    ear.ask("POST", "/s3/connections/test", {"name": "admin", "bucket": "public"})
    ear.ask("POST", "/s3/connections/default", {"connection": "admin"})
    ear.ask("GET", "/s3/connections")
    ear.ask("GET", "/s3/presets")
    for name in ("admin", "one", "anyone", "wrong", "local"):
        at = {"connection": name}
        ear.ask("GET", "/s3/use", **at)
        ear.ask("GET", "/s3/buckets", **at)
        ear.ask("GET", "/s3/objects", **at, bucket="public")
        named = {**at, "bucket": "public", "key": "hello.txt"}
        for verb in ("object", "versions", "quicklook", "content"):
            ear.ask("GET", f"/s3/{verb}", **named)
        for language in ("s3", "vsis3", "rasterio", "xarray", "pystac", "boto3"):
            ear.ask("GET", "/s3/code", **named, language=language)
        ear.ask("POST", "/s3/content", b"x", **{**named, "key": f"by-{name}"})
        ear.ask("POST", "/s3/folders", {**named, "key": "folder/"})
        ear.ask("POST", "/s3/versions/restore", {**named, "version": "none"})
        ear.ask("POST", "/s3/buckets", {**at, "bucket": "one"})
        ear.ask("DELETE", "/s3/buckets", **at, bucket="public")
        _, upload = ear.ask("POST", "/s3/uploads", {**named, "key": "parts", "size": 10})
        if "id" in upload:
            ear.ask("POST", "/s3/uploads/part", b"0123456789", upload=upload["id"], number=1)
            ear.ask("GET", "/s3/uploads", upload=upload["id"])
            ear.ask("POST", "/s3/uploads/finish", {"upload": upload["id"]})
            ear.ask("DELETE", "/s3/uploads", upload=upload["id"])
        request = {"sources": ["data/"], "target": f"s3://{name}@public/from-{name}/", "policy": "replace"}
        ear.ask("POST", "/s3/transfers/plan", request)
        _, transfer = ear.ask("POST", "/s3/transfers", request)
        if "id" in transfer:
            ear.ended(transfer["id"])
            ear.ask("GET", f"/s3/transfers/{transfer['id']}/log")
            ear.ask("POST", f"/s3/transfers/{transfer['id']}/stop", {})
            ear.ask("POST", f"/s3/transfers/{transfer['id']}/resume", {})
            ear.ask("DELETE", f"/s3/transfers/{'20260102t030405678-s3-0a1b'}")
    assert ear.ask("DELETE", "/s3/connections", connection="one")[0] == 200
    ear.ask("GET", "/s3/transfers")
    ear.ask("GET", "/tasks")
    ear.ask("GET", "/openapi.json")
    # the other doors, beside the same state
    env = {**ear.live.env, "ELLIP_LAB_STATE": str(state)}
    for words in (
        ("connections", "--json"), ("ls", "s3://wrong@public/"), ("test", "wrong"), ("env", "admin"),
        ("cp", "--replace", "data/", "s3://admin@public/cli/"), ("cat", "s3://wrong@public/x"),
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "ellip_lab.cli", "s3", *words], cwd=ear.live.root, env=env, capture_output=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        ear.said.append((f"ellip s3 {' '.join(words)}", done.stdout + done.stderr))


def leaks(ear: Ear, looked_for: set[bytes]) -> list[str]:
    """Finds secrets in replies, events, command lines and files, but for the files in which keys are kept."""
    live = ear.live
    found = [f"{what}: {form!r}" for what, said in ear.said for form in looked_for if form in said]
    found += [f"event {event!r}" for event in ear.events for form in looked_for if form in event]
    found += [f"command line {line!r}" for line in ear.lines for form in looked_for if form in line]
    for place in live.folder.rglob("*"):
        if not place.is_file() or place.is_symlink():
            continue
        relative = place.relative_to(live.state).as_posix() if place.is_relative_to(live.state) else ""
        if relative not in KEPT and not relative.startswith("store/"):
            said = place.read_bytes()
            found += [f"{place}: {form!r}" for form in looked_for if form in said]
    return found


def test_a_leak_is_found_wherever_it_is(ear: Ear) -> None:
    secret = "planted-3e7bd0c2a94f4d1f"
    ear.said.append(("GET /planted", b"..." + base64.b64encode(secret.encode()) + b"..."))
    ear.events.append(json.dumps({"detail": secret}).encode())
    (ear.live.root / "deep" / "er").mkdir(parents=True)
    (ear.live.root / "deep" / "er" / "log").write_text(f"key={quote(secret)}")
    with subprocess.Popen([sys.executable, "-c", "input()", secret], stdin=subprocess.PIPE) as process:
        end = time.monotonic() + PATIENCE
        while not any(secret.encode() in line for line in list(ear.lines)) and time.monotonic() < end:
            time.sleep(0.05)
        process.communicate(b"\n")
    found = leaks(ear, forms(secret))
    for where in ("GET /planted", "event", "command line", "deep/er/log"):
        assert any(where in one for one in found), (where, found)


@pytest.mark.timeout(500)
def test_no_secret_leaves_its_place(ear: Ear, store: WeedServer) -> None:
    live = ear.live
    (live.root / "data").mkdir()
    for number in range(3):
        (live.root / "data" / f"{number}.bin").write_bytes(os.urandom(2**20))
    everything(ear, store, live.state)
    # presigned: the signature is what the caller asked for; it stands in that reply alone
    status, signed = ear.ask(
        "POST", "/s3/presign", {"connection": "admin", "bucket": "public", "key": "hello.txt"}
    )
    assert status == 200
    what, reply = ear.said.pop()
    assert what == "POST /s3/presign"
    match = re.search(r"X-Amz-Signature=([0-9a-f]{64})", signed["url"])
    assert match is not None
    own = json.loads((live.state / "store" / "keys.json").read_text())
    secrets = {*store.secrets, WRONG, TOKEN, own["secret_key"], match[1]}
    looked_for = {form for secret in secrets for form in forms(secret)}
    assert not [form for form in looked_for - forms(match[1]) if form in reply]

    # it was really used, and really heard
    asked_for = {
        (method, re.sub(r"/\d{8}t\w+-s3-\w+", "/{id}", path))
        for method, path in (w.split(" ", 1) for w, _ in ear.said if w[0].isupper())
    }
    assert asked_for >= {(str(r.method), r.path) for r in TABLE if r.room == "s3" and r.name != "presign"}
    assert any(b"transfer_child" in line for line in ear.lines), "the processes of transfers were seen"
    assert any(b"-s3-" in event for event in ear.events), "the events of transfers were heard"
    kept = (live.state / "s3" / "credentials").read_text()
    assert all(secret in kept for secret in (store.identities["admin"].secret, WRONG))
    assert store.identities["one"].secret not in kept, "it has been forgotten"
    assert (live.state / "s3" / "credentials").stat().st_mode & 0o777 == 0o600

    found = leaks(ear, looked_for)
    assert (live.state / "s3" / "connections.json").exists()
    assert live.log.read_bytes().count(b"\n") > 50, "the log was kept, in detail"
    assert not found, "\n".join(sorted(set(found))[:20])
    for name in ("log", "process.json", "ports.json"):
        place = live.state / "store" / name
        assert not place.exists() or not [form for form in looked_for if form in place.read_bytes()], name
