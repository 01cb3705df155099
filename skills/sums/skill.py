"""Arithmetic."""

from __future__ import annotations

import re
from fractions import Fraction

from assistant.skills import Answer, Context, Refusal, Skill, intent
from assistant.skills.numbers import told

from .work import Sum, SumError

IN_PARTS = re.compile(r"half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth(?! power)|\b(\d) / (?!\1)\d\b")
"""A sum with one of these is answered in parts, unless it has decimals."""
DECIMALS = re.compile(r"\d\.\d|\bpoint\b")


class Sums(Skill):
    """Works out what is said."""

    @intent("Work")
    async def calculate(self, ctx: Context, sum: str) -> Answer:
        try:
            result = Sum(sum)
        except SumError as error:
            raise Refusal(str(error)) from error
        parts = IN_PARTS.search(sum) is not None and DECIMALS.search(sum) is None
        return Answer(f"That's {told(result.value, exact=result.exact, parts=parts)}.", "info")

    @intent("PercentOf")
    async def percent_of(self, ctx: Context, percent: float, number: float) -> Answer:
        share = Fraction(str(percent)) * Fraction(str(number)) / 100
        return Answer(f"That's {told(share)}.", "info")
