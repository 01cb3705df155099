"""The players there are, those of the home and the daemons of the settings alike: what each does and is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.skills import Context, Device, Outcome

from . import daemon
from .servers import Server, ServerError

KIND = "media_player"
COMMANDS = frozenset((
    "play", "play_media", "pause", "stop", "next", "previous", "set_volume", "mute", "shuffle", "repeat",
))
"""Of a daemon: all."""


@dataclass(frozen=True, slots=True)
class Player:
    """One player, as it is when somebody orders something."""

    id: str
    name: str
    area: str = ""
    names: tuple[str, ...] = ()
    """All that it may be called, in small letters."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """``playback``, ``title``, ``artist``, ``volume``, ``muted``, ``shuffle``, ``repeat``, as far as it tells them."""
    commands: frozenset[str] = COMMANDS
    server: Server | None = None
    """Where the daemon is; None: a player of the home."""
    reached: bool = True

    @property
    def playback(self) -> str:
        """``playing``, ``paused``, ``stopped``; empty if nobody knows."""
        return str(self.state.get("playback") or "")

    @property
    def volume(self) -> int | None:
        """Percent; None if it does not tell."""
        volume = self.state.get("volume")
        return None if volume is None else int(volume)

    def __str__(self) -> str:
        """Its name in a sentence: "the kitchen speaker", "Anna's radio"."""
        name = " ".join(word.lower() if word.istitle() and "'" not in word else word for word in self.name.split())
        first = name.split()[0]
        return name if "'" in first or first in ("the", "my", "our") else f"the {name}"


async def players(ctx: Context, servers: Sequence[Server]) -> list[Player]:
    """All there are; a daemon that cannot be reached says so in ``reached``."""
    devices, daemons = await asyncio.gather(ctx.home.devices(kind=KIND), asyncio.gather(*map(_daemon, servers)))
    return [*map(_device, devices), *daemons]


async def act(chosen: Sequence[Player], ctx: Context, command: str, value: Any = None) -> list[Outcome]:
    """Tell players something, all at once, and wait for what becomes of it."""
    able = [one for one in chosen if _can(one, command, value)]
    devices = [one.id for one in able if one.server is None]
    ours = ctx.home.act(devices, command, value) if devices else _none()
    theirs = (daemon.act(one.server, command, value) for one in able if one.server is not None)
    found, others = await asyncio.gather(ours, asyncio.gather(*theirs))
    known = {outcome.device: outcome for outcome in (*found, *others)}
    return [known.get(one.id) or Outcome(one.id, _hindrance(one), one.state) for one in chosen]


def _hindrance(player: Player) -> str:
    return "unreachable" if player.server is not None and not player.reached else "refused"


async def _none() -> list[Outcome]:
    return []


def _can(player: Player, command: str, value: Any) -> bool:
    if player.server is not None and not player.reached:
        return False  # it was asked a moment ago, and somebody waits
    needed = {"unmute": "mute", "play": "play" if value is None else "play_media"}.get(command, command)
    return needed in player.commands


def _device(device: Device) -> Player:
    names = tuple(name.lower() for name in (device.name, *device.aliases))
    able = frozenset(device.capabilities.get("commands", ()))
    return Player(device.id, device.name, device.area, names, device.state, able, reached=device.available)


async def _daemon(server: Server) -> Player:
    state: Mapping[str, Any] = {}
    reached = True
    try:
        state = await daemon.look(server)
    except ServerError:
        reached = False
    return Player(server.id, server.name, server.area, (server.name.lower(),), state, server=server, reached=reached)
