"""Days and times as sentences mean them, and what they are on the day they are said.

A grammar remembers its matches, so ``{date}`` and ``{when}`` give what was said, not which day that is: ``+1``
(tomorrow), ``w4`` (the next Friday), ``d3`` (the 3rd of a month), ``05-03`` (the 3rd of May); ``{when}`` has ``HH:MM``
after it.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

YEARS_AHEAD = 8
"""Until the 29th of February comes again, at the latest."""


def as_time(said: str) -> time:
    """The time of day of ``{time_of_day}``: 'HH:MM'."""
    hour, _, minute = said.partition(":")
    return time(int(hour), int(minute))


def as_date(said: str, today: date) -> date:
    """The day that a value of ``{date}`` means, today or later.

    Raises:
        ValueError: it is no such value, or there is no such day.
    """
    if said.startswith("+"):
        return today + timedelta(days=int(said))
    if said.startswith("w"):
        return today + timedelta(days=(int(said[1:]) - today.weekday()) % 7)
    if said.startswith("d"):
        return _next_day(int(said[1:]), today)
    month, _, day = said.partition("-")
    for year in range(today.year, today.year + YEARS_AHEAD + 1):
        if int(day) <= calendar.monthrange(year, int(month))[1] and date(year, int(month), int(day)) >= today:
            return date(year, int(month), int(day))
    raise ValueError(f"there is no day {said!r}")


def as_datetime(said: str, now: datetime) -> datetime:
    """The moment that a value of ``{when}`` or ``{time_of_day}`` means: the next such one, in the zone of ``now``.

    Raises:
        ValueError: it is no such value.
    """
    day, _, clock = said.rpartition(" ")
    at = as_time(clock)
    if day:
        return datetime.combine(as_date(day, now.date()), at, now.tzinfo)
    soon = datetime.combine(now.date(), at, now.tzinfo)
    return soon if soon > now else soon + timedelta(days=1)


def _next_day(day: int, today: date) -> date:
    month, year = today.month, today.year
    for _ in range(12):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
    raise ValueError(f"no month has a day {day}")
