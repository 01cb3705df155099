"""``bench idle``: what the assistant costs while nobody talks to it.

Processor time of the whole process tree, broker and simulated home apart, at live pace, while one source hears a quiet
room (the microphone's own noise), household noise, and speech that is not for us. Keys: ``cpu_percent_silence``,
``cpu_percent_noise``, ``cpu_percent_speech`` (of one core), ``rss_mb`` (proportional set size of the tree after one
order, default configuration with the page), ``rss_NAME_mb`` by process, ``streams_per_core``, ``wakes`` (turns that
began: none should).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import psutil
import typer
from rich.console import Console

from assistant.agent import Agent
from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Pcm
from assistant.bench import report
from assistant.bench.rig import AREA, Rig, bench_config
from assistant.bench.sounds import quiet, silence
from assistant.events import TurnStarted
from assistant.paths import measuring_data
from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.server.settings import ServerSettings
from assistant.session import Session
from assistant.tabs import Pages
from assistant.testing.voices import say

SLICE = 5.0
"""Seconds of one measurement; the interval is over these."""
NOISE_DB = -35.0
"""RMS level of the noise: a tap running in the same room."""
MANY = 8
"""Sources fed at once to find what one more costs."""
ORDER = ("hey nova", "turn on the kitchen light")

console = Console(stderr=True)


def bench(
    seconds: Annotated[int, typer.Option(help="of each kind of sound")] = 60,
    noise: Annotated[Path | None, typer.Option(help="folder with noises")] = None,
    speech: Annotated[Path | None, typer.Option(help="folder with speech that is not for us")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """What listening costs while nobody talks to it."""
    sounds = {
        "silence": quiet(seconds),
        "noise": noise_sound(noise or measuring_data() / "noise", seconds),
        "speech": speech_sound(speech or measuring_data() / "speech" / "nonnative", seconds),
    }
    report.publish("idle", asyncio.run(_run(sounds)), json_file)


def noise_sound(folder: Path, seconds: int) -> Pcm:
    """The second halves of all noises, one after another, each at the same level."""
    pieces = []
    for file in sorted(folder.glob("*.flac")):
        sound = read_sound(file).astype(np.float64)
        half = sound[len(sound) // 2 :][: 10 * SAMPLE_RATE]
        level = np.sqrt(np.mean(half**2)) / 32768
        pieces.append(np.clip(half * 10 ** (NOISE_DB / 20) / max(level, 1e-6), -32768, 32767).astype(np.int16))
    return _as_long(np.concatenate(pieces), seconds)


def speech_sound(folder: Path, seconds: int) -> Pcm:
    """Utterances of speakers of the measuring half, half a second apart."""
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in (".opus", ".flac", ".wav") and _even(file)]
    pieces: list[Pcm] = []
    length = 0
    for number in np.random.default_rng(1).permutation(len(files)):
        pieces += [read_sound(files[number]), silence(0.5)]
        length += len(pieces[-2]) + len(pieces[-1])
        if length >= seconds * SAMPLE_RATE:
            break
    return _as_long(np.concatenate(pieces), seconds)


def _even(file: Path) -> bool:
    digits = "".join(character for character in file.parent.name if character.isdigit())
    return not digits or int(digits) % 2 == 0


def _as_long(sound: Pcm, seconds: int) -> Pcm:
    return np.resize(sound, seconds * SAMPLE_RATE)


async def _run(sounds: dict[str, Pcm]) -> dict[str, Any]:
    config = bench_config([ORDER[0]])
    async with Agent(config) as agent, serve(create_app(Pages(agent), ServerSettings(port=0)), "127.0.0.1", 0):
        await _one_order(agent)
        memory = dict(_memory(agent))
        results: dict[str, Any] = {}
        observer = agent.bus.observer("turns", TurnStarted)
        for name, sound in sounds.items():
            results[f"cpu_percent_{name}"] = await _cost(agent, [sound])
            console.print(f"{name}: {results[f'cpu_percent_{name}']['value']:.2f} % of a core")
        many = await _cost(agent, [np.roll(list(sounds.values())[k % 3], k * 7919) for k in range(MANY)])
        each = (many["value"] - np.mean([results[f"cpu_percent_{name}"]["value"] for name in sounds])) / (MANY - 1)
        results |= {
            "rss_mb": sum(memory.values()),
            **{f"rss_{name.replace(' ', '_')}_mb": size for name, size in memory.items()},
            "streams_per_core": 100 / max(each, 1e-3), "wakes": len(observer.queue),
        }
        return results


async def _one_order(agent: Agent) -> None:
    sound = np.concatenate([silence(0.5), say(ORDER[0]), silence(0.3), say(ORDER[1]), silence(1.0)])
    await Rig(agent).play(sound)


def _memory(agent: Agent) -> list[tuple[str, float]]:
    own = psutil.Process().memory_full_info().pss / 2**20
    return [("agent", own), *((name, psutil.Process(pid).memory_full_info().pss / 2**20) for name, pid in agent.pids())]


def _processor(pids: Sequence[int]) -> float:
    """Seconds of processor time of the processes so far."""
    total = 0.0
    for pid in pids:
        times = psutil.Process(pid).cpu_times()
        total += times.user + times.system
    return total


async def _cost(agent: Agent, sounds: Sequence[Pcm]) -> dict[str, float]:
    """Percent of a core while the sounds are heard, one source each."""
    pids = [os.getpid(), *(pid for _, pid in agent.pids())]
    sessions = [agent.open_session(f"idle {number}", "file", AREA) for number in range(len(sounds))]
    loop = asyncio.get_running_loop()
    feeding = loop.run_in_executor(None, _feed, sessions, sounds)
    slices: list[float] = []
    spent, begun = _processor(pids), loop.time()
    while not feeding.done():
        await asyncio.wait([feeding], timeout=SLICE)
        now = _processor(pids)
        if loop.time() - begun >= SLICE * 0.9:
            slices.append((now - spent) / (loop.time() - begun) * 100)
        spent, begun = now, loop.time()
    for session in sessions:
        await agent.close_session(session)
    return report.statistic(slices, lambda values: float(np.mean(values)))


def _feed(sessions: Sequence[Session], sounds: Sequence[Pcm]) -> None:
    """Play and capture from a thread, at the pace of the clock, as a sound card's driver does."""
    start = time.monotonic()
    for number in range(len(sounds[0]) // FRAME_SAMPLES):
        time.sleep(max(0.0, start + (number + 1) * FRAME_SECONDS - time.monotonic()))
        for session, sound in zip(sessions, sounds, strict=True):
            session.pull()
            session.feed(sound[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
