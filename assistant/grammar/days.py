"""``{date}`` and ``{when}``: days and moments as people say them; ``assistant.skills.dates`` says which day that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.grammar.base import Range, Value
from assistant.grammar.lists import Composite
from assistant.grammar.numbers import ordinal_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = [Value(name, number) for number, name in enumerate((
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
), 1)]
PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_NAMED = [
    Value("today", "+0"), Value("tomorrow", "+1"), Value("[the] day after tomorrow", "+2"),
    Value("(in a week|a week from (now|today))", "+7"),
    *(Value(f"[(on|this|next)] {name}", f"w{number}") for number, name in enumerate(WEEKDAYS)),
]
DAYS_OF_MONTH = [Value(text, day) for day in range(1, 32) for text in ordinal_of(day)]


def _day(slots: Mapping[str, Any]) -> str:
    if "named" in slots:
        return str(slots["named"])
    if "count" in slots:
        return f"+{int(slots['count'])}"
    return f"{slots['month']:02d}-{slots['day']:02d}" if "month" in slots else f"d{slots['day']}"


DATE = Composite(
    (
        "{named}", "[on] the {day} [of {month}]", "[on] {month} [the] {day}", "[on] {month} {number:day}",
        "in {count} days", "in {weeks:count} weeks",
    ),
    _day,
    {
        "named": _NAMED, "day": DAYS_OF_MONTH, "number": Range(1, 31), "count": Range(2, 60),
        "weeks": Range(2, 52, multiplier=7), "month": MONTHS,
    },
)
WHEN = Composite(
    ("{date:day} [at] {time_of_day:clock}", "[at] {time_of_day:clock} {date:day}", "[at] {time_of_day:clock}"),
    lambda slots: f"{slots['day']} {slots['clock']}" if "day" in slots else str(slots["clock"]),
    {},
)
