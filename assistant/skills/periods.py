"""What the words of a ``{period}`` mean at the moment they are said: from when until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.skills.dates import as_date, as_time
from assistant.skills.endings import Refusal
from assistant.skills.spoken import spoken_day, spoken_time

if TYPE_CHECKING:
    from assistant.grammar.grammar import Grammar

HOURS = {"morning": (5, 12), "noon": (12, 14), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 30)}
"""Parts of a day; afternoon and evening overlap, as they do in people's heads, and a night ends the next morning."""
AN_HOUR, A_DAY, A_WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
FEW_DAYS = 4
"""The next few days, today among them."""
_HALF_DAY = re.compile(r"\b(am|pm|a m|p m|morning|afternoon|evening|night|tonight|noon|midday|midnight)\b|[:.]")
"""What says which half of the day is meant; so does a time in digits."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time. A parameter annotated so gets the one that the words of ``{period}`` mean."""

    start: datetime
    end: datetime
    """Not included."""
    words: str
    """As an answer says it: "tomorrow evening", "on Friday", "this weekend"."""
    kind: str = "day"
    """``day``, ``part`` of a day, ``days``, or ``moment``: an hour that begins at a time of day."""


def as_period(said: str, now: datetime) -> Period:
    """The period that words mean.

    Args:
        said: the value of ``{period}``.
        now: with a zone, the period has the zone of this machine; without one, none: the clock on a wall somewhere.

    Raises:
        ValueError: they mean none.
        Refusal: there is no such day: the 31st of June.
    """
    wall = now.replace(tzinfo=None)
    slots = _slots(said)
    if "stretch" in slots:
        found = _stretch(slots["stretch"], wall)
    elif "days" in slots:
        found = Period(wall, _midnight(wall.date() + slots["days"] * A_DAY), said, "days")
    elif "later" in slots:
        begins = wall + timedelta(seconds=slots["later"])
        found = Period(begins, begins + AN_HOUR, said, "moment")
    elif "long" in slots:
        found = Period(wall, wall + timedelta(seconds=slots["long"]), said, "part")
    else:
        found = _on_a_day(slots, said, wall)
    if now.tzinfo is None:
        return found
    return replace(found, start=found.start.astimezone(), end=found.end.astimezone())


def today(now: datetime) -> Period:
    """The present day, as ``as_period`` gives it."""
    return as_period("today", now)


@lru_cache(maxsize=1)
def _grammar() -> Grammar:
    """Made when it is first needed: every skill's process imports this module, few use it."""
    from assistant.grammar.base import Rule
    from assistant.grammar.grammar import Grammar
    from assistant.grammar.periods import PERIOD

    grammar = Grammar()
    grammar.set_rules("periods", [Rule("periods", "Period", PERIOD.sentences)])
    return grammar


@lru_cache(maxsize=256)
def _slots(said: str) -> Mapping[str, Any]:
    """How words were read as a period: the same sentences read them that recognised them."""
    matches = _grammar().match(said)
    if not matches:
        raise ValueError(f"{said!r} is no period")
    return matches[0].slots


def _on_a_day(slots: Mapping[str, Any], said: str, wall: datetime) -> Period:
    this_day = wall.date()
    try:
        day = as_date(slots["day"], this_day) if "day" in slots else this_day
    except ValueError as error:
        raise Refusal("There is no such day.") from error
    if "clock" in slots:
        return _moment(as_time(slots["clock"]), day, "day" in slots, said, wall)
    if "part" in slots:
        return _part(slots["part"], day, this_day)
    return Period(_midnight(day), _midnight(day + A_DAY), spoken_day(day, this_day))


def _moment(at: time, day: date, named: bool, said: str, wall: datetime) -> Period:
    begins = datetime.combine(day, at)
    if 1 <= at.hour < 12 and _HALF_DAY.search(said) is None:
        past = day == wall.date() and begins <= wall
        begins += timedelta(hours=12) if past or at.hour < 7 else timedelta(0)
    elif not named and begins <= wall:
        begins += A_DAY
    words = f"{spoken_day(begins.date(), wall.date())} at {spoken_time(begins)}"
    return Period(begins, begins + AN_HOUR, words, "moment")


def _part(part: str, day: date, this_day: date) -> Period:
    first, last = HOURS[part]
    near = spoken_day(day, this_day)
    if day == this_day:
        words = "tonight" if part == "night" else "at noon" if part == "noon" else f"this {part}"
    elif part == "noon":
        words = f"{near} at noon"
    else:
        words = f"{near} {'at ' if part == 'night' else 'in the '}{part}" if "," in near else f"{near} {part}"
    return Period(_midnight(day) + first * AN_HOUR, _midnight(day) + last * AN_HOUR, words, "part")


def _stretch(name: str, wall: datetime) -> Period:
    day = wall.date()
    if name in HOURS:
        return _part(name, day, day)
    first = {
        "rest": day, "two days": day, "few days": day, "week": day, "month": day,
        "weekend": max(day, _monday(day) + 5 * A_DAY), "next weekend": _monday(day) + 12 * A_DAY,
        "next week": _monday(day) + A_WEEK, "next month": _next_month(day),
    }[name]
    last = {
        "rest": day + A_DAY, "two days": day + 2 * A_DAY, "few days": day + FEW_DAYS * A_DAY,
        "week": _monday(day) + A_WEEK, "month": _next_month(day), "weekend": _monday(day) + A_WEEK,
        "next weekend": _monday(day) + 2 * A_WEEK, "next week": _monday(day) + 2 * A_WEEK,
        "next month": _next_month(_next_month(day)),
    }[name]
    words = {
        "rest": "later today", "two days": "today and tomorrow", "few days": "in the next few days",
        "week": "this week", "month": "this month", "weekend": "this weekend",
    }.get(name, name)
    if name == "rest":
        return Period(wall, _midnight(last), words, "part")
    return Period(_midnight(first), _midnight(last), words, "days")


def _monday(day: date) -> date:
    return day - day.weekday() * A_DAY


def _next_month(day: date) -> date:
    return (day.replace(day=28) + 4 * A_DAY).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
