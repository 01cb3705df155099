"""Lists that every skill may use without defining them.

In a skill's sentences write the name in braces, with another slot name after a colon where you like:

* ``{number}``: a whole number from 0 to 9,999 -> int. Other ranges: hassil's ``{0..100:brightness}``,
  ``{0..100,5:level}``.
* ``{percent}``: "50%", "fifty percent", "50", "half", "a quarter", "three quarters" -> int, 0 to 100. Write no ``%``
  after it.
* ``{share}``: a percentage that is no number of anything else: "50%", "fifty percent", "half" -> int. After "at", where
  a bare number is a time.
* ``{temperature}``: "21", "21.5", "19, 5 degrees", "21 and a half degrees", "minus five", "5 degrees below zero" ->
  float, -30 to 100. Write no "degrees" after it.
* ``{duration}``: "13 minutes", "thirteen minutes", "1 hour and 20 minutes", "two and a half hours", "half an hour",
  "half hour", "a quarter of an hour", "an hour and a half", "an hour twenty", "a couple of minutes", "90 seconds",
  "5 min", "2 days" -> seconds, int. Before a noun too: "{duration} timer" hears "25-minute timer".
* ``{time_of_day}``: "8:30", "8.30", "eight thirty", "half past eight", "quarter to nine", "ten past eight",
  "half eight", "8 o'clock", "7.15 a.m.", "nine in the evening", "eight tonight", "one at night", "noon", "midnight" ->
  'HH:MM', 24 hours. Without a part of the day the hour is as said: "half past eight" is '08:30', and the skill decides
  whether the next 8:30 or 20:30 is meant.
* ``{date}``: "today", "on friday", "the third of may", "in two weeks" -> what was said (``assistant.skills.dates``); a
  parameter annotated ``date`` gets the day.
* ``{when}``: "tomorrow at eight", "half past nine", "at noon on the 3rd" -> what was said; a parameter annotated
  ``datetime`` gets the moment.
* ``{period}``: "on friday", "tomorrow evening", "this weekend", "the third of may at noon", "the next two hours" -> the
  words; a parameter annotated ``Period`` gets from when until when. ``{part_of_day}``, ``{stretch}`` ("this weekend")
  and ``{coming_day}`` are parts of it.
* ``{clock}``, ``{days}``, ``{moment}``: "half past eight", "weekdays", "every monday at six", "in ten minutes" -> the
  words as said; what they mean stands in ``ctx.meant`` (``assistant.grammar.moments``).
* ``{anything}``: up to 12 words of any kind -> text. Best at the end of a sentence.
* ``{ordinal}``: "21st", "twenty first" -> int, 1 to 100.
* ``{year}``: "1996", "nineteen ninety six", "twenty oh five", "two thousand and five" -> int, 1000 to 2999.

A skill's own list of the same name takes the place of a built-in one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.grammar.base import Range, Value, Wildcard
from assistant.grammar.days import DATE, WHEN
from assistant.grammar.lists import Composite, ListSpec
from assistant.grammar.moments import DAYS, MOMENT
from assistant.grammar.number_values import ONES
from assistant.grammar.numbers import ordinal_of, words_of
from assistant.grammar.periods import COMING, PARTS, PERIOD, STRETCHES

_UNITS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
NIGHT_BEGINS = 5
"""Hours from this one on are of the evening when they are said to be at night: eleven at night, but one at night."""
_MOST = {"days": 60, "hours": 100, "minutes": 600, "seconds": 3600}


def _duration_lists() -> dict[str, ListSpec]:
    lists: dict[str, ListSpec] = {"half": [Value("(half|1/2)", 0.5)]}
    lists["quarters"] = [Value("[(a|one|1)] quarter", 0.25), Value("(three|3) quarters", 0.75)]
    lists["extra"] = [Value("half", 0.5), Value("quarter", 0.25)]
    lists["couple"] = [Value("a couple [of]", 2)]
    lists["rest"] = Range(1, 59)
    for unit, most in _MOST.items():
        lists[unit] = Range(1, most)
        lists[f"{unit}_parted"] = Range(1, 100, fractions="tenths")
        lists[f"one_{unit}"] = [Value("(a|an)", 1)]
    return lists


def _duration_sentences() -> tuple[str, ...]:
    units = (("hour", "hr"), ("minute", "min"), ("second", "sec"))
    hours, minutes, seconds = (
        f"({{{unit}s}} ({unit}|{short})[s]|{{one_{unit}s}} {unit}|{{couple:{unit}s}} {unit}s)" for unit, short in units
    )
    return (
        f"{hours}[[ and] {minutes}][[ and] {seconds}]",
        f"{minutes}[[ and] {seconds}]",
        seconds,
        f"{hours} {{rest:minutes}}",
        f"{minutes} {{rest:seconds}}",
        "({days} day[s]|{one_days} day|{couple:days} days)",
        "{hours_parted:hours} hour[s]",
        "{minutes_parted:minutes} minute[s]",
        "([a] {half:part_hours} [an]|{quarters:part_hours} [of an]) hour",
        "([a] {half:part_minutes} [a]|{quarters:part_minutes} [of a]) minute",
        "({hours} hour[s]|{one_hours} hour) and a {extra:part_hours}",
        "({minutes} minute[s]|{one_minutes} minute) and a {extra:part_minutes}",
    )


def _seconds(slots: Mapping[str, Any]) -> int:
    """Sum of the amounts; a slot is named after its unit, after ``one_`` or ``part_`` where two are said."""
    return round(sum(float(value) * _UNITS[name.rpartition("_")[2]] for name, value in slots.items()))


def _time_lists() -> dict[str, ListSpec]:
    spoken = [Value(f"(oh|o) {ONES[minute]}", minute) for minute in range(1, 10)]
    spoken += [Value(words_of(minute)[0], minute) for minute in range(10, 60)]
    return {
        "hour": Range(0, 23),
        "padded": [Value(f"0{hour}", hour) for hour in range(10)],
        "hour12": Range(1, 12),
        "minute": [Value(f"{minute:02d}", minute) for minute in range(60)],
        "spoken": spoken,
        "count": Range(1, 29),
        "half": [Value("half", 30)],
        "quarter": [Value("[a] quarter", 15)],
        "noon": [Value("[12|twelve] (noon|midday)", 12), Value("[12|twelve] midnight", 0)],
        "half_day": [
            Value("(am|a m|(in the|this) morning)", "am"),
            Value("(pm|p m|(in the|this) (afternoon|evening))", "pm"),
            Value("(at night|in the night|tonight)", "night"),
        ],
    }


_TIME_SENTENCES = (
    "({hour}|{padded:hour}):{minute}[ {half_day}]",
    "({hour}|{padded:hour}).{minute}[ {half_day}]",
    "({hour}|{padded:hour}),{minute}[ {half_day}]",
    "{hour} ({minute}|{spoken:minute})[ {half_day}]",
    "{hour}[ (o'clock|oclock|o clock)][ {half_day}]",
    "({quarter:past}|{half:past}|{count:past}[ minute[s]]) (past|after) {hour12:hour}[ {half_day}]",
    "({quarter:to}|{count:to}[ minute[s]]) (to|before|till|til|of) {hour12:hour}[ {half_day}]",
    "{half:past} {hour12:hour}[ {half_day}]",
    "{noon:hour}",
)
_MARKED_TIMES = tuple(re.sub(r"\{(padded|noon):hour\}", r"{\1}", sentence) for sentence in _TIME_SENTENCES)
"""The same, with a name of their own for hours that cannot be twelve hours later."""


def _clock(slots: Mapping[str, Any]) -> str:
    hour, half_day = int(slots["hour"]), slots.get("half_day")
    if half_day == "night":
        half_day = "pm" if NIGHT_BEGINS <= hour < 12 else "am"
    if half_day == "pm" and hour < 12:
        hour += 12
    elif half_day == "am" and hour == 12:
        hour = 0
    total = hour * 60 + slots.get("minute", 0) + slots.get("past", 0) - slots.get("to", 0)
    return f"{total // 60 % 24:02d}:{total % 60:02d}"


def _open_clock(slots: Mapping[str, Any]) -> str:
    """As ``_clock``, with a question mark where it may be twelve hours later as well."""
    sure = "half_day" in slots or not 1 <= slots.get("hour", 0) <= 12
    hour = next(slots[name] for name in ("hour", "padded", "noon") if name in slots)
    return _clock({**slots, "hour": hour}) + ("" if sure else "?")




def _percentage(number: str) -> Composite:
    """Percentages, a number among them said like ``number``."""
    parts = [Value("half", 50), Value("a quarter", 25), Value("three quarters", 75)]
    return Composite((number, "{part:n}"), lambda slots: int(slots["n"]), {"n": Range(0, 100), "part": parts})


_TEMPERATURE = Composite(
    (
        "{n}[ (°|degree[s])][ (celsius|centigrade|c)]", "{whole:n} degrees and a {half}",
        "{below:n}[ (°|degree[s])] below [zero|freezing]",
    ),
    lambda slots: float(slots["n"] + slots.get("half", 0)),
    {
        "n": Range(-30, 100, fractions="tenths"), "whole": Range(0, 100), "half": [Value("half", 0.5)],
        "below": Range(1, 30, fractions="tenths", multiplier=-1),
    },
)
_YEAR = Composite(
    ("{whole:year}", "{century} {rest}", "{century} (oh|o) {one:rest}"),
    lambda slots: int(slots.get("year", 0) or 100 * slots["century"] + slots["rest"]),
    {
        "whole": Range(1000, 2999), "century": [Value(words_of(n)[0], n) for n in range(10, 30)],
        "rest": Range(10, 99), "one": Range(1, 9),
    },
)
BUILTINS: dict[str, ListSpec] = {
    "number": Range(0, 9999),
    "percent": _percentage("{n}[ (%|percent|per cent)]"),
    "share": _percentage("{n} (%|percent|per cent)"),
    "temperature": _TEMPERATURE,
    "duration": Composite(_duration_sentences(), _seconds, _duration_lists()),
    "clock": Composite(_MARKED_TIMES, _open_clock, _time_lists(), as_said=True),
    "time_of_day": Composite(_TIME_SENTENCES, _clock, _time_lists()),
    "date": DATE,
    "when": WHEN,
    "period": PERIOD,
    "coming_day": COMING,
    "part_of_day": PARTS,
    "stretch": STRETCHES,
    "days": DAYS,
    "moment": MOMENT,
    "anything": Wildcard(),
    "ordinal": [Value(text, n) for n in range(1, 101) for text in ordinal_of(n)],
    "year": _YEAR,
}
