"""English text as it is read aloud. One rule after the other; each takes what the ones before have left."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from assistant.tts.reading.lexicon import replace_words
from assistant.tts.reading.numbers import cardinal, clock, digits, nth, ordinal, year
from assistant.tts.reading.units import ABBREVIATIONS, FRACTIONS, MONEY, MONTHS, UNITS, WEEKDAYS

Match = re.Match[str]
POSITIVE = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = rf"[-\u2212]?{POSITIVE}"
_MONTH = "|".join([*MONTHS, *(month[:3] for month in MONTHS), "Sept"])
_NTH = "(?:st|nd|rd|th)"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MEASURES = {unit.casefold(): said for unit, said in UNITS.items()}
"""Folded, because a pattern that ignores case takes the Greek letter for the micro sign, and a long s for an s."""
_COIN = "".join(re.escape(coin) for coin in MONEY)
_SHORT = "|".join(re.escape(short) for short in sorted(ABBREVIATIONS, key=len, reverse=True))
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spoken(text: str, lexicon: Mapping[str, str] | None = None) -> str:
    """The text in words.

    Args:
        lexicon: how the household's own words are spoken; whole words, whatever their case.
    """
    text = replace_words(text, lexicon or {})
    for pattern, read in RULES:
        text = pattern.sub(read, text)
    return text


def _address(match: Match) -> str:
    return match[0].replace("@", " at ").replace(".", " dot ")


def _ip(match: Match) -> str:
    return " dot ".join(cardinal(part) for part in match[0].split("."))


def _iso_date(match: Match) -> str:
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return match[0]
    return f"{MONTHS[day.month - 1]} {ordinal(day.day)}, {year(day.year)}"


def _month_day(match: Match) -> str:
    return f"{_month(match[1])} {ordinal(int(match[2]))}" + (f", {year(int(match[3]))}" if match[3] else "")


def _day_month(match: Match) -> str:
    return f"the {ordinal(int(match[1]))} of {_month(match[2])}" + (f" {year(int(match[3]))}" if match[3] else "")


def _month(text: str) -> str:
    return next(month for month in MONTHS if month.startswith(text[:3]))


def _time(match: Match) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        return match[0]
    return clock(hour, minute, match[3] or "")


def _money(match: Match) -> str:
    return _sum(match[1], match[2], match[3])


def _money_behind(match: Match) -> str:
    return _sum(match[2], match[1], None)


def _sum(coin: str, amount: str, scale: str | None) -> str:
    one, many, cent, cents = MONEY[coin]
    if scale:
        return f"{cardinal(amount)} {scale.strip()} {many}"
    whole, _, part = amount.replace(",", "").partition(".")
    said = f"{cardinal(whole)} {one if whole == '1' else many}"
    if not part.strip("0") or len(part) != 2:
        return said if not part.strip("0") else f"{cardinal(amount)} {many}"
    small = f"{cardinal(str(int(part)))} {cent if part == '01' else cents}"
    return small if whole == "0" else f"{said} and {small}"


def _measure(match: Match) -> str:
    said = _MEASURES.get(match[2].casefold())
    return f"{cardinal(match[1])} {said[match[1] not in ('1', '-1')]}" if said is not None else match[0]


def _range(match: Match) -> str:
    return f"{match[1]} to {match[2]}"


def _decade(match: Match) -> str:
    century = f"{cardinal(match[1])} " if match[1] else ""
    tens = TENS[int(match[2])] or "hundred"
    return f"{century}{tens.removesuffix('y')}{'ies' if tens.endswith('y') else 's'}"


def _fraction(match: Match) -> str:
    said = FRACTIONS[match[2]]
    return f"{cardinal(match[1])} and {said}" if match[1] else said


def _weekday(match: Match) -> str:
    return WEEKDAYS.get(match[1].casefold(), match[0])


def _saint(match: Match) -> str:
    return f"{match[1]}Street" if match[1] else "Saint"


def _telephone(match: Match) -> str:
    return ("plus " if match[1] else "") + digits(match[0])


RULES: tuple[tuple[re.Pattern[str], Callable[[Match], str]], ...] = (
    (re.compile(r"https?://(?:www\.)?"), lambda match: ""),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), _ip),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _address),
    (re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|de|uk|local)\b"), _address),
    (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), _iso_date),
    (re.compile(rf"\b({'|'.join(WEEKDAYS)})\b\.?(?=,? (?:the )?(?:{_MONTH}|\d|at \d))", re.IGNORECASE), _weekday),
    (re.compile(rf"\b({_MONTH})\b\.? (\d{{1,2}}){_NTH}?\b(?!:)(?:,? ((?:19|20)\d\d)\b)?"), _month_day),
    (re.compile(rf"(?:\bthe )?\b(\d{{1,2}}){_NTH}?(?: of)? ({_MONTH})\b\.?(?:,? ((?:19|20)\d\d)\b)?"), _day_month),
    (re.compile(r"\b(\d{1,2}):(\d{2})(?::\d{2})?(?: ?([ap])\.?m\b\.?)?", re.IGNORECASE), _time),
    (re.compile(r"\b(\d{1,2})() ?([ap])\.?m\b\.?", re.IGNORECASE), _time),
    (re.compile(rf"([{_COIN}]) ?({POSITIVE})( (?:thousand|million|billion))?\b"), _money),
    (re.compile(rf"(?<![\d.,])({POSITIVE}) ?([{_COIN}])"), _money_behind),
    (re.compile(rf"(?:\b({POSITIVE})[ -])?(?<![\d/])(½|¼|¾|⅓|⅔|[123]/[234])(?![\d/])"), _fraction),
    (re.compile(rf"(?<![\w.-])({POSITIVE}) ?[-\u2013] ?({POSITIVE}(?: ?(?:{_UNIT})(?!\w))?)(?![\w-])", re.I), _range),
    (re.compile(r"\b(19|20)?(\d)0s\b"), _decade),
    (re.compile(rf"(?<![\w.,])({NUMBER}) ?({_UNIT})(?![\w/])", re.IGNORECASE), _measure),
    (re.compile(rf"(?<!\w)(?:{_SHORT})(?!\w)"), lambda match: ABBREVIATIONS[match[0]]),
    (re.compile(r"((?<=[a-z]) )?\bSt\."), _saint),
    (re.compile(r"\bNo\. ?(?=\d)"), lambda match: "number "),
    (re.compile(r"#(?=\d)"), lambda match: "number "),
    (re.compile(r"\bv(?=\d+\.\d)"), lambda match: "version "),
    (re.compile(r"(?<=\w) ?& ?(?=\w)"), lambda match: " and "),
    (re.compile(r"(?<=\d) ?\+ ?(?=\d)"), lambda match: " plus "),
    (re.compile(r"(?<=\d) ?[x×] ?(?=\d)"), lambda match: " times "),  # noqa: RUF001 - the sign is meant
    (re.compile(r"(?<=\d) ?= ?(?=\d)"), lambda match: " equals "),
    (re.compile(r"(?<=\d) ?÷ ?(?=\d)"), lambda match: " divided by "),
    (re.compile(r"(?<!\w)(\+?)(?:\d[ -]?){7,15}\d(?!\w)"), _telephone),
    (re.compile(r"(?<![\d.,])\b0\d+\b(?!\.)"), lambda match: digits(match[0])),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda match: nth(match[1])),
    (re.compile(r"\b(?:1[1-9]|20)\d\d\b(?![,.]\d)"), lambda match: year(int(match[0]))),
    (re.compile(rf"(?<![\w.])({NUMBER})(?!\w)"), lambda match: cardinal(match[1])),
    (re.compile(r"\d+"), lambda match: f" {cardinal(match[0])} "),
)
"""What is looked for, and how it is read."""
