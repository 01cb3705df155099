"""``bench bus``: do control events stay quick while the assistant is busy, and what does the bus cost?

Twenty sources hear speech and noise through voice activity detection and wake word while one order after another is
decoded; a probe publishes a control event every 10 ms to an actor. Keys: ``p50_ms``, ``p99_ms`` and ``max_ms`` of the
delay from publishing to handling (a run each: ``run_1_p99_ms`` ...), ``max_median_ms`` over the runs;
``throughput_ratio``, events per second of the bus (filters, ordering and statistics on) over those of a plain
``asyncio.Queue`` in the same run.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.agent import Agent
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, Pcm
from assistant.bench import report
from assistant.bench.idle import noise_sound, speech_sound
from assistant.bench.rig import AREA, bench_config
from assistant.bench.sounds import silence
from assistant.bus import Bus
from assistant.events import Event, MuteChanged, VolumeChanged
from assistant.paths import test_data
from assistant.testing.voices import say

SOURCES = 20
PROBE_EVERY = 0.01
EVENTS = 50_000
"""Events of a throughput measurement."""
ORDER = ("hey nova", "turn on the kitchen light")

console = Console(stderr=True)


def bench(
    seconds: Annotated[int, typer.Option(help="of each run")] = 60,
    runs: Annotated[int, typer.Option()] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Delay of control events under load, throughput against a plain queue."""
    data = test_data()
    sounds = [speech_sound(data / "speech" / "nonnative", seconds), noise_sound(data / "noise", seconds)]
    report.publish("bus", asyncio.run(_run(sounds, seconds, runs)), json_file)


async def _run(sounds: list[Pcm], seconds: int, runs: int) -> dict[str, Any]:
    results: dict[str, Any] = {}
    maxima = []
    async with Agent(bench_config([ORDER[0]])) as agent:
        for number in range(1, runs + 1):
            delays = [delay * 1000 for delay in await _delays(agent, sounds, seconds)]
            for key, q in (("p50", 50), ("p99", 99)):
                results[f"run_{number}_{key}_ms"] = report.percentile(delays, q)
            results[f"run_{number}_max_ms"] = maximum = max(delays)
            maxima.append(maximum)
            console.print(f"run {number}: p99 {results[f'run_{number}_p99_ms']['value']:.2f} ms, max {maximum:.1f} ms")
    ratios = [await _throughput_ratio() for _ in range(5)]
    return {
        "p99_ms": max(results[f"run_{number}_p99_ms"]["value"] for number in range(1, runs + 1)),
        "max_median_ms": median(maxima), **results,
        "throughput_ratio": report.statistic(ratios, median), "sources": SOURCES,
    }


async def _delays(agent: Agent, sounds: list[Pcm], seconds: int) -> list[float]:
    """Delays of the probe's events during one run."""
    loop = asyncio.get_running_loop()
    delays: list[float] = []
    actor = agent.bus.actor(
        "probe", lambda event: delays.append(loop.time() - event.at), VolumeChanged, sources=frozenset({"probe"})
    )
    load = asyncio.create_task(_load(agent, sounds, seconds))
    while not load.done():
        await asyncio.sleep(PROBE_EVERY)
        agent.bus.post(VolumeChanged(source="probe", percent=50))
    await load
    await actor.close()
    return delays


async def _load(agent: Agent, sounds: list[Pcm], seconds: int) -> None:
    """Feed all sources at live pace; the first one hears orders."""
    order = np.concatenate([silence(0.5), say(ORDER[0]), silence(0.2), say(ORDER[1]), silence(3.0)])
    heard = [np.resize(order, seconds * 16_000)]
    heard += [np.roll(sounds[number % len(sounds)], number * 7919) for number in range(1, SOURCES)]
    sessions = [agent.open_session(f"load {number}", "file", AREA) for number in range(SOURCES)]
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(seconds * 50):
        await asyncio.sleep(max(0.0, start + (number + 1) * FRAME_SECONDS - loop.time()))
        for session, sound in zip(sessions, heard, strict=True):
            session.pull()
            session.feed(sound[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])
    for session in sessions:
        await agent.close_session(session)


async def _throughput_ratio() -> float:
    """Events a second through the bus over those through a plain queue, measured one after the other."""
    plain, through_bus = await _queue_rate(), await _bus_rate()
    return through_bus / plain


async def _queue_rate() -> float:
    queue: asyncio.Queue[Event | None] = asyncio.Queue(256)

    async def consume() -> None:
        while await queue.get() is not None:
            pass

    consumer = asyncio.create_task(consume())
    began = time.perf_counter()
    for number in range(EVENTS):
        await queue.put(MuteChanged(source="a", muted=bool(number % 2)))
    await queue.put(None)
    await consumer
    return EVENTS / (time.perf_counter() - began)


async def _bus_rate() -> float:
    bus = Bus()
    left = EVENTS
    done = asyncio.Event()

    def handle(event: Event) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    bus.actor("counter", handle, MuteChanged, sources=frozenset({"a"}))
    bus.actor("other", handle, VolumeChanged)
    began = time.perf_counter()
    for number in range(EVENTS):
        await bus.publish(MuteChanged(source="a", muted=bool(number % 2)))
    await done.wait()
    rate = EVENTS / (time.perf_counter() - began)
    await bus.close()
    return rate
