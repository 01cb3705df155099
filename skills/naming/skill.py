"""What the assistant is called: it listens for another name once somebody has said yes to that."""

from __future__ import annotations

import re

from assistant.skills import Answer, Cancelled, Context, Refusal, Skill, intent

_END = re.compile(r"[ ,]+(from now on|instead|please|now|from today)[ .!]*$", re.IGNORECASE)
"""Words of the order, not of the name."""


class Naming(Skill):
    """The wake phrase, by voice."""

    @intent("Rename")
    async def rename(self, ctx: Context, phrase: str) -> Answer:
        name = spoken_name(ctx.written(phrase))
        if not name:
            raise Refusal("I did not hear a name.")
        if name.lower() == (await ctx.wake.phrase()).lower():
            return Answer(f"I am called {name} already.", "already")
        verdict = await ctx.wake.look(name)
        if verdict.fault:
            raise Refusal(f"I can't be called {name}: {verdict.fault}.")
        if not await ctx.confirm(question(name, verdict.advice)):
            raise Cancelled
        return Answer(f"From now on I listen to “{await ctx.wake.use(name)}”.")

    @intent("Name")
    async def name_of(self, ctx: Context) -> Answer:
        return Answer(f"I listen to “{await ctx.wake.phrase()}”.", "info")


def spoken_name(words: str) -> str:
    """A name out of the end of an order."""
    before = ""
    while words != before:
        before, words = words, _END.sub("", words)
    return words.strip(" ,.!?\"'“”")


def question(name: str, against: list[str]) -> str:
    """Asks for a yes; says the gravest of what speaks against it."""
    if not against:
        return f"Shall I listen to “{name}” from now on?"
    return f"One thing about “{name}”: {against[0]}. Shall I listen to it from now on all the same?"
