"""Values in other units: known factors, whose gallons, what is unlike, and every unit that can be said."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.grammar.sentences import load_sentences_yaml
from assistant.skills.harness import Harness
from skills.units.measures import UnlikeError, convert, counted, kind_of, one, plural

FOLDER = Path(__file__).parents[1]
UNITS = sorted({value.value for value in load_sentences_yaml(FOLDER / "sentences.yaml", "units").lists["unit"]})  # type: ignore[union-attr]


@pytest.mark.parametrize(("amount", "unit", "to", "value", "exact"), [
    (1, "inch", "centimeter", 2.54, True), (5, "mile", "kilometer", 8.05, False), (1, "mile", "foot", 5280, True),
    (32, "fahrenheit", "celsius", 0, True), (0, "kelvin", "celsius", -273.15, True),
    (100, "celsius", "fahrenheit", 212, True),
    (1, "acre", "square foot", 43_560, True), (1, "gigabyte", "megabyte", 1000, True), (1, "byte", "bit", 8, True),
    (1, "kilowatt hour", "kilojoule", 3600, True), (1, "year", "day", 365, True), (1, "century", "year", 100, True),
    (8, "ounce", "cup", 1, True), (1, "foot", "mile", 0.000189, False), (10, "pound", "kilogram", 4.54, False),
    (1, "ton", "pound", 2000, True), (1, "tonne", "kilogram", 1000, True), (1, "stone", "pound", 14, True),
])
def test_values(amount: float, unit: str, to: str, value: float, exact: bool) -> None:
    found, known = convert(amount, unit, to)
    assert float(found) == pytest.approx(value, abs=1e-9) and known == exact


def test_imperial_measures_are_larger() -> None:
    assert float(convert(1, "pint", "milliliter", "imperial")[0]) == 568.3
    assert float(convert(1, "pint", "milliliter")[0]) == 473.2
    assert float(convert(1, "ton", "pound", "imperial")[0]) == 2240


@pytest.mark.parametrize(("unit", "to", "why"), [
    ("pound", "meter", "Pounds measure a weight and meters a length"), ("celsius", "mile", "a temperature"),
    ("cup", "gram", "a volume"), ("watt", "joule", "a power"),
])
def test_unlike_units(unit: str, to: str, why: str) -> None:
    with pytest.raises(UnlikeError, match=why):
        convert(5, unit, to)


def test_nothing_is_colder_than_absolute_zero() -> None:
    with pytest.raises(UnlikeError, match="cold"):
        convert(-300, "celsius", "fahrenheit")


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_known(unit: str) -> None:
    assert kind_of(unit) and convert(1, unit, unit)[0] == convert(1, unit, unit, "imperial")[0] == 1


def test_names() -> None:
    assert plural("square foot") == "square feet" and plural("mile per hour") == "miles per hour"
    assert counted("1", "mile") == "1 mile" and counted("about 2", "inch") == "about 2 inches"
    assert counted("1", "celsius") == "1 degree celsius" and one("hour") == "an hour"


async def test_the_household_says_whose_pints() -> None:
    async with Harness(FOLDER, settings={"units": {"measures": "imperial"}}) as h:
        answer = await h.say("how many milliliters are in a pint")
        assert answer.text == "There are about 568.3 milliliters in a pint."


async def test_degrees_without_a_scale_are_of_the_other() -> None:
    async with Harness(FOLDER) as h:
        assert (await h.say("what's 100 degrees in fahrenheit")).text.startswith("100 degrees celsius is 212 degrees")
