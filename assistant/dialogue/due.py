"""What is said when something is due."""

from __future__ import annotations

from datetime import datetime

from assistant import spoken
from assistant.store.timer import Timer

LATE_SECONDS = 60.0
"""From so late on it is said how late it is."""


def announcement(timer: Timer, due: datetime, now: datetime, *, rings: bool) -> str:
    """What is said.

    Args:
        due, now: local time, without a zone.
        rings: whether it rings after these words; else they come too late for that.
    """
    late = (now - due).total_seconds()
    if timer.kind == "timer":
        return _timer(timer, late, rings)
    text = _reminder(timer, due, now, rings) if timer.kind == "reminder" else _alarm(timer, due, now, rings)
    return f"{timer.person}, {text[0].lower()}{text[1:]}" if timer.person else text


def _timer(timer: Timer, late: float, rings: bool) -> str:
    what = f"{timer.name} timer" if timer.name else f"{length(timer.seconds)} timer"
    if rings:
        return f"Your {what} is done."
    minutes = round(late / 60)
    return f"Your {what} was due {minutes} {'minute' if minutes == 1 else 'minutes'} ago."


def _reminder(timer: Timer, due: datetime, now: datetime, rings: bool) -> str:
    what = timer.name or "you wanted to be reminded of something"
    return f"Reminder: {what}." if rings else f"A reminder for {spoken.moment(due, now)}: {what}."


def _alarm(timer: Timer, due: datetime, now: datetime, rings: bool) -> str:
    what = f"{timer.name} alarm" if timer.name else "alarm"
    if not rings:
        return f"Your {what} was for {spoken.moment(due, now)}. I could not ring then."
    told = f"It's {spoken.time_of_day(now.time())}"
    if (now - due).total_seconds() >= LATE_SECONDS:
        return f"{told}. Your {what} was for {spoken.clock_time(due.time())}."
    return f"{told}, your {what}." if timer.name else f"{told}."


def length(seconds: float) -> str:
    """A length as an adjective: "five minute" style, in its largest whole unit."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} second"
