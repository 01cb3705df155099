"""Time, date and day."""

from __future__ import annotations

from calendar import day_name
from datetime import datetime, timedelta

from assistant.skills import Answer, Context, Skill, intent

RELATIVE = {0: "Today is", 1: "Tomorrow is", -1: "Yesterday was"}


class Clock(Skill):
    """A clock."""

    @intent("Time")
    async def time(self, ctx: Context) -> Answer:
        return Answer(f"It's {spoken_time(ctx.now)}.", "info")

    @intent("Date")
    async def date(self, ctx: Context, day: int = 0) -> Answer:
        then = ctx.now + timedelta(days=day)
        return Answer(f"{RELATIVE[day]} {then:%A}, {then:%B} {ordinal(then.day)}.", "info")

    @intent("Day")
    async def day(self, ctx: Context, day: int = 0) -> Answer:
        then, words = ctx.now + timedelta(days=day), ctx.text.lower().split()
        if "month" in words or "year" in words:
            return Answer(f"It's {then:%B} {then.year}.", "info")
        asked = [weekday for weekday in day_name if weekday.lower() in words]
        if asked:
            return Answer(f"{'Yes' if f'{then:%A}' in asked else 'No'}, it's {then:%A}.", "info")
        return Answer(f"{RELATIVE[day]} {then:%A}.", "info")


def spoken_time(now: datetime) -> str:
    """A time as a voice reads it well: "7:05 PM", "noon"."""
    if now.minute == 0 and now.hour in (0, 12):
        return "noon" if now.hour == 12 else "midnight"
    hour = now.hour % 12 or 12
    half = "AM" if now.hour < 12 else "PM"
    return f"{hour} {half}" if now.minute == 0 else f"{hour}:{now.minute:02d} {half}"


def ordinal(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
