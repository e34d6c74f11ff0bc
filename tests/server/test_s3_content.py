"""The bytes of objects over HTTP, against a real store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from s3.stores import WeedServer

from ellip_lab.lab import Lab
from ellip_lab.server.content import disposition, range_of
from ellip_lab.server.route import PREFIX

from .standin import Ask, Raw, told

WHERE = f"{PREFIX}/s3/content"
TEXT = b"0123456789" * 100

Put = Callable[..., dict[str, str]]


@pytest.fixture
def put(told_of_store: WeedServer) -> Iterator[Put]:
    """Puts an object where no other test does, with a client that has nothing of ours in it."""
    client = told_of_store.client("admin")
    bucket = told_of_store.bucket("content")

    def putting(key: str = "folder/a.txt", body: bytes = TEXT, **rest: Any) -> dict[str, str]:
        client.put_object(Bucket=bucket, Key=key, Body=body, **{"ContentType": "text/plain", **rest})
        return {"bucket": bucket, "key": key}

    yield putting
    client.close()


async def test_the_whole_object(ask: Ask, put: Put) -> None:
    reply = await ask(WHERE, params=put())
    assert (reply.code, reply.body) == (200, TEXT)
    assert reply.headers["Content-Length"] == "1000"
    assert reply.headers["Content-Type"] == "text/plain"
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers["ETag"].startswith('"')
    assert reply.headers["Last-Modified"].endswith(" GMT")
    assert reply.headers["Content-Disposition"].startswith("inline;")


async def test_what_is_in_it_cannot_act_as_the_lab(ask: Ask, put: Put) -> None:
    page = b"<script>fetch('/api/contents')</script>"
    reply = await ask(WHERE, params=put("evil.svg", page, ContentType="image/svg+xml"))
    assert reply.headers["Content-Type"] == "image/svg+xml"
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    assert "default-src 'none'" in policy
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("asked", "body", "said"),
    [
        ("bytes=0-9", TEXT[:10], "bytes 0-9/1000"),
        ("bytes=990-", TEXT[990:], "bytes 990-999/1000"),
        ("bytes=-5", TEXT[-5:], "bytes 995-999/1000"),
        ("bytes=-5000", TEXT, "bytes 0-999/1000"),
        ("bytes=5-5", b"5", "bytes 5-5/1000"),
        ("bytes=990-100000", TEXT[990:], "bytes 990-999/1000"),
    ],
)
async def test_a_range(ask: Ask, put: Put, asked: str, body: bytes, said: str) -> None:
    reply = await ask(WHERE, params=put(), headers={"Range": asked})
    assert (reply.code, reply.body) == (206, body)
    assert reply.headers["Content-Range"] == said
    assert reply.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-2", "bytes=-0", "bytes=-", "lines=1-2", "bytes=a-b", "x"]
)
async def test_a_range_that_http_lets_a_server_ignore(ask: Ask, put: Put, asked: str) -> None:
    reply = await ask(WHERE, params=put(), headers={"Range": asked})
    assert (reply.code, reply.body) == (200, TEXT)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000"])
async def test_a_range_behind_the_end(ask: Ask, put: Put, asked: str) -> None:
    reply = await ask(WHERE, params=put(), headers={"Range": asked})
    assert "1000 bytes" in told(reply, 416).detail
    assert reply.headers["Content-Range"] == "bytes */1000"


async def test_an_object_of_no_bytes(ask: Ask, put: Put) -> None:
    named = put("empty", b"")
    reply = await ask(WHERE, params=named)
    assert (reply.code, reply.body, reply.headers["Content-Length"]) == (200, b"", "0")
    assert (await ask(WHERE, params=named, headers={"Range": "bytes=0-0"})).code in (200, 416)


async def test_what_the_caller_has_already(ask: Ask, put: Put) -> None:
    named = put()
    etag = (await ask(WHERE, params=named)).headers["ETag"]
    for header in (etag, f'"other", W/{etag}', "*"):
        reply = await ask(WHERE, params=named, headers={"If-None-Match": header})
        assert (reply.code, reply.body) == (304, b""), header
        assert reply.headers["ETag"] == etag
        assert "Content-Type" not in reply.headers
    assert (await ask(WHERE, params=named, headers={"If-None-Match": '"other"'})).code == 200


async def test_a_range_of_what_has_changed_is_the_whole(ask: Ask, put: Put) -> None:
    named = put()
    etag = (await ask(WHERE, params=named)).headers["ETag"]
    headers = {"Range": "bytes=5-9", "If-Range": etag}
    assert (await ask(WHERE, params=named, headers=headers)).code == 206
    put(body=b"another")
    reply = await ask(WHERE, params=named, headers=headers)
    assert (reply.code, reply.body) == (200, b"another")


@pytest.mark.parametrize(
    "key",
    [
        "a b/ö \U0001f30d.tif",
        'q"uo\\te;.txt',
        "a//b",
        "line\nbreak\ttab\x7f",
        "%2F?#&+",
        ("ü" * 100 + "/") * 4 + "a",
    ],
)
async def test_every_key_and_its_file_name(ask: Ask, put: Put, key: str) -> None:
    reply = await ask(WHERE, params={**put(key), "download": "true"})
    assert (reply.code, reply.body) == (200, TEXT)
    said = reply.headers["Content-Disposition"]
    assert said.startswith("attachment; filename=")
    assert said.isascii()
    assert "\n" not in said


def test_the_name_of_a_file() -> None:
    assert disposition("a/b.tif", download=True) == "attachment; filename=\"b.tif\"; filename*=UTF-8''b.tif"
    assert disposition("ö.tif", download=True).endswith("filename*=UTF-8''%C3%B6.tif")
    assert "\u202e" not in disposition("a\u202efdp.exe", download=True)
    assert disposition("folder/", download=False).startswith('inline; filename="folder"')
    assert 'filename="object"' in disposition("///", download=True)
    assert "%22" in disposition('a"b', download=True)
    assert 'filename="a_b"' in disposition('a"b', download=True)


def test_ranges_as_http_has_them() -> None:
    assert range_of("bytes=0-") == (0, None)
    assert range_of("Bytes=3-4") == (3, 5)
    assert range_of("bytes=-7") == (-7, None)
    assert range_of("bytes=" + "9" * 30 + "-") is None
    assert range_of("") is None


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ("text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("nonsense", "application/octet-stream"),
        ("a b/c", "application/octet-stream"),
    ],
)
async def test_what_the_store_says_it_is(ask: Ask, put: Put, stored: str, given: str) -> None:
    reply = await ask(WHERE, params=put("x", ContentType=stored))
    assert reply.headers["Content-Type"] == given


async def test_bytes_go_as_they_are(ask: Ask, put: Put) -> None:
    """The server squeezes text for a browser that takes it; then a length and a range would be lies."""
    reply = await ask(WHERE, params=put(), headers={"Accept-Encoding": "gzip"}, decompress_response=False)
    assert reply.body == TEXT
    assert "Content-Encoding" not in reply.headers


async def test_what_is_not_there(ask: Ask, put: Put) -> None:
    named = put()
    told(await ask(WHERE, params={**named, "key": "nothing"}), 404)
    told(await ask(WHERE, params={**named, "bucket": "no-such-bucket"}), 404)
    told(await ask(WHERE, params={**named, "connection": "nobody"}), 404)
    told(await ask(WHERE, params={**named, "connection": "anyone"}), 403)
    told(await ask(WHERE, params={**named, "key": "nothing"}, headers={"Range": "bytes=0-1"}), 404)


# -- with a cookie, as a link in a browser has it


async def cookies_of(jp_serverapp: Any, jp_fetch: Any) -> tuple[str, str]:
    """Gives the cookies of a browser that has signed in, and the XSRF token that belongs to them."""
    token = jp_serverapp.identity_provider.token
    home = await jp_fetch("api/status", params={"token": token}, headers={"Authorization": ""})
    pairs = [item.partition(";")[0] for item in home.headers.get_list("Set-Cookie")]
    xsrf = "0f" * 16
    return "; ".join([*pairs, f"_xsrf={xsrf}"]), xsrf


async def test_a_link_in_the_lab_downloads(ask: Ask, put: Put, jp_serverapp: Any, jp_fetch: Any) -> None:
    cookie, xsrf = await cookies_of(jp_serverapp, jp_fetch)
    named = {**put(), "download": "true"}
    reply = await ask(WHERE, params={**named, "_xsrf": xsrf}, headers={"Authorization": "", "Cookie": cookie})
    assert (reply.code, reply.body) == (200, TEXT)
    headers = {"Authorization": "", "Cookie": cookie, "X-XSRFToken": xsrf}
    assert (await ask(WHERE, params=named, headers=headers)).code == 200


async def test_a_page_from_elsewhere_includes_nothing(
    ask: Ask, put: Put, jp_serverapp: Any, jp_fetch: Any
) -> None:
    cookie, _ = await cookies_of(jp_serverapp, jp_fetch)
    named = put("data.js", b"secret = 1", ContentType="text/javascript")
    for headers in ({}, {"Referer": "https://elsewhere.example/page"}):
        reply = await ask(WHERE, params=named, headers={"Authorization": "", "Cookie": cookie, **headers})
        assert b"secret" not in told(reply, 403).model_dump_json().encode()


# -- writing


async def test_written_and_read_again(ask: Ask, put: Put) -> None:
    named = put()
    body = Raw(bytes(range(256)) * 4096)
    reply = await ask(
        WHERE, method="POST", params={**named, "key": "new ö.bin", "media_type": "image/tiff"}, body=body
    )
    assert reply.code == 200
    said = json.loads(reply.body)
    assert said["size"] == len(body)
    again = await ask(WHERE, params={**named, "key": "new ö.bin"})
    assert again.body == body
    assert again.headers["Content-Type"] == "image/tiff"
    assert again.headers["ETag"].strip('"') == said["etag"].strip('"')


async def test_a_change_of_somebody_else_is_not_written_over(ask: Ask, put: Put) -> None:
    named = put()
    etag = (await ask(WHERE, params=named)).headers["ETag"]
    put(body=b"theirs")
    told(await ask(WHERE, method="POST", params={**named, "if_match": etag}, body=Raw(b"mine")), 409)
    told(await ask(WHERE, method="POST", params={**named, "if_absent": "true"}, body=Raw(b"mine")), 409)
    assert (await ask(WHERE, params=named)).body == b"theirs"


async def test_a_body_that_is_not_said_to_be_bytes(ask: Ask, put: Put) -> None:
    """What a foreign page's form can send is never written."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json", ""):
        headers = {"Content-Type": kind}
        told(await ask(WHERE, method="POST", params=put(), body=b"mine", headers=headers), 415)
    assert (await ask(WHERE, params=put())).body == TEXT


