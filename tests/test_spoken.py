"""Times, days and what repeats in words."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from assistant import spoken

NOW = datetime(2026, 11, 27, 12, 0)  # a Friday


@pytest.mark.parametrize(("at", "said"), [
    ("2026-11-27 13:00", "one this afternoon"), ("2026-11-27 19:30", "7:30 this evening"),
    ("2026-11-27 23:05", "11:05 tonight"), ("2026-11-28 00:00", "midnight tonight"),
    ("2026-11-28 00:30", "12:30 tomorrow morning"), ("2026-11-28 07:00", "seven tomorrow morning"),
    ("2026-11-28 12:00", "noon tomorrow"), ("2026-11-30 07:00", "seven on Monday morning"),
    ("2026-12-01 00:00", "midnight on Monday"), ("2026-12-04 07:00", "seven in the morning on December 4th"),
    ("2028-05-03 22:00", "ten at night on May 3rd, 2028"), ("2026-11-26 08:00", "eight yesterday morning"),
    ("2026-11-20 08:00", "eight in the morning on November 20th"),
])
def test_a_moment(at: str, said: str) -> None:
    assert spoken.moment(datetime.fromisoformat(at), NOW) == said


@pytest.mark.parametrize(("rule", "said"), [
    ("FREQ=DAILY", "every day"), ("FREQ=DAILY;INTERVAL=2", "every second day"),
    ("FREQ=DAILY;INTERVAL=10", "every 10th day"), ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
    ("FREQ=WEEKLY;BYDAY=SA,SU", "every weekend day"), ("FREQ=WEEKLY;BYDAY=MO", "every Monday"),
    ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday"),
    ("FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20261204T235959", "on Saturday and Sunday"),
    ("FREQ=MONTHLY;BYMONTHDAY=1", "on the 1st of every month"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month"), ("FREQ=YEARLY", "every year on November 27th"),
])
def test_what_repeats(rule: str, said: str) -> None:
    assert spoken.recurrence(rule, NOW) == said
    assert spoken.repeated(rule, NOW) == f"{said} at noon"


@pytest.mark.parametrize(("at", "said"), [
    (time(0, 0), "midnight"), (time(7, 0), "seven in the morning"), (time(7, 5), "7:05 in the morning"),
    (time(12, 30), "12:30 in the afternoon"), (time(18, 0), "six in the evening"), (time(23, 0), "eleven at night"),
])
def test_a_time_of_day(at: time, said: str) -> None:
    assert spoken.time_of_day(at) == said


@pytest.mark.parametrize(("seconds", "said"), [
    (1, "1 second"), (90, "1 minute and 30 seconds"), (540, "9 minutes"), (3600, "1 hour"),
    (5430, "1 hour and 30 minutes"), (0.2, "no time"), (90_061, "1 day, 1 hour and 1 minute"),
])
def test_a_length(seconds: float, said: str) -> None:
    assert spoken.length(seconds) == said


@pytest.mark.parametrize(("parts", "told"), [
    ([], ""), (["milk"], "milk"), (["milk", "tea"], "milk and tea"), (["milk", "eggs", "tea"], "milk, eggs and tea"),
])
def test_several_things(parts: list[str], told: str) -> None:
    assert spoken.listed(parts) == told
    assert spoken.sentence(told) == told[:1].upper() + told[1:]
