"""``bench bus``: do control events stay quick while the assistant is busy, and what does the bus cost?

Twenty sources hear speech and noise through voice activity detection and wake word while one order after another is
decoded; a control event is due every 10 ms. Its delay counts from the instant at which it was due to the end of its
handling, so that those due while the loop was held up count in full; the loop's timers, which wake up to 1 ms late,
are in it. Keys: ``p50_ms``, ``p99_ms``, ``max_ms`` over all runs and ``run_1_p50_ms`` ... of each, with n, their 95 %
intervals from resampled whole seconds (that of a maximum cannot exceed it); ``max_median_ms``, the median of the runs'
maxima; ``orders``, the utterances decoded meanwhile.

``throughput_ratio``: events per second of the bus over those of a plain ``asyncio.Queue``, measured in turn; the bus
with filters by type and source, ordering, statistics, and an observer of everything, as the agent always has one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.agent import Agent
from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Pcm
from assistant.bench import report
from assistant.bench.idle import noise_sound, speech_sound
from assistant.bench.rig import AREA, bench_config
from assistant.bench.sounds import quiet
from assistant.bus import Bus, Observer
from assistant.events import Event, FinalHeard, Gap, MuteChanged, VolumeChanged
from assistant.paths import measuring_data
from assistant.session import Session
from assistant.testing.voices import say

SOURCES = 20
PROBES = 100
"""Control events a second."""
PROBE = "probe"
"""Source of the control events."""
SETTLE = 3.0
"""Seconds after the sources were opened, all at once, until the measurement begins."""
EVENTS = 50_000
"""Events of a throughput measurement."""
RATIOS = 5
ORDER = ("hey nova", "turn on the kitchen light")

console = Console(stderr=True)


def bench(
    seconds: Annotated[int, typer.Option(help="of each run")] = 60,
    runs: Annotated[int, typer.Option(help="how many")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Delay of control events under load, throughput against a plain queue."""
    report.publish("bus", asyncio.run(_run(_sounds(seconds), seconds, runs)), json_file)


def _sounds(seconds: int) -> list[Pcm]:
    """What each source hears; the first one hears orders."""
    data = measuring_data()
    others = [speech_sound(data / "speech" / "nonnative", seconds), noise_sound(data / "noise", seconds)]
    order = np.concatenate([quiet(0.5), say(ORDER[0]), quiet(0.2), say(ORDER[1]), quiet(3.0)])
    rolled = [np.roll(others[number % len(others)], number * 7919) for number in range(1, SOURCES)]
    return [np.resize(order, seconds * SAMPLE_RATE), *rolled]


async def _run(sounds: Sequence[Pcm], seconds: int, runs: int) -> dict[str, Any]:
    delays: list[list[float]] = []
    async with Agent(bench_config([ORDER[0]])) as agent:
        with agent.bus.observer("orders", FinalHeard) as heard:
            for number in range(1, runs + 1):
                delays.append(await _delays(agent, sounds, seconds))
                worst, p99 = max(delays[-1]), np.percentile(delays[-1], 99)
                console.print(f"run {number}: p99 {p99:.2f} ms, max {worst:.1f} ms", highlight=False)
        orders = len(heard.queue)
    ratios = [await throughput_ratio() for _ in range(RATIOS)]
    return {
        **figures(delays), "throughput_ratio": report.statistic(ratios, median), "orders": orders, "sources": SOURCES,
    }


def figures(runs: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What the delays of some runs come to; each run: ms, ``PROBES`` for each of its seconds, in order."""
    results = _of_one("", [delay for run in runs for delay in run])
    results["max_median_ms"] = report.statistic([max(run) for run in runs], median)
    for number, run in enumerate(runs, 1):
        results |= _of_one(f"run_{number}_", run)
    return results


def _of_one(name: str, delays: Sequence[float]) -> dict[str, Any]:
    # Delays that follow each other are alike: resampled one by one they would seem surer than they are.
    seconds: list[Any] = list(np.reshape(delays, (-1, PROBES)))
    statistics: dict[str, Callable[[Any], Any]] = {
        "p50": partial(np.percentile, q=50, method="higher"), "p99": partial(np.percentile, q=99, method="higher"),
        "max": np.max,
    }
    return {
        f"{name}{key}_ms": {**report.statistic(seconds, of), "n": len(delays)} for key, of in statistics.items()
    }


async def _delays(agent: Agent, sounds: Sequence[Pcm], seconds: int) -> list[float]:
    """Delays of control events while the sources hear their sounds, ms."""
    sessions = [agent.open_session(f"load {number}", "file", AREA) for number in range(len(sounds))]
    await asyncio.sleep(SETTLE)
    async with asyncio.TaskGroup() as group:
        group.create_task(_feed(sessions, sounds))
        measured = group.create_task(probe(agent.bus, seconds * PROBES))
    for session in sessions:
        await agent.close_session(session)
    return measured.result()


async def probe(bus: Bus, count: int) -> list[float]:
    """Delays of so many control events, ms, from the instant each is due, however late it is posted, in order."""
    loop = asyncio.get_running_loop()
    delays: list[float] = []
    done = asyncio.Event()

    def handle(event: Event) -> None:
        delays.append(1000 * (loop.time() - event.at))
        if len(delays) == count:
            done.set()

    actor = bus.actor(PROBE, handle, VolumeChanged, sources=frozenset({PROBE}))
    start = loop.time()
    for number in range(1, count + 1):
        due = start + number / PROBES
        await asyncio.sleep(max(0.0, due - loop.time()))
        bus.post(VolumeChanged(source=PROBE, percent=50, at=due))
    await done.wait()
    await actor.close()
    return delays


async def _feed(sessions: Sequence[Session], sounds: Sequence[Pcm]) -> None:
    """Play and capture at live pace, on the loop and each at its own moment, as tabs do."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(len(sounds[0]) // FRAME_SAMPLES):
        for place, (session, sound) in enumerate(zip(sessions, sounds, strict=True)):
            due = start + (number + place / len(sessions)) * FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))
            session.pull()
            session.feed(sound[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])


async def throughput_ratio(events: int = EVENTS) -> float:
    """Events a second through the bus over those through a plain queue, measured one after the other."""
    plain, through_bus = await _queue_rate(events), await _bus_rate(events)
    return through_bus / plain


async def _queue_rate(events: int) -> float:
    queue: asyncio.Queue[Event | None] = asyncio.Queue(256)

    async def consume() -> None:
        while await queue.get() is not None:
            pass

    consumer = asyncio.create_task(consume())
    began = time.perf_counter()
    for number in range(events):
        await queue.put(MuteChanged(source="a", muted=bool(number % 2)))
    await queue.put(None)
    await consumer
    return events / (time.perf_counter() - began)


async def _bus_rate(events: int) -> float:
    bus = Bus()
    left = events
    done = asyncio.Event()

    def handle(event: Event) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    bus.actor("counter", handle, MuteChanged, sources=frozenset({"a"}))
    bus.actor("of another source", handle, MuteChanged, sources=frozenset({"b"}))
    bus.actor("of another type", handle, VolumeChanged)
    watching = asyncio.create_task(_watch(bus.observer("trace"), events))
    began = time.perf_counter()
    for number in range(events):
        await bus.publish(MuteChanged(source="a", muted=bool(number % 2)))
    await done.wait()
    await watching
    rate = events / (time.perf_counter() - began)
    await bus.close()
    return rate


async def _watch(observer: Observer, events: int) -> None:
    """Until so many events were seen or missed."""
    async for event in observer:
        events -= event.count if isinstance(event, Gap) else 1
        if events <= 0:
            return
