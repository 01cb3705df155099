"""What the answers say of the weather. No yes and no: "will it stay dry?" and "will it rain?" get one answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from assistant.skills import Period
from assistant.skills.spoken import spoken_day, spoken_time
from assistant.spoken import listed, sentence

from .codes import SNOW, WET, described, overall, sky
from .forecast import Hour, Sun

LIKELY, POSSIBLE = 50, 20
"""Percent."""
FEW_DAYS = 3
"""So many days are told one by one."""
WAKING = (7, 22)
"""Hours of a day that decide what its weather is called."""
WINDS = ((6, "hardly any wind"), (20, "a light wind"), (39, "a fresh wind"), (62, "a strong wind"), (103, "a storm"))
"""Kilometres an hour below which a wind is called so (after Beaufort)."""
HURRICANE = "a violent storm"
MILE = 1.609344


def degrees(value: float) -> str:
    """A temperature: "8 degrees", "minus 1 degree"."""
    number = round(value)
    return f"{number_of(number)} degree{'' if abs(number) == 1 else 's'}"


def number_of(number: int) -> str:
    return f"minus {-number}" if number < 0 else str(number)


def spread(hours: Sequence[Hour]) -> str:
    """The temperatures of some hours: "4 to 11 degrees"."""
    low, high = round(min(hour.temperature for hour in hours)), round(max(hour.temperature for hour in hours))
    return degrees(high) if low == high else f"{number_of(low)} to {degrees(high)}"


def now(hour: Hour, where: str) -> str:
    """The weather at this moment."""
    return f"It's {degrees(hour.temperature)} {described(hour.code)}".rstrip() + f"{where}."


def outlook(hours: Sequence[Hour], period: Period, where: str, today: date) -> str:
    """The weather of a period: in one sentence, one for each day, or the main points of many days."""
    days = [(day, list(these)) for day, these in groupby(hours, key=lambda hour: hour.at.date())]
    if period.kind != "days" or len(days) == 1:
        return f"{sentence(period.words)}{where}: {_day(hours)}."
    if len(days) <= FEW_DAYS:
        parts = [f"{sentence(spoken_day(day, today))}: {_day(these)}." for day, these in days]
        return " ".join([f"{sentence(where.strip())}.", *parts] if where else parts)
    wet = [f"{day:%A}" for day, these in days if _wettest(these) >= LIKELY]
    text = f"{sentence(period.words)}{where}: {spread(hours)}, mostly {sky(hour.code for hour in _waking(hours))}."
    if len(wet) == len(days):
        return f"{text} Rain or snow every day."
    return f"{text} Rain or snow on {listed(wet)}." if wet else f"{text} Little rain."


def _day(hours: Sequence[Hour]) -> str:
    weather, chance = overall(hour.code for hour in _waking(hours)), _wettest(hours)
    falling = f", {chance} percent chance of {_falls(hours)}" if chance >= POSSIBLE else ""
    return ", ".join(filter(None, (weather, spread(hours)))) + falling


def _waking(hours: Sequence[Hour]) -> Sequence[Hour]:
    waking = [hour for hour in hours if WAKING[0] <= hour.at.hour < WAKING[1]]
    return waking if len(hours) > 12 and waking else hours


def _wettest(hours: Sequence[Hour]) -> int:
    return max(hour.chance for hour in hours)


def _falls(hours: Sequence[Hour]) -> str:
    snow, rain = (any(hour.code in codes for hour in hours) for codes in (SNOW, WET))
    return "snow" if snow and not rain else "rain or snow" if snow else "rain"


def falling(hours: Sequence[Hour], period: Period, where: str, kind: str) -> str:
    """Whether it rains or snows."""
    other = WET if kind == "snow" else SNOW
    meant = [hour for hour in hours if hour.code not in other] if kind == "rain" else [
        hour for hour in hours if hour.code in SNOW
    ]
    wettest = max(meant, key=lambda hour: hour.chance, default=None)
    when = f"{period.words}{where}"
    if wettest is None or wettest.chance < POSSIBLE:
        return f"No {kind} is expected {when}."
    likely = "likely" if wettest.chance >= LIKELY else "possible"
    text = f"{sentence(kind)} is {likely} {when}: {wettest.chance} percent"
    one_day = hours[0].at.date() == hours[-1].at.date()
    if all(hour.chance == wettest.chance for hour in meant):
        return f"{text}."
    moment = f"at {spoken_time(wettest.at)}" if one_day else f"{wettest.at:%A} at {spoken_time(wettest.at)}"
    return f"{text}, most likely {moment if one_day else 'on ' + moment}."


def temperature(hours: Sequence[Hour], period: Period, where: str) -> str:
    """How warm it will be."""
    return f"{sentence(spread(hours))} {period.words}{where}."


def wind(hours: Sequence[Hour], imperial: bool, period: Period | None, where: str) -> str:
    """How the wind blows: now, or at its strongest in a period."""
    speed = max(hour.wind for hour in hours)
    metric = speed * MILE if imperial else speed
    name = next((word for below, word in WINDS if metric < below), HURRICANE)
    unit = "mile" if imperial else "kilometer"
    measured = f"{round(speed)} {unit}{'' if round(speed) == 1 else 's'} an hour"
    if period is None:
        return f"There is {name}{where}, {measured}."
    return f"{sentence(period.words)}{where}: {name}, up to {measured}."


def sun(day: Sun, event: str, wall: datetime, where: str) -> str:
    """When the sun rises or sets."""
    at = day.rise if event == "sunrise" else day.set
    verb = "rises" if event == "sunrise" else "sets"
    if at < wall:
        verb = "rose" if event == "sunrise" else "set"
    return f"The sun {verb} {spoken_day(day.day, wall.date())} at {spoken_time(at, part=False)}{where}."
