"""Local time across changes of the clocks, and in a zone that is changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.localtime import local, wall_of
from tests.zones import zone


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("shown", "wall", "why"), [
    ("2026-07-01 07:00", "2026-07-01 05:00", "summer"),
    ("2026-12-01 07:00", "2026-12-01 06:00", "winter"),
    ("2026-03-29 01:59", "2026-03-29 00:59", "just before clocks leap"),
    ("2026-03-29 02:00", "2026-03-29 01:00", "leapt over: the first moment after"),
    ("2026-03-29 02:30", "2026-03-29 01:00", "leapt over: the first moment after"),
    ("2026-03-29 03:00", "2026-03-29 01:00", "the first moment after"),
    ("2026-10-25 02:30", "2026-10-25 00:30", "shown twice: the first time"),
    ("2026-10-25 03:00", "2026-10-25 02:00", "after both"),
])
def test_when_clocks_in_berlin_first_show_a_time(shown: str, wall: str, why: str) -> None:
    with zone("Europe/Berlin"):
        assert wall_of(datetime.fromisoformat(shown)) == utc(wall), why


def test_half_an_hour_may_be_leapt_over_too() -> None:
    with zone("Australia/Lord_Howe"):
        assert local(wall_of(datetime(2026, 10, 4, 2, 10))) == datetime(2026, 10, 4, 2, 30)


def test_a_zone_that_is_changed_counts_at_once() -> None:
    with zone("Europe/Berlin"):
        assert local(utc("2026-07-01 05:00")) == datetime(2026, 7, 1, 7, 0)
        with zone("America/New_York"):
            assert local(utc("2026-07-01 05:00")) == datetime(2026, 7, 1, 1, 0)
        assert wall_of(datetime(2026, 7, 1, 7, 0)) == utc("2026-07-01 05:00")
