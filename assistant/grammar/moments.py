"""``{days}`` and ``{moment}``: days and moments as people say them, once or again and again.

The value of either is the words as said. What they mean (``Match.meant``) is a dictionary, of which
``assistant.skills.moments`` makes a moment on the day they are said:

* ``{days}``: ``day`` (as ``{date}`` gives it) or ``rule`` (a recurrence rule; with ``once`` it holds for one week), and
  ``part``, a part of the day.
* ``{moment}``: ``seconds`` from now (with ``again``: each time), or what ``{days}`` means and ``clock``, a time of day
  as ``{clock}`` means it: 'HH:MM', with a question mark where it may also be twelve hours later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.grammar.base import Value
from assistant.grammar.days import DAYS_OF_MONTH, MONTHS, PARTS_OF_DAY, WEEKDAYS
from assistant.grammar.lists import Composite

DAY = 86_400
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = "MO,TU,WE,TH,FR"

_LISTS = {
    "near": [
        Value("(at|on) the weekend", "w5"), Value("(this|next) weekend", "w5"), Value("next week", "+7"),
    ],
    "tonight": [Value("tonight", "night"), *(Value(f"this {part}", part) for part in PARTS_OF_DAY[:3])],
    "next_part": [Value(f"in the {part}", part) for part in PARTS_OF_DAY[:3]],
    "part": [
        *(Value(f"[in the] {part}", part) for part in PARTS_OF_DAY[:3]), Value("[at] night", "night"),
    ],
    "parts": [Value(f"{part}[s]", part) for part in PARTS_OF_DAY],
    "group": [
        Value("([on] (weekdays|workdays|working days)|(every|each) (weekday|workday|working day))", _WORKDAYS),
        Value("[every day] [from] monday (to|through|till|until) friday", _WORKDAYS),
        Value("([on] weekends|(every|each) weekend)", "SA,SU"),
    ],
    "group_part": [Value("[(on|every)] weekday", _WORKDAYS), Value("[(on|every)] weekend", "SA,SU")],
    "weekday": [Value(name, code) for name, code in zip(WEEKDAYS, _CODES, strict=True)],
    "weekdays": [Value(f"{name}s", code) for name, code in zip(WEEKDAYS, _CODES, strict=True)],
    "daily": [Value("((every|each) day|daily|every single day)", 1), Value("every (other|second) day", 2)],
    "nth": [*DAYS_OF_MONTH, Value("last day", -1)],
    "month": MONTHS,
}
_DAYS = (
    "{date:day}[ {part}]",
    "{near:day}[ {part}]",
    "{tonight:part}",
    "{next_part}",
    "{group:weekly}[ {part}]",
    "{group_part:weekly} {parts:part}",
    "(every|each) {weekday:a}[[ and] {weekday:b}][[ and] {weekday:c}][ {part}]",
    "[on] {weekdays:a}[[ and] {weekdays:b}][[ and] {weekdays:c}][ {part}]",
    "[on] {weekday:first} and {weekday:second}",
    "every (other|second) {weekday:other}[ {part}]",
    "{daily}[ {part}]",
    "(every|each) {parts:day_part}",
    "[on] the {nth} [day] of (every|each|the) month",
    "(every|each) month on the {nth}",
    "(every|each) year on [the] {nth} [of] {month}",
    "(every|each) year on {month} [the] {nth}",
)


def _days(slots: Mapping[str, Any]) -> dict[str, Any]:
    """What ``{days}`` means."""
    found: dict[str, Any] = {key: slots[key] for key in ("day", "part") if key in slots}
    weekly = slots.get("weekly") or ",".join(slots[one] for one in ("a", "b", "c") if one in slots)
    if "first" in slots:
        found |= {"rule": _weekly(f"{slots['first']},{slots['second']}"), "once": True}
    elif "other" in slots:
        found["rule"] = f"{_weekly(slots['other'])};INTERVAL=2"
    elif weekly:
        found["rule"] = _weekly(weekly)
    elif "daily" in slots:
        found["rule"] = "FREQ=DAILY" + (f";INTERVAL={slots['daily']}" if slots["daily"] > 1 else "")
    elif "day_part" in slots:
        found |= {"rule": "FREQ=DAILY", "part": slots["day_part"]}
    elif "month" in slots:
        found |= {"rule": "FREQ=YEARLY", "day": f"{slots['month']:02d}-{slots['nth']:02d}"}
    elif "nth" in slots:
        found["rule"] = f"FREQ=MONTHLY;BYMONTHDAY={slots['nth']}"
    elif "next_part" in slots:
        found["part"] = slots["next_part"]
    elif "day" not in found:
        found["day"] = "+0"
    return found


def _weekly(chosen: str) -> str:
    held = set(chosen.split(","))
    return f"FREQ=WEEKLY;BYDAY={','.join(code for code in _CODES if code in held)}"


_AGO = "(in {duration:after}[ time]|{duration:after} from now|after {duration:after})"
_AGAIN = "((every|each) {duration:again}|(every|each) {period:again})"
_PERIODS = {
    "period": [Value("hour", 3600), Value("minute", 60)],
    "meal": [
        Value("breakfast[ time]", "08:00"), Value("(lunch|lunch time|lunchtime)", "12:30"),
        Value("(dinner|dinner time|dinnertime|supper)", "19:00"), Value("(bedtime|bed time)", "22:00"),
    ],
}
_AT = "(at|by|around|about|before)"
_CLOCK = "{clock}"
_WHOLE = (_AGO, _AGAIN, f"{_AT} {_CLOCK}", "{days}", f"{{days}} [{_AT}] {_CLOCK}",
          f"{_AT} {_CLOCK} {{days}}", "at {meal:clock}", "{days} at {meal:clock}", "at {meal:clock} {days}")


def _moment(slots: Mapping[str, Any]) -> dict[str, Any]:
    """What ``{moment}`` means."""
    if "again" in slots:
        days, rest = divmod(int(slots["again"]), DAY)
        if days and not rest:
            return {"rule": f"FREQ=DAILY;INTERVAL={days}"}
        return {"seconds": slots["again"], "again": True}
    if "after" in slots:
        return {"seconds": slots["after"]}
    return {**slots.get("days", {}), **({"clock": slots["clock"]} if "clock" in slots else {})}


DAYS = Composite(_DAYS, _days, _LISTS, as_said=True)
MOMENT = Composite(_WHOLE, _moment, _PERIODS, as_said=True)
