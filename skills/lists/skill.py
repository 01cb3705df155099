"""Lists: things are added, taken off, ticked off and read; lists are made and deleted."""

from __future__ import annotations

import re

from assistant.skills import Answer, Cancelled, Context, Refusal, Skill, intent
from assistant.spoken import listed, sentence

from .shelf import STANDING, TO_DO, Kept, every, find, make
from .things import fitting, has_amount, key, split
from .vocabulary import Vocabulary
from .wording import contents, counted

_BOUGHT = re.compile(r"\b(?:need|out of|low on|short of|buy|pick up|get)\b")
"""Words of what is missing in the kitchen: it is to be bought, whatever list was spoken of before."""


class Lists(Skill):
    """Lists."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()

    async def start(self, ctx: Context) -> None:
        await self._vocabulary.refresh(ctx)

    @intent("Add")
    async def add(self, ctx: Context, item: str = "", list: str = "") -> Answer:
        if not item:
            return await self._put_back(ctx)
        kept = await self._meant(ctx, list) or await self._offered(ctx, list)
        things = split(ctx.written(item), tasks=kept.tasks)
        fresh = [thing for thing in things if _put(kept, thing)]
        known = [thing for thing in things if thing not in fresh]
        if fresh:
            await self._keep(ctx, kept)
        return _added(kept, fresh, known)

    @intent("Remove")
    async def remove(self, ctx: Context, item: str = "", list: str = "") -> Answer:
        if not item:
            return await self._take_back(ctx)
        kept = await self._known(ctx, list)
        return await self._take(ctx, kept, item, f"{{}} taken off {kept.title}. {{}}.")

    @intent("Done")
    async def done(self, ctx: Context, item: str, list: str = "") -> Answer:
        return await self._take(ctx, await self._known(ctx, list or TO_DO), item, "Done: {}. {}.")

    @intent("Read")
    async def read(self, ctx: Context, list: str = "") -> Answer:
        kept = await self._known(ctx, list)
        remember = {"list": kept.name}
        if not kept.things:
            return Answer(f"{sentence(kept.title)} is empty.", "info", remember=remember)
        told, rest = int(ctx.settings["told"]), kept.things
        opening = contents(kept.title, len(rest)) + ": "
        while len(rest) > told + 1:
            piece, rest = rest[:told], rest[told:]
            if not await ctx.confirm(f"{opening}{', '.join(piece)}, and {len(rest)} more. Shall I go on?"):
                return Answer("Okay.", "info", remember=remember)
            opening = ""
        return Answer(f"{opening or 'Then '}{listed(rest)}.", "info", remember=remember)

    @intent("Has")
    async def has(self, ctx: Context, item: str, list: str = "") -> Answer:
        kept = await self._known(ctx, list)
        found, remember = fitting(item, kept.things), {"list": kept.name}
        if not found:
            text = f"No, that's not on {kept.title}." if kept.tasks else f"No, there's no {item} on {kept.title}."
            return Answer(text, "info", remember=remember)
        exact = kept.tasks or key(item) in map(key, found)
        return Answer(f"{'Yes:' if exact else 'No, only'} {listed(found)}.", "info", remember=remember)

    @intent("Count")
    async def count(self, ctx: Context, list: str = "") -> Answer:
        kept = await self._known(ctx, list)
        return Answer(f"{contents(kept.title, len(kept.things))}.", "info", remember={"list": kept.name})

    @intent("Clear")
    async def clear(self, ctx: Context, list: str = "") -> Answer:
        return await self._empty(ctx, await self._known(ctx, list))

    @intent("Make")
    async def make(self, ctx: Context, list: str = "") -> Answer:
        name = list or await ctx.ask("What shall I call it?", str)
        name = re.sub(r"^(?:the|my|our|a) |^call it | list$|,? please$", "", name.lower())
        kept = await find(ctx, name)
        if kept is not None:
            return Answer(f"{sentence(kept.title)} is there already.", "already", remember={"list": kept.name})
        kept = await make(ctx, name)
        await self._vocabulary.refresh(ctx)
        return Answer(f"{sentence(kept.title)} is ready. What goes on it?", remember={"list": name},
                      continue_conversation=True)

    @intent("Delete")
    async def delete(self, ctx: Context, list: str = "") -> Answer:
        kept = await self._known(ctx, list)
        if kept.name in STANDING:  # an empty one is as good as none
            return await self._empty(ctx, kept)
        if kept.things and not await ctx.confirm(f"Delete {kept.title} with {counted(len(kept.things))} on it?"):
            raise Cancelled
        await kept.delete()
        await self._vocabulary.refresh(ctx)
        ctx.memory.clear()
        return Answer(f"{sentence(kept.title)} is deleted.")

    @intent("All")
    async def all(self, ctx: Context) -> Answer:
        told = [f"{kept.title} with {counted(len(kept.things))} on it" for kept in await every(ctx)]
        return Answer(f"There is {listed(told)}.", "info")

    # Which list.

    async def _meant(self, ctx: Context, name: str) -> Kept | None:
        """The list said; else, where nothing else was said, the one spoken of just before; else the shopping list."""
        if not name and " my list" not in ctx.text and not _BOUGHT.search(ctx.text):
            name = ctx.memory.get("list", "")
        return await find(ctx, name)

    async def _known(self, ctx: Context, name: str) -> Kept:
        kept = await self._meant(ctx, name)
        if kept is None:
            raise Refusal(f"There is no {name} list.")
        return kept

    async def _offered(self, ctx: Context, name: str) -> Kept:
        """One that is not there yet is made, if that is wished."""
        if not await ctx.confirm(f"There is no {name} list yet. Shall I make one?"):
            raise Cancelled
        return await make(ctx, name)

    # What is done with it.

    async def _keep(self, ctx: Context, kept: Kept) -> None:
        await kept.save()
        await self._vocabulary.refresh(ctx)

    async def _take(self, ctx: Context, kept: Kept, item: str, done: str) -> Answer:
        gone, missing = [], []
        wholes = [item] if fitting(item, kept.things) else split(ctx.written(item), tasks=kept.tasks)
        for said in wholes:
            found = fitting(said, kept.things)
            if not found:
                missing.append(said)
                continue
            thing = await ctx.choose("Which one", found)
            kept.things.remove(thing)
            gone.append(thing)
        if not gone:
            text = f"Not on {kept.title}: {listed(missing)}."
            return Answer(text, "already", remember={"list": kept.name})
        await self._keep(ctx, kept)
        text = sentence(done.format(listed(gone), f"{sentence(counted(len(kept.things)))} left"))
        text += f" Not on it: {listed(missing)}." if missing else ""
        return Answer(text, remember={"list": kept.name, "removed": gone})

    async def _empty(self, ctx: Context, kept: Kept) -> Answer:
        before = kept.things
        if not before:
            return Answer(f"{sentence(kept.title)} is empty already.", "already", remember={"list": kept.name})
        if len(before) > 1 and not await ctx.confirm(f"Remove all {len(before)} things from {kept.title}?"):
            raise Cancelled
        kept.things = []
        await self._keep(ctx, kept)
        return Answer(f"{sentence(kept.title)} is empty now.", remember={"list": kept.name})

    # Taking back.

    async def _take_back(self, ctx: Context) -> Answer:
        """Off again, what was just added."""
        added = [str(thing) for thing in ctx.memory.get("added", ())]
        if not added:
            raise Refusal("I have just added nothing. What should I take off?")
        kept = await self._known(ctx, ctx.memory["list"])
        gone = [thing for thing in added if thing in kept.things]
        kept.things = [thing for thing in kept.things if thing not in gone]
        if not gone:
            return Answer("That is off already.", "already")
        await self._keep(ctx, kept)
        text = f"{sentence(listed(gone))} taken off {kept.title} again."
        return Answer(text, remember={"list": kept.name, "removed": gone})

    async def _put_back(self, ctx: Context) -> Answer:
        """On again, what was just removed."""
        removed = [str(thing) for thing in ctx.memory.get("removed", ())]
        if not removed:
            raise Refusal("I have just removed nothing. What should I add?")
        kept = await self._known(ctx, ctx.memory["list"])
        back = [thing for thing in removed if _put(kept, thing)]
        if not back:
            return Answer("That is on it already.", "already")
        await self._keep(ctx, kept)
        return _added(kept, back, [])


def _put(kept: Kept, thing: str) -> bool:
    """Add a thing; one that is there takes the amount said. Whether anything changed."""
    same = [at for at, other in enumerate(kept.things) if key(other) == key(thing)]
    if not same:
        kept.things.append(thing)
        return True
    changed = has_amount(thing) and kept.things[same[0]] != thing
    if changed:
        kept.things[same[0]] = thing
    return changed


def _added(kept: Kept, fresh: list[str], known: list[str]) -> Answer:
    if not fresh:
        return Answer(f"Already on {kept.title}: {listed(known)}.", "already", remember={"list": kept.name})
    count = len(kept.things)
    text = f"{sentence(listed(fresh))} added to {kept.title}"
    text += f"; that makes {counted(count)}." if count > len(fresh) else "."
    text += f" Already there: {listed(known)}." if known else ""
    return Answer(text, remember={"list": kept.name, "added": fresh})
