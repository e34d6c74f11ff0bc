"""Times, sizes and states are said in the same words everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ellip_lab.runs.contract import StepState
from ellip_lab.tasks.contract import Progress, State
from ellip_lab.tasks.wording import TONES, age, duration, progress, size, took

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0.0 s"),
        (0.44, "0.4 s"),
        (9.97, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3725, "1 h 2 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_duration(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_took() -> None:
    assert took(None, None) == ""
    assert took(NOW, None, NOW + timedelta(seconds=3)) == "3.0 s"
    assert took(NOW, NOW + timedelta(minutes=2), NOW + timedelta(days=1)) == "2 min 0 s"


@pytest.mark.parametrize(
    ("ago", "said"), [(5, "just now"), (300, "5 min ago"), (7200, "2 h ago"), (200_000, "2 d ago")]
)
def test_age(ago: float, said: str) -> None:
    assert age(NOW - timedelta(seconds=ago), NOW) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_700, "1.0 MB"),
        (306_000_000, "306 MB"),
        (2.5e12, "2.5 TB"),
    ],
)
def test_size(count: int | None, said: str) -> None:
    assert size(count) == said


def test_progress() -> None:
    assert progress(State.QUEUED, Progress(), 2) == "2 before it"
    assert progress(State.RUNNING, Progress(done=1, total=4)) == "1 of 4"
    assert progress(State.RUNNING, Progress(text="pulling")) == "pulling"


def test_every_state_has_a_look() -> None:
    assert {*State, *StepState} <= set(TONES)
