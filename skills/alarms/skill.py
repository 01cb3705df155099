"""Alarms: set, asked for, moved, left out, put off, cancelled. The agent keeps them and rings."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from assistant import spoken
from assistant.skills import Alarm, Answer, Context, Skill, intent
from assistant.skills.moments import Moment, moment_of

_HALF_DAY = re.compile(r"\b(a ?m|p ?m|morning|afternoon|evening|night|tonight|noon|midday|midnight|0\d)\b")
"""Words that say which half of the day is meant."""
_SIGNS = re.compile(r"[^\w' ]")
"""What in a name would mean something else in a sentence to be heard."""
FEW = 4
"""So many alarms are told one by one."""
TIME = "[(at|for)] {clock:time} [please]"
CHOICES = (
    "[(the|at|for)] [one] [(at|for)] {clock} [alarm|one] [please]", "[the] (first|second|last) [alarm|one] [please]",
)
KIND = "alarm"


class Alarms(Skill):
    """Alarms."""

    @intent("SetAlarm")
    async def set_alarm(
        self, ctx: Context, time: str = "", days: str = "", alarm_name: str = "", everywhere: str = ""
    ) -> Answer:
        meant = dict(ctx.meant.get("days", {}))
        if not time:
            meant["clock"] = (await ctx.ask("For what time?", TIME)).slots["time"]
        else:
            meant["clock"] = clock_of(time, "" if "part" in meant else ctx.text)
        moment = moment_of(meant, ctx.now, waking=True)
        text = f"{sentence(called(alarm_name))} set {for_when(moment, ctx.now)}."
        ctx.prepare(text)
        loud = bool(everywhere) or bool(ctx.settings["everywhere"])
        alarm = await ctx.alarms.set(moment.at, name=alarm_name, rule=moment.rule, everywhere=loud)
        return Answer(text, remember={"alarm": alarm.id})

    @intent("CancelAlarm")
    async def cancel_alarm(self, ctx: Context, time: str = "", days: str = "", alarm_name: str = "") -> Answer:
        if not (time or days or alarm_name) and await ctx.alarms.silence() is not None:
            return Answer("Okay.")
        alarm = await one(ctx, time, days, alarm_name, "Which alarm should I cancel")
        if isinstance(alarm, Answer):
            return alarm
        day = _single_day(ctx, days)
        if day is not None and alarm.rule:
            left = await ctx.alarms.leave_out(alarm.id, day.date())
            if left is not None:
                return Answer(f"No alarm {spoken.day(day.date(), ctx.now.date())}. It's on again {on(left, ctx.now)}.")
        await ctx.alarms.cancel(alarm.id)
        return Answer(f"{sentence(called(alarm.name))} for {when(alarm, ctx.now)} cancelled.")

    @intent("CancelAllAlarms")
    async def cancel_all(self, ctx: Context) -> Answer:
        alarms = mine(ctx, await ctx.alarms.all(KIND))
        for alarm in alarms:
            await ctx.alarms.cancel(alarm.id)
        if not alarms:
            return Answer("There is no alarm.", "already")
        return Answer("Alarm cancelled." if len(alarms) == 1 else f"{len(alarms)} alarms cancelled.")

    @intent("ListAlarms")
    async def list_alarms(self, ctx: Context) -> Answer:
        alarms = await ctx.alarms.all(KIND)
        if re.search(r"\b(my|i|me)\b", ctx.text.lower()):
            alarms = mine(ctx, alarms)
        if not alarms:
            return Answer("There is no alarm.", "info")
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
        self, ctx: Context, to: str, time: str = "", days: str = "", alarm_name: str = ""
    ) -> Answer:
        alarm = await one(ctx, time, days, alarm_name, "Which alarm should I change", latest=True)
        if isinstance(alarm, Answer):
            return alarm
        clock = clock_of(to, ctx.text)
        if alarm.due.hour >= 12 and clock.endswith("?"):
            clock = f"{int(to[:2]) % 12 + 12:02d}{to[2:]}"  # it stays in its half of the day
        meant: dict[str, Any] = {"clock": clock.rstrip("?"), "day": f"{alarm.due:%m-%d}"}
        moment = moment_of(meant, ctx.now, waking=True)
        if moment.at is None or await ctx.alarms.move(alarm.id, moment.at) is None:
            return Answer("It has just rung.", "failed")
        text = f"{sentence(called(alarm.name))} moved to {spoken.moment(moment.at, ctx.now)}."
        return Answer(text, remember={"alarm": alarm.id})


async def one(
    ctx: Context, time: str, days: str, name: str, question: str, *, latest: bool = False
) -> Alarm | Answer:
    """The alarm that is meant: by its time, day or name, the only one, the latest spoken of, or asked for."""
    alarms = mine(ctx, await ctx.alarms.all(KIND))
    found = [alarm for alarm in alarms if fits(alarm, ctx, time, days, name)]
    if not found:
        return Answer("There is no such alarm." if alarms else "There is no alarm.", "failed")
    put_off = [alarm for alarm in found if alarm.seconds and not (time or days or name)]
    spoken_of = [alarm for alarm in found if latest and alarm.id == ctx.memory.get("alarm")]
    if len(found) == 1 or put_off or spoken_of:
        return (put_off or spoken_of or found)[0]
    return await chosen(ctx, found, question)


async def chosen(ctx: Context, found: list[Alarm], question: str) -> Alarm | Answer:
    """Ask which of several is meant: by its time, its name or its place."""
    told = [described(alarm, ctx.now) for alarm in found[:FEW]]
    names = [f"[the] {_SIGNS.sub(' ', alarm.name)} [alarm|one] [please]" for alarm in found if alarm.name]
    reply = await ctx.ask(f"{question}: {spoken.listed(told, 'or')}?", [*CHOICES, *names])
    for word, place in (("first", 0), ("second", 1), ("last", -1)):
        if word in reply.text.split():
            return found[place]
    clock = str(reply.slots.get("clock", "")).rstrip("?")
    if clock:
        meant = [one for one in found if _half(f"{one.due:%H:%M}") == _half(clock)]
    else:
        meant = [one for one in found if one.name and one.name in reply.text]
    return meant[0] if meant else Answer("There is no such alarm.", "failed")


def fits(alarm: Alarm, ctx: Context, time: str, days: str, name: str) -> bool:
    """Whether an alarm is one that these words may mean."""
    if name and alarm.name.rstrip("s") != name.rstrip("s"):
        return False
    if time and _half(time) != _half(f"{alarm.due:%H:%M}"):
        return False
    if not days:
        return True
    rule = str((ctx.meant.get("days") or DAY_WORDS.get(days, {})).get("rule", ""))
    if rule:
        return alarm.rule.partition(";UNTIL")[0] == rule
    day = _single_day(ctx, days)
    return day is None or alarm.due.date() == day.date() or rings_on(alarm, day)


DAY_WORDS: dict[str, dict[str, Any]] = {
    "today": {"day": "+0"}, "tomorrow": {"day": "+1"},
    "weekdays": {"rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}, "weekends": {"rule": "FREQ=WEEKLY;BYDAY=SA,SU"},
    **{name.lower(): {"day": f"w{number}"} for number, name in enumerate(spoken.WEEKDAYS.values())},
}
"""What the days before "alarm" mean: "tomorrow's alarm"."""


def _single_day(ctx: Context, days: str) -> datetime | None:
    """The one day that is meant, if it is one."""
    meant = ctx.meant.get("days") or DAY_WORDS.get(days, {})
    if "day" not in meant or "rule" in meant:
        return None
    return moment_of({"day": meant["day"], "clock": "23:59"}, ctx.now).at


def rings_on(alarm: Alarm, day: datetime) -> bool:
    """Whether one that repeats rings on a day to come, by its weekdays."""
    weekday, weekdays = tuple(spoken.WEEKDAYS)[day.weekday()], alarm.rule.partition("BYDAY=")[2]
    every = alarm.rule.startswith("FREQ=DAILY") and "INTERVAL" not in alarm.rule
    return day.date() not in alarm.left_out and (every or weekday in weekdays)


def mine(ctx: Context, alarms: list[Alarm]) -> list[Alarm]:
    """Those of whoever speaks, and those that nobody owns; all where nobody knows who speaks."""
    return [alarm for alarm in alarms if not ctx.person or alarm.person in ("", ctx.person)]


def clock_of(time: str, text: str) -> str:
    """A time as ``{clock}`` means it: with a question mark where nothing says which half of the day it is."""
    sure = int(time[:2]) > 12 or time[:2] == "00" or _HALF_DAY.search(text.lower()) is not None
    return time if sure else f"{time}?"


def _half(time: str) -> tuple[int, int]:
    """A time on a clock of twelve hours: as people name an alarm."""
    return int(time[:2]) % 12, int(time[3:])


def for_when(moment: Moment, now: datetime) -> str:
    """When it rings: "for seven tomorrow morning", "for every weekday at seven in the morning"."""
    return f"for {moment.spoken(now).removeprefix('at ').removeprefix('on ')}"


def on(alarm: Alarm, now: datetime) -> str:
    return f"at {spoken.moment(alarm.due, now)}"


def called(name: str) -> str:
    return f"{name} alarm" if name else "alarm"


def when(alarm: Alarm, now: datetime) -> str:
    """When it rings: "seven tomorrow morning", "every Tuesday at four in the afternoon"."""
    said = spoken.repeated(alarm.rule, alarm.due) if alarm.rule else spoken.moment(alarm.due, now)
    return said.removeprefix("on ")


def described(alarm: Alarm, now: datetime, person: str = "") -> str:
    """An alarm as one tells it from others: "seven tomorrow morning", "swimming every Tuesday at four"."""
    owner = f"{alarm.person}'s " if alarm.person and alarm.person != person else ""
    if not alarm.name:
        return f"{owner}{when(alarm, now)}"
    return f"{owner}{alarm.name} {'' if alarm.rule else 'at '}{when(alarm, now)}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


