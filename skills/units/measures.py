"""What units are: pint's names for what people call them, and values in other units."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache
from typing import Any

US, IMPERIAL = "us", "imperial"
_NAMES = {
    "celsius": "degC", "fahrenheit": "degF", "tonne": "metric_ton", "year": "common_year", "month": "common_year / 12",
    "decade": "10 * common_year", "century": "100 * common_year", "meter per second": "meter / second",
    "atmosphere": "standard_atmosphere",
}
"""Where pint calls them otherwise. A year is one of 365 days, as people count."""
_LOCAL = {
    US: {"ton": "short_ton"},
    IMPERIAL: {"ton": "long_ton"} | {
        name: "imperial_" + name.replace(" ", "_") for name in ("cup", "fluid ounce", "gallon", "pint", "quart")
    },
}
_POWERS = {"square": 2, "cubic": 3}
_KINDS = {
    "meter": "a length", "gram": "a weight", "liter": "a volume", "kelvin": "a temperature", "second": "a time",
    "meter / second": "a speed", "meter ** 2": "an area", "bit": "an amount of data", "joule": "an energy",
    "watt": "a power", "pascal": "a pressure",
}
"""What the units of a kind are converted to measures."""
_PLURALS = {"foot": "feet", "inch": "inches", "century": "centuries"}
_UNCHANGED = ("stone", "horsepower", "psi", "kelvin", "bar")
_SCALES = ("celsius", "fahrenheit")
_OUNCE = "ounce"
_NOISE = 1e-9
"""Of floating point, relative."""
_LONG = 1e9
"""Longer numbers are told by their first figures."""


class UnlikeError(ValueError):
    """Units of different things; the text says so, for the ear."""


@cache
def registry() -> Any:
    """Pint's units: half a second of work, so they are loaded when they are needed first."""
    import pint

    return pint.UnitRegistry()


def convert(amount: float, unit: str, to: str, measures: str = US) -> tuple[Fraction, bool]:
    """A value in another unit, rounded to what people want to know, and whether that is all of it.

    Raises:
        UnlikeError: the units measure different things, or there is no such temperature.
    """
    unit, to = _meant(unit, to), _meant(to, unit)
    if kind_of(unit) != kind_of(to):
        raise UnlikeError(f"{_capital(plural(unit))} measure {kind_of(unit)} and {plural(to)} {kind_of(to)}: "
                          "one can't be turned into the other.")
    if kind_of(unit) == _KINDS["kelvin"]:
        return _degrees(amount, unit, to)
    return rounded(float((amount * _size(unit, measures) / _size(to, measures)).to_base_units().magnitude))


def _degrees(amount: float, unit: str, to: str) -> tuple[Fraction, bool]:
    quantity = registry().Quantity(amount, _name(unit, US))
    if quantity.to("kelvin").magnitude < 0:
        raise UnlikeError("Nothing is as cold as that.")
    return rounded(float(quantity.to(_name(to, US)).magnitude))


def _size(unit: str, measures: str) -> Any:
    """One such unit."""
    return registry().parse_expression(_name(unit, measures))


@cache
def kind_of(unit: str) -> str:
    """What a unit measures: "a length"."""
    units = registry()
    dimensions = (units.parse_units("kelvin") if unit in _SCALES else _size(unit, US)).dimensionality
    return next(kind for known, kind in _KINDS.items() if units.parse_units(known).dimensionality == dimensions)


def rounded(value: float) -> tuple[Fraction, bool]:
    """No finer than anybody wants to know, and whether nothing was lost."""
    size = abs(value)
    cents = round(value, 2)
    if abs(value - cents) <= _NOISE * max(1.0, size) and size < _LONG:
        return Fraction(str(cents)), True
    figures = 3 if size < 1 else 4
    places = figures - 1 - math.floor(math.log10(size))
    near = round(value, min(places, 2) if size >= 1 else places)
    return Fraction(str(near)), abs(value - near) <= _NOISE * size


def plural(unit: str) -> str:
    """As units are called of which there are several: "square feet", "miles per hour", "degrees celsius"."""
    if unit in _SCALES:
        return f"degrees {unit}"
    head, per, rest = unit.partition(" per ")
    words = head.split()
    last = words[-1]
    if last not in _UNCHANGED:
        words[-1] = _PLURALS.get(last, last + "s")
    return " ".join(words) + per + rest


def counted(value: str, unit: str) -> str:
    """A value with its unit: "1 mile", "about 16.09 kilometers"."""
    one = value in ("1", "minus 1", "about 1")
    return f"{value} {(f'degree {unit}' if unit in _SCALES else unit) if one else plural(unit)}"


def one(unit: str) -> str:
    """ "a mile", "an hour"."""
    name = f"degree {unit}" if unit in _SCALES else unit
    return f"{'an' if re.match('[aeiou]|hour', name) else 'a'} {name}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _meant(unit: str, other: str) -> str:
    """An ounce beside a volume is a fluid ounce."""
    return "fluid ounce" if unit == _OUNCE and kind_of(other) == "a volume" else unit


def _name(unit: str, measures: str) -> str:
    local = _LOCAL[measures].get(unit)
    if local is not None:
        return local
    if unit in _NAMES:
        return _NAMES[unit]
    head, _, rest = unit.partition(" per ")
    first, _, base = head.partition(" ")
    name = f"{base} ** {_POWERS[first]}" if first in _POWERS else head.replace(" ", "_")
    return f"{name} / {rest}" if rest else name