async def test_too_much_for_one_piece(ask: Ask, put: Put) -> None:
    told(await ask(WHERE, method="POST", params=put(), body=Raw(bytes(16 * 2**20 + 1))), 413)
    assert (await ask(WHERE, params=put())).body == TEXT


# -- what a caller does to a reply


class Watched:
    """Is an object being read, and how far it was read."""

    def __init__(self, content: Any, fail_after: int | None = None) -> None:
        self.content = content
        self.read = 0
        self.closed = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.fail_after = fail_after

    def __getattr__(self, name: str) -> Any:
        return getattr(self.content, name)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.content:
            if self.fail_after is not None and self.read >= self.fail_after:
                raise OSError("the store has cut the connection")
            self.read += len(piece)
            yield piece

    def close(self) -> None:
        self.content.close()
        self.loop.call_soon_threadsafe(self.closed.set)


LARGE = 48 * 2**20


@pytest.fixture
def watched(
    lab: Lab, jp_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int | None], list[Watched]]:
    real = lab.s3.read

    def watching(fail_after: int | None = None) -> list[Watched]:
        loop, seen = asyncio.get_running_loop(), []

        def read(*args: Any) -> Any:
            content = real(*args)

            async def made() -> Watched:
                return Watched(content, fail_after)

            found = asyncio.run_coroutine_threadsafe(made(), loop).result(30)
            seen.append(found)
            return found

        monkeypatch.setattr(lab.s3, "read", read)
        return seen

    return watching


