"""Remembers facts and finds them again by their words; says so where nothing or too much fits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.skills import Answer, Cancelled, Context, Refusal, Skill, intent
from assistant.skills.finding import best
from assistant.skills.services import StoreApi

from .facts import is_own, placed, subject, told, turned

FACTS = "facts"
"""Name under which they are kept, the oldest first."""
MOST_FACTS = 300
LONGEST_FACT = 1000
"""Characters: more than that nobody would listen to."""
MOST_CHARACTERS = 40_000
"""Of all facts of one person, or of the household, as they are written down."""
FULL = "Let me forget some first."
MOST_TOLD = 3
"""So many at a time."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, and where it is kept."""

    text: str
    store: StoreApi


class Memory(Skill):
    """Memory."""

    def __init__(self) -> None:
        self._subjects: dict[str, list[str]] = {}
        """What facts are about, by person."""

    async def start(self, ctx: Context) -> None:
        await self._refresh(ctx)

    @intent("Remember")
    async def remember(self, ctx: Context, fact: str) -> Answer:
        if fact.startswith("to "):
            raise Refusal(f"I remember facts. For something to do, say: remind me {fact}.")
        text = ctx.written(fact)
        if len(text) > LONGEST_FACT:
            raise Refusal("That is too long for me to remember.")
        store = ctx.personal if ctx.person and is_own(fact) else ctx.store
        kept = await _kept(store)
        if fact in map(_plain, kept):
            return Answer(f"I know: {told(text)}.", "already")
        before = [old for old in kept if placed(old) and placed(old) == placed(text)]
        kept = [old for old in kept if old not in before] + [text]
        if len(kept) > MOST_FACTS:
            raise Refusal(f"I know {MOST_FACTS} facts already. {FULL}")
        if len(json.dumps(kept)) > MOST_CHARACTERS:
            raise Refusal(f"I know so much already that this has no room. {FULL}")
        await store.set(FACTS, kept)
        await self._refresh(ctx)
        instead = ", and forget where it was" if before else ""
        return Answer(f"I'll remember that {told(text)}{instead}.", remember={"latest": text})

    @intent("Recall")
    async def recall(self, ctx: Context, question: str) -> Answer:
        facts = await _all(ctx)
        at, whole = best(question, [fact.text for fact in facts])
        found = [facts[number].text for number in reversed(at)]
        if not found:
            return Answer(f"Nobody has told me about {turned(question)}.", "failed")
        opening = "" if whole else f"I'm not sure about {turned(question)}, but I know this: "
        if len(found) == 1:
            return Answer(_sentence(f"{opening}{told(found[0])}."), "info", remember={"latest": found[0]})
        more = f". And {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
        return Answer(f"{opening or 'I know this: '}{_row(found[:MOST_TOLD])}{more}.", "info")

    @intent("Forget")
    async def forget(self, ctx: Context, fact: str) -> Answer:
        facts = await _all(ctx)
        at, whole = best(fact, [known.text for known in facts])
        found = [facts[number] for number in at]
        if not found:
            return Answer(f"I know nothing about {turned(fact)}.", "already")
        if len(found) > 1:
            chosen = await ctx.choose("Which shall I forget", {told(known.text): known for known in found})
        elif whole or await ctx.confirm(f"Do you mean: {told(found[0].text)}?"):
            chosen = found[0]
        else:
            raise Cancelled
        await chosen.store.set(FACTS, [text for text in await _kept(chosen.store) if text != chosen.text] or None)
        await self._refresh(ctx)
        return Answer(f"I've forgotten that {told(chosen.text)}.")

    @intent("All")
    async def all(self, ctx: Context) -> Answer:
        facts = [told(fact.text) for fact in reversed(await _all(ctx))]
        if not facts:
            return Answer("You have told me nothing to remember yet.", "info")
        opening = f"I know {len(facts)} things: " if len(facts) > 1 else "I know one thing: "
        while len(facts) > MOST_TOLD + 1:
            piece, facts = facts[:MOST_TOLD], facts[MOST_TOLD:]
            if not await ctx.confirm(f"{opening}{_row(piece)}. There are {len(facts)} more. Shall I go on?"):
                return Answer("Okay.", "info")
            opening = ""
        return Answer(_sentence(f"{opening}{_row(facts)}."), "info")

    @intent("ForgetAll")
    async def forget_all(self, ctx: Context) -> Answer:
        count = len(await _all(ctx))
        if not count:
            return Answer("There is nothing that I remember.", "already")
        if count > 1 and not await ctx.confirm(f"Forget all {count} things that I was told?"):
            raise Cancelled
        for store in _stores(ctx):
            await store.delete(FACTS)
        await self._refresh(ctx)
        return Answer("I've forgotten everything that I was told.")

    async def _refresh(self, ctx: Context) -> None:
        """Let the recogniser listen for what the facts are about."""
        for store, person in zip(_stores(ctx), ("", ctx.person), strict=False):
            self._subjects[person] = [name for text in await _kept(store) if (name := subject(text))]
        together = [name for names in self._subjects.values() for name in names]
        await ctx.set_list("known", list(dict.fromkeys(together)))


def _stores(ctx: Context) -> list[StoreApi]:
    """The household's, and whoever speaks'."""
    return [ctx.store, ctx.personal] if ctx.person else [ctx.store]


async def _kept(store: StoreApi) -> list[str]:
    return [str(text) for text in await store.get(FACTS, [])]


async def _all(ctx: Context) -> list[Fact]:
    return [Fact(text, store) for store in _stores(ctx) for text in await _kept(store)]


def _plain(text: str) -> str:
    return text.lower().strip(" .,!")


def _row(facts: Sequence[str]) -> str:
    """Facts one after the other."""
    return facts[0] if len(facts) == 1 else "; ".join(map(told, facts[:-1])) + f"; and {told(facts[-1])}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
