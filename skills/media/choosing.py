"""Which players an order means: the one that is named, those of a room, the one that plays, the only one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from assistant.skills import Context, Refusal

from .players import Player

NOTHING = "Nothing is playing."
NO_PLAYERS = "There is no player yet. Write one into your household's file, or a daemon into the settings of media."
ALIKE = (("tv", "television", "telly"), ("speaker", "speakers", "loudspeaker"), ("stereo", "hifi", "hi-fi", "hi fi"))
"""Words for the same sort of player."""
_EVERYWHERE = re.compile(r"\b(?:everywhere|every room|rooms|house|home)\b")


def meant(known: Sequence[Player], player: str, area: str) -> list[Player]:
    """The players that an order names, or all where it names none.

    Raises:
        Refusal: it names none that there is.
    """
    if not known:
        raise Refusal(NO_PLAYERS)
    found = [one for one in known if not area or one.area.lower() == area.lower()]
    if player:
        found = _called(found, player.lower())
    if not found:
        where = f" in the {area}" if area else ""
        what = player.removeprefix("the ") or "player"
        raise Refusal(f"There is no {what}{where}.")
    return found


async def one_to_play(ctx: Context, found: Sequence[Player]) -> Player:
    """Where something shall play: here, else where something does, else where it did last."""
    return await _one(ctx, _narrowed(found, (_here(ctx), _playing, _lately(ctx), _paused)))


async def one_that_plays(ctx: Context, found: Sequence[Player]) -> Player:
    """The one that plays; of several the one here.

    Raises:
        Refusal: none does.
    """
    return await _one(ctx, _narrowed(_sounding(found), (_playing, _here(ctx), _lately(ctx))))


async def one_at_all(ctx: Context, found: Sequence[Player]) -> Player:
    """The one that a setting such as the volume is meant for."""
    return await _one(ctx, _narrowed(found, (_playing, _here(ctx), _lately(ctx), _paused)))


def all_that_play(ctx: Context, found: Sequence[Player]) -> list[Player]:
    """All that play: here, or else anywhere; all of them where that was said.

    Raises:
        Refusal: none does.
    """
    here = () if _EVERYWHERE.search(ctx.text.lower()) else (_here(ctx),)
    return _narrowed(_sounding(found), (_playing, *here))


def _sounding(found: Sequence[Player]) -> list[Player]:
    """Those that play, as far as anybody knows; one alone may be told in any case."""
    sounding = [one for one in found if one.playback in ("playing", "") and one.reached]
    if sounding or len(found) == 1:
        return sounding or list(found)
    if not any(one.reached for one in found):
        return list(found)
    raise Refusal(NOTHING)


def _narrowed(found: Sequence[Player], wishes: Iterable[Callable[[Player], bool]]) -> list[Player]:
    """As many wishes as can be met, the first one before all others."""
    for wish in (_reached, *wishes):
        found = [one for one in found if wish(one)] or found
    return list(found)


async def _one(ctx: Context, found: Sequence[Player]) -> Player:
    return await ctx.choose("Where", {str(one): one for one in found})


def _reached(player: Player) -> bool:
    return player.reached


def _playing(player: Player) -> bool:
    return player.playback == "playing"


def _paused(player: Player) -> bool:
    return player.playback == "paused"


def _here(ctx: Context) -> Callable[[Player], bool]:
    return lambda player: bool(ctx.area) and player.area == ctx.area


def _lately(ctx: Context) -> Callable[[Player], bool]:
    return lambda player: player.id in ctx.conversation.devices


def _called(found: Sequence[Player], said: str) -> list[Player]:
    """Players with that identifier or name, else those of that sort: "the tv", "the kitchen speaker"."""
    exact = [one for one in found if said == one.id.lower() or said in one.names]
    if exact:
        return exact
    return [one for one in found if any(_sort(said, one, name) for name in one.names)]


def _sort(said: str, player: Player, name: str) -> bool:
    """Whether a player is of the sort that words name, and in the room that they name."""
    room = player.area.lower()
    sort = said.removeprefix(room).strip() if room else said
    same = next((words for words in ALIKE if sort in words), (sort,))
    return any(name == word or name.endswith(f" {word}") for word in same)
