"""Times and days in the words that people use for them, for answers that are spoken."""

from __future__ import annotations

from datetime import date, datetime, time

HOURS = ("twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
PAST = {5: "five past", 10: "ten past", 15: "quarter past", 20: "twenty past", 30: "half past"}
TO = {40: "twenty to", 45: "quarter to", 50: "ten to", 55: "five to"}
NEAR = 7
"""Days within which the day of the week says enough."""


def spoken_time(at: time | datetime, *, part: bool = True) -> str:
    """A time of day: "half past nine", "six in the evening", "noon", "7:42".

    Args:
        part: whether to say which half of the day it is, where it might be the other one.
    """
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour else "midnight"
    if at.minute in TO:
        clock = f"{TO[at.minute]} {HOURS[(at.hour + 1) % 12]}"
    elif at.minute in PAST:
        clock = f"{PAST[at.minute]} {HOURS[at.hour % 12]}"
    else:
        clock = f"{at.hour % 12 or 12}:{at.minute:02d}" if at.minute else HOURS[at.hour % 12]
    return f"{clock} {part_of_day(at.hour)}" if part and not 7 <= at.hour <= 12 else clock


def part_of_day(hour: int) -> str:
    """In which part of the day an hour lies: "in the afternoon", "at night"."""
    if hour < 5 or hour >= 22:
        return "at night"
    return "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"


def spoken_day(day: date, today: date) -> str:
    """A day: "today", "tomorrow", "on Friday", "on Friday, December 11th"."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return "tomorrow" if ahead else "today"
    if 1 < ahead < NEAR:
        return f"on {day:%A}"
    year = f" {day.year}" if abs(ahead) > 300 else ""
    return f"on {day:%A}, {day:%B} {ordinal(day.day)}{year}"


def ordinal(number: int) -> str:
    """ "1st", "22nd"."""
    ending = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def counted(number: int) -> str:
    """A small number as a word, others in digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[number] if number < len(words) else str(number)
