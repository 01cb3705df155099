"""This machine's microphone and loudspeaker as a source of the agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from assistant.audio.soundcard import SoundCard, SoundCardConfig
from assistant.errors import AudioError
from assistant.events import ComponentFailed

if TYPE_CHECKING:
    from assistant.agent import Agent

SOURCE = "microphone"


@asynccontextmanager
async def open_microphone(agent: Agent) -> AsyncIterator[str]:
    """Open the configured devices as the source ``microphone``; yields what to tell about them.

    Raises:
        AudioError: there are none, or PortAudio is missing; says how to mend it.
    """
    audio = agent.config.audio
    if audio.input is None or audio.output is None:
        raise AudioError("switched off in the settings", where=agent.config.where("audio"))
    session = agent.open_session(SOURCE, "microphone")
    config = SoundCardConfig(_wanted(audio.input), _wanted(audio.output))
    loop = asyncio.get_running_loop()

    def changed(works: bool, reason: str) -> None:
        if not works:
            failure = ComponentFailed(source=SOURCE, component="sound devices", error=reason)
            loop.call_soon_threadsafe(agent.bus.post, failure)

    card = SoundCard(config, session.feed, session.playback, changed)
    try:
        await asyncio.to_thread(card.start)
        session.lane.front_end.set_delay(card.delay_samples)
        yield f"in the {session.area}" if session.area else "no room set"
    finally:
        await asyncio.to_thread(card.close)
        await agent.close_session(session, "the sound devices were closed")


def _wanted(device: str | int) -> str:
    return "" if device == "default" else str(device)
