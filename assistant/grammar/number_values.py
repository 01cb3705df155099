"""What numbers mean: exact values of all that ``assistant.grammar.numbers`` accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from assistant.grammar.base import Range
from assistant.grammar.symbols import MARK_GAP

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
ONES = tuple(_ONES.split())
TENS = tuple(_TENS.split())
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
DECIMALS = (".", ",", MARK_GAP)
THOUSANDS = (",", MARK_GAP)
SIGNS = ("minus ", "negative ", "-")
PARTS = {
    2: ("half",), 3: ("third",), 4: ("quarter", "fourth"), 5: ("fifth",), 6: ("sixth",), 7: ("seventh",),
    8: ("eighth",), 9: ("ninth",), 10: ("tenth",), 12: ("twelfth",), 16: ("sixteenth",),
}  # fmt: skip
"""What the parts of a whole are called, by their number."""
_WORDS = {word: n for n, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(TENS)} | {"a": 1}
_DIGITED = re.compile(rf"(\d{{1,3}}(?:([,{MARK_GAP}])\d{{3}}(?:\2\d{{3}})*)|\d+)(?:\.(\d+)|[,{MARK_GAP}](\d{{1,2}}))?")
"""Digits, perhaps in groups of three, perhaps with decimals."""
_WRITTEN = re.compile(r"(.+) (\d+ / \d+)")
_DIGITS = {word: str(n) for n, word in enumerate(ONES[:10])} | {"oh": "0", "o": "0"}


def _said_parts() -> Iterator[tuple[str, Fraction]]:
    for whole, names in PARTS.items():
        for name in names:
            yield from ((f"{one} {name}", Fraction(1, whole)) for one in ("a", "one", "1"))
            many = "halves" if name == "half" else f"{name}s"
            for count in range(2, whole):
                yield from ((f"{said} {many}", Fraction(count, whole)) for said in (ONES[count], str(count)))


SAID_PARTS = dict(_said_parts())
"""Fractions below one in words: "a half", "two thirds"."""
WRITTEN_PARTS = {f"{n} / {whole}": Fraction(n, whole) for whole in PARTS for n in range(1, whole)}
"""The same in digits, as symbols: "1 / 2"."""
_ALL_PARTS = {"half": Fraction(1, 2)} | SAID_PARTS | WRITTEN_PARTS


def number_value(symbols: str, numbers: Range) -> int | float | None:
    """What an accepted text means, or None if it is no number of this range."""
    value = exact_value(symbols)
    if value is None or int(value) not in range(numbers.start, numbers.stop + 1, numbers.step):
        return None
    result = value * Fraction(numbers.multiplier)
    return round(float(result), 6) if numbers.fractions or result.denominator > 1 else int(result)


def exact_value(symbols: str) -> Fraction | None:
    """The value of a number's symbols; None where they are no number."""
    text, sign = symbols.strip(), 1
    for prefix in SIGNS:
        if text.startswith(prefix):
            text, sign = text.removeprefix(prefix), -1
    value = _spoken(text)
    return None if value is None else sign * value


def _spoken(text: str) -> Fraction | None:
    """A number without its sign: "2.5 million", "three point one four", "two and three quarters", "2 1 / 2"."""
    if text in _ALL_PARTS:
        return _ALL_PARTS[text]
    head, _, last = text.rpartition(" ")
    if last in SCALES and SCALES.keys().isdisjoint(head.split()):
        scaled = _spoken(head)
        return None if scaled is None else scaled * SCALES[last]
    head, part = _parted(text)
    pointed = _pointed(head)
    whole = pointed if pointed is not None else _words_value(head.split())
    return None if whole is None else whole + part


def _parted(text: str) -> tuple[str, Fraction]:
    """A whole number's words, and the fraction after them."""
    head, _, tail = text.rpartition(" and ")
    if head and tail in SAID_PARTS:
        return head, SAID_PARTS[tail]
    written = _WRITTEN.fullmatch(text)
    if written is not None and written[2] in WRITTEN_PARTS:
        return written[1], WRITTEN_PARTS[written[2]]
    return text, Fraction(0)


def _pointed(text: str) -> Fraction | None:
    """Digits, or words with a point; None for anything else."""
    written = _DIGITED.fullmatch(text)
    if written is not None:
        whole = "".join(filter(str.isdecimal, written[1]))
        return Fraction(f"{whole}.{written[3] or written[4] or 0}")
    before, point, after = f" {text} ".partition(" point ")
    if not point:
        return None
    digits = _digits(after.split())
    value = _whole(before.strip()) if before.strip() else Fraction(0)
    return None if value is None or not digits else value + Fraction(f"0.{digits}")


def _whole(text: str) -> Fraction | None:
    """Digits or words."""
    return _pointed(text) if text[:1].isdecimal() else _words_value(text.split())


def _digits(words: list[str]) -> str:
    """Digits said one by one ("one four"), or as one number ("fourteen"); empty where they are none."""
    if all(word in _DIGITS or word.isdecimal() for word in words):
        return "".join(_DIGITS.get(word, word) for word in words)
    value = _words_value(words)
    return str(value) if value is not None and value < 100 else ""


def _words_value(words: list[str]) -> Fraction | None:
    total = part = 0
    for before, word in zip(("", *words), words, strict=False):
        if word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total, part = total + (part or 1) * SCALES[word], 0
        elif word in _WORDS:
            part += _WORDS[word]
        elif word != "and" or before not in ("hundred", *SCALES):
            return None
    return Fraction(total + part) if words and words[-1] != "and" else None
