"""Numbers of other languages than English: a range as a list of its numbers, in digits and in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from hassil.numbers import get_rbnf_engine

from assistant.grammar.base import Range, Value

SPELT = ("spellout-cardinal", "spellout-numbering")
"""Rule sets of Unicode's number formats that say how many; others order or write years."""
HALF = 0.5


@lru_cache(maxsize=128)
def in_words(numbers: Range, language: str) -> tuple[Value, ...]:
    """The numbers of a range as people of that language write and say them."""
    return tuple(_values(numbers, language))


def _values(numbers: Range, language: str) -> Iterator[Value]:
    for number in range(numbers.start, numbers.stop + 1, numbers.step):
        value = number * numbers.multiplier
        meant = int(value) if float(value).is_integer() else value
        yield Value(str(number), meant)
        yield from (Value(words, meant) for words in _spelt(number, language))
        if numbers.fractions and number < numbers.stop:
            yield from (Value(f"{number}{mark}5", meant + HALF * numbers.multiplier) for mark in ".,")


@lru_cache(maxsize=4096)
def _spelt(number: int, language: str) -> tuple[str, ...]:
    try:
        forms = get_rbnf_engine(language).format_number(number).text_by_ruleset
    except ValueError:
        return ()  # nobody has written down how this language counts
    said = (text for name, text in forms.items() if name.startswith(SPELT))
    return tuple(dict.fromkeys(text for text in said if any(letter.isalpha() for letter in text)))
