"""The parts of one large object: how many are under way at once, in which order they are told, what ends them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ellip_lab.s3.figures import Figures
from ellip_lab.s3.journal import Journal
from ellip_lab.s3.working import PARTS_AT_ONCE, PARTS_HERE, Work


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work(Journal(None), Figures(), lambda _line: None)
    yield made
    made.close()


@pytest.mark.parametrize(("here", "most"), [(True, PARTS_HERE), (False, PARTS_AT_ONCE)])
def test_so_many_parts_are_under_way_at_once_and_are_told_in_order(work: Work, here: bool, most: int) -> None:
    full = threading.Barrier(most)
    lock = threading.Lock()
    under_way = seen = 0
    told: list[tuple[int, int]] = []

    def one(number: int) -> int:
        nonlocal under_way, seen
        with lock:
            under_way += 1
            seen = max(seen, under_way)
        full.wait(
            30
        )  # nobody goes on before as many as may be are here: fewer would end in BrokenBarrierError
        with lock:
            under_way -= 1
        return number * number

    count = 4 * most
    results = work.in_parts(count, one, lambda number, result: told.append((number, result)), here=here)
    assert seen == most
    assert results == [number * number for number in range(count)]
    assert told == list(enumerate(results))


def test_the_first_failure_ends_it_and_what_waits_for_its_turn_is_not_begun(work: Work) -> None:
    begun: list[int] = []
    failing = threading.Event()

    def one(number: int) -> None:
        begun.append(number)
        if number == 0:
            failing.set()
            raise ValueError("damaged")
        assert failing.wait(30)
        work.stop.wait(2)  # the others are still at it when the failure is seen

    with pytest.raises(ValueError, match="damaged"):
        work.in_parts(1_000, one, here=True)
    assert 0 in begun
    assert len(begun) <= PARTS_HERE + 1
    assert work.in_parts(3, lambda number: number, here=True) == [0, 1, 2]
