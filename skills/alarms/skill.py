"""Alarms: set, asked for, moved, left out, put off, cancelled. The agent keeps them and rings."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

from assistant import spoken
from assistant.skills import Alarm, Answer, Context, Refusal, Skill, intent
from assistant.skills.dates import as_time
from assistant.skills.kept import cancel_all, mine
from assistant.skills.moments import Moment, moment_of
from assistant.spoken import sentence

from .which import FEW, KIND, called, described, fits, meant_days, one, single_day, when

_HALF_DAY = re.compile(
    r"\b(a ?m|p ?m|morning|afternoon|evening|night|tonight|noon|midday|midnight)\b|(?<![:.\d])0\d[:.]"
)
"""Words that say which half of the day is meant."""
LONGEST_SNOOZE = 86_400
"""Seconds."""
TIME = "[(at|for)] {clock:time} [please]"


class Alarms(Skill):
    """Alarms."""

    @intent("SetAlarm")
    async def set_alarm(
        self, ctx: Context, time: str = "", days: str = "", alarm_name: str = "", everywhere: str = "",
        duration: int = 0,
    ) -> Answer:
        meant: dict[str, Any] = {"seconds": duration} if duration else meant_days(ctx, days)
        if time:
            meant["clock"] = clock_of(time, "" if "part" in meant else ctx.text)
        elif not duration:
            meant["clock"] = (await ctx.ask("For what time?", TIME)).slots["time"]
        moment = moment_of(meant, ctx.now, waking=True)
        text = f"{sentence(called(alarm_name))} set {for_when(moment, ctx.now)}."
        ctx.prepare(text)
        loud = bool(everywhere) or bool(ctx.settings["everywhere"])
        alarm = await ctx.alarms.set(
            moment.at, seconds=moment.seconds, name=alarm_name, rule=moment.rule, everywhere=loud
        )
        return Answer(text, remember={"alarm": alarm.id})

    @intent("CancelAlarm")
    async def cancel_alarm(self, ctx: Context, time: str = "", days: str = "", alarm_name: str = "") -> Answer:
        if not (time or days or alarm_name) and await ctx.alarms.silence() is not None:
            return Answer("Okay.")
        alarm = await one(ctx, time, days, alarm_name, "Which alarm should I cancel")
        if isinstance(alarm, Answer):
            return alarm
        day = single_day(ctx, days)
        if day is not None and alarm.rule:
            left = await ctx.alarms.leave_out(alarm.id, day.date())
            if left is not None:
                return Answer(f"No alarm {spoken.day(day.date(), ctx.now.date())}. It's on again {on(left, ctx.now)}.")
        await ctx.alarms.cancel(alarm.id)
        return Answer(f"{sentence(called(alarm.name))} for {when(alarm, ctx.now)} cancelled.")

    @intent("CancelAllAlarms")
    async def cancel_all(self, ctx: Context) -> Answer:
        alarms = mine(ctx, await ctx.alarms.all(KIND))
        return await cancel_all(alarms, ctx.alarms.cancel, none="There is no alarm.", one="Alarm cancelled.",
                                several="alarms cancelled")

    @intent("ListAlarms")
    async def list_alarms(self, ctx: Context, days: str = "") -> Answer:
        alarms = [alarm for alarm in await ctx.alarms.all(KIND) if fits(alarm, ctx, "", days, "")]
        if re.search(r"\b(my|i|me)\b", ctx.text.lower()):
            alarms = mine(ctx, alarms)
        if not alarms:
            day = single_day(ctx, days)
            where = f" {spoken.day(day.date(), ctx.now.date())}" if day else ""
            return Answer(f"There is no alarm{where}.", "info")
        told = [described(alarm, ctx.now, ctx.person) for alarm in alarms[:FEW]]
        more = f", and {len(alarms) - FEW} more" if len(alarms) > FEW else ""
        count = "There is one alarm" if len(alarms) == 1 else f"There are {len(alarms)} alarms"
        return Answer(f"{count}: {spoken.listed(told)}{more}.", "info", remember={"alarm": alarms[0].id})

    @intent("NextAlarm")
    async def next_alarm(self, ctx: Context) -> Answer:
        alarms = mine(ctx, await ctx.alarms.all(KIND))
        if not alarms:
            return Answer("There is no alarm.", "info")
        name = f", for {alarms[0].name}" if alarms[0].name else ""
        answer = f"Your next alarm is {on(alarms[0], ctx.now)}{name}."
        return Answer(answer, "info", remember={"alarm": alarms[0].id})

    @intent("Snooze")
    async def snooze(self, ctx: Context, duration: int = 0) -> Answer:
        seconds = duration or 60 * int(ctx.settings["snooze"])
        if seconds > LONGEST_SNOOZE:
            raise Refusal("I can put it off by a day at most.")
        later = await ctx.alarms.snooze(seconds)
        if later is not None:
            return Answer(f"Okay, {spoken.length(seconds)} more.")
        timers = await ctx.timers.all()
        if duration and len(timers) == 1:  # "five more minutes" of what does not ring yet
            longer = await ctx.timers.add(timers[0].id, seconds)
            if longer is not None:
                return Answer(f"{sentence(spoken.length(longer.left))} left on the timer.")
        return Answer("Nothing is ringing.", "failed")

    @intent("ChangeAlarm")
    async def change_alarm(
        self, ctx: Context, to: str = "", time: str = "", days: str = "", alarm_name: str = "", later: int = 0,
        earlier: int = 0,
    ) -> Answer:
        alarm = await one(ctx, time, days, alarm_name, "Which alarm should I change", latest=True)
        if isinstance(alarm, Answer):
            return alarm
        at = alarm.due + timedelta(seconds=later - earlier)
        if to:
            at = datetime.combine(alarm.due, moved_to(to, alarm.due, ctx.text))
        if at <= ctx.now.replace(tzinfo=None):
            raise Refusal("That's over already.")
        if await ctx.alarms.move(alarm.id, at) is None:
            return Answer("It has just rung.", "failed")
        text = f"{sentence(called(alarm.name))} moved to {spoken.moment(at, ctx.now)}."
        return Answer(text, remember={"alarm": alarm.id})


def clock_of(time: str, text: str) -> str:
    """A time as ``{clock}`` means it: with a question mark where nothing says which half of the day it is."""
    sure = int(time[:2]) > 12 or time[:2] == "00" or _HALF_DAY.search(text.lower()) is not None
    return time if sure else f"{time}?"


def moved_to(to: str, before: datetime, text: str) -> time:
    """A new time; where nothing says which half of the day it is of, it stays in the one of before."""
    said = as_time(to)
    if clock_of(to, text).endswith("?"):
        return said.replace(hour=said.hour % 12 + (12 if before.hour >= 12 else 0))
    return said


def for_when(moment: Moment, now: datetime) -> str:
    """When it rings: "for seven tomorrow morning", "for every weekday at seven in the morning", "in 20 minutes"."""
    if moment.at is None:
        return moment.spoken(now)
    return f"for {moment.spoken(now).removeprefix('at ').removeprefix('on ')}"


def on(alarm: Alarm, now: datetime) -> str:
    return f"at {spoken.moment(alarm.due, now)}"
