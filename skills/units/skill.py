"""Units: one value in another unit, and how many of one make another."""

from __future__ import annotations

import asyncio

from assistant.skills import Answer, Context, Refusal, Skill, intent
from assistant.skills.numbers import told

from .measures import UnlikeError, convert, counted, one, registry

INCHES = 12
"""In a foot."""
OTHER_SCALE = {"celsius": "fahrenheit", "fahrenheit": "celsius"}


class Units(Skill):
    """Converts, with pint."""

    async def start(self, ctx: Context) -> None:
        self.spawn(asyncio.to_thread(registry))

    @intent("Convert")
    async def convert(self, ctx: Context, amount: float, to: str, inches: float = 0.0, **said: str) -> Answer:
        unit = said.get("from") or OTHER_SCALE[to]
        whole = amount + inches / INCHES
        value = self._in_words(ctx, whole, unit, to)
        shown = counted(told(_shown(amount)), unit)
        shown += f" {counted(told(_shown(inches)), 'inch')}" if inches else ""
        return Answer(f"{shown[:1].upper()}{shown[1:]} is {value}.", "info")

    @intent("HowMany")
    async def how_many(self, ctx: Context, small: str, large: str) -> Answer:
        value = self._in_words(ctx, 1, large, small)
        verb = "is" if value.startswith("1 ") else "are"
        return Answer(f"There {verb} {value} in {one(large)}.", "info")

    def _in_words(self, ctx: Context, amount: float, unit: str, to: str) -> str:
        try:
            value, exact = convert(amount, unit, to, ctx.settings["measures"])
        except UnlikeError as error:
            raise Refusal(str(error)) from error
        shown = told(value)
        return counted(shown if exact or shown.startswith("about ") else f"about {shown}", to)


def _shown(value: float) -> float:
    return round(value, 4)
