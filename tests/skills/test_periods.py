"""Stretches of time as people say them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.skills.endings import Refusal
from assistant.skills.periods import as_period
from assistant.skills.spoken import spoken_day, spoken_time

NOW = datetime(2026, 11, 27, 10, 30)
"""A Friday."""


@pytest.mark.parametrize(("said", "start", "end", "words"), [
    ("today", "11-27 00:00", "11-28 00:00", "today"),
    ("on friday", "11-27 00:00", "11-28 00:00", "today"),
    ("on next monday", "11-30 00:00", "12-01 00:00", "on Monday"),
    ("the day after tomorrow", "11-29 00:00", "11-30 00:00", "on Sunday"),
    ("the 3rd of december", "12-03 00:00", "12-04 00:00", "on Thursday"),
    ("december 4th", "12-04 00:00", "12-05 00:00", "on Friday, December 4th"),
    ("in two weeks", "12-11 00:00", "12-12 00:00", "on Friday, December 11th"),
    ("tomorrow morning", "11-28 05:00", "11-28 12:00", "tomorrow morning"),
    ("on saturday afternoon", "11-28 12:00", "11-28 18:00", "tomorrow afternoon"),
    ("in the evening of the 5th", "12-05 17:00", "12-06 00:00", "on Saturday, December 5th in the evening"),
    ("sunday night", "11-29 18:00", "11-30 06:00", "on Sunday night"),
    ("this evening", "11-27 17:00", "11-28 00:00", "this evening"),
    ("tonight", "11-27 18:00", "11-28 06:00", "tonight"),
    ("tomorrow at lunchtime", "11-28 12:00", "11-28 14:00", "tomorrow at noon"),
    ("later today", "11-27 10:30", "11-28 00:00", "later today"),
    ("the weekend", "11-28 00:00", "11-30 00:00", "this weekend"),
    ("next weekend", "12-05 00:00", "12-07 00:00", "next weekend"),
    ("this week", "11-27 00:00", "11-30 00:00", "this week"),
    ("over the coming week", "11-30 00:00", "12-07 00:00", "next week"),
    ("next month", "12-01 00:00", "01-01 00:00", "next month"),
    ("the next few days", "11-27 00:00", "12-01 00:00", "in the next few days"),
    ("over the next three days", "11-27 10:30", "11-30 00:00", "over the next three days"),
    ("at 4 today", "11-27 16:00", "11-27 17:00", "today at four in the afternoon"),
    ("at 8 today", "11-27 20:00", "11-27 21:00", "today at eight in the evening"),
    ("at 8 tomorrow", "11-28 08:00", "11-28 09:00", "tomorrow at eight"),
    ("tomorrow at 4 am", "11-28 04:00", "11-28 05:00", "tomorrow at four at night"),
    ("at 9 am", "11-28 09:00", "11-28 10:00", "tomorrow at nine"),
    ("on wednesday at half past three", "12-02 15:30", "12-02 16:30",
     "on Wednesday at half past three in the afternoon"),
    ("at 15:00 on sunday", "11-29 15:00", "11-29 16:00", "on Sunday at three in the afternoon"),
    ("in two hours", "11-27 12:30", "11-27 13:30", "in two hours"),
    ("in the next half hour", "11-27 10:30", "11-27 11:00", "in the next half hour"),
])
def test_periods(said: str, start: str, end: str, words: str) -> None:
    period = as_period(said, NOW)
    assert (f"{period.start:%m-%d %H:%M}", f"{period.end:%m-%d %H:%M}", period.words) == (start, end, words)


def test_at_the_weekend_the_weekend_is_what_is_left_of_it() -> None:
    sunday = NOW + timedelta(days=2)
    assert as_period("this weekend", sunday).start == datetime(2026, 11, 29)
    assert as_period("this week", sunday).end == datetime(2026, 11, 30)


def test_a_day_is_as_long_as_its_clocks_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        period = as_period("on sunday", datetime(2026, 10, 24, 12, 0).astimezone())
        assert (period.end.timestamp() - period.start.timestamp()) == 25 * 3600
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("said", ["", "soon", "friday or so", "the"])
def test_other_words_are_none(said: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        as_period(said, NOW)


def test_whatever_is_heard_as_a_period_means_one() -> None:
    grammar = Grammar()
    grammar.set_rules("s", [Rule("s", "I", ("{period}",))])
    for text in grammar.sentences(View(), 300, seed=1):
        for match in grammar.match(text):
            try:
                period = as_period(match.slots["period"], NOW)
            except Refusal:
                assert "3" in text or "thirt" in text, "the 30th of February, the 31st of June"
                continue
            assert period.start < period.end and period.words, text


@pytest.mark.parametrize(("at", "words"), [
    ("00:00", "midnight"), ("12:00", "noon"), ("09:00", "nine"), ("18:00", "six in the evening"),
    ("11:45", "quarter to twelve"), ("12:45", "quarter to one"), ("23:55", "five to twelve at night"),
    ("00:30", "half past twelve at night"), ("15:10", "ten past three in the afternoon"), ("07:42", "7:42"),
    ("05:25", "5:25 in the morning"),
])
def test_times_as_they_are_said(at: str, words: str) -> None:
    assert spoken_time(datetime.strptime(at, "%H:%M")) == words


def test_days_as_they_are_said() -> None:
    today = NOW.date()
    days = [spoken_day(today + timedelta(days=ahead), today) for ahead in (0, 1, 2, 6, 7, 40, 400)]
    assert days == ["today", "tomorrow", "on Sunday", "on Thursday", "on Friday, December 4th",
                    "on Wednesday, January 6th", "on Saturday, January 1st 2028"]
