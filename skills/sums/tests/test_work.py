"""What sums come to: precedence, exactness, limits; and every sentence that can be said has an answer."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grammar.base import View
from assistant.skills.harness import Harness
from skills.sums.work import Sum, SumError

FOLDER = Path(__file__).parents[1]
SIGNS = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}


@pytest.mark.parametrize(("said", "value"), [
    ("2 plus 3 times 4", 14), ("ten minus two minus three", 5), ("100 divided by 10 divided by 2", 5),
    ("minus 5 times minus 6", 30), ("5 squared minus 3", 22), ("2 to the power of 3 to the power of 2", 512),
    ("two to the tenth power", 1024), ("2 to the 4th", 16), ("the square root of 16 plus 9", 13),
    ("the cube root of minus 27", -3), ("square root of 4/9", Fraction(2, 3)), ("17 mod 5", 2),
    ("two thirds plus one sixth", Fraction(5, 6)), ("2 1/2 times 3", Fraction(15, 2)), ("half of 86", 43),
    ("three quarters of 60", 45), ("80 plus 20 percent", 96), ("80 minus 20 percent", 64), ("20% off 80", 64),
    ("15 percent of 80 plus 1", 13), ("nine nines", 81), ("7 sixes", 42), ("double 35", 70),
    ("halve 7", Fraction(7, 2)),
    ("cube 3", 27), ("1,500 divided by 4", 375), ("2.5 million times 4", 10_000_000), ("3.5 x 2.2", Fraction(77, 10)),
    ("multiply 5 by a hundred and six", 530), ("the product of a hundred and five and ten", 1050),
    ("add a hundred and five and ten", 115), ("add 5 and 7 and 9", 21), ("the sum of 5 and 7", 12),
    ("add a hundred and five", 105), ("subtract 5 from 20", 15), ("take 48 away from 200", 152),
    ("the difference between 20 and 5", 15), ("divide 96 by 8", 12), ("2 to the power of minus 2", Fraction(1, 4)),
])
def test_values(said: str, value: Fraction) -> None:
    result = Sum(said)
    assert result.value == value and result.exact


@pytest.mark.parametrize(("said", "value"), [
    ("the square root of 2", 2**0.5), ("2 to the power of a half", 2**0.5), ("cube root of 2", 2 ** (1 / 3)),
])
def test_what_is_not_exact_is_known_to_be_so(said: str, value: float) -> None:
    result = Sum(said)
    assert float(result.value) == pytest.approx(value) and not result.exact


@pytest.mark.parametrize(("said", "why"), [
    ("1 divided by 0", "zero"), ("0 to the power of minus 1", "zero"), ("5 mod 0", "zero"),
    ("9 to the power of 999999999", "too large"), ("1/3 to the power of 999999", "too large"),
    ("square root of minus 4", "square root"), ("minus 8 to the power of 1/2", "real"), ("5 plus", "work that out"),
    ("apples times 5", "work that out"), ("add 5", "work that out"),
])
def test_what_has_no_answer_is_said(said: str, why: str) -> None:
    with pytest.raises(SumError, match=why):
        Sum(said)


@given(st.lists(st.integers(0, 999), min_size=2, max_size=4), st.data())
def test_precedence_is_pythons(numbers: list[int], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from(sorted(SIGNS))) for _ in numbers[1:]]
    said, code = str(numbers[0]), f"Fraction({numbers[0]})"
    for sign, number in zip(signs, numbers[1:], strict=True):
        said, code = f"{said} {sign} {number}", f"{code} {SIGNS[sign]} Fraction({number})"
    try:
        expected = eval(code, {"Fraction": Fraction})
    except ZeroDivisionError:
        with pytest.raises(SumError):
            Sum(said)
        return
    assert Sum(said).value == expected


async def test_every_sentence_has_an_answer() -> None:
    async with Harness(FOLDER) as h:
        for text in h.grammar.sentences(View(skills=("sums",)), 400, seed=5):
            answer = await h.say(text)
            assert answer.text.endswith(".") and "work that out" not in answer.text, (text, answer.text)
