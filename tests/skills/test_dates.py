"""Days and moments as sentences mean them, on the day they are said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.skills.dates import as_date, as_datetime, as_time
from assistant.skills.schedule import seconds_until

FRIDAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    made = Grammar()
    made.set_rules("t", [Rule("t", "On", ("on {date}",)), Rule("t", "At", ("at {when}",))])
    return made


@pytest.mark.parametrize(("said", "day"), [
    ("today", (2026, 11, 27)), ("tomorrow", (2026, 11, 28)), ("the day after tomorrow", (2026, 11, 29)),
    ("friday", (2026, 11, 27)), ("next thursday", (2026, 12, 3)), ("the 3rd", (2026, 12, 3)),
    ("the 27th", (2026, 11, 27)), ("the 31st", (2026, 12, 31)), ("the first of march", (2027, 3, 1)),
    ("december 24", (2026, 12, 24)), ("february the twenty ninth", (2028, 2, 29)), ("in ten days", (2026, 12, 7)),
    ("in 2 weeks", (2026, 12, 11)), ("a week from today", (2026, 12, 4)),
])
def test_days(grammar: Grammar, said: str, day: tuple[int, int, int]) -> None:
    match = grammar.match(f"on {said}")[0]
    assert as_date(match.slots["date"], FRIDAY) == date(*day)


@pytest.mark.parametrize(("said", "moment"), [
    ("noon", (28, 12, 0)), ("half past four in the afternoon", (27, 16, 30)), ("tomorrow at eight", (28, 8, 0)),
    ("7:15 on sunday", (29, 7, 15)), ("friday at noon", (27, 12, 0)),
])
def test_moments(grammar: Grammar, said: str, moment: tuple[int, int, int]) -> None:
    now = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    match = grammar.match(f"at {said}")[0]
    found = as_datetime(match.slots["when"], now)
    assert (found.day, found.hour, found.minute, found.tzinfo) == (*moment, UTC)


def test_there_is_no_such_day() -> None:
    for said in ("d32", "02-30", "13-01", "x"):
        with pytest.raises((ValueError, IndexError)):
            as_date(said, FRIDAY)
    assert as_time("07:05").minute == 5


def test_the_next_time_of_day() -> None:
    now = datetime(2026, 11, 27, 15, 30).astimezone()
    assert seconds_until("16:00", now) == 1800
    assert seconds_until("15:30", now) == 86_400
