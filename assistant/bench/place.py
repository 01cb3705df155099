"""A source in a room at live pace: the loudspeaker's sound comes back to the microphone, and people talk over it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np

from assistant.agent import Agent
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Floats, Pcm
from assistant.bench.rig import AREA
from assistant.bench.rooms import Room, convolve
from assistant.bench.sounds import FLOOR_DB, noise_gain, speech_end, speech_start
from assistant.session import Session
from assistant.testing.voices import say

ECHO_DB = -28.0
"""Level of the answer at the microphone, dBFS."""
DELAYS = (0.02, 0.2)
"""Seconds between handing a frame to the loudspeaker and its echo, beside the room's."""
ORDER = "what can I say"
"""Its answer is long enough to be talked over."""
ANSWER = "You can say: turn on the kitchen light; set a timer for five minutes; or: what time is it."
"""What answers are like, for their level."""
WARM_SECONDS = 10.0
"""A source is open so long, and has answered once, before it is tried: the first words of its life are not judged."""
START_SECONDS = 10.0
USED_TO_SECONDS = 3.0
LISTEN = (1.0, 2.0)
"""Seconds of the answer before somebody talks over it."""


class Air:
    """What the microphone of a room hears, frame by frame."""

    def __init__(self, room: Room, delay: float, noise: Floats | None = None, snr_db: float = math.inf) -> None:
        """``noise`` runs as soon as ``set_noise`` says how loud, ``snr_db`` below the voice."""
        self.room = room
        self._noise = np.zeros(FRAME_SAMPLES, np.float32) if noise is None else noise
        self._snr_db = snr_db
        self._at = 0
        self._delay = [np.zeros(FRAME_SAMPLES, np.float32)] * (1 + round(delay / FRAME_SECONDS))
        response = room.echo[: SAMPLE_RATE // 2]
        self._size = 1 << (len(response) + FRAME_SAMPLES).bit_length()
        self._response = np.fft.rfft(response, self._size)
        self._played = np.zeros(len(response) + FRAME_SAMPLES, np.float32)
        self._gain = 10.0 ** (ECHO_DB / 20) * 32768 / level(say(ANSWER).astype(np.float32))
        self._noise_gain = 0.0
        self._speech: Floats = np.zeros(0, np.float32)
        self._floor = np.random.default_rng(len(response))

    async def set_noise(self, dry: Floats) -> None:
        """Noise below this voice; a change is given the time in which any device gets used to it."""
        wanted = noise_gain(dry.astype(np.int16), self._noise.astype(np.int16), self._snr_db)
        changed, self._noise_gain = abs(wanted - self._noise_gain) > 0.01 * wanted, wanted
        if changed:
            await asyncio.sleep(USED_TO_SECONDS)

    def speak(self, dry: Floats) -> None:
        """Somebody begins to speak: float32 at the level of the microphone."""
        tail = np.zeros(SAMPLE_RATE // 2, np.float32)
        self._speech = convolve(np.concatenate([dry, tail]), self.room.talker)

    @property
    def speaking(self) -> bool:
        """Whether somebody is still speaking."""
        return len(self._speech) > 0

    def step(self, played: Pcm) -> Pcm:
        """20 ms: what the loudspeaker plays in, what the microphone hears out."""
        self._delay.append(played.astype(np.float32))
        self._played = np.concatenate([self._played[FRAME_SAMPLES:], self._delay.pop(0)])
        heard = self._floor.standard_normal(FRAME_SAMPLES, np.float32) * np.float32(32768 * 10 ** (FLOOR_DB / 20))
        if self._played.any():
            whole = np.fft.irfft(np.fft.rfft(self._played, self._size) * self._response, self._size)
            heard += whole[len(self._played) - FRAME_SAMPLES : len(self._played)] * self._gain
        heard += self._noise[(np.arange(FRAME_SAMPLES) + self._at) % len(self._noise)] * self._noise_gain
        self._at += FRAME_SAMPLES
        spoken, self._speech = self._speech[:FRAME_SAMPLES], self._speech[FRAME_SAMPLES:]
        heard[: len(spoken)] += spoken
        return np.asarray(np.clip(heard, -32768, 32767), dtype=np.int16)


class Place:
    """One source in a room, fed at the pace of the clock for as long as the block lasts."""

    def __init__(self, agent: Agent, session: Session, air: Air) -> None:
        self.agent = agent
        self.session = session
        self.air = air
        self.now = 0.0
        """Clock at which the microphone's next frame begins."""
        self.sounded_until = -math.inf
        """Clock at which the last frame with any sound had been played."""
        self._task = asyncio.create_task(self._run(), name=f"air of {session.name}")

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self.now = loop.time()
        while True:
            await asyncio.sleep(max(0.0, self.now + FRAME_SECONDS - loop.time()))
            frame = self.session.pull().pcm
            if frame.any():
                self.sounded_until = max(self.now + FRAME_SECONDS, loop.time()) + FRAME_SECONDS
            self.session.feed(self.air.step(frame))
            self.now += FRAME_SECONDS

    @property
    def sounding(self) -> bool:
        """Whether the latest frame held sound."""
        return self.sounded_until > self.now

    @property
    def answering(self) -> bool:
        """Whether an answer is being said, and nobody has paused it."""
        return self.session.in_turn and not self.session.playback.paused

    async def warm(self, dry: Floats) -> None:
        """Give the source a past: some seconds of its noise, below this voice, and one answer."""
        await self.air.set_noise(dry)
        await asyncio.sleep(WARM_SECONDS)
        await self.session.text(ORDER)
        await until(lambda: not self.session.in_turn, START_SECONDS + WARM_SECONDS)
        await asyncio.sleep(1.0)

    @asynccontextmanager
    async def being_answered(self, listen: float) -> AsyncIterator[None]:
        """The block begins ``listen`` seconds into an answer, and what is left of it is stopped after the block."""
        answer = asyncio.create_task(self.session.text(ORDER))
        try:
            await until(lambda: self.sounding, START_SECONDS)
            await asyncio.sleep(listen)
            yield
        finally:
            self.session.stop()
            await answer
            await asyncio.sleep(0.3)

    async def close(self) -> None:
        """Leave."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.agent.close_session(self.session)


@asynccontextmanager
async def place(agent: Agent, name: str, air: Air) -> AsyncIterator[Place]:
    """A source of the agent in this air."""
    opened = Place(agent, agent.open_session(name, "microphone", AREA), air)
    try:
        yield opened
    finally:
        await opened.close()


def level(dry: Floats) -> float:
    """Root mean square of the speech in a dry recording."""
    pcm = dry.astype(np.int16)
    return float(np.sqrt(np.mean(dry[speech_start(pcm) : speech_end(pcm)] ** 2)))


def against_echo(dry: Floats, decibels: float) -> Floats:
    """A dry voice, from its first word on, so loud against the answers at the microphone."""
    dry = dry[speech_start(dry.astype(np.int16)) :]
    return np.asarray(dry * 32768 * 10.0 ** ((ECHO_DB + decibels) / 20) / level(dry), dtype=np.float32)


async def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait until something holds; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - frames have no event
            await asyncio.sleep(FRAME_SECONDS / 2)
