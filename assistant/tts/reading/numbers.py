"""Numbers in English words, by num2words."""

from __future__ import annotations

from functools import lru_cache

DIGITS = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LONGEST = 15
"""Digits of a number that is read as one; longer ones are read digit by digit."""
NOON = 12
KEPT = 4096
"""Numbers whose words are remembered."""


def cardinal(text: str) -> str:
    """``-19.5``, ``1,234`` in words."""
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-").removesuffix(".")
    if sum(character.isdigit() for character in plain) > LONGEST:
        return digits(plain)
    sign = "minus " if plain.startswith("-") else ""
    return sign + _words(plain.lstrip("-+"), "cardinal")


def ordinal(number: int) -> str:
    return _words(str(number), "ordinal")


def nth(text: str) -> str:
    """Digits as an ordinal; more than anybody would count to one after the other."""
    return ordinal(int(text)) if len(text) <= LONGEST else digits(text)


def year(number: int) -> str:
    """2026 as twenty twenty-six."""
    return _words(str(number), "year")


def digits(text: str) -> str:
    """One digit after the other: telephone numbers, codes."""
    return " ".join(DIGITS[int(character)] for character in text if character.isdecimal())


def clock(hour: int, minute: int, half: str = "") -> str:
    """A time of day; ``half`` is what was written behind it."""
    if half:
        named = {"a": "a m", "p": "p m"}[half[0].lower()]
        return f"{cardinal(str(hour))}{_minutes(minute, '')} {named}"
    if hour == 0:
        return "midnight" if minute == 0 else f"zero{_minutes(minute, '')}"
    return f"{cardinal(str(hour))}{_minutes(minute, _full(hour))}"


def _full(hour: int) -> str:
    return " o'clock" if hour <= NOON else " hundred hours"


def _minutes(minute: int, full: str) -> str:
    if minute == 0:
        return full
    return f" oh {cardinal(str(minute))}" if minute < 10 else f" {cardinal(str(minute))}"


@lru_cache(KEPT)
def _words(number: str, kind: str) -> str:
    from num2words import num2words

    said: str = num2words(number, to=kind) if kind == "cardinal" else num2words(int(number), to=kind)
    return said.replace(",", "")
