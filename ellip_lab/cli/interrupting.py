"""Ctrl-C and SIGTERM while something is being started, and while it is waited for."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ellip_lab.cli.exits import INTERRUPTED, TERMINATED, Ended, Terminated


@contextmanager
def delivered_later() -> Iterator[Callable[[], None]]:
    """Keeps Ctrl-C and SIGTERM until what is started has an id by which it can be stopped.

    Inside the block they are only noted; what the block is given raises them. After the block SIGTERM
    raises `Terminated`, and Ctrl-C is Python's own again.
    """
    noted: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        noted.append(number)

    def terminate(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    def deliver() -> None:
        if signal.SIGTERM in noted:
            raise Terminated
        if noted:
            raise KeyboardInterrupt

    interrupt = signal.signal(signal.SIGINT, note)
    signal.signal(signal.SIGTERM, note)
    try:
        yield deliver
    finally:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, terminate)


def waited(show: Callable[[], None], stop: Callable[[], None]) -> None:
    """Shows something until its end; when it is interrupted it is stopped, and so ends the command."""
    try:
        show()
    except (KeyboardInterrupt, Terminated) as interruption:
        stop()
        raise Ended(TERMINATED if isinstance(interruption, Terminated) else INTERRUPTED) from None
