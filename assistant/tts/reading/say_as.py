"""What a text is, where its author says so: letters, a number, a date. English."""

from __future__ import annotations

import re
from datetime import date

from assistant.tts.reading.numbers import DIGITS, cardinal, digits, nth, ordinal, year
from assistant.tts.reading.units import MONTHS

SPELLED = frozenset(["characters", "character", "spell-out", "verbatim", "letters"])
SIGNS = {"-": "dash", ".": "dot", "_": "underscore", "@": "at", "/": "slash", "#": "hash", "+": "plus", "*": "star",
         "&": "and", ":": "colon", " ": ",", "a": "ay"}
"""How signs are called; the letter that stands alone would be an article."""
_NUMBER = re.compile(r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?")


def say_as(text: str, kind: str, form: str = "") -> str:
    """The words of a text that is meant as ``kind``; the text itself where it is not such a thing, or nobody knows it.

    Args:
        form: of a date: ``mdy``, ``dmy``, ``ymd``.
    """
    text, kind = text.strip(), kind.strip().lower()
    if kind in SPELLED:
        return " ".join(_sign(character) for character in text)
    if kind in ("digits", "telephone"):
        return ("plus " if text.startswith("+") else "") + digits(text) if any(map(str.isdecimal, text)) else text
    if kind in ("cardinal", "number") and _NUMBER.fullmatch(text):
        return cardinal(text)
    if kind == "ordinal" and text.isdecimal():
        return nth(text)
    return _day(text, form or "mdy") if kind == "date" else text


def _sign(character: str) -> str:
    if "0" <= character <= "9":
        return DIGITS[int(character)]
    return SIGNS.get(character.lower(), character.upper())


def _day(text: str, form: str) -> str:
    numbers = re.split(r"[-/. ]+", text)
    if sorted(form) != sorted("ymd") or len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
        return text
    parts = dict(zip(form, numbers, strict=True))
    try:
        day = date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except (ValueError, OverflowError):
        return text
    return f"{MONTHS[day.month - 1]} {ordinal(day.day)}, {year(day.year)}"
