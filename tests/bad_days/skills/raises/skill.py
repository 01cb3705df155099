"""A skill with a fault."""

from __future__ import annotations

from assistant.skills import Context, Skill, intent


class Raises(Skill):
    @intent("Raise")
    async def fail(self, ctx: Context) -> str:
        return str(1 // 0)
