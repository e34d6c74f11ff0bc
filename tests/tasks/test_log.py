"""Logs by byte offset: from the end, waiting for more, whole characters, constant memory."""

from __future__ import annotations

import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ellip_lab.tasks import directory, log
from ellip_lab.tasks.contract import LogChunk, LogQuery
from ellip_lab.tasks.service import TasksService

from .driving import shell, until


def read(path: Path, *, ended: bool = True, **query: object) -> LogChunk:
    return log.read(path, LogQuery.model_validate(query), lambda: ended)


def test_an_offset_goes_on_where_the_last_chunk_ended(tmp_path: Path) -> None:
    path = tmp_path / "log"
    text = "".join(f"line {n} – é 🛰\n" for n in range(500))
    path.write_text(text)
    told, offset = "", 0
    while True:
        chunk = read(path, offset=offset, limit=97)
        assert chunk.offset == offset
        assert chunk.size == len(text.encode())
        told, offset = told + chunk.text, chunk.next
        if chunk.finished:
            break
    assert told == text
    assert offset == len(text.encode())


@given(text=st.text(max_size=60), limit=st.integers(1, 12))
def test_no_character_is_ever_cut_or_lost(
    tmp_path_factory: pytest.TempPathFactory, text: str, limit: int
) -> None:
    data = text.encode(errors="surrogatepass")
    if data.decode(errors="replace") != text:
        return
    path = tmp_path_factory.mktemp("log") / "log"
    path.write_bytes(data)
    told, offset, finished = "", 0, False
    while not finished:
        chunk = read(path, offset=offset, limit=limit)
        assert chunk.next > offset or chunk.finished
        told, offset, finished = told + chunk.text, chunk.next, chunk.finished
    assert told == text


def test_half_a_character_waits_for_its_other_half_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes("aé".encode()[:-1])
    chunk = read(path, ended=False, offset=0)
    assert (chunk.text, chunk.next, chunk.size, chunk.finished) == ("a", 1, 2, False)
    chunk = read(path, ended=True, offset=0)
    assert (chunk.text, chunk.next, chunk.finished) == ("a\ufffd", 2, True)


def test_bytes_that_are_no_text_do_not_stop_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(bytes(range(256)) * 8)
    offset, turns = 0, 0
    while not (chunk := read(path, offset=offset, limit=50)).finished:
        assert chunk.next > offset
        offset, turns = chunk.next, turns + 1
    assert turns < 100


def test_the_tail_begins_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("".join(f"line {n:03}\n" for n in range(100)))
    chunk = read(path, limit=30)
    assert chunk.text == "line 097\nline 098\nline 099\n"
    assert chunk.offset == 97 * 9
    assert chunk.finished
    assert read(path).text.startswith("line 000\n")


def test_the_tail_of_one_long_line_begins_with_a_character(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("é" * 1000)
    chunk = read(path, limit=101)
    assert set(chunk.text) == {"é"}
    assert chunk.next == 2000


def test_beyond_the_end_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("abc")
    chunk = read(path, offset=1000)
    assert (chunk.offset, chunk.next, chunk.text, chunk.finished) == (3, 3, "", True)


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    chunk = read(tmp_path / "none", ended=False, offset=0)
    assert (chunk.text, chunk.size, chunk.finished) == ("", 0, False)


def test_waiting_ends_when_there_is_more(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    timer = threading.Timer(0.3, lambda: directory.append(path, "new"))
    timer.start()
    begun = time.monotonic()
    chunk = read(path, ended=False, offset=4, wait=20)
    timer.join()
    assert chunk.text == "new\n"
    assert time.monotonic() - begun < 10


def test_waiting_ends_after_its_time(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    chunk = read(path, ended=False, offset=4, wait=0.2)
    assert (chunk.text, chunk.next, chunk.finished) == ("", 4, False)


def test_following_a_task_gives_every_line_once(tasks: TasksService) -> None:
    task = tasks.start(shell("for n in 1 2 3 4 5 6; do echo line $n é >&2; sleep 0.1; done"))
    told, offset = "", 0
    while True:
        chunk = tasks.log(task.id, LogQuery(offset=offset, wait=20))
        told, offset = told + chunk.text, chunk.next
        if chunk.finished:
            break
    assert told == "".join(f"line {n} é\n" for n in range(1, 7))


def test_waiting_ends_with_the_task(tasks: TasksService) -> None:
    task = tasks.start(shell("sleep 0.5"))
    begun = time.monotonic()
    assert tasks.log(task.id, LogQuery(offset=0, wait=30)).finished
    assert time.monotonic() - begun < 20


def test_the_end_of_a_lost_task_is_noticed_while_waiting(tasks: TasksService) -> None:
    import os
    import signal

    from .driving import running, supervisor_of

    task = tasks.start(shell("sleep 300"))
    running(tasks, task.id)
    os.kill(supervisor_of(tasks, task.id), signal.SIGKILL)
    assert tasks.log(task.id, LogQuery(offset=0, wait=30)).finished
    until(lambda: tasks.show(task.id).state == "lost")


def test_a_big_log_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
        stream.seek((1 << 30) - 1000)
        stream.write((b"x" * 99 + b"\n") * 10)
    tracemalloc.start()
    try:
        assert read(path, limit=500).text == ("x" * 99 + "\n") * 4
        for offset in range(0, 1 << 30, 1 << 26):
            assert len(read(path, offset=offset, limit=65_536).text) == 65_536
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
