"""A whole agent on the bench: its own broker and simulated home, a source that is fed at live pace, and a protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from assistant.agent import Agent
from assistant.audio.clip import Clip
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, Pcm
from assistant.config import Config
from assistant.config.load import check_config
from assistant.events import Event
from assistant.session import Session
from assistant.yamlfile import parse_yaml

E = TypeVar("E", bound=Event)

AREA = "living room"
"""Where the bench's source stands."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """A clip's first sample above -40 dBFS on its way to the device."""

    at: float
    """Seconds since the sound began."""
    what: str
    text: str


@dataclass(slots=True)
class Protocol:
    """What happened while a sound was played to the agent; times in seconds since its first sample."""

    events: list[tuple[float, Event]] = field(default_factory=list)
    sounded: list[Sounded] = field(default_factory=list)

    def all(self, kind: type[E]) -> list[tuple[float, E]]:
        """Events of a kind."""
        return [(at, event) for at, event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E | None:
        """The latest event of a kind."""
        found = self.all(kind)
        return found[-1][1] if found else None


def bench_config(
    wake: Sequence[str], skills: Sequence[Path] = (), home: Path | None = None, **sections: Mapping[str, Any]
) -> Config:
    """The default configuration with the bench's wake phrases, skills and household, without page and devices."""
    settings: dict[str, Any] = {
        "wake": list(wake), "skills": {"folders": [str(path) for path in skills]}, "server": {"enabled": False},
        "audio": {"input": None, "output": None}, "store": {"path": ":memory:"}, **sections,
    }
    if home is not None:
        settings["home"] = {"household": str(home), "simulate": True}
    file = parse_yaml(_yaml(settings), "the bench's settings")
    return check_config(file)


def _yaml(settings: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(dict(settings))


class Rig:
    """Plays sounds to an agent."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self._count = 0

    async def play(self, sound: Pcm, *, rest: float = 0.6, patience: float = 12.0) -> Protocol:
        """Play a sound to a fresh source at live pace, then silence of its last second until the turn is over.

        Args:
            rest: seconds of quiet after the turn before the source is closed.
            patience: seconds after the sound's end after which the turn is given up.
        """
        self._count += 1
        session = self.agent.open_session(f"bench {self._count}", "file", AREA, own_echo=True)
        protocol = Protocol()
        loop = asyncio.get_running_loop()
        start = loop.time() + 0.05
        session.playback.on_loud = lambda clip, at: protocol.sounded.append(_sounded(clip, at - start))
        observer = self.agent.bus.observer(session.name, sources=frozenset({session.name}), size=100_000)
        try:
            await self._feed(session, sound, start, rest, patience)
        finally:
            await self.agent.close_session(session)
            await asyncio.sleep(0)
            observer.close()
        protocol.events = [(event.at - start, event) for event in observer.queue]
        return protocol

    async def _feed(self, session: Session, sound: Pcm, start: float, rest: float, patience: float) -> None:
        loop = asyncio.get_running_loop()
        frames = len(sound) // FRAME_SAMPLES
        tail = sound[-FRAME_SAMPLES * 50 :][: 50 * FRAME_SAMPLES]
        number, quiet = 0, 0.0
        while number < frames or (quiet < rest and number < frames + patience / FRAME_SECONDS):
            await asyncio.sleep(max(0.0, start + (number + 1) * FRAME_SECONDS - loop.time()))
            if number < frames:
                frame = sound[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES]
            else:
                place = (number - frames) % 50 * FRAME_SAMPLES
                frame = tail[place : place + FRAME_SAMPLES]
            session.pull()
            session.feed(np.ascontiguousarray(frame))
            quiet = 0.0 if session.in_turn else quiet + FRAME_SECONDS
            number += 1


def _sounded(clip: Clip, at: float) -> Sounded:
    return Sounded(at, clip.what, clip.text)


@asynccontextmanager
async def rig(config: Config) -> AsyncIterator[Rig]:
    """A rig with a running agent."""
    async with Agent(config) as agent:
        yield Rig(agent)
