"""``bench stop``: the recogniser hangs, an answer is being said, somebody says "stop": when is it quiet?

A whole agent at live pace whose recogniser process is stopped by SIGSTOP. Its answer comes back through a simulated
room, and a synthesised voice says "stop" over it, at several levels against the echo, room noise 20 dB below the voice.
Measured at the loudspeaker, by the clock: from the word's true end to the end of the last frame that holds any sound.
The answer counts as silenced only if it was being said when the word began and does not go on afterwards.

Keys: ``within_300_ms`` (a missed one counts as over), ``p50_ms``, ``p95_ms`` (infinite where missed),
``stayed_silent``, ``within_300_ms_at_LEVEL`` for each level in dB, and ``before_the_word``, tries in which the answer
had fallen silent before anybody spoke.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.agent import Agent
from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Floats, Pcm
from assistant.bench import report
from assistant.bench.latency import NOISES
from assistant.bench.rig import AREA, bench_config, rig
from assistant.bench.rooms import Room, convolve, homes
from assistant.bench.sounds import noise_gain, speech_end, speech_start
from assistant.paths import shipped_dir, test_data
from assistant.session import Session
from assistant.testing.voices import say

WORD = "stop"
VOICES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("piper", {}), ("piper", {"speed": 0.85}), ("piper", {"speed": 1.2}), ("espeak:en-us", {}), ("espeak:en-gb", {}),
    ("espeak:en-us+f3", {}), ("espeak:en-gb+m3", {"words_per_minute": 150}), ("espeak:en-gb-scotland", {}),
    ("espeak:en-us+m7", {"words_per_minute": 190}),
)
LEVELS_DB = (10.0, 5.0, 0.0)
"""The voice against the echo at the microphone: raised, as people do, down to no louder than the answer."""
SNR_DB = 20.0
ECHO_DB = -28.0
"""Level of the answer at the microphone, dBFS."""
DELAYS = (0.02, 0.2)
"""Seconds between handing a frame to the loudspeaker and its echo, beside the room's."""
LISTEN = (1.0, 2.0)
"""Seconds of the answer before the word."""
WITHIN = 0.3
WATCHED = 5.0
"""Seconds after the word in which an answer that goes on is noticed: longer than the judgement may take."""
AFTER_STOP = 0.8
"""Seconds watched after the turn has ended."""
ORDER = "what can I say"
SAMPLE = "You can say: turn on the kitchen light; set a timer for five minutes; or: what time is it."
"""What answers are like, for their level."""
WARM_SECONDS = 10.0
"""A source is open so long, and has answered once, before it is tried: the first words of its life are not judged."""
START_SECONDS = 10.0
USED_TO_SECONDS = 3.0
READY_SECONDS = 60.0
"""For a recogniser that was killed for its silence to start again."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Try:
    """What became of one "stop"."""

    name: str
    decibels: float
    """The voice against the echo."""
    seconds: float
    """From the word's end to silence, negative where it fell silent before; infinite when missed."""
    stayed: bool
    before: bool = False
    """Whether it had been silent before the word."""


