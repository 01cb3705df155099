"""The day that is meant by "the third of may", "march 5th 2027", "next friday", "christmas", "the end of the year"."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from assistant.grammar.numbers import ordinal_of
from assistant.grammar.symbols import readable, symbols_of
from assistant.skills.numbers import as_number, as_year

from .holidays import holiday, is_holiday

MONTHS = tuple(name.lower() for name in calendar.month_name)
WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
RELATIVE = {
    "today": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2, "day before yesterday": -2,
}
YEARS = 8
"""So far is looked for a day without a year: until the 29th of February comes again."""
_NTH = {text: n for n in range(1, 101) for text in ordinal_of(n)}
_YEAR_WORDS = {"this year": 0, "next year": 1, "last year": -1}
_EDGES = ("beginning of", "start of", "end of", "first day of", "last day of")
_UNITS = {"day": "days", "week": "weeks", "fortnight": "fortnights", "month": "months", "year": "years"}


class DayError(ValueError):
    """There is no such day; the text says so, for the ear."""


@dataclass(frozen=True, slots=True)
class Days:
    """Finds days from a present moment.

    Attributes:
        past: the latest such day is meant, not the next.
    """

    now: datetime
    past: bool = False
    country: str = "us"
    hemisphere: str = "north"

    @property
    def today(self) -> date:
        return self.now.date()

    def day(self, said: str) -> date:
        """The day that is meant.

        Raises:
            DayError: there is no such day.
        """
        text = symbols_of(said).removeprefix("on ").removeprefix("the ")
        if text in RELATIVE:
            return self.today + timedelta(days=RELATIVE[text])
        for edge in _EDGES:
            if text.startswith(edge) and not is_holiday(text.removeprefix(edge).strip().removeprefix("the ")):
                return self._edge(text.removeprefix(edge).strip(), last=edge.startswith(("end", "last")))
            text = text.removeprefix(edge).strip()
        if text.split()[-1] in WEEKDAYS:
            return self._weekday(WEEKDAYS.index(text.split()[-1]))
        if text in ("next week", "next month", "next year"):
            return self._edge(text, last=False)
        return self._of_a_year(text)

    def _of_a_year(self, text: str) -> date:
        text, year = self._year(text)
        words = [word for word in text.split() if word not in ("the", "of", "in", "day")]
        month = next((MONTHS.index(word) for word in words if word in MONTHS), 0)
        if not month and not is_holiday(_name(text)):
            return self._in_months(_number(text))
        rest = " ".join(word for word in words if word not in MONTHS)
        day = (_number(rest) if rest else 1) if month and not is_holiday(_name(text)) else 0

        def found(year: int) -> date | None:
            if not day:
                return holiday(_name(text), year, self.country, self.hemisphere, self.now.tzinfo)
            return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None

        return self._chosen(year, found, text)

    def _chosen(self, year: int | None, found: Callable[[int], date | None], name: str) -> date:
        """The day of a year, or the nearest in the direction that is meant."""
        years: Iterable[int] = range(self.today.year - YEARS, self.today.year + YEARS + 1) if year is None else (year,)
        days = [day for day in map(found, years) if day is not None]
        if year is None:
            days = [day for day in days if (day <= self.today if self.past else day >= self.today)]
        if not days:
            raise DayError(f"There is no {readable(name)}{f' in {year}' if year else ''}.")
        return days[-1] if self.past else days[0]

    def _year(self, text: str) -> tuple[str, int | None]:
        """The words before the year, and the year."""
        for ending, offset in _YEAR_WORDS.items():
            if text.endswith(f" {ending}"):
                return text.removesuffix(f" {ending}"), self.today.year + offset
        words = text.split()
        for size in (5, 4, 3, 2, 1):
            year = as_year(" ".join(words[-size:])) if size < len(words) else None
            if year is not None:
                return " ".join(words[:-size]).removesuffix(" in").removesuffix(" of"), year
        return text, None

    def _weekday(self, number: int) -> date:
        step = -1 if self.past else 1
        days = (number - self.today.weekday()) * step % 7 or 7
        return self.today + timedelta(days=days * step)

    def _in_months(self, day: int) -> date:
        """The next "5th", or the latest."""
        step = -1 if self.past else 1
        for months in range(12):
            first = self.today.replace(day=1) + relativedelta(months=months * step)
            if day <= calendar.monthrange(first.year, first.month)[1]:
                found = first.replace(day=day)
                if found <= self.today if self.past else found >= self.today:
                    return found
        raise DayError("No month has such a day.")

    def _edge(self, text: str, *, last: bool) -> date:
        """The first or last day of a week, month or year."""
        text, year = self._year(f"the {text.removeprefix('the ')}")
        unit, ahead = text.split()[-1], int("next" in text.split())
        if text == "the" or unit == "year":
            return date(year or self.today.year, 12 if last else 1, 31 if last else 1)
        if unit in MONTHS:
            first = self._chosen(year, lambda one: date(one, MONTHS.index(unit), 1), unit)
        elif unit == "week":
            return self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=ahead, days=6 * last)
        else:
            first = self.today.replace(day=1) + relativedelta(months=ahead)
        return first + relativedelta(day=31) if last else first


def span(said: str) -> relativedelta:
    """A length in the calendar: "three weeks", "a year and two months", "a couple of days"."""
    words = symbols_of(said).replace("a couple of", "two").split()
    found, count = relativedelta(), list[str]()
    for word in words:
        unit = _UNITS.get(word.removesuffix("s"))
        if unit is None:
            count += [word] if word != "and" or count else []
            continue
        amount = int(_number(" ".join("a" if one == "an" else one for one in count)))
        found += relativedelta(days=14 * amount) if unit == "fortnights" else relativedelta(**{unit: amount})  # type: ignore[arg-type]
        count = []
    return found


def _name(text: str) -> str:
    return text.removesuffix(" day") if not is_holiday(text) else text


def _number(text: str) -> int:
    value = _NTH.get(text) or as_number("one" if text == "a" else text)
    if value is None or value != int(value) or value < 0:
        raise DayError("I don't know that day.")
    return int(value)
