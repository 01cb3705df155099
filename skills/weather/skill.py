"""The weather: now and to come, at home and elsewhere. Nobody is asked before the household has set a place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.errors import SkillError
from assistant.skills import Answer, Context, Period, Refusal, Skill, intent
from assistant.skills.periods import as_period
from assistant.skills.spoken import spoken_day, spoken_time

from . import words
from .forecast import DAYS, Forecast, Hour, UnreadableError
from .places import Place, parted
from .service import SECONDS, Service, ServiceError, Told

NO_PLACE = "I don't know where we are yet. Write a place into your settings, under skills, settings, weather, place."
WHERE = "skills, settings, weather, place"
MEND = "is the place right, and this machine on the network?"
TOO_FAR = f"The forecast goes no further than {DAYS} days."
EVENING = 20
"""Hour from which "will it rain?" means the night."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a place's weather when somebody asks."""

    told: Told
    wall: datetime
    """What the clocks show there."""
    where: str
    """" in Paris, France"; empty for home."""

    @property
    def forecast(self) -> Forecast:
        return self.told.forecast

    def period(self, when: str) -> Period:
        return as_period(when, self.wall)

    def hours(self, period: Period) -> list[Hour]:
        """The hours of a period that are still to come.

        Raises:
            Refusal: there are none.
        """
        if period.end <= self.wall:
            raise Refusal("That is over.")
        found = self.forecast.within(max(period.start, self.wall), period.end)
        if not found:
            raise Refusal(TOO_FAR)
        return found

    def end(self, period: Period) -> str:
        """What an answer says where the forecast does not cover all of a period."""
        last = self.forecast.hours[-1].at
        if period.end <= last + timedelta(hours=1):
            return ""
        return f" The forecast ends {spoken_day(last.date(), self.wall.date())}."


class Weather(Skill):
    """The weather."""

    async def start(self, ctx: Context) -> None:
        self._service = Service()

    async def troubles(self, ctx: Context) -> list[SkillError]:
        if not ctx.settings["place"].strip():
            return []
        try:
            sight = await self._look(ctx, "")
        except Refusal as refusal:
            return [SkillError(refusal.text, where=WHERE, mend=MEND)]
        return [SkillError(sight.told.why_old, where=WHERE, mend=MEND)] if sight.told.why_old else []

    @intent("Now")
    async def now(self, ctx: Context, place: str = "") -> Answer:
        place, when = parted(place, ctx.now)
        if when:
            return await self.forecast(ctx, when, place)
        sight = await self._look(ctx, place)
        return self._answer(ctx, sight, words.now(_hour(sight), sight.where))

    @intent("Forecast")
    async def forecast(self, ctx: Context, when: str = "today", place: str = "") -> Answer:
        sight = await self._look(ctx, place)
        period = sight.period(when)
        text = words.outlook(sight.hours(period), period, sight.where, sight.wall.date())
        return self._answer(ctx, sight, text + sight.end(period))

    @intent("WillItRain")
    async def will_it_rain(self, ctx: Context, when: str = "", place: str = "", kind: str = "rain") -> Answer:
        place, later = parted(place, ctx.now)
        when = when or later
        sight = await self._look(ctx, place)
        if not when and ctx.text.startswith(("is it", "does it")):
            return self._answer(ctx, sight, words.now(_hour(sight), sight.where))
        period = sight.period(when or ("tonight" if sight.wall.hour >= EVENING else "today"))
        text = words.falling(sight.hours(period), period, sight.where, kind)
        return self._answer(ctx, sight, text + sight.end(period))

    @intent("Temperature")
    async def temperature(self, ctx: Context, when: str = "", place: str = "") -> Answer:
        place, later = parted(place, ctx.now)
        when = when or later
        sight = await self._look(ctx, place)
        if not when:
            text = f"It's {words.degrees(_hour(sight).temperature)}{sight.where}."
        else:
            period = sight.period(when)
            text = words.temperature(sight.hours(period), period, sight.where)
        return self._answer(ctx, sight, text)

    @intent("Wind")
    async def wind(self, ctx: Context, when: str = "", place: str = "") -> Answer:
        sight = await self._look(ctx, place)
        period = sight.period(when) if when else None
        hours = sight.hours(period) if period is not None else [_hour(sight)]
        return self._answer(ctx, sight, words.wind(hours, ctx.settings["units"] == "imperial", period, sight.where))

    @intent("Sun")
    async def sun(self, ctx: Context, event: str, when: str = "", place: str = "") -> Answer:
        sight = await self._look(ctx, place)
        suns = sight.forecast.suns
        if when:
            day = sight.period(when).start.date()
            found = next((one for one in suns if one.day == day), None)
        else:
            found = next((one for one in suns if (one.rise if event == "sunrise" else one.set) > sight.wall), None)
        if found is None:
            raise Refusal(TOO_FAR)
        return self._answer(ctx, sight, words.sun(found, event, sight.wall, sight.where))

    async def _look(self, ctx: Context, place: str) -> Sight:
        """The weather of a place, by default of home.

        Raises:
            Refusal: no place is set, nobody knows the place, or the service cannot be asked.
        """
        home, until = ctx.settings["place"].strip(), asyncio.get_running_loop().time() + SECONDS
        if not home:
            raise Refusal(NO_PLACE)
        try:
            found = await self._service.place(ctx, place or home, until)
            if found is None:
                raise Refusal(f"I can't find {place or home} on the map.")
            if not place:
                found = Place(found.latitude, found.longitude)
            told = await self._service.forecast(ctx, found, until)
        except ServiceError as error:
            raise Refusal(str(error)) from error
        where = f" in {found.name}" if found.name else ""
        return Sight(told, told.forecast.wall(ctx.now), where)

    def _answer(self, ctx: Context, sight: Sight, text: str) -> Answer:
        """An answer, which says so where it is an old forecast's."""
        if sight.told.why_old:
            made = sight.told.made.astimezone()
            moment = f"{spoken_day(made.date(), ctx.now.date())} at {spoken_time(made)}"
            text = f"{sight.told.why_old} The forecast of {moment} says: {text}"
        return Answer(text, "info")


def _hour(sight: Sight) -> Hour:
    """The weather at this moment."""
    try:
        return sight.forecast.at(sight.wall)
    except UnreadableError as error:
        raise Refusal(TOO_FAR) from error
