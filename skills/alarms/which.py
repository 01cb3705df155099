"""Which alarm is meant, and how one tells it from others."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from assistant import spoken
from assistant.skills import Alarm, Answer, Context
from assistant.skills.kept import mine
from assistant.skills.moments import moment_of

_SIGNS = re.compile(r"[^\w' ]")
"""What in a name would mean something else in a sentence to be heard."""
FEW = 4
"""So many alarms are told one by one."""
CHOICES = (
    "[(the|at|for)] [one] [(at|for)] {clock} [alarm|one] [please]", "[the] (first|second|last) [alarm|one] [please]",
)
KIND = "alarm"
DAY_WORDS: dict[str, dict[str, Any]] = {
    "today": {"day": "+0"}, "tomorrow": {"day": "+1"},
    "every day": {"rule": "FREQ=DAILY"},
    "weekdays": {"rule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}, "weekends": {"rule": "FREQ=WEEKLY;BYDAY=SA,SU"},
    **{name.lower(): {"day": f"w{number}"} for number, name in enumerate(spoken.WEEKDAYS.values())},
}
"""What the days before "alarm" mean: "tomorrow's alarm"."""


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
        meant = [one for one in found if half(f"{one.due:%H:%M}") == half(clock)]
    else:
        meant = [one for one in found if one.name and one.name in reply.text]
    return meant[0] if meant else Answer("There is no such alarm.", "failed")


def fits(alarm: Alarm, ctx: Context, time: str, days: str, name: str) -> bool:
    """Whether an alarm is one that these words may mean."""
    if name and alarm.name.rstrip("s") != name.rstrip("s"):
        return False
    if time and half(time) != half(f"{alarm.due:%H:%M}"):
        return False
    if not days:
        return True
    rule = str(meant_days(ctx, days).get("rule", ""))
    if rule:
        return alarm.rule.partition(";UNTIL")[0] == rule
    day = single_day(ctx, days)
    return day is None or alarm.due.date() == day.date() or rings_on(alarm, day)


def meant_days(ctx: Context, days: str) -> dict[str, Any]:
    """What the days mean that were said; empty where none were."""
    return dict(ctx.meant.get("days") or DAY_WORDS.get(days, {}))


def single_day(ctx: Context, days: str) -> datetime | None:
    """The one day that is meant, if it is one."""
    meant = meant_days(ctx, days)
    if "day" not in meant or "rule" in meant:
        return None
    return moment_of({"day": meant["day"], "clock": "23:59"}, ctx.now).at


def rings_on(alarm: Alarm, day: datetime) -> bool:
    """Whether one that repeats rings on a day to come, by its weekdays."""
    weekday, weekdays = tuple(spoken.WEEKDAYS)[day.weekday()], alarm.rule.partition("BYDAY=")[2]
    every = alarm.rule.startswith("FREQ=DAILY") and "INTERVAL" not in alarm.rule
    return day.date() not in alarm.left_out and (every or weekday in weekdays)


def half(time: str) -> tuple[int, int]:
    """A time on a clock of twelve hours: as people name an alarm."""
    return int(time[:2]) % 12, int(time[3:])


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
