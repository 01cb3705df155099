"""A skill that asks without end, and goes on when it is told that its order is over."""

from __future__ import annotations

import asyncio
import contextlib

from assistant.errors import AssistantError
from assistant.skills import Context, Skill, intent

AT_ONCE = 500


class Floods(Skill):
    @intent("Flood")
    async def flood(self, ctx: Context) -> str:
        while True:
            with contextlib.suppress(AssistantError):
                await asyncio.gather(*(ctx.home.devices() for _ in range(AT_ONCE)))
