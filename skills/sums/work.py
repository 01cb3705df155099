"""Works out a sum as it was said: the usual precedence, exact as long as it can be. Nothing is ever evaluated as code.

.. code-block:: text

    sum     = product { ("plus" | "minus") product }
    product = power { ("times" | "divided by" | "mod") power }
    power   = operand [ "squared" | "cubed" | "to the power of" power ]
    operand = ("square root of" | "cube root of" | number "of" | number "percent of") power | number [ "percent" ]
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial, reduce

from assistant.grammar.number_values import WRITTEN_PARTS
from assistant.grammar.numbers import ordinal_of
from assistant.grammar.symbols import symbols_of
from assistant.skills.numbers import as_number

MOST_BITS = 4000
"""Of a power; longer numbers nobody wants to hear."""
UNCLEAR = "I can't work that out."
TOO_LARGE = "That is too large or too small a number for me to say."
_NTH = {text: n for n in range(1, 101) for text in ordinal_of(n)}
_OPERATORS = {
    "multiplied by|times|x|\u00d7": "*", "divided by|over|\u00f7|/": "/", r"modulo|mod": "mod",
    r"plus|added to|and add|\+": "+", r"minus|take away|subtract": "-",
    r"(raised )?to the power( of)?": "^", r"squared": "^2", r"cubed": "^3",
    r"(the )?square root of": "root2", r"(the )?cube root of": "root3",
    r"(percent|per cent|%) off( of)?": "%off", r"(percent|per cent|%) of": "%of", r"percent|per cent|%": "%",
    r"of": "of",
}
_SIGNS = tuple(_OPERATORS.values())
_TOKEN = re.compile(
    rf"(?<!\S)(?:(?P<parted>(?:\d[\d,.]* )?(?:{'|'.join(WRITTEN_PARTS)})(?: [mbt]r?illion)?)"
    + f"|to the (?P<nth>{'|'.join(sorted(_NTH, key=len, reverse=True))})(?: power)?|"
    + "|".join(f"(?P<o{n}>{words})" for n, words in enumerate(_OPERATORS)) + r")(?!\S)"
)
_POSTFIX = ("^2", "^3", "%")
_ORDERS = (
    (re.compile(r"(?:multiply|times|(?:the )?product (?:of|between)) (.+)"), "by|and|with|times", "*"),
    (re.compile(r"(?:divide|split|(?:the )?quotient (?:of|between)) (.+)"), "by|and", "/"),
    (re.compile(r"(?:add|(?:the )?sum (?:of|between)) (.+)"), "and|to|plus", "+"),
    (re.compile(r"(?:the )?difference (?:of|between) (.+)"), "and", "-"),
    (re.compile(r"(?:subtract|deduct|take away|take) (.+)"), "away from|from", "from"),
)
"""Sums that are said as an order, what stands between their operands, and what is done with them."""
_FACTORS = {"double": Fraction(2), "twice": Fraction(2), "triple": Fraction(3), "halve": Fraction(1, 2)}
_EXPONENTS = {"square": 2, "cube": 3}
_PLAIN: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "from": lambda value, other: other - value,
}
_GROUPS = {"sixes": 6, "twenties": 20}


class SumError(ValueError):
    """What was said has no answer; the text says why, for the ear."""


class Sum:
    """A sum and its value.

    Raises:
        SumError: there is no such number, or it is too large.
    """

    def __init__(self, said: str) -> None:
        self.exact = True
        """Whether the value is known to the last digit."""
        self.value = self._read(symbols_of(said))

    # Sums that are said as an order.

    def _read(self, text: str) -> Fraction:
        for pattern, links, sign in _ORDERS:
            if (found := pattern.fullmatch(text)) is not None:
                operands = [self._infix(one) for one in _operands(found[1], links)]
                if not operands:
                    raise SumError(UNCLEAR)
                return reduce(partial(self._apply, sign), operands)
        first_word, _, rest = text.partition(" ")
        if first_word in _EXPONENTS and not rest.startswith("root "):
            return self._power(self._infix(rest), Fraction(_EXPONENTS[first_word]))
        if first_word in _FACTORS:
            return _FACTORS[first_word] * self._infix(rest)
        count, _, group = text.rpartition(" ")
        size, number = _group(group), as_number(count)
        return self._infix(text) if size is None or number is None else number * size

    # Operands and operators.

    def _infix(self, text: str) -> Fraction:
        self._tokens = _tokens(text)
        value = self._sum()
        if self._tokens:
            raise SumError(UNCLEAR)
        return value

    def _next(self, *names: str) -> str:
        """Take the next token if it is one of these."""
        if self._tokens and isinstance(self._tokens[0], str) and self._tokens[0] in names:
            return str(self._tokens.pop(0))
        return ""

    def _sum(self) -> Fraction:
        value = self._product()
        while sign := self._next("+", "-"):
            other = self._product()
            if self._next("%"):
                other = value * other / 100
            value = self._apply(sign, value, other)
        return value / 100 if self._next("%") else value

    def _product(self) -> Fraction:
        value = self._raised()
        while sign := self._next("*", "/", "mod"):
            other = self._raised()
            if self._next("%"):
                other /= 100
            value = self._apply(sign, value, other)
        return value

    def _raised(self) -> Fraction:
        value = self._operand()
        while sign := self._next("^", "^2", "^3"):
            value = self._power(value, Fraction(sign[1:]) if sign[1:] else self._raised())
        return value

    def _operand(self) -> Fraction:
        if root := self._next("root2", "root3"):
            return self._root(self._raised(), int(root[-1]))
        if not self._tokens or isinstance(self._tokens[0], str):
            raise SumError(UNCLEAR)
        value: Fraction = self._tokens.pop(0)  # type: ignore[assignment]
        if self._next("of"):
            return value * self._raised()
        if self._next("%of"):
            return value * self._raised() / 100
        if self._next("%off"):
            return (1 - value / 100) * self._raised()
        return value

    def _apply(self, sign: str, value: Fraction, other: Fraction) -> Fraction:
        if sign in _PLAIN:
            return _PLAIN[sign](value, other)
        if not other:
            raise SumError("Nothing can be divided by zero.")
        return value / other if sign == "/" else value % other

    def _power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if not base and exponent < 0:
            raise SumError("Nothing can be divided by zero.")
        size = abs(exponent) * max(abs(base.numerator).bit_length(), base.denominator.bit_length())
        if size > MOST_BITS and abs(base) not in (0, 1):
            raise SumError(TOO_LARGE)
        if exponent.denominator == 1:
            return base**exponent.numerator
        if base < 0:
            raise SumError("That has no real answer.")
        return self._inexact(base, float(exponent))

    def _root(self, value: Fraction, degree: int) -> Fraction:
        if value < 0 and degree == 2:
            raise SumError("A negative number has no real square root.")
        sign = -1 if value < 0 else 1
        roots = [_whole_root(abs(part), degree) for part in (value.numerator, value.denominator)]
        if roots[0] is not None and roots[1] is not None:
            return sign * Fraction(roots[0], roots[1])
        return sign * self._inexact(abs(value), 1 / degree)

    def _inexact(self, base: Fraction, exponent: float) -> Fraction:
        self.exact = False
        try:
            return Fraction(float(base) ** exponent)
        except OverflowError as error:
            raise SumError(TOO_LARGE) from error


def _tokens(text: str) -> list[Fraction | str]:
    """Numbers and signs.

    Raises:
        SumError: something is neither.
    """
    tokens: list[Fraction | str] = []
    at = 0
    for found in _TOKEN.finditer(text):
        before = text[at : found.start()].strip()
        if found["parted"]:
            tokens.append(_number(f"{'minus' if before == '-' else before} {found['parted']}"))
            at = found.end()
            continue
        tokens += [_number(before)] if before else []
        if found[0] == "minus" and (not tokens or (isinstance(tokens[-1], str) and tokens[-1] not in _POSTFIX)):
            at = found.start()  # it is a sign, and read with its number
            continue
        at = found.end()
        if found["nth"]:
            tokens += ["^", Fraction(_NTH[found["nth"]])]
        else:
            tokens.append(_SIGNS[int(str(found.lastgroup)[1:])])
    rest = text[at:].strip()
    return [*tokens, _number(rest)] if rest else tokens


def _number(text: str) -> Fraction:
    value = as_number(text)
    if value is None:
        raise SumError(UNCLEAR)
    return value


def _operands(text: str, links: str) -> list[str]:
    """What stands between links: "a hundred and five" and "nine" of "a hundred and five and nine"; nothing if none."""
    for link in reversed(list(re.finditer(rf" (?:{links}) ", text))):
        head, tail = text[: link.start()], text[link.end() :]
        others = ([tail] if _is_term(tail) else _operands(tail, links)) if _is_term(head) else []
        if others:
            return [head, *others]
    return []


def _is_term(text: str) -> bool:
    try:
        return bool(_tokens(text))
    except SumError:
        return False


def _group(word: str) -> int | None:
    """The number of "nines"."""
    value = _GROUPS.get(word) or as_number(word.removesuffix("s"))
    return int(value) if value and word.endswith("s") else None


def _whole_root(value: int, degree: int) -> int | None:
    """The root of a whole number where that is whole."""
    near = math.isqrt(value) if degree == 2 else round(value ** (1 / 3)) if value < 1 << 1000 else 0
    return near if near**degree == value else None
