"""Music and films in the house: what plays, where, and how loud."""

from __future__ import annotations

import asyncio

from assistant.errors import AssistantError, SkillError
from assistant.skills import Answer, Context, Refusal, Skill, intent
from assistant.spoken import listed, sentence

from . import daemon, words
from .choosing import NOTHING, all_that_play, meant, one_at_all, one_that_plays, one_to_play
from .players import Player, act, players
from .servers import Server, read_server

STEP = 10
"""Percent of "louder"."""
AFTER_MUTE = 30
"""Percent to which a daemon is brought back when nobody remembers how loud it was."""


class Media(Skill):
    """Players."""

    async def start(self, ctx: Context) -> None:
        self._servers: list[Server] = []
        self._faults: list[SkillError] = []
        for name, parts in ctx.settings["mpd"].items():
            try:
                self._servers.append(read_server(name, parts))
            except SkillError as error:  # said when somebody orders something that it might be needed for
                self._faults.append(error)
        if self._servers:
            await ctx.set_list("known", [server.name for server in self._servers])

    async def troubles(self, ctx: Context) -> list[AssistantError]:
        return [*self._faults, *filter(None, await asyncio.gather(*map(daemon.trouble, self._servers)))]

    @intent("Play")
    async def play(self, ctx: Context, what: str = "", player: str = "", area: str = "") -> Answer:
        found = await self._meant(ctx, player, area)
        if not what:
            return await self._resume(ctx, found)
        able = [one for one in found if "play_media" in one.commands]
        if not able:
            raise Refusal(f"{sentence(str(found[0]))} can't look for music." if len(found) == 1 else
                          "None of them can look for music.")
        chosen = await one_to_play(ctx, able)
        outcomes = await act([chosen], ctx, "play", ctx.written(what) if chosen.server is None else what)
        if outcomes[0].detail == "nothing found":
            return Answer(f"{sentence(str(chosen))} has nothing like {what}.", "failed", devices=(chosen.id,))
        name = outcomes[0].state.get("found") or ctx.written(what)
        return words.report(f"Playing {words.braced(name)} on {{}}.", "play", [chosen], outcomes)

    async def _resume(self, ctx: Context, found: list[Player]) -> Answer:
        paused = [one for one in found if one.playback == "paused"]
        chosen = await one_to_play(ctx, paused or found)
        outcomes = await act([chosen], ctx, "play")
        piece = words.piece(outcomes[0].state)
        return words.report(f"Playing {words.braced(piece)} on {{}}." if piece else "{} plays.", "play", [chosen],
                            outcomes)

    @intent("Pause")
    async def pause(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        chosen = all_that_play(ctx, await self._meant(ctx, player, area))
        return words.report("Paused {}.", "pause", chosen, await act(chosen, ctx, "pause"))

    @intent("Stop")
    async def stop(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        chosen = all_that_play(ctx, await self._meant(ctx, player, area))
        return words.report("Stopped {}.", "stop", chosen, await act(chosen, ctx, "stop"))

    @intent("Next")
    async def next(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        return await self._step(ctx, player, area, "next")

    @intent("Previous")
    async def previous(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        return await self._step(ctx, player, area, "previous")

    async def _step(self, ctx: Context, player: str, area: str, command: str) -> Answer:
        chosen = await one_that_plays(ctx, await self._meant(ctx, player, area))
        outcomes = await act([chosen], ctx, command)
        state = outcomes[0].state
        if outcomes[0].status == "done" and state.get("playback") == "stopped":
            return Answer("That was the last one.", devices=(chosen.id,))
        piece = words.piece(state)
        told = bool(piece) and piece != words.piece(chosen.state)
        return words.report(f"{words.braced(piece)}." if told else f"The {command} one.", command, [chosen], outcomes)

    @intent("SetVolume")
    async def set_volume(self, ctx: Context, percent: int, player: str = "", area: str = "") -> Answer:
        chosen = await one_at_all(ctx, await self._meant(ctx, player, area))
        return await self._loud(ctx, chosen, percent)

    @intent("ChangeVolume")
    async def change_volume(self, ctx: Context, direction: str, player: str = "", area: str = "") -> Answer:
        chosen = await one_at_all(ctx, await self._meant(ctx, player, area))
        if chosen.volume is None:
            can = chosen.reached
            text = "does not tell how loud it is" if can else "can't be reached"
            return Answer(f"{sentence(str(chosen))} {text}.", "refused" if can else "failed")
        wanted = min(100, chosen.volume + STEP) if direction == "up" else max(0, chosen.volume - STEP)
        if wanted == chosen.volume:
            return Answer(f"That's as {'loud' if direction == 'up' else 'quiet'} as it gets.", "already")
        return await self._loud(ctx, chosen, wanted)

    async def _loud(self, ctx: Context, chosen: Player, percent: int) -> Answer:
        outcomes = await act([chosen], ctx, "set_volume", percent)
        return words.report(f"Set {{}} to {percent} percent.", "set_volume", [chosen], outcomes, percent)

    @intent("WhatPlays")
    async def what_plays(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        found = await self._meant(ctx, player, area)
        playing = [one for one in found if one.playback == "playing"]
        if not playing:
            away = [one for one in found if not one.reached]
            if len(away) == len(found):
                raise Refusal(f"{sentence(words.named(away))} can't be reached.")
            return Answer(NOTHING, "info")
        here = [one for one in playing if ctx.area and one.area == ctx.area] or playing
        told = [f"{words.piece(one.state) or 'Something'} on {one}" for one in here]
        return Answer(f"{listed(told)}.", "info", devices=tuple(one.id for one in here))

    @intent("Shuffle")
    async def shuffle(self, ctx: Context, wanted: str = "on", player: str = "", area: str = "") -> Answer:
        return await self._switch(ctx, player, area, "shuffle", wanted == "on")

    @intent("Repeat")
    async def repeat(self, ctx: Context, wanted: str = "on", player: str = "", area: str = "") -> Answer:
        return await self._switch(ctx, player, area, "repeat", wanted == "on")

    async def _switch(self, ctx: Context, player: str, area: str, command: str, wanted: bool) -> Answer:
        chosen = await one_at_all(ctx, await self._meant(ctx, player, area))
        outcomes = await act([chosen], ctx, command, wanted)
        done = f"{sentence(command)} is {'on' if wanted else 'off'} for {{}}."
        return words.report(done, command, [chosen], outcomes, wanted)

    @intent("Mute")
    async def mute(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        chosen = await one_at_all(ctx, await self._meant(ctx, player, area))
        if chosen.server is None:
            return words.report("Muted {}.", "mute", [chosen], await act([chosen], ctx, "mute"))
        if chosen.volume:  # a daemon knows no muting: quiet, and later as loud again as it was
            await ctx.store.set(chosen.id, chosen.volume)
        outcomes = await act([chosen], ctx, "set_volume", 0)
        return words.report("Muted {}.", "mute", [chosen], outcomes)

    @intent("Unmute")
    async def unmute(self, ctx: Context, player: str = "", area: str = "") -> Answer:
        chosen = await one_at_all(ctx, await self._meant(ctx, player, area))
        if chosen.server is None:
            return words.report("{} is heard again.", "unmute", [chosen], await act([chosen], ctx, "unmute"))
        if chosen.volume:
            return Answer(f"{sentence(str(chosen))} is not muted.", "already", devices=(chosen.id,))
        outcomes = await act([chosen], ctx, "set_volume", await ctx.store.get(chosen.id, AFTER_MUTE))
        return words.report("{} is heard again.", "unmute", [chosen], outcomes)

    async def _meant(self, ctx: Context, player: str, area: str) -> list[Player]:
        """The players that an order names, or all.

        Raises:
            Refusal: there is none such, perhaps because the settings are wrong.
        """
        try:
            return meant(await players(ctx, self._servers), player, area)
        except Refusal as refusal:
            if not self._faults:
                raise
            raise Refusal(f"{refusal.text} In the settings of media, {self._faults[0].what}.") from refusal