class Air:
    """A room at live pace: the loudspeaker's sound comes back to the microphone, people speak, water runs."""

    def __init__(self, room: Room, noise: Floats, delay: float) -> None:
        self.room = room
        self._noise = noise
        self._at = 0
        self._delay = [np.zeros(FRAME_SAMPLES, np.float32)] * (1 + round(delay / FRAME_SECONDS))
        response = room.echo[: SAMPLE_RATE // 2]
        self._size = 1 << (len(response) + FRAME_SAMPLES).bit_length()
        self._response = np.fft.rfft(response, self._size)
        self._played = np.zeros(len(response) + FRAME_SAMPLES, np.float32)
        self._gain = 10.0 ** (ECHO_DB / 20) * 32768 / level(say(SAMPLE).astype(np.float32))
        self._noise_gain = 0.0
        self._speech: Floats = np.zeros(0, np.float32)

    async def set_noise(self, dry: Floats) -> None:
        """Noise 20 dB below this voice; a change is given the time in which any device gets used to it."""
        wanted = noise_gain(dry.astype(np.int16), self._noise.astype(np.int16), SNR_DB)
        changed, self._noise_gain = abs(wanted - self._noise_gain) > 0.01 * wanted, wanted
        if changed:
            await asyncio.sleep(USED_TO_SECONDS)

    def speak(self, dry: Floats) -> None:
        """Somebody begins to speak: float32 at the level of the microphone."""
        tail = np.zeros(SAMPLE_RATE // 2, np.float32)
        self._speech = convolve(np.concatenate([dry, tail]), self.room.talker)

    def step(self, played: Pcm) -> Pcm:
        """20 ms: what the loudspeaker plays in, what the microphone hears out."""
        self._delay.append(played.astype(np.float32))
        self._played = np.concatenate([self._played[FRAME_SAMPLES:], self._delay.pop(0)])
        echo = np.zeros(FRAME_SAMPLES, np.float32)
        if self._played.any():
            whole = np.fft.irfft(np.fft.rfft(self._played, self._size) * self._response, self._size)
            echo = whole[len(self._played) - FRAME_SAMPLES : len(self._played)] * self._gain
        places = (np.arange(FRAME_SAMPLES) + self._at) % len(self._noise)
        self._at += FRAME_SAMPLES
        heard = echo + self._noise[places] * self._noise_gain
        spoken, self._speech = self._speech[:FRAME_SAMPLES], self._speech[FRAME_SAMPLES:]
        heard[: len(spoken)] += spoken
        return np.clip(heard, -32768, 32767).astype(np.int16)


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

    async def close(self) -> None:
        """Leave."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.agent.close_session(self.session)


def bench(
    count: Annotated[int, typer.Option("-n", help="tries")] = 100,
    rooms: Annotated[int, typer.Option(help="simulated rooms")] = 5,
    home: Annotated[Path | None, typer.Option(help="household file")] = None,
    noise: Annotated[Path | None, typer.Option(help="folder with room noises")] = None,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Silence after "stop" while the recogniser hangs."""
    sounds = room_noises(noise or test_data() / "noise")
    tries = asyncio.run(run(count, homes(rooms, seed), sounds, seed, home))
    results = {**summary(tries), "seed": seed, "rooms": rooms, "snr_db": SNR_DB, "levels_db": str(LEVELS_DB)}
    report.publish("stop", results, json_file)


def level(dry: Floats) -> float:
    """Root mean square of the speech in a dry recording."""
    pcm = dry.astype(np.int16)
    return float(np.sqrt(np.mean(dry[speech_start(pcm) : speech_end(pcm)] ** 2)))


def room_noises(folder: Path) -> list[Pcm]:
    """The second half of each noise: the first is for fitting."""
    sounds = [read_sound(folder / name) for name in NOISES]
    return [sound[len(sound) // 2 :] for sound in sounds]


def summary(tries: Sequence[Try]) -> dict[str, Any]:
    """The benchmark's keys."""
    milliseconds = [attempt.seconds * 1000 for attempt in tries]
    return {
        "within_300_ms": _within(tries),
        "p50_ms": report.percentile(milliseconds, 50), "p95_ms": report.percentile(milliseconds, 95),
        "stayed_silent": report.share(sum(attempt.stayed for attempt in tries), len(tries)),
        **{
            f"within_300_ms_at_{decibels:.0f}": _within([attempt for attempt in tries if attempt.decibels == decibels])
            for decibels in LEVELS_DB
        },
        "before_the_word": report.share(sum(attempt.before for attempt in tries), len(tries)),
    }


def _within(tries: Sequence[Try]) -> dict[str, float]:
    return report.share(sum(attempt.seconds <= WITHIN for attempt in tries), len(tries))


async def run(
    count: int, rooms: Sequence[Room], sounds: Sequence[Pcm], seed: int, home: Path | None = None
) -> list[Try]:
    """Let people say "stop" in each room in turn."""
    random = np.random.default_rng(seed)
    config = bench_config(["computer"], [], home or shipped_dir() / "configs" / "home.yaml")
    tries: list[Try] = []
    async with rig(config) as bench_rig:
        for room in range(min(len(rooms), count)):
            air = Air(rooms[room], sounds[room % len(sounds)].astype(np.float32), random.uniform(*DELAYS))
            async with _place(bench_rig.agent, f"room {room}", air) as place:
                await _warm(place)
                for _ in range(room, count, len(rooms)):
                    tries.append(await _one(place, len(tries), random))
                    console.print(_line(len(tries), count, tries[-1]), highlight=False)
    return tries


@asynccontextmanager
async def _place(agent: Agent, name: str, air: Air) -> AsyncIterator[Place]:
    place = Place(agent, agent.open_session(name, "microphone", AREA), air)
    try:
        yield place
    finally:
        await place.close()


async def _warm(place: Place) -> None:
    await place.air.set_noise(_dry(*VOICES[0], LEVELS_DB[0]))
    await asyncio.sleep(WARM_SECONDS)
    await place.session.text(ORDER)
    await _until(lambda: not place.session.in_turn, START_SECONDS + WARM_SECONDS)
    await asyncio.sleep(1.0)


async def _one(place: Place, number: int, random: np.random.Generator) -> Try:
    voice, options = VOICES[number % len(VOICES)]
    decibels = LEVELS_DB[number // len(VOICES) % len(LEVELS_DB)]
    dry = _dry(voice, options, decibels)
    await place.air.set_noise(dry)
    name = f"{voice} {' '.join(map(str, options.values()))} {decibels:+.0f} dB, {place.air.room.name}"
    async with _hung(place.agent):
        answer = asyncio.create_task(place.session.text(ORDER))
        try:
            await _until(lambda: place.sounding, START_SECONDS)
            await asyncio.sleep(random.uniform(*LISTEN))
            if place.session.playback.paused or not place.session.in_turn:
                return Try(name, decibels, math.inf, False, before=True)
            seconds, stayed = await _say_stop(place, dry)
            return Try(name, decibels, seconds, stayed)
        finally:
            place.session.stop()
            await answer
            await asyncio.sleep(0.3)


def _dry(voice: str, options: Mapping[str, Any], decibels: float) -> Floats:
    """The word, at its level against the echo."""
    dry = say(WORD, voice, **options).astype(np.float32)
    dry = dry[speech_start(dry.astype(np.int16)) :]
    return np.asarray(dry * 32768 * 10.0 ** ((ECHO_DB + decibels) / 20) / level(dry), dtype=np.float32)


async def _say_stop(place: Place, dry: Floats) -> tuple[float, bool]:
    """Seconds from the word's end to the answer's last sound (infinite if it goes on), and whether it stayed silent."""
    loop = asyncio.get_running_loop()
    place.air.speak(dry)
    end = place.now + speech_end(dry.astype(np.int16)) / SAMPLE_RATE
    over = end + WATCHED
    while loop.time() < over and place.sounded_until < end + 2 * WITHIN:
        await asyncio.sleep(FRAME_SECONDS)
        if not place.session.in_turn:
            over = min(over, loop.time() + AFTER_STOP)
    stayed = not place.session.in_turn and place.sounded_until < end + 2 * WITHIN
    return (place.sounded_until - end if stayed else math.inf), stayed


async def _until(condition: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - frames have no event
            await asyncio.sleep(FRAME_SECONDS / 2)


@asynccontextmanager
async def _hung(agent: Agent) -> AsyncIterator[None]:
    """The recogniser's process does nothing and does not end."""
    worker = agent.workers.recognizer.worker
    async with asyncio.timeout(READY_SECONDS):
        await worker.wait_ready()
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _line(number: int, total: int, attempt: Try) -> str:
    silent = f"{attempt.seconds * 1000:5.0f} ms" if math.isfinite(attempt.seconds) else "  MISSED"
    before = " (silent before)" if attempt.before else ""
    return f"{number:3}/{total} {silent} {attempt.name}{before}"
