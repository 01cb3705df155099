"""The lists that are kept: the household's, and those of whoever speaks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.skills import Context, Refusal
from assistant.skills.services import StoreApi

SHOPPING, TO_DO, OWN = "shopping", "to-do", "own"
STANDING = (SHOPPING, TO_DO)
"""They are always there. ``OWN`` is what "my list" means, once it is known who speaks."""
MOST_THINGS = 300
"""Of one list: more cannot be read to anybody."""
MOST_LISTS = 50
_MINE = re.compile(r"\bmy (?:[\w-]+ ){0,4}list\b|\blist (?:for me|of my own)\b|\b(?:make|create|start) me\b")
_OURS = re.compile(r"\b(?:our|family|household) (?:[\w-]+ ){0,4}list\b")
_BARE = re.compile(r"\bmy list\b")


@dataclass(slots=True)
class Kept:
    """One list."""

    name: str
    store: StoreApi
    own: bool = False
    """Of whoever speaks, not the household's."""
    things: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As it is spoken of."""
        if self.name == OWN:
            return "your list"
        return f"{'your' if self.own else 'the'} {self.name} list"

    @property
    def tasks(self) -> bool:
        """Whether its things are to be done, not had."""
        return self.name == TO_DO

    async def save(self) -> None:
        """Keep it as it is.

        Raises:
            Refusal: it is longer than is kept.
        """
        if len(self.things) > MOST_THINGS:
            raise Refusal(f"More than {MOST_THINGS} things don't fit on {self.title}.")
        await self.store.set(self.name, self.things)

    async def delete(self) -> None:
        await self.store.delete(self.name)


async def find(ctx: Context, name: str) -> Kept | None:
    """The list that is meant; None if there is none of this name.

    "My" list is of whoever speaks, "our" list the household's; "the" list is the speaker's own where there is one of
    this name. The shopping list is everybody's, and so is every list while nobody knows who speaks.
    """
    if not name:
        name = OWN if ctx.person and _BARE.search(ctx.text) else SHOPPING
    places = [(ctx.store, False)]
    if ctx.person and name != SHOPPING and not _OURS.search(ctx.text):
        places.insert(0, (ctx.personal, True))
    for store, own in places:
        things = await store.get(name)
        if things is not None:
            return Kept(name, store, own, list(things))
    if name == OWN or (name == TO_DO and len(places) > 1 and _MINE.search(ctx.text)):
        return Kept(name, ctx.personal, True)
    return Kept(name, ctx.store) if name in STANDING else None


async def make(ctx: Context, name: str) -> Kept:
    """A new list, which is kept at once.

    Raises:
        Refusal: there are too many.
    """
    own = bool(ctx.person and _MINE.search(ctx.text))
    kept = Kept(name, ctx.personal if own else ctx.store, own)
    if len(await kept.store.keys()) >= MOST_LISTS:
        raise Refusal(f"There are {MOST_LISTS} lists already. Delete one first.")
    await kept.save()
    return kept


async def every(ctx: Context) -> list[Kept]:
    """All lists that whoever speaks may speak of, those that are always there first."""
    found = await _of(ctx.store, own=False)
    if ctx.person:
        found += await _of(ctx.personal, own=True)
    names = {kept.name for kept in found}
    found += [Kept(name, ctx.store) for name in STANDING if name not in names]
    return sorted(found, key=lambda kept: (kept.own, kept.name not in STANDING, kept.name))


async def _of(store: StoreApi, *, own: bool) -> list[Kept]:
    return [Kept(name, store, own, list(await store.get(name, []))) for name in await store.keys()]
