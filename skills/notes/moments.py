"""When something was noted, as one says it: "today at 3:05 PM", "on Monday at noon", "on March 3rd"."""

from __future__ import annotations

from datetime import datetime

WEEK = 7
"""Days within which the day of the week says which day is meant."""


def spoken_moment(then: datetime, now: datetime) -> str:
    """A moment of the past; both with a zone, that of ``now`` counts."""
    then = then.astimezone(now.tzinfo)
    days = (now.date() - then.date()).days
    if days < 1:
        return f"today at {_time(then)}"
    if days == 1:
        return f"yesterday at {_time(then)}"
    if days < WEEK:
        return f"on {then:%A} at {_time(then)}"
    year = f", {then.year}" if then.year != now.year else ""
    return f"on {then:%B} {then.day}{_ending(then.day)}{year}"


def _time(then: datetime) -> str:
    if then.minute == 0 and then.hour in (0, 12):
        return "noon" if then.hour else "midnight"
    minutes = f":{then.minute:02d}" if then.minute else ""
    return f"{then.hour % 12 or 12}{minutes} {'AM' if then.hour < 12 else 'PM'}"


def _ending(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
