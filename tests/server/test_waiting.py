"""The event loop is never held: not by a slow verb, not by requests that wait for a log."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from tornado.iostream import IOStream
from tornado.tcpclient import TCPClient

from ellip_lab.lab import Lab
from ellip_lab.server.route import PREFIX
from ellip_lab.tasks.contract import LogChunk, LogQuery

from .standin import ID, Ask, stand_in

LOG = f"{PREFIX}/tasks/{ID}/log"


async def test_a_slow_verb_lets_others_pass(ask: Ask, lab: Lab) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(*_: Any) -> Any:
        begun.set()
        assert release.wait(20)
        raise OSError(28, "no space left")

    stand_in(lab, slow)
    waiting = asyncio.ensure_future(ask(f"{PREFIX}/runs/engines"))
    await reach(begun.is_set)
    before = time.monotonic()
    assert (await ask(f"{PREFIX}/openapi.json")).code == 200
    assert (await ask("api/status")).code == 200
    assert time.monotonic() - before < 5
    assert not waiting.done()
    release.set()
    assert (await waiting).code == 503


async def reach(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits until something is so."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it never came to be so")


class Growing:
    """Is a log that gets its text later."""

    def __init__(self) -> None:
        self.text = ""
        self.finished = False
        self.asked: list[LogQuery] = []

    def __call__(self, _: str, query: LogQuery) -> LogChunk:
        self.asked.append(query)
        size = len(self.text)
        return LogChunk(offset=0, next=size, size=size, text=self.text, finished=self.finished)


@pytest.fixture
def growing(lab: Lab) -> Growing:
    log = Growing()
    stand_in(lab, log)
    return log


async def test_a_log_that_has_something_is_given_at_once(ask: Ask, growing: Growing) -> None:
    growing.text = "there"
    before = time.monotonic()
    response = await ask(LOG, params={"offset": "0", "wait": "20"})
    assert response.code == 200
    assert time.monotonic() - before < 5
    assert len(growing.asked) == 1


async def test_a_request_waits_for_text_and_no_thread_waits_with_it(ask: Ask, growing: Growing) -> None:
    waiting = asyncio.ensure_future(ask(LOG, params={"offset": "0", "wait": "20"}))
    await reach(lambda: len(growing.asked) >= 3)
    assert not waiting.done()
    assert {query.wait for query in growing.asked} == {0}
    growing.text = "now"
    response = await waiting
    assert LogChunk.model_validate_json(response.body).text == "now"


async def test_a_request_ends_with_the_task(ask: Ask, growing: Growing) -> None:
    waiting = asyncio.ensure_future(ask(LOG, params={"offset": "0", "wait": "20"}))
    await reach(lambda: bool(growing.asked))
    growing.finished = True
    assert LogChunk.model_validate_json((await waiting).body).finished


async def test_a_request_ends_with_its_time(ask: Ask, growing: Growing) -> None:
    before = time.monotonic()
    response = await ask(LOG, params={"offset": "0", "wait": "0.5"})
    assert response.code == 200
    assert 0.5 <= time.monotonic() - before < 5


async def test_many_that_wait_hold_nobody_up(ask: Ask, growing: Growing, http_server_client: Any) -> None:
    """Far more waiting requests than threads, over sockets of their own: another is answered at once."""
    http_server_client.max_clients = 100
    waiting = [asyncio.ensure_future(ask(LOG, params={"offset": "0", "wait": "20"})) for _ in range(60)]
    await reach(lambda: len(growing.asked) >= 60)
    before = time.monotonic()
    assert (await ask(f"{PREFIX}/openapi.json")).code == 200
    assert time.monotonic() - before < 5
    growing.text = "now"
    assert {response.code for response in await asyncio.gather(*waiting)} == {200}


async def test_a_caller_who_goes_is_not_waited_for(
    growing: Growing, http_server_client: Any, jp_base_url: str, jp_auth_header: dict[str, str]
) -> None:
    stream: IOStream = await TCPClient().connect("127.0.0.1", http_server_client.get_http_port())
    head = f"GET {jp_base_url.rstrip('/')}{LOG}?offset=0&wait=30 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for name, value in jp_auth_header.items():
        head += f"{name}: {value}\r\n"
    await stream.write(head.encode() + b"\r\n")
    await reach(lambda: bool(growing.asked))
    stream.close()
    for _ in range(200):
        asked = len(growing.asked)
        await asyncio.sleep(0.6)
        if len(growing.asked) == asked:
            break
    assert len(growing.asked) == asked, "the log of nobody is still being read"


async def test_a_picture_is_asked_again_only_by_its_mark(ask: Ask, lab: Lab) -> None:
    stand_in(lab, lambda *_: b"\x89PNG of something")
    where = f"{PREFIX}/runs/{ID}/quicklook"
    first = await ask(where, params={"path": "/x.tif"})
    assert first.code == 200
    assert first.headers["Content-Type"] == "image/png"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    again = await ask(where, params={"path": "/x.tif"}, headers={"If-None-Match": first.headers["Etag"]})
    assert again.code == 304
    assert not again.body
