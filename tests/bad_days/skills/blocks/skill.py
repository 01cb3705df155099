"""A skill that never answers."""

from __future__ import annotations

import asyncio
import time

from assistant.skills import Context, Skill, intent


class Blocks(Skill):
    @intent("Wait")
    async def wait(self, ctx: Context) -> str:
        await asyncio.Event().wait()
        return "never"

    @intent("Hold")
    async def hold(self, ctx: Context) -> str:
        while True:
            time.sleep(1)  # noqa: ASYNC251 - this is what bad skills do
