"""Moments on the day they are said: from what ``{days}``, ``{clock}`` and ``{moment}`` mean to local time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from assistant import spoken
from assistant.skills.dates import as_date, as_time
from assistant.skills.endings import Refusal

HOURS = {"morning": time(8), "afternoon": time(15), "evening": time(19), "night": time(21)}
"""When it is each part of the day, if no time is said."""
DAY = 86_400
"""Seconds: what is further away is due at a time of day."""
LATE_PARTS = ("afternoon", "evening", "night")
NIGHT_ENDS = 5
"""Hours before this one, said of a night, are of the next day."""
DAY_BEGINS = timedelta(hours=6, minutes=30)
"""A time before this one that may as well be of the afternoon is meant so, where nobody is to be woken."""
OVER = "That's over already."


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is due: a while from now, or at a local time without a zone."""

    seconds: float = 0.0
    at: datetime | None = None
    """The first one, where it repeats."""
    rule: str = ""
    """How it repeats, as ``ctx.alarms.set`` takes it."""

    def spoken(self, now: datetime) -> str:
        """As one says it: "in 10 minutes", "at seven tomorrow morning", "every weekday at six in the morning"."""
        if self.at is None:
            return f"every {spoken.length(self.seconds)}" if self.rule else f"in {spoken.length(self.seconds)}"
        return spoken.repeated(self.rule, self.at) if self.rule else f"at {spoken.moment(self.at, now)}"


def needs_time(meant: Mapping[str, Any], now: datetime, hours: Mapping[str, time] = HOURS) -> bool:
    """Whether a day is said without a time of it, or with a part of which it is too late to choose one."""
    if "clock" in meant or "seconds" in meant:
        return False
    return "part" not in meant or (meant.get("day") == "+0" and hours[str(meant["part"])] <= now.time())


def moment_of(
    meant: Mapping[str, Any], now: datetime, *, waking: bool = False, hours: Mapping[str, time] = HOURS
) -> Moment:
    """The next such moment.

    Args:
        meant: what the words mean, with a time of day.
        now: local time.
        waking: somebody is to be woken: "five tomorrow" is in the morning.
        hours: when it is each part of the day.

    Raises:
        Refusal: it is over.
    """
    now = now.replace(tzinfo=None)
    if "seconds" in meant:
        seconds = float(meant["seconds"])
        if meant.get("again"):
            return Moment(seconds, rule="again")
        return Moment(seconds) if seconds < DAY else Moment(at=now + timedelta(seconds=seconds))
    choices = _times(meant, waking, hours)
    if meant.get("rule"):
        return _repeated(meant, choices[0], now)
    if "day" not in meant:
        return Moment(at=min(_next(one, now) for one in choices))
    return Moment(at=_on_day(str(meant["day"]), choices, now))


def _times(meant: Mapping[str, Any], waking: bool, hours: Mapping[str, time]) -> list[timedelta]:
    """The times of the day that may be meant, from its midnight on, the likeliest first."""
    part, clock = meant.get("part"), str(meant.get("clock", ""))
    if not clock:
        return [_since_midnight(hours[str(part)])]
    said = _since_midnight(as_time(clock.rstrip("?")))
    if not clock.endswith("?"):
        return [said]
    early, late = said % timedelta(hours=12), said % timedelta(hours=12) + timedelta(hours=12)
    if part == "night" and early < timedelta(hours=NIGHT_ENDS):
        return [early + timedelta(days=1)]
    if part:
        return [late if part in LATE_PARTS else early]
    is_twelve = said >= timedelta(hours=12)
    if is_twelve or (not waking and ("day" in meant or "rule" in meant) and early < DAY_BEGINS):
        return [late, early]
    return [early, late]


def _next(since_midnight: timedelta, now: datetime) -> datetime:
    at = _midnight(now.date()) + since_midnight
    return at if at > now else at + timedelta(days=1)


def _on_day(day: str, choices: list[timedelta], now: datetime) -> datetime:
    today = now.date()
    found = as_date(day, today)
    for choice in choices:
        if (at := _midnight(found) + choice) > now:
            return at
    if day.startswith("+"):
        raise Refusal(OVER)
    return _midnight(as_date(day, today + timedelta(days=1))) + choices[0]


def _repeated(meant: Mapping[str, Any], since_midnight: timedelta, now: datetime) -> Moment:
    rule, begin = str(meant["rule"]), now.date()
    if "day" in meant:
        begin = as_date(str(meant["day"]), begin)
        if _midnight(begin) + since_midnight <= now:
            begin = as_date(str(meant["day"]), begin + timedelta(days=1))
    first = rrulestr(rule, dtstart=_midnight(begin) + since_midnight % timedelta(days=1)).after(now)
    assert isinstance(first, datetime)  # none of these rules ends
    if meant.get("once"):
        rule += f";UNTIL={first + timedelta(days=6):%Y%m%d}T235959"
    return Moment(at=first, rule=rule)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)
