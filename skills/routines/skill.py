"""Routines of the household, and orders for later; what they order other skills do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant import spoken
from assistant.errors import SkillError
from assistant.skills import Alarm, Answer, Context, Refusal, Skill, intent
from assistant.skills.finding import best
from assistant.skills.kept import cancel_all
from assistant.skills.messages import joined
from assistant.skills.moments import moment_of, needs_time
from assistant.spoken import sentence

KIND = "order"
TIME = ("[(at|by|around)] {clock} [please]",)
FEW = 4
"""So many planned orders are told one by one."""
SOONEST = 60
"""Seconds between two times of an order that repeats, at least."""
BECAME = {"failed": "failed", "refused": "was refused", "cancelled": "was cancelled"}
"""What became of an order of a routine that was not carried out."""
SAID = ("info", *BECAME)
"""Outcomes that are said; what was done shows."""


class Routines(Skill):
    """Routines and planned orders."""

    async def start(self, ctx: Context) -> None:
        await ctx.set_list("routine", list(routines(ctx)))

    @intent("Run")
    async def run(self, ctx: Context, routine: str) -> Answer:
        orders = routines(ctx).get(routine, ())
        answers = [await self._step(ctx, order) for order in orders]
        if not answers:
            raise Refusal(f"The routine {routine} holds no orders.")
        told = [answer.text for answer in answers if answer.outcome in SAID and answer.text]
        well = any(answer.outcome in ("done", "already", "info") for answer in answers)
        outcome = "done" if well else joined(answers).outcome
        missing = _why(orders, answers)
        why = f"all but this: {missing}" if well and missing else missing
        return Answer(" ".join(told) or f"Done: {routine}.", outcome, why=why)

    async def _step(self, ctx: Context, order: str) -> Answer:
        try:
            return await ctx.order(order)
        except SkillError:
            return Answer(f"I don't understand “{order}”.", "failed")

    @intent("Later")
    async def later(self, ctx: Context, when: str, order: str = "") -> Answer:
        """``order`` is what stands beside the time, see ``assistant.dialogue.planned``."""
        meant = dict(ctx.meant["when"])
        if needs_time(meant, ctx.now):
            meant |= (await ctx.ask("At what time?", TIME)).slots
        if meant.get("again") and meant["seconds"] < SOONEST:
            raise Refusal("I can do something once a minute at most.")
        moment = moment_of(meant, ctx.now)
        kept = await ctx.alarms.set(moment.at, seconds=moment.seconds, kind=KIND, name=order, rule=moment.rule)
        return Answer(f"{sentence(moment.spoken(ctx.now))}: {order}.", remember={"planned": kept.id})

    @intent("ListRoutines")
    async def list_routines(self, ctx: Context) -> Answer:
        names = list(routines(ctx))
        if not names:
            return Answer("There are no routines. They are written in the settings.", "info")
        return Answer(f"There {'is' if len(names) == 1 else 'are'} {spoken.listed(names)}.", "info")

    @intent("ListPlanned")
    async def list_planned(self, ctx: Context) -> Answer:
        planned = await ctx.alarms.all(KIND)
        if not planned:
            return Answer("Nothing is planned.", "info")
        told = [f"{described(one, ctx)}: {one.name}" for one in planned[:FEW]]
        more = f"; and {len(planned) - FEW} more" if len(planned) > FEW else ""
        return Answer(f"{sentence('; '.join(told))}{more}.", "info")

    @intent("CancelPlanned")
    async def cancel_planned(self, ctx: Context, order: str = "") -> Answer:
        planned = await ctx.alarms.all(KIND)
        found = about(planned, order) if order else latest(planned, ctx)
        if not found:
            return Answer("There is no such plan." if planned else "Nothing is planned.", "failed")
        named = {f"{one.name} {described(one, ctx)}": one for one in found}
        chosen = await ctx.choose("Which one should I cancel", named)
        await ctx.alarms.cancel(chosen.id)
        return Answer(f"Cancelled: {chosen.name}.")

    @intent("CancelAllPlanned")
    async def cancel_all(self, ctx: Context) -> Answer:
        planned = await ctx.alarms.all(KIND)
        return await cancel_all(planned, ctx.alarms.cancel, none="Nothing is planned.", one="Cancelled.",
                                several="planned orders cancelled")


def _why(orders: Sequence[str], answers: Sequence[Answer]) -> str:
    """The orders of a routine that were not carried out, and what came of each; empty where all were."""
    told = [f"“{order}” {BECAME[answer.outcome]}: {answer.text or 'nothing was said'}"
            for order, answer in zip(orders, answers, strict=True) if answer.outcome in BECAME]
    return " ".join(told)


def routines(ctx: Context) -> Mapping[str, Sequence[str]]:
    """The household's, by name."""
    found: Any = ctx.settings["routines"]
    return {name: orders for name, orders in found.items() if orders}


def about(planned: Sequence[Alarm], words: str) -> list[Alarm]:
    """Those whose order has these words."""
    return [planned[at] for at in best(words, [one.name for one in planned])[0]]


def latest(planned: Sequence[Alarm], ctx: Context) -> list[Alarm]:
    """The one spoken of last, "the last"; else the next one due."""
    if "last" in ctx.text.split():
        return list(planned[-1:])
    return [one for one in planned if one.id == ctx.memory.get("planned")] or list(planned[:1])


def described(one: Alarm, ctx: Context) -> str:
    if one.rule:
        return f"every {spoken.length(one.seconds)}" if one.seconds else spoken.repeated(one.rule, one.due)
    return f"at {spoken.moment(one.due, ctx.now.replace(tzinfo=None))}"
