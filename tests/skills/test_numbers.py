"""Numbers that were said, and numbers for the ear."""

from __future__ import annotations

from fractions import Fraction

import pytest

from assistant.skills.numbers import as_number, as_year, told


@pytest.mark.parametrize(("said", "value"), [
    ("two and a half", Fraction(5, 2)), ("three quarters", Fraction(3, 4)), ("1,500", 1500), ("minus four", -4),
    ("3.7", Fraction(37, 10)), ("2.5 million", 2_500_000), ("two and a half million", 2_500_000),
    ("a third", Fraction(1, 3)), ("two billion", 2 * 10**9),
    ("fifteen hundred", 1500), ("bananas", None), ("", None), ("twenty and five", None),
])
def test_as_number(said: str, value: Fraction | None) -> None:
    assert as_number(said) == value


@pytest.mark.parametrize(("said", "year"), [
    ("1996", 1996), ("nineteen ninety six", 1996), ("twenty twenty seven", 2027), ("twenty oh five", 2005),
    ("two thousand and five", 2005), ("nineteen hundred", 1900), ("twenty one twelve", 2112), ("twenty", None),
    ("ninety nine", None), ("may", None),
])
def test_as_year(said: str, year: int | None) -> None:
    assert as_year(said) == year


@pytest.mark.parametrize(("value", "said"), [
    (Fraction(56), "56"), (Fraction(-4), "minus 4"), (Fraction(10, 3), "about 3.33"),
    (Fraction(-10, 3), "about minus 3.33"),
    (Fraction(1234567), "1,234,567"), (Fraction(9, 4), "2.25"), (Fraction(1, 3), "about 0.333"),
    (Fraction(2, 300), "about 0.00667"),
    (Fraction(2**100), "about 1.27 times 10 to the power of 30"),
    (Fraction(1, 10**6), "about 1 times 10 to the power of minus 6"),
    (Fraction(9999999, 1000000), "about 10"), (Fraction(0), "0"),
    (Fraction(10**15 - 1) * 10, "about 1 times 10 to the power of 16"),
])
def test_told(value: Fraction, said: str) -> None:
    assert told(value) == said


@pytest.mark.parametrize(("value", "said"), [
    (Fraction(2, 3), "two thirds"), (Fraction(5, 2), "2 and a half"), (Fraction(1, 2), "one half"),
    (Fraction(1, 8), "an eighth"),
    (Fraction(7), "7"), (Fraction(5, 17), "about 0.294"), (Fraction(-3, 4), "minus three quarters"),
])
def test_told_in_parts(value: Fraction, said: str) -> None:
    assert told(value, parts=True) == said


def test_what_is_not_exact_is_about_that() -> None:
    assert told(2**0.5, exact=False) == "about 1.41" and told(Fraction(2), exact=False) == "about 2"
