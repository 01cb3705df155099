"""Numbers as people say them, as exact values, and values as a voice says them well."""

from __future__ import annotations

from fractions import Fraction

from assistant.grammar.number_values import ONES, PARTS, TENS, exact_value
from assistant.grammar.symbols import symbols_of

_LARGEST = 10**15
"""From here on numbers are told by their powers of ten."""
_SMALLEST = Fraction(1, 10**4)
_YEARS = range(1000, 3000)


def as_number(said: str) -> Fraction | None:
    """The value of a number ("two and a half", "1,500", "minus four", "3.7", "2.5 million"); None where it is none."""
    return exact_value(symbols_of(said))


def as_year(said: str) -> int | None:
    """The year that ``{year}`` accepted: "1996", "nineteen ninety six", "twenty oh five"; None where it is none."""
    value = as_number(said)
    if value is not None and value in _YEARS:
        return int(value)
    century, _, rest = said.lower().replace("-", " ").partition(" ")
    hundreds = _year_part(century)
    words = rest.split()
    if len(words) > 1 and century in TENS and words[0] in ONES[1:10]:  # "twenty one twelve"
        hundreds, words = (hundreds or 0) + ONES.index(words[0]), words[1:]
    tail = _year_part(" ".join(words[1:] if words[:1] in (["oh"], ["o"]) else words))
    year = 100 * (hundreds or 0) + (tail or 0)
    return year if hundreds is not None and tail is not None and year in _YEARS else None


def _year_part(said: str) -> int | None:
    value = as_number(said) if said else None
    return int(value) if value is not None and 0 < value < 100 else None


def told(value: Fraction | float, *, exact: bool = True, parts: bool = False) -> str:
    """A value as one says it: "56", "minus 4", "1,250.5", "about 3.33".

    Args:
        exact: whether it is known to the last digit.
        parts: say "2 and two thirds" where the value is that.
    """
    value = Fraction(value)
    if value < 0:
        said = told(-value, exact=exact, parts=parts)
        return f"about minus {said.removeprefix('about ')}" if said.startswith("about ") else f"minus {said}"
    if value >= _LARGEST or 0 < value < _SMALLEST:
        return _scientific(value)
    if parts and exact and value.denominator in PARTS:
        return _in_parts(value)
    shown = _rounded(value)
    return _digits(shown) if exact and shown == value else f"about {_digits(shown)}"


def _rounded(value: Fraction) -> Fraction:
    """As exact as it is, where that is short; else to cents, or to three digits below one."""
    if (value * 10_000).denominator == 1:
        return value
    if value >= 1:
        return round(value, 2)
    places = 3
    while value * 10 ** (places - 2) < 1:
        places += 1
    return round(value, places)


def _digits(value: Fraction) -> str:
    whole = f"{int(value):,}"
    rest = f"{float(value - int(value)):.8f}".rstrip("0").removeprefix("0")
    return whole + (rest if rest != "." else "")


def _in_parts(value: Fraction) -> str:
    whole, rest = divmod(value, 1)
    if not rest:
        return f"{whole:,}"
    name = PARTS[rest.denominator][0]
    if rest.numerator == 1:
        part = f"{'an' if name == 'eighth' else 'a'} {name}" if whole or name != "half" else "one half"
    else:
        part = f"{ONES[rest.numerator]} {name}s"
    return f"{whole:,} and {part}" if whole else part


def _scientific(value: Fraction) -> str:
    power = len(str(int(value))) - 1 if value >= 1 else -len(str(int(1 / value)))
    front = round(value / Fraction(10) ** power, 2)
    if front >= 10:
        front, power = front / 10, power + 1
    return f"about {_digits(front)} times 10 to the power of {told(power)}"
