"""How loud the assistant speaks: at the source that asks."""

from __future__ import annotations

from assistant.skills import Answer, Context, Skill, intent

STEP = 10
"""Percent: one of ten steps; clearly heard, not startling."""
QUIETEST = 10
"""Percent that "quieter" stops at: silence is asked for by name."""


class Volume(Skill):
    """The volume, as percent or in ten steps."""

    @intent("SetVolume")
    async def set_volume(self, ctx: Context, step: int | None = None, percent: int | None = None) -> Answer:
        wanted = percent if percent is not None else (step or 0) * STEP
        now = await ctx.volume()
        if now == wanted:
            return Answer(f"It was already at {spoken(wanted, percent is not None)}.", "already")
        return Answer(f"Volume {spoken(await ctx.volume(wanted), percent is not None)}.")

    @intent("ChangeVolume")
    async def change_volume(self, ctx: Context, direction: str = "up") -> Answer:
        now = await ctx.volume()
        wanted = min(100, now + STEP) if direction == "up" else max(min(now, QUIETEST), now - STEP)
        if wanted == now:
            return Answer(f"That's as {'loud' if direction == 'up' else 'quiet'} as I get.", "already")
        return Answer(f"Volume {spoken(await ctx.volume(wanted))}.")

    @intent("GetVolume")
    async def get_volume(self, ctx: Context) -> Answer:
        return Answer(f"The volume is {spoken(await ctx.volume())}.", "info")


def spoken(percent: int, in_percent: bool = False) -> str:
    """A volume with its scale: in steps where it is one, else in percent; in percent where that was asked for."""
    steps, rest = divmod(percent, STEP)
    return f"{percent} percent" if rest or in_percent else f"{steps} of {100 // STEP}"
