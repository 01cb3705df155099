"""The household's calendar: what is on, when something is, and whether there is time. It reads, and never writes."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from assistant.errors import SkillError
from assistant.skills import Answer, Context, Period, Refusal, Skill, every, intent
from assistant.skills.periods import today
from assistant.spoken import sentence

from .events import Event
from .files import Files
from .finding import meant, names
from .words import agenda, joined, occupied, unread, when

NO_FILES = "I know of no calendar yet. Name its file in your settings, under skills, settings, calendar, files."
MEND = "mend that file, or name another under skills, settings, calendar, files"
MOST_MEANT = 3
"""So many events of different names are told when one is asked for."""

log = logging.getLogger(__name__)


class Calendar(Skill):
    """The calendar."""

    _files: Files
    _turn: asyncio.Lock

    async def start(self, ctx: Context) -> None:
        self._files, self._turn = Files(ctx.settings["files"]), asyncio.Lock()
        self._told: tuple[str, ...] = ()
        self._names: dict[str, str] = {}
        if ctx.settings["files"]:
            self.spawn(self._look(ctx))

    async def troubles(self, ctx: Context) -> list[SkillError]:
        if not ctx.settings["files"]:
            return []
        await self._look(ctx)
        return [SkillError(fault.what, where=str(fault.file), mend=MEND) for fault in self._files.faults]

    @every(minutes=1)
    async def look(self, ctx: Context) -> None:
        if ctx.settings["files"]:
            await self._look(ctx)

    @intent("Agenda")
    async def agenda(self, ctx: Context, when: Period | None = None) -> Answer:
        events, period = await self._events(ctx), when or today(ctx.now)
        there = [event for event in events if event.within(period.start, period.end)]
        coming = [event for event in there if event.end > ctx.now or event.start >= ctx.now]
        text = agenda(coming, period, ctx.now, over=len(coming) < len(there) and period.kind != "days")
        return self._answer(text)

    @intent("Next")
    async def next(self, ctx: Context) -> Answer:
        coming = [event for event in await self._events(ctx) if event.start > ctx.now]
        if not coming:
            return self._answer("There is nothing more in the calendar.")
        return self._answer(f"{sentence(coming[0].title)}, {when(coming[0], ctx.now)}.")

    @intent("WhenIs")
    async def when_is(self, ctx: Context, event: str) -> Answer:
        coming = [one for one in await self._events(ctx) if one.end > ctx.now or one.start >= ctx.now]
        found = meant(event, coming)
        if not found:
            return self._answer(f"I can't find {event} in the calendar.")
        text = joined([f"{one.title} is {when(one, ctx.now)}" for one in found[:MOST_MEANT]])
        return self._answer(f"{sentence(text)}.")

    @intent("IsFree")
    async def is_free(self, ctx: Context, when: Period) -> Answer:
        if when.end <= ctx.now:
            return Answer("That is over.", "info")
        there = [one for one in await self._events(ctx) if one.within(max(ctx.now, when.start), when.end)]
        busy = [one for one in there if one.busy and not one.all_day]
        if busy:
            return self._answer(occupied(busy, when, ctx.now))
        whole = [one.title for one in there if one.all_day]
        besides = f", apart from {joined(whole)}" if whole else ""
        return self._answer(f"You are free {when.words}{besides}.")

    async def _events(self, ctx: Context) -> tuple[Event, ...]:
        """All events, after a look at what changed."""
        if not ctx.settings["files"]:
            raise Refusal(NO_FILES)
        await self._look(ctx)
        return self._files.events

    async def _look(self, ctx: Context) -> None:
        async with self._turn:
            await asyncio.to_thread(self._files.look, ctx.now.date())
        coming = names([one for one in self._files.events if one.end > ctx.now])
        if coming != self._names:
            await ctx.set_list("event", {said: said for said in coming})
            self._names = coming
        faults = tuple(map(str, self._files.faults))
        for fault in faults:
            if fault not in self._told:
                log.warning("%s", fault)
        self._told = faults

    def _answer(self, text: str) -> Answer:
        wrong: list[Path] = list(dict.fromkeys(fault.file for fault in self._files.faults))
        return Answer(text + unread(wrong), "info")
