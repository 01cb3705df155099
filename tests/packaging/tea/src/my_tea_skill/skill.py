"""Brews tea, and says when it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from assistant.skills import Between, Context, Skill, intent

KINDS = ("green", "black", "mint")
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=20)


class Tea(Skill):
    @intent("Brew")
    async def brew(
        self, ctx: Context, kind: str = "", duration: Annotated[timedelta | None, Between(SHORTEST, LONGEST)] = None
    ) -> str:
        kind = kind or await ctx.choose("Which tea", KINDS)
        draws = duration or timedelta(minutes=ctx.settings["minutes"])
        await ctx.timers.set(draws.total_seconds(), f"{kind} tea")
        return f"One {kind} tea, done in {draws.total_seconds() / 60:g} minutes."
