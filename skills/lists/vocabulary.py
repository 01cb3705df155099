"""What the recogniser listens for: names of lists, and what stands on them."""

from __future__ import annotations

from assistant.skills import Context

from .shelf import OWN, STANDING, every

LONGEST = 80
"""Characters; what is longer is understood as open words."""
MOST = 900
"""Things of all lists that are known words."""


class Vocabulary:
    """The dynamic lists of the sentences: ``list`` and ``item``."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._things: dict[str, list[str]] = {}
        """By person: whose lists are not the household's is known only while they speak."""

    async def refresh(self, ctx: Context) -> None:
        """Look at the lists as they are."""
        kept = await every(ctx)
        whose = {False: "", True: ctx.person}
        for own in {False, bool(ctx.person)}:
            mine = [one for one in kept if one.own == own]
            names = [one.name for one in mine if one.name not in (*STANDING, OWN) and len(one.name) <= LONGEST]
            things = [thing for one in mine for thing in one.things if len(thing) <= LONGEST]
            self._names[whose[own]], self._things[whose[own]] = names, things
        await ctx.set_list("list", _together(self._names))
        await ctx.set_list("item", _together(self._things)[-MOST:])


def _together(words: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys(word for each in words.values() for word in each))
