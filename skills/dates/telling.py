"""Dates and lengths as a voice says them well."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

MANY_DAYS = 366
"""Longer than this, and nobody asked for days: years and months are told."""


def day_name(day: date, today: date, *, weekday: bool = True) -> str:
    """ "Friday, December 25th"; with the year where it is not this one's."""
    ending = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    named = f"{day:%A}, {day:%B} " if weekday else f"{day:%B} "
    return f"{named}{day.day}{ending}" + (f" {day.year}" if day.year != today.year else "")


def length_between(first: date, last: date, asked: str) -> str:
    """How long it is between two days, in what was asked for: weeks, months, years, else days.

    Args:
        asked: the question's words.
    """
    days = (last - first).days
    for unit in ("week", "month", "year"):
        if f"many {unit}" in asked or asked.startswith(f"{unit}s"):
            return _in_units(first, last, unit)
    if days > MANY_DAYS and "days" not in asked and "nights" not in asked and "sleeps" not in asked:
        return _in_units(first, last, "year")
    return _counted((days, "day"))


def _in_units(first: date, last: date, unit: str) -> str:
    if unit == "week":
        weeks, days = divmod((last - first).days, 7)
        return _counted((weeks, "week"), (days, "day"))
    gone = relativedelta(last, first)
    if unit == "month":
        return _counted((12 * gone.years + gone.months, "month"), (gone.days, "day"))
    return _counted((gone.years, "year"), (gone.months, "month"), (gone.days, "day"))


def _counted(*parts: tuple[int, str]) -> str:
    """ "3 weeks and 6 days"."""
    said = [f"{count:,} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    if len(said) < 2:
        return said[0] if said else f"0 {parts[-1][1]}s"
    return f"{', '.join(said[:-1])} and {said[-1]}"
