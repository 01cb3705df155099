"""Reminders: set, asked for, cancelled. The agent keeps them and tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from assistant import spoken
from assistant.errors import SkillError
from assistant.skills import Alarm, Answer, Context, Refusal, Skill, intent
from assistant.skills.dates import as_date, as_time
from assistant.skills.kept import cancel_all, mine
from assistant.skills.moments import HOURS, moment_of, needs_time

from .persons import turned

FEW = 4
"""So many reminders are told one by one."""
OFTEN = 60
"""Seconds between two reminders, at least."""
KIND = "reminder"
WHEN = "[(for|on)] {moment:when} [please]"
TIME = ("[(at|by|around)] {clock} [please]", "[(in|at)] [the] (morning|afternoon|evening|night) [please]")
WHAT = "[(to|about|of|that)] {anything:what}"
SMALL = frozenset(("a", "an", "the", "my", "your", "our", "to", "for", "of", "and", "in", "on", "at", "that", "thing"))
"""Words that do not tell one reminder from another."""


class Reminders(Skill):
    """Reminders."""

    @intent("Remind")
    async def remind(self, ctx: Context, what: str = "", when: str = "", time: str = "") -> Answer:
        meant = said_when(ctx)
        if not what:
            what = str((await ctx.ask("What shall I remind you of?", WHAT)).slots["what"])
        if not meant:
            meant = dict((await ctx.ask("When?", WHEN)).slots["when"])
        parts = hours(ctx.settings)
        if needs_time(meant, ctx.now, parts):
            reply = await ctx.ask("At what time?", TIME)
            meant |= reply.slots or {"part": next(part for part in HOURS if part in reply.text)}
        if meant.get("again") and meant["seconds"] < OFTEN:
            raise Refusal("I can remind you once a minute at most.")
        moment, told = moment_of(meant, ctx.now, hours=parts), turned(what)
        text = f"I'll remind you {moment.spoken(ctx.now)}: {told}."
        ctx.prepare(text)
        kept = await ctx.alarms.set(
            moment.at, seconds=moment.seconds, kind=KIND, name=told, rule=moment.rule,
            everywhere=bool(ctx.settings["everywhere"]),
        )
        return Answer(text, remember={"reminder": kept.id})

    @intent("ListReminders")
    async def list_reminders(self, ctx: Context, when: str = "") -> Answer:
        meant = said_when(ctx)
        wanted = as_date(str(meant["day"]), ctx.now.date()) if "day" in meant else None
        found = due_then(mine(ctx, await ctx.alarms.all(KIND)), meant, ctx.now)
        where = f" {spoken.day(wanted, ctx.now.date())}" if wanted else ""
        if not found:
            return Answer(f"There is no reminder{where}.", "info")
        if "next" in ctx.text.split():
            found = found[:1]
        told = [described(one, ctx.now) for one in found[:FEW]]
        more = f", and {len(found) - FEW} more" if len(found) > FEW else ""
        count = "one reminder" if len(found) == 1 else f"{len(found)} reminders"
        answer = f"You have {count}{where}: {'; '.join(told)}{more}."
        return Answer(answer, "info", remember={"reminder": found[0].id})

    @intent("CancelReminder")
    async def cancel_reminder(self, ctx: Context, what: str = "", when: str = "") -> Answer:
        kept = mine(ctx, await ctx.alarms.all(KIND))
        found = about(kept, what) if what else latest(kept, ctx)
        if when:
            found = due_then(kept, said_when(ctx), ctx.now)
        if not found:
            return Answer("There is no such reminder." if kept else "There is no reminder.", "failed")
        named = {one.name or described(one, ctx.now): one for one in found}
        chosen = await ctx.choose("Which reminder should I cancel", named)
        await ctx.alarms.cancel(chosen.id)
        return Answer(f"Reminder cancelled: {chosen.name}.")

    @intent("CancelAllReminders")
    async def cancel_all(self, ctx: Context) -> Answer:
        kept = mine(ctx, await ctx.alarms.all(KIND))
        return await cancel_all(kept, ctx.alarms.cancel, none="There is no reminder.", one="Reminder cancelled.",
                                several="reminders cancelled")


def said_when(ctx: Context) -> dict[str, Any]:
    """What was said of the moment, in one dictionary."""
    when, clock = ctx.meant.get("when", {}), ctx.meant.get("time")
    meant = {"clock": when} if isinstance(when, str) else dict(when)
    return meant | ({"clock": clock} if clock else {})


def hours(settings: Mapping[str, Any]) -> dict[str, time]:
    """When it is each part of the day.

    Raises:
        SkillError: a setting is no time.
    """
    found = {}
    for part in HOURS:
        try:
            found[part] = as_time(str(settings[part]))
        except ValueError as error:
            raise SkillError(f"{settings[part]!r} is no time of day", where=f"skills: settings: reminders: {part}",
                             mend="write it like '08:00'") from error
    return found


def latest(kept: Sequence[Alarm], ctx: Context) -> list[Alarm]:
    """The latest spoken of, else all."""
    return [one for one in kept if one.id == ctx.memory.get("reminder")] or list(kept)


def due_then(kept: Sequence[Alarm], meant: Mapping[str, Any], now: datetime) -> list[Alarm]:
    """Those that are due next on the day, and at the time, that were said."""
    day = as_date(str(meant["day"]), now.date()) if "day" in meant else None
    clock = as_time(str(meant["clock"]).rstrip("?")) if "clock" in meant else None
    return [
        one for one in kept
        if day in (None, one.due.date())
        and (clock is None or (one.due.hour % 12, one.due.minute) == (clock.hour % 12, clock.minute))
    ]


def about(kept: Sequence[Alarm], what: str) -> list[Alarm]:
    """Those that share the most words with what was said, if they share any."""
    wanted = _words(turned(what))
    shared = {one.id: len(wanted & _words(one.name)) for one in kept}
    most = max(shared.values(), default=0)
    return [one for one in kept if most and shared[one.id] == most]


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in text.lower().split()} - SMALL


def described(one: Alarm, now: datetime) -> str:
    """A reminder with its moment: "take out the bins, at eight tomorrow morning"."""
    when = spoken.repeated(one.rule, one.due) if "=" in one.rule else f"at {spoken.moment(one.due, now)}"
    if one.rule == "again":
        when = f"every {spoken.length(one.seconds)}"
    return f"{one.name}, {when}"
