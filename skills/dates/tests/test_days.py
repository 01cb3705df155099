"""Which day is meant, the days that people know by name, and how lengths are told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta

from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml
from assistant.skills.harness import Harness
from skills.dates.days import DayError, Days, span
from skills.dates.holidays import holiday, is_holiday
from skills.dates.telling import day_name, length_between

FOLDER = Path(__file__).parents[1]
NOW = datetime(2026, 11, 28, 9, 0).astimezone()  # a Saturday


@pytest.mark.parametrize(("said", "day"), [
    ("tomorrow", date(2026, 11, 29)), ("the day after tomorrow", date(2026, 11, 30)), ("christmas", date(2026, 12, 25)),
    ("the third of may", date(2027, 5, 3)), ("march 5th 2027", date(2027, 3, 5)),
    ("on the 1st of december", date(2026, 12, 1)),
    ("may the fourth", date(2027, 5, 4)), ("december 1", date(2026, 12, 1)),
    ("the twenty first of june", date(2027, 6, 21)),
    ("november 28th", date(2026, 11, 28)), ("the 4th of july twenty twenty eight", date(2028, 7, 4)),
    ("january 1st two thousand and thirty", date(2030, 1, 1)), ("easter next year", date(2027, 3, 28)),
    ("the fourth of july", date(2027, 7, 4)), ("new year's eve", date(2026, 12, 31)),
    ("february 29th", date(2028, 2, 29)),
    ("friday", date(2026, 12, 4)), ("next saturday", date(2026, 12, 5)), ("the 30th", date(2026, 11, 30)),
    ("the 27th", date(2026, 12, 27)), ("the 31st", date(2026, 12, 31)), ("july", date(2027, 7, 1)),
    ("the end of the year", date(2026, 12, 31)), ("the end of the month", date(2026, 11, 30)),
    ("next month", date(2026, 12, 1)),
    ("next week", date(2026, 11, 30)), ("next year", date(2027, 1, 1)), ("the end of february", date(2027, 2, 28)),
    ("the beginning of 2030", date(2030, 1, 1)), ("the first day of spring", date(2027, 3, 20)),
    ("summer", date(2027, 6, 21)),
])
def test_the_next_day_of_that_name(said: str, day: date) -> None:
    assert Days(NOW).day(said) == day


@pytest.mark.parametrize(("said", "day"), [
    ("halloween", date(2026, 10, 31)), ("christmas", date(2025, 12, 25)), ("friday", date(2026, 11, 27)),
    ("saturday", date(2026, 11, 21)), ("february 29th", date(2024, 2, 29)), ("the 30th", date(2026, 10, 30)),
    ("yesterday", date(2026, 11, 27)), ("june 5th 2019", date(2019, 6, 5)),
])
def test_the_latest_day_of_that_name(said: str, day: date) -> None:
    assert Days(NOW, past=True).day(said) == day


@pytest.mark.parametrize(
    "said", ["the 31st of february", "february 29th 2027", "the 45th of may", "the 99th", "gibberish"]
)
def test_no_such_day(said: str) -> None:
    with pytest.raises(DayError):
        Days(NOW).day(said)


@pytest.mark.parametrize(("name", "day"), [
    ("easter", date(2026, 4, 5)), ("good friday", date(2026, 4, 3)), ("mardi gras", date(2026, 2, 17)),
    ("thanksgiving", date(2026, 11, 26)), ("black friday", date(2026, 11, 27)), ("memorial day", date(2026, 5, 25)),
    ("mother's day", date(2026, 5, 10)), ("labor day", date(2026, 9, 7)), ("martin luther king day", date(2026, 1, 19)),
    ("election day", date(2026, 11, 3)), ("valentine's day", date(2026, 2, 14)), ("fall", date(2026, 9, 23)),
])
def test_holidays(name: str, day: date) -> None:
    assert holiday(name, 2026) == day


def test_holidays_of_countries_and_hemispheres() -> None:
    assert holiday("mother's day", 2026, "uk") == date(2026, 3, 15)
    assert holiday("thanksgiving", 2026, "canada") == date(2026, 10, 12)
    assert holiday("summer", 2026, hemisphere="south") == date(2026, 12, 21)
    assert holiday("leap day", 2026) is None


def test_every_holiday_that_can_be_said_is_known() -> None:
    sentences = load_sentences_yaml(FOLDER / "sentences.yaml", "dates")
    grammar = Grammar()
    grammar.set_list("holiday", sentences.lists["holiday"])
    grammar.set_sentences("s", type(sentences)([type(sentences.rules[0])("s", "I", ("{holiday}",))]))
    names = list(grammar.sentences(View(), 300))
    assert len(names) > 60 and not [name for name in names if not is_holiday(name)]


@pytest.mark.parametrize(("said", "length"), [
    ("three weeks", relativedelta(weeks=3)), ("90 days", relativedelta(days=90)), ("a year", relativedelta(years=1)),
    ("a couple of days", relativedelta(days=2)), ("a year and two months", relativedelta(years=1, months=2)),
    ("a fortnight", relativedelta(days=14)), ("a hundred and five days", relativedelta(days=105)),
])
def test_spans(said: str, length: relativedelta) -> None:
    assert span(said) == length


def test_lengths_are_told_in_what_was_asked_for() -> None:
    first, last = date(2026, 11, 28), date(2028, 1, 5)
    assert length_between(first, last, "how many days until") == "403 days"
    assert length_between(first, last, "how many weeks until") == "57 weeks and 4 days"
    assert length_between(first, last, "how many months until") == "13 months and 8 days"
    assert length_between(first, last, "how long until") == "1 year, 1 month and 8 days"
    assert length_between(first, first, "how many weeks until") == "0 days"


def test_the_year_is_told_where_it_is_another() -> None:
    assert day_name(date(2026, 12, 22), NOW.date()) == "Tuesday, December 22nd"
    assert day_name(date(2027, 1, 13), NOW.date(), weekday=False) == "January 13th 2027"


async def test_every_sentence_has_an_answer() -> None:
    async with Harness(FOLDER, now=NOW) as h:
        for text in h.grammar.sentences(View(skills=("dates",)), 400, seed=2):
            answer = await h.say(text)
            assert answer.text.endswith("."), text
            assert answer.text != "I don't know that day.", text
