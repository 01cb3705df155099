"""Times, days and what repeats, as a voice says them well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

HOURS = (
    "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
)
WEEKDAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
    "SU": "Sunday",
}
_WORKDAYS, _WEEKEND = ("MO", "TU", "WE", "TH", "FR"), ("SA", "SU")
_INTERVALS = {2: "second", 3: "third", 4: "fourth"}


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Several things: "one, two and three"; empty for none."""
    *before, final = parts or ("",)
    return f"{', '.join(before)} {last} {final}" if before else final


def sentence(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]


def ordinal(number: int) -> str:
    """ "1st", "22nd"."""
    ending = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def clock_time(at: time) -> str:
    """A time of day without its half of the day: "seven", "7:05", "noon", "midnight"."""
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour == 12 else "midnight"
    return HOURS[at.hour % 12] if at.minute == 0 else f"{at.hour % 12 or 12}:{at.minute:02d}"


def part_of_day(at: time) -> str:
    """The part of the day that a time belongs to."""
    if at.hour < 12:
        return "morning"
    if at.hour < 18:
        return "afternoon"
    return "evening" if at.hour < 22 else "night"


def time_of_day(at: time) -> str:
    """A time by itself: "seven in the morning", "noon"."""
    part, said = part_of_day(at), clock_time(at)
    if said in ("noon", "midnight"):
        return said
    return f"{said} at night" if part == "night" else f"{said} in the {part}"


def moment(at: datetime, now: datetime) -> str:
    """A moment as seen from another, both in local time: "seven tomorrow morning", "noon on Friday"."""
    days, part, said = (at.date() - now.date()).days, part_of_day(at.time()), clock_time(at.time())
    if said == "noon":
        return f"noon {day(at.date(), now.date())}"
    if said == "midnight":
        return "midnight tonight" if days == 1 else f"midnight {day(at.date() - timedelta(days=1), now.date())}"
    if days == 0:
        return f"{said} tonight" if part == "night" else f"{said} this {part}"
    if abs(days) == 1:
        return f"{said} {'tomorrow' if days > 0 else 'yesterday'} {part}"
    if 1 < days < 7:
        return f"{said} on {at:%A} {part}"
    return f"{time_of_day(at.time())} {day(at.date(), now.date())}"


def day(then: date, today: date) -> str:
    """A day as seen from another: "tomorrow", "on Friday", "on December 14th"."""
    days = (then - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return f"on {then:%A}"
    year = f", {then.year}" if abs(days) > 300 else ""
    return f"on {then:%B} {ordinal(then.day)}{year}"


def repeated(rule: str, at: datetime) -> str:
    """What repeats by a recurrence rule, with its time of day: "every weekday at seven in the morning"."""
    return f"{recurrence(rule, at)} at {time_of_day(at.time())}"


def recurrence(rule: str, at: datetime) -> str:
    """The days of a recurrence rule: "every Monday and Thursday", "on the 1st of every month"."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    interval = int(parts.get("INTERVAL", 1))
    nth = f"every {_INTERVALS.get(interval, ordinal(interval)) + ' ' if interval > 1 else ''}"
    if "UNTIL" in parts:
        return "on " + listed([WEEKDAYS[one] for one in parts["BYDAY"].split(",")])
    if parts["FREQ"] == "WEEKLY":
        return nth + _weekdays(tuple(parts["BYDAY"].split(",")))
    if parts["FREQ"] == "MONTHLY":
        number = int(parts["BYMONTHDAY"])
        return f"on the {'last day' if number < 0 else ordinal(number)} of {nth}month"
    return f"{nth}day" if parts["FREQ"] == "DAILY" else f"{nth}year on {at:%B} {ordinal(at.day)}"


def _weekdays(chosen: tuple[str, ...]) -> str:
    named = {_WORKDAYS: "weekday", _WEEKEND: "weekend day", tuple(WEEKDAYS): "day"}
    return named.get(chosen) or listed([WEEKDAYS[one] for one in chosen])


def length(seconds: float) -> str:
    """A length of time, no finer than anybody wants to know: "an hour", "5 minutes", "2 hours and 10 minutes"."""
    total = round(seconds)
    if total >= 600:
        total = round(total / 60) * 60
    parts = []
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, total = divmod(total, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return listed(parts) if parts else "no time"
