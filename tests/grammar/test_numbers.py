"""Numbers, durations and times as people say them and recognisers write them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from assistant.grammar.base import Range, Rule, View
from assistant.grammar.grammar import Grammar


def values(template: str, text: str, spec: Range | None = None) -> list[Any]:
    grammar = Grammar()
    if spec:
        grammar.set_list("x", spec)
    grammar.set_rules("s", [Rule("s", "I", (template,))])
    return [match.slots["x"] for match in grammar.match(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("8", 8), ("eight", 8), ("0", 0), ("zero", 0), ("21", 21), ("twenty-one", 21), ("100", 100), ("a hundred", 100),
     ("one hundred", 100), ("105", 105), ("a hundred and five", 105), ("one hundred five", 105), ("2,700", 2700),
     ("2700", 2700), ("two thousand seven hundred", 2700), ("twenty seven hundred", 2700), ("a thousand", 1000),
     ("9,999", 9999), ("one thousand and one", 1001)],
)  # fmt: skip
def test_number(text: str, value: int) -> None:
    assert values("{number:x}", text) == [value]


@pytest.mark.parametrize(
    "text", ["10000", "-1", "minus one", "1.5", "21 22", "twenty eleven", "twentyone", "27,00", ""]
)
def test_no_number(text: str) -> None:
    assert values("{number:x}", text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("19.5", 19.5), ("19, 5", 19.5), ("19. 5", 19.5), ("19,5", 19.5), ("20 and a half", 20.5)),
        *(("21 degrees", 21.0), ("eight degrees", 8.0), ("twenty one point five degrees", 21.5), ("5°", 5.0)),
        *(("minus five", -5.0), ("-5", -5.0), ("minus 2.5", -2.5), ("21 °C", 21.0)),
        *(("21 and a half degrees", 21.5), ("twenty degrees and a half", 20.5), ("21 1/2 degrees", 21.5)),
        *(("21½°", 21.5), ("\u22125", -5.0), ("5 degrees below zero", -5.0), ("ten below", -10.0), ("21 ºC", 21.0)),
        *(("19.5 degrees Celsius.", 19.5), ("twenty-one point five", 21.5), ("20℃", 20.0)),
    ],
)
def test_temperature(text: str, value: float) -> None:
    found = values("set it to {temperature:x}", f"set it to {text}")
    assert found[0] == value and isinstance(found[0], float)


@pytest.mark.parametrize(
    ("text", "value"),
    [("50%", 50), ("8%", 8), ("50 %", 50), ("fifty percent", 50), ("50", 50), ("half", 50), ("100 per cent", 100)],
)
def test_percent(text: str, value: int) -> None:
    assert values("{percent:x}", text) == [value]


@pytest.mark.parametrize(("text", "found"), [
    ("at fifty percent", [50]), ("at 50%", [50]), ("at half", [50]), ("at fifty", []), ("at 50", []),
])
def test_a_share_is_no_time(text: str, found: list[int]) -> None:
    assert values("at {share:x}", text) == found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("13 minutes", 780), ("thirteen minutes", 780), ("1 hour", 3600), ("an hour", 3600), ("a minute", 60),
     ("two and a half hours", 9000), ("2.5 hours", 9000), ("an hour and a half", 5400), ("half an hour", 1800),
     ("1/2 an hour", 1800), ("a quarter of an hour", 900), ("three quarters of an hour", 2700), ("90 seconds", 90),
     ("1 hour and 20 minutes", 4800), ("one hour 20 minutes", 4800), ("2 minutes 30 seconds", 150),
     ("1 hour 1 minute and 1 second", 3661), ("2 hours and a quarter", 8100), ("5 and a half minutes", 330),
     ("half a minute", 30), ("2 days", 172_800), ("a day", 86_400), ("half hour", 1800), ("a half hour", 1800),
     ("1/2 hour", 1800), ("quarter hour", 900), ("2 1/2 hours", 9000), ("2½ hours", 9000),
     ("one and a half hours", 5400),
     ("an hour twenty", 4800), ("1 hour 20", 4800), ("one minute thirty", 90), ("2 minutes 30", 150), ("5 min", 300),
     ("30 secs", 30), ("2 hrs", 7200), ("a couple of minutes", 120), ("25-minute", 1500), ("Ninety-second", 90)],
)  # fmt: skip
def test_duration(text: str, seconds: int) -> None:
    found = values("{duration:x}", text)
    assert found == [seconds] and isinstance(found[0], int)


@pytest.mark.parametrize("text", ["an minutes and a half minutes", "0 minutes", "13", "minutes", "20 minutes 1 hour"])
def test_no_duration(text: str) -> None:
    assert values("{duration:x}", text) == []


@pytest.mark.parametrize(
    ("text", "time"),
    [("8:30", "08:30"), ("08:30", "08:30"), ("8.30", "08:30"), ("8 30", "08:30"), ("eight thirty", "08:30"),
     ("half past eight", "08:30"), ("quarter past six", "06:15"), ("a quarter to nine", "08:45"),
     ("ten past eight", "08:10"), ("20 minutes to 9", "08:40"), ("8 o'clock", "08:00"), ("eight", "08:00"),
     ("7.15 a.m.", "07:15"), ("7:15 PM", "19:15"), ("9 p.m.", "21:00"), ("nine in the evening", "21:00"),
     ("12 a.m.", "00:00"), ("noon", "12:00"), ("midnight", "00:00"), ("eight oh five", "08:05"), ("20:15", "20:15"),
     ("half past eight in the evening", "20:30"), ("8pm", "20:00"), ("quarter to one", "00:45"),
     ("half eight", "08:30"), ("quarter till nine", "08:45"), ("ten of six", "05:50"), ("twelve noon", "12:00"),
     ("12 midnight", "00:00"),
     ("eight tonight", "20:00"), ("6:30 this evening", "18:30"), ("eleven at night", "23:00"),
     ("one at night", "01:00"),
     ("12:30 at night", "00:30"), ("seven this morning", "07:00"), ("8 o clock", "08:00"), ("7:15 a.m.", "07:15"),
     ("nine oh five p.m.", "21:05"), ("twenty fifteen", "20:15")],
)  # fmt: skip
def test_time_of_day(text: str, time: str) -> None:
    assert values("{time_of_day:x}", text) == [time]


@pytest.mark.parametrize("text", ["24:00", "8:60", "half past 13", "8:3"])
def test_no_time_of_day(text: str) -> None:
    assert values("{time_of_day:x}", text) == []


def test_ordinals() -> None:
    for text, value in {"21st": 21, "1st": 1, "First": 1, "hundredth": 100, "one hundredth": 100, "twenty-first": 21,
                        "21th": None, "the": None, "twenty first": 21, "3rd": 3, "twelfth": 12, "20th": 20}.items():
        assert values("{ordinal:x}", text) == ([] if value is None else [value])


def test_ranges_step_multiply_and_end() -> None:
    assert values("{x}", "2,500 ", Range(1000, 10_000, 100)) == [2500]
    assert values("{x}", "2,550", Range(1000, 10_000, 100)) == []
    assert values("{x}", "ten", Range(0, 100, multiplier=-1)) == [-10]
    assert values("{x}", "five", Range(0, 10, multiplier=0.5)) == [2.5]
    assert values("{x}", "minus fifteen", Range(-20, 20, 5)) == [-15]
    assert values("{x}", "minus fourteen", Range(-20, 20, 5)) == []
    assert values("{x}", "half", Range(0, 2, fractions="halves")) == [0.5]
    assert values("{x}", "1.3", Range(0, 2, fractions="halves")) == []
    assert values("{x}", "5", Range(5, 4)) == []


DECIMALS = Range(-1000, 999_999_999, fractions="decimals")


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.14159", 3.14159), ("three point one four one five nine", 3.14159), ("three point fourteen", 3.14),
     ("two point oh five", 2.05), ("point five", 0.5), ("0.5", 0.5), ("19,99", 19.99), ("19, 5", 19.5),
     ("two and three quarters", 2.75), ("two and a half", 2.5), ("5 1/4", 5.25), ("2½", 2.5), ("a third", 0.333333),
     ("two thirds", 0.666667), ("one fourth", 0.25), ("3/4", 0.75), ("half", 0.5), ("five and 2 fifths", 5.4),
     ("minus 3.7", -3.7), ("minus four", -4.0), ("1,500", 1500.0), ("1, 500", 1500.0), ("2,345.67", 2345.67),
     ("a hundred and five", 105.0), ("one million", 1_000_000.0), ("a million", 1_000_000.0),
     ("1,000,000", 1_000_000.0), ("1000000", 1_000_000.0), ("12,345,678", 12_345_678.0),
     ("two million three hundred thousand and five", 2_300_005.0), ("20 and a half", 20.5)],
)
def test_decimals(text: str, value: float) -> None:
    assert values("{x}", text, DECIMALS) == [value]


@pytest.mark.parametrize("text", ["1,000000", "3.1415926", "five thirds", "point", "2 point", "one and half", "3.1.4"])
def test_no_decimals(text: str) -> None:
    assert values("{x}", text, DECIMALS) == []


def test_every_decimal_has_one_value() -> None:
    grammar = Grammar()
    grammar.set_list("x", DECIMALS)
    grammar.set_rules("s", [Rule("s", "I", ("{x}",))])
    for text in grammar.sentences(View(), 500, seed=3):
        assert len(grammar.match(text)) == 1, text


@pytest.mark.parametrize(
    ("text", "year"),
    [("1996", 1996), ("nineteen ninety six", 1996), ("twenty twenty seven", 2027), ("two thousand and five", 2005),
     ("two thousand twenty eight", 2028), ("nineteen oh five", 1905), ("nineteen hundred", 1900), ("2000", 2000)],
)
def test_years(text: str, year: int) -> None:
    assert values("{year:x}", text) == [year]


@pytest.mark.parametrize(
    "name", ["number", "percent", "temperature", "duration", "time_of_day", "ordinal", "year", "0..100", "900..2100,50"]
)
def test_every_accepted_text_has_one_value(name: str) -> None:
    grammar = Grammar()
    grammar.set_rules("s", [Rule("s", "I", (f"{{{name}:x}}",))])
    for text in grammar.sentences(View(), 300, seed=random.Random(name).randrange(1000)):
        matches = grammar.match(text)
        assert len({str(match.slots["x"]) for match in matches}) == 1, (text, matches)
