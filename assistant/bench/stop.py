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
from assistant.audio.frames import FRAME_SECONDS, SAMPLE_RATE, Floats, Pcm
from assistant.bench import report
from assistant.bench.latency import NOISES
from assistant.bench.place import DELAYS, LISTEN, Air, Place, against_echo, place
from assistant.bench.rig import bench_config, rig
from assistant.bench.rooms import Room, homes
from assistant.bench.sounds import speech_end
from assistant.paths import measuring_data, shipped_dir
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
WITHIN = 0.3
WATCHED = 5.0
"""Seconds after the word in which an answer that goes on is noticed: longer than the judgement may take."""
AFTER_STOP = 0.8
"""Seconds watched after the turn has ended."""
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


def bench(
    count: Annotated[int, typer.Option("-n", min=1, help="tries")] = 100,
    rooms: Annotated[int, typer.Option(help="simulated rooms")] = 5,
    home: Annotated[Path | None, typer.Option(help="household file")] = None,
    noise: Annotated[Path | None, typer.Option(help="folder with room noises")] = None,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Silence after "stop" while the recogniser hangs."""
    sounds = room_noises(noise or measuring_data() / "noise")
    tries = asyncio.run(run(count, homes(rooms, seed), sounds, seed, home))
    results = {**summary(tries), "seed": seed, "rooms": rooms, "snr_db": SNR_DB, "levels_db": str(LEVELS_DB)}
    report.publish("stop", results, json_file)


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
            noise = sounds[room % len(sounds)].astype(np.float32)
            air = Air(rooms[room], random.uniform(*DELAYS), noise, SNR_DB)
            async with place(bench_rig.agent, f"room {room}", air) as there:
                await there.warm(_dry(*VOICES[0], LEVELS_DB[0]))
                for _ in range(room, count, len(rooms)):
                    tries.append(await _one(there, len(tries), random))
                    console.print(_line(len(tries), count, tries[-1]), highlight=False)
    return tries


async def _one(there: Place, number: int, random: np.random.Generator) -> Try:
    voice, options = VOICES[number % len(VOICES)]
    decibels = LEVELS_DB[number // len(VOICES) % len(LEVELS_DB)]
    dry = _dry(voice, options, decibels)
    await there.air.set_noise(dry)
    name = f"{voice} {' '.join(map(str, options.values()))} {decibels:+.0f} dB, {there.air.room.name}"
    async with _hung(there.agent), there.being_answered(random.uniform(*LISTEN)):
        if not there.answering:
            return Try(name, decibels, math.inf, False, before=True)
        return Try(name, decibels, *await _say_stop(there, dry))


def _dry(voice: str, options: Mapping[str, Any], decibels: float) -> Floats:
    """The word, at its level against the echo."""
    return against_echo(say(WORD, voice, **options).astype(np.float32), decibels)


async def _say_stop(there: Place, dry: Floats) -> tuple[float, bool]:
    """Seconds from the word's end to the answer's last sound (infinite if it goes on), and whether it stayed silent."""
    loop = asyncio.get_running_loop()
    there.air.speak(dry)
    end = there.now + speech_end(dry.astype(np.int16)) / SAMPLE_RATE
    over = end + WATCHED
    while loop.time() < over and there.sounded_until < end + 2 * WITHIN:
        await asyncio.sleep(FRAME_SECONDS)
        if not there.session.in_turn:
            over = min(over, loop.time() + AFTER_STOP)
    stayed = not there.session.in_turn and there.sounded_until < end + 2 * WITHIN
    return (there.sounded_until - end if stayed else math.inf), stayed


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
