"""Dates: how far off they are, which weekday they are, what a date plus or minus a length is."""

from __future__ import annotations

import calendar
import re
from datetime import date

from dateutil.relativedelta import relativedelta

from assistant.skills import Answer, Context, Refusal, Skill, intent

from .days import WEEKDAYS, DayError, Days, span
from .telling import day_name, length_between

WAS = re.compile(r"\b(was|were|did|fell|ago|since)\b")
ASKED = re.compile(rf"\b(?:an?|the) ({'|'.join(WEEKDAYS)}|weekend|weekday)\b")
WHEN = re.compile(r"\b(when|date)\b")
SATURDAY = 5
FARTHEST = 9000
"""Years beyond which no calendar is meant."""


class Dates(Skill):
    """Works out dates."""

    @intent("Until")
    async def until(self, ctx: Context, date: str) -> Answer:
        today, day = ctx.now.date(), meant(ctx, date)
        if day == today:
            return Answer("That's today.", "info")
        if day < today:
            return Answer(f"That was {length_between(day, today, ctx.text)} ago, on {day_name(day, today)}.", "info")
        return Answer(f"{length_between(today, day, ctx.text)}, until {day_name(day, today)}.", "info")

    @intent("Since")
    async def since(self, ctx: Context, date: str) -> Answer:
        today, day = ctx.now.date(), meant(ctx, date, past=True)
        if day == today:
            return Answer("That's today.", "info")
        if day > today:
            return Answer(f"That is still to come: {day_name(day, today)}.", "info")
        length = length_between(day, today, ctx.text)
        return Answer(f"{length}{' ago, on' if 'ago' in ctx.text else ', since'} {day_name(day, today)}.", "info")

    @intent("DayOf")
    async def day_of(self, ctx: Context, date: str) -> Answer:
        today, day = ctx.now.date(), meant(ctx, date, past=WAS.search(ctx.text) is not None)
        verb = "was" if day < today else "is"
        if WHEN.search(ctx.text):
            return Answer(f"It {verb} on {day_name(day, today)}.", "info")
        said = f"{day_name(day, today, weekday=False)} {verb} a {day:%A}."
        if (asked := ASKED.search(ctx.text)) is not None:
            said = f"{'Yes' if fits(asked[1], day) else 'No'}, {said}"
        return Answer(said, "info")

    @intent("After")
    async def after(self, ctx: Context, amount: str, date: str = "") -> Answer:
        return shifted(ctx, amount, date, 1)

    @intent("Before")
    async def before(self, ctx: Context, amount: str, date: str = "") -> Answer:
        return shifted(ctx, amount, date, -1)

    @intent("Between")
    async def between(self, ctx: Context, first: str, second: str) -> Answer:
        begin = meant(ctx, first)
        end = meant(ctx, second, since=begin)
        if begin > end:
            begin, end = end, begin
        today = ctx.now.date()
        said = length_between(begin, end, ctx.text)
        return Answer(f"{said}, from {day_name(begin, today)} to {day_name(end, today)}.", "info")

    @intent("Week")
    async def week(self, ctx: Context, date: str = "") -> Answer:
        day = meant(ctx, date) if date else ctx.now.date()
        number = day.isocalendar().week
        return Answer(f"That's in week {number}." if date else f"It's week {number}.", "info")

    @intent("LeapYear")
    async def leap_year(self, ctx: Context, year: int | None = None) -> Answer:
        this = ctx.now.year
        if year is None and "the next leap year" in ctx.text.replace("our", "the"):
            return Answer(f"The next leap year is {next_leap_year(this)}.", "info")
        if year is None:
            year = this + ("next year" in ctx.text) - ("last year" in ctx.text)
        leaps, verb = calendar.isleap(year), "was" if year < this else "is"
        said = f"{'Yes' if leaps else 'No'}, {year} {verb} {'' if leaps else 'not '}a leap year."
        return Answer(said if leaps or year < this else f"{said} The next one is {next_leap_year(year)}.", "info")


def meant(ctx: Context, said: str, *, past: bool = False, since: date | None = None) -> date:
    """The day that was said.

    Args:
        past: the latest one, not the next.
        since: on this day or after it, in place of today.

    Raises:
        Refusal: there is no such day.
    """
    now = ctx.now if since is None else ctx.now.replace(year=since.year, month=since.month, day=since.day)
    try:
        return Days(now, past, ctx.settings["country"], ctx.settings["hemisphere"]).day(said)
    except DayError as error:
        raise Refusal(str(error)) from error


def shifted(ctx: Context, amount: str, said: str, sign: int) -> Answer:
    """The date of a day and a length after it, or before."""
    today = ctx.now.date()
    length: relativedelta = span(amount)
    try:
        day = (meant(ctx, said) if said else today) + sign * length
    except (ValueError, OverflowError) as error:
        raise Refusal("No calendar goes as far as that.") from error
    if day.year > FARTHEST:
        raise Refusal("No calendar goes as far as that.")
    return Answer(f"{'That was' if day < today else 'That is'} {day_name(day, today)}.", "info")


def fits(asked: str, day: date) -> bool:
    """Whether a day is what was asked: "monday", "weekend"."""
    if asked in ("weekend", "weekday"):
        return (day.weekday() >= SATURDAY) == (asked == "weekend")
    return asked == WEEKDAYS[day.weekday()]


def next_leap_year(year: int) -> int:
    """The first leap year after a year."""
    return next(later for later in range(year + 1, year + 9) if calendar.isleap(later))
