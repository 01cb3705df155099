"""Timers: set, asked for, made longer, cancelled. The agent keeps them and rings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from assistant.skills import Answer, Context, Refusal, Skill, Timer, intent
from assistant.skills.kept import cancel_all
from assistant.spoken import listed, sentence

FEW = 3
"""So many timers are told one by one."""
LONGEST = 30 * 86_400
"""Seconds of the longest timer that the agent keeps."""
LIMITS = "I can set timers from 1 second to 30 days."


class Timers(Skill):
    """Timers."""

    @intent("SetTimer")
    async def set_timer(self, ctx: Context, duration: int | None = None, timer_name: str = "") -> Answer:
        if duration is None:
            duration = round((await ctx.ask("For how long?", timedelta)).total_seconds())
        if not 0 < duration <= LONGEST:
            raise Refusal(LIMITS)
        text = f"{sentence(named(duration, timer_name))} started."
        ctx.prepare(text)
        timer = await ctx.timers.set(duration, timer_name)
        return Answer(text, remember={"timer": timer.id})

    @intent("TimeLeft")
    async def time_left(self, ctx: Context, timer_name: str = "", length: int | None = None) -> Answer:
        timers = await ctx.timers.all()
        found = fitting(timers, timer_name, length)
        if not found:
            return Answer(nothing(timers, timer_name), "info")
        if (len(found) == 1 and len(timers) == 1) or timer_name:
            return Answer(f"{sentence(spoken(found[0].left))} left.", "info", remember={"timer": found[0].id})
        told = [f"{spoken(timer.left)} on the {called(timer)}" for timer in found[:FEW]]
        more = f", and {len(found) - FEW} more" if len(found) > FEW else ""
        return Answer(f"{sentence(listed(told))}{more}.", "info")

    @intent("CancelTimer")
    async def cancel_timer(self, ctx: Context, timer_name: str = "", length: int | None = None) -> Answer:
        timer = await one(ctx, timer_name, length, "Which timer should I cancel", latest=False)
        if isinstance(timer, Answer):
            return timer
        await ctx.timers.cancel(timer.id)
        return Answer(f"{sentence(called(timer))} cancelled.")

    @intent("CancelAllTimers")
    async def cancel_all(self, ctx: Context) -> Answer:
        return await cancel_all(await ctx.timers.all(), ctx.timers.cancel, none="There is no timer.",
                                one="Timer cancelled.", several="timers cancelled")

    @intent("AddTime")
    async def add_time(self, ctx: Context, duration: int, timer_name: str = "", length: int | None = None) -> Answer:
        return await self._change(ctx, duration, timer_name, length)

    @intent("TakeTime")
    async def take_time(self, ctx: Context, duration: int, timer_name: str = "", length: int | None = None) -> Answer:
        return await self._change(ctx, -duration, timer_name, length)

    async def _change(self, ctx: Context, seconds: int, timer_name: str, length: int | None) -> Answer:
        timer = await one(ctx, timer_name, length, "Which timer do you mean")
        if isinstance(timer, Answer):
            return timer
        if timer.left + seconds < 1:
            raise Refusal(f"It has only {spoken(timer.left)} left.")
        if timer.left + seconds > LONGEST:
            raise Refusal(LIMITS)
        longer = await ctx.timers.add(timer.id, seconds)
        return Answer("It has just rung." if longer is None else f"{sentence(spoken(longer.left))} left now.")


async def one(
    ctx: Context, timer_name: str, length: int | None, question: str, *, latest: bool = True
) -> Timer | Answer:
    """The timer that is meant: by name, by length, the only one, the latest spoken of, or asked for.

    Args:
        latest: whether the latest spoken of may be meant without being named: what cannot be mended is asked for.
    """
    timers = await ctx.timers.all()
    found = fitting(timers, timer_name, length)
    if not found:
        return Answer(nothing(timers, timer_name), "failed")
    spoken_of = [timer for timer in found if latest and timer.id == ctx.memory.get("timer")]
    if len(found) == 1 or spoken_of:
        return (spoken_of or found)[0]
    reply = await ctx.ask(f"{question}: {offered(found)}?", choices(found))
    said = reply.slots.get("duration")
    chosen = [timer for timer in found if (timer.name in reply.text if timer.name else round(timer.seconds) == said)]
    return chosen[0] if chosen else Answer("I don't know that timer.", "failed")


def choices(timers: Sequence[Timer]) -> list[str]:
    """Sentences that choose one of these."""
    return [f"[the] {timer.name or '{duration}'} [timer|one] [please]" for timer in timers]


def offered(timers: Sequence[Timer]) -> str:
    """Those to choose from, in the words that choose: "5 minute or pasta"; many are not told one by one."""
    names = list(dict.fromkeys(name_of(timer) for timer in timers))
    if len(names) > FEW:
        return f"{', '.join(names[:FEW])} or another"
    return listed(names, "or")


def fitting(timers: Sequence[Timer], name: str, length: int | None) -> list[Timer]:
    """Timers of a name or length; all, where none is given."""
    if name:
        return [timer for timer in timers if timer.name.rstrip("s") == name.rstrip("s")]
    return [timer for timer in timers if length is None or round(timer.seconds) == length]


def nothing(timers: Sequence[Timer], name: str) -> str:
    if name:
        return f"There is no {name} timer."
    return "There is no such timer." if timers else "There is no timer."


def name_of(timer: Timer) -> str:
    """By its name, else by its length: "five minute"."""
    return timer.name or spoken(timer.seconds, before_noun=True)


def called(timer: Timer) -> str:
    return f"{name_of(timer)} timer"


def named(seconds: float, name: str) -> str:
    """What was set: "five minute timer", "ten minute pasta timer"."""
    return f"{spoken(seconds, before_noun=True)} {name + ' ' if name else ''}timer"


def spoken(seconds: float, *, before_noun: bool = False) -> str:
    """A length of time as one says it, no finer than anybody wants to know."""
    total = round(seconds)
    if total >= 600 and not before_noun:
        total = round(total / 60) * 60
    parts = []
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, total = divmod(total, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count != 1 and not before_noun else ''}")
    if before_noun:
        return " ".join(parts)
    return listed(parts) if parts else "no time"
