"""A recording as a source: it goes through the agent like a microphone, and what the loudspeaker would play is kept.

On a real clock it is paced as live; on a ``VirtualLoop`` time moves one frame at a time, when everything has settled.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Pcm
from assistant.clock import VirtualLoop, pass_time
from assistant.events import Event, TurnEnded, TurnStarted

if TYPE_CHECKING:
    from assistant.agent import Agent
    from assistant.session import Session

T = TypeVar("T")

POLL_SECONDS = 0.001
"""Real pause while processes start or end."""
TAIL_SECONDS = 2.5
"""Silence after the last sound or turn: longer than any pause that still ends in an answer."""
LEAD_SECONDS = 0.5
"""Silence before the recording: a microphone has been open for a while, and recordings often begin with a word."""
LEAD_SAMPLES = round(LEAD_SECONDS / FRAME_SECONDS) * FRAME_SAMPLES
LONGEST_TAIL = 120.0
"""Seconds after the recording's end at which an answer without end is cut."""

# Sessions of recordings cancel no echo: there is none in them, and a canceller that looks for one takes what is said
# over the first answer for it.


class Recording:
    """One recording on its way through an agent.

    Args:
        pcm: int16, 16 kHz mono.
        on_event: told of every event of the source, as it happens.
        cues: what happens besides, by sample of the recording, in their order.
    """

    def __init__(
        self, agent: Agent, pcm: Pcm, name: str = "file", area: str | None = None,
        on_event: Callable[[Event], None] = lambda event: None,
        cues: Sequence[tuple[int, Callable[[Session], None]]] = (),
    ) -> None:
        self._agent = agent
        self._pcm = pcm
        self._name = name
        self._area = area
        self._on_event = on_event
        self._cues = deque(cues)
        self._turns = 0
        """Turns under way."""

    async def play(self) -> Pcm:
        """Send it, and silence until nothing more happens; what the loudspeaker played from the first sample on."""
        session = self._agent.open_session(self._name, "file", self._area, own_echo=True)
        actor = self._agent.bus.actor(f"recording {self._name}", self._note, sources=frozenset((self._name,)))
        heard: list[Pcm] = []
        try:
            async for frame in self._frames(session):
                while self._cues and self._cues[0][0] + LEAD_SAMPLES <= session.ring.end:
                    self._cues.popleft()[1](session)
                session.feed(frame)
                heard.append(session.pull().pcm)
            del heard[: round(LEAD_SECONDS / FRAME_SECONDS)]
        finally:
            await self._agent.close_session(session, "the recording ended")
            await actor.close()
        return np.concatenate(heard) if heard else np.zeros(0, np.int16)

    async def _frames(self, session: Session) -> AsyncIterator[Pcm]:
        """The recording's frames and then silence, each when its time has come."""
        whole = -(-len(self._pcm) // FRAME_SAMPLES)
        padded = np.zeros(whole * FRAME_SAMPLES, np.int16)
        padded[: len(self._pcm)] = self._pcm
        pace, silence = _pace(self._agent), np.zeros(FRAME_SAMPLES, np.int16)
        for _ in range(round(LEAD_SECONDS / FRAME_SECONDS)):
            yield silence
            await anext(pace)
        for start in range(0, len(padded), FRAME_SAMPLES):
            yield padded[start : start + FRAME_SAMPLES]
            await anext(pace)
        quiet = 0.0
        for _ in range(round(LONGEST_TAIL / FRAME_SECONDS)):
            quiet = 0.0 if self._turns or session.playback.playing else quiet + FRAME_SECONDS
            if quiet > TAIL_SECONDS:
                return
            yield silence
            await anext(pace)

    async def _note(self, event: Event) -> None:
        if isinstance(event, TurnStarted):
            self._turns += 1
        elif isinstance(event, TurnEnded):
            self._turns -= 1
        self._on_event(event)


@asynccontextmanager
async def opened(agent: Agent) -> AsyncIterator[Agent]:
    """``async with agent``, on any clock: its processes start and end in real time even where time stands still."""
    await _in_real_time(agent.__aenter__())
    try:
        yield agent
    finally:
        await _in_real_time(agent.__aexit__(None, None, None))


async def _in_real_time(work: Awaitable[T]) -> T:
    """Await something that waits for other processes, whose time goes on: a virtual clock follows the real one."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        return await work
    task, last = asyncio.ensure_future(work), time.monotonic()
    while not task.done():
        await asyncio.sleep(0)
        time.sleep(POLL_SECONDS)  # noqa: ASYNC251 - the loop's own clock stands still
        now = time.monotonic()
        loop.advance(now - last)
        last = now
    return task.result()


async def _pace(agent: Agent) -> AsyncIterator[None]:
    """One item per frame's time."""
    loop = asyncio.get_running_loop()
    begin, count = loop.time(), 0
    while True:
        count += 1
        if isinstance(loop, VirtualLoop):
            await pass_time(FRAME_SECONDS, FRAME_SECONDS, agent.busy)
        else:
            await asyncio.sleep(max(0.0, begin + count * FRAME_SAMPLES / SAMPLE_RATE - loop.time()))
        yield None