async def begun(
    named: dict[str, str], port: int, jp_base_url: str, jp_auth_header: dict[str, str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Asks for an object by hand, and reads as far as the end of the headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65_536)
    path = f"{quote(jp_base_url.rstrip('/'), safe='/%')}{WHERE}?{urlencode(named)}"
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in jp_auth_header.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert head.startswith(b"HTTP/1.1 200"), head
    return reader, writer


async def test_a_caller_that_goes_is_not_read_for(
    put: Put,
    watched: Any,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
    jp_auth_header: dict[str, str],
) -> None:
    seen = watched()
    named = put("large", bytes(LARGE), ContentType="application/octet-stream")
    reader, writer = await begun(named, http_server_port[1], jp_base_url, jp_auth_header)
    await reader.readexactly(100_000)
    writer.transport.abort()
    await asyncio.wait_for(seen[0].closed.wait(), 60)
    assert seen[0].read < LARGE / 2


async def test_a_slow_caller_is_waited_for(
    put: Put,
    watched: Any,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
    jp_auth_header: dict[str, str],
) -> None:
    """Nothing is read ahead of what the caller takes, but what the sockets hold."""
    seen = watched()
    named = put("large", bytes(LARGE), ContentType="application/octet-stream")
    reader, writer = await begun(named, http_server_port[1], jp_base_url, jp_auth_header)
    before = -1
    while before != seen[0].read:  # until nothing goes on
        before = seen[0].read
        await asyncio.sleep(1)
    assert seen[0].read < LARGE / 2
    left = LARGE
    while left:
        left -= len(await asyncio.wait_for(reader.read(2**20), 60))
    await asyncio.wait_for(seen[0].closed.wait(), 60)
    assert seen[0].read == LARGE
    writer.close()


async def test_a_reply_that_breaks_off_does_not_look_whole(
    put: Put,
    watched: Any,
    http_server_port: tuple[Any, int],
    jp_base_url: str,
    jp_auth_header: dict[str, str],
) -> None:
    seen = watched(fail_after=4 * 2**20)
    named = put("large", bytes(LARGE), ContentType="application/octet-stream")
    reader, writer = await begun(named, http_server_port[1], jp_base_url, jp_auth_header)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await asyncio.wait_for(reader.readexactly(LARGE), 60)
    await asyncio.wait_for(seen[0].closed.wait(), 60)
    writer.close()
