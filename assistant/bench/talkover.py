"""The live part of ``bench bargein``: people talk over the answers of a whole agent, at the pace of the clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console

from assistant.agent import Agent
from assistant.audio.frames import FRAME_SECONDS, SAMPLE_RATE, Floats
from assistant.bench.place import DELAYS, LISTEN, Air, Place, against_echo, place, until
from assistant.bench.rig import bench_config, rig
from assistant.bench.rooms import Room
from assistant.events import PlaybackFinished
from assistant.paths import shipped_dir

AT_ONCE = 4
"""Rooms that are tried side by side."""
WATCHED = 1.0
"""Seconds from a first word in which an interruption can be noticed."""
REST = 1.0
"""Seconds of quiet between what one person says and the next answer."""
ANSWER_SECONDS = 20.0
"""An answer is over by then, pauses included."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody who talks over an answer."""

    name: str
    sound: Floats
    """Dry, from the first word on."""
    decibels: float
    """Against the answer at the microphone."""
    goes_on: bool = False
    """Whether it is an acknowledgement: to be judged by whether the answer is said to its end."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of it."""

    talk: Talk
    paused: float
    """Seconds from the first word until the answer was held or stopped; infinite if it was not while watched."""
    completed: bool
    """Whether the answer was said to its end; looked at for acknowledgements only."""
    before: bool = False
    """Whether the answer had been held before the first word: the assistant interrupted itself."""


async def talk_over(talks: Sequence[Talk], rooms: Sequence[Room], seed: int) -> list[Heard]:
    """Let each person talk over one answer, in the rooms in turn."""
    config = bench_config(["computer"], [], shipped_dir() / "configs" / "home.yaml")
    work = iter(talks)
    heard: list[Heard] = []
    async with rig(config) as bench_rig:
        visitors = [
            _visit(bench_rig.agent, work, rooms[at::AT_ONCE], len(talks), heard, np.random.default_rng((seed, at)))
            for at in range(min(AT_ONCE, len(rooms)))
        ]
        await asyncio.gather(*visitors)
    return heard


async def _visit(
    agent: Agent, work: Iterator[Talk], rooms: Sequence[Room], total: int, heard: list[Heard],
    random: np.random.Generator,
) -> None:
    """Go through some rooms, with a fair share of the work in each."""
    share = -(-total // (AT_ONCE * len(rooms)))
    for room in rooms:
        air = Air(room, random.uniform(*DELAYS))
        async with place(agent, f"talk {room.name}", air) as there:
            await there.warm(np.ones(SAMPLE_RATE, np.float32))
            for _ in range(share):
                talk = next(work, None)
                if talk is None:
                    return
                heard.append(await _one(there, talk, random))
                console.print(_line(len(heard), total, heard[-1], room), style="dim", highlight=False)


async def _one(there: Place, talk: Talk, random: np.random.Generator) -> Heard:
    """One answer, talked over."""
    finished = there.agent.bus.observer(
        "talk over", PlaybackFinished, sources=frozenset({there.session.name}), size=100
    )
    try:
        async with there.being_answered(random.uniform(*LISTEN)):
            if not there.answering:
                return Heard(talk, math.inf, False, before=True)
            there.air.speak(against_echo(talk.sound, talk.decibels))
            paused = await _held(there)
            if talk.goes_on:
                await until(lambda: not there.session.in_turn, ANSWER_SECONDS)
        await until(lambda: not there.air.speaking, ANSWER_SECONDS)
        await asyncio.sleep(REST)
        ends = [
            event.completed for event in finished.queue
            if isinstance(event, PlaybackFinished) and event.what == "answer"
        ]
        return Heard(talk, paused, talk.goes_on and bool(ends) and all(ends))
    finally:
        finished.close()


async def _held(there: Place) -> float:
    """Seconds from now until the answer is held or stopped."""
    began = there.now
    while there.now - began < WATCHED:
        if not there.answering:
            return there.now - began
        await asyncio.sleep(FRAME_SECONDS / 2)
    return math.inf


def _line(number: int, total: int, one: Heard, room: Room) -> str:
    after = f"{one.paused * 1000:4.0f} ms" if math.isfinite(one.paused) else "   never"
    notes = [", said to its end" if one.completed else ", broken off"] if one.talk.goes_on else []
    notes += [", held before"] if one.before else []
    talk = f"{one.talk.name} {one.talk.decibels:+.0f} dB, {room.name}"
    return f"{number:3}/{total} held after {after}: {talk}{''.join(notes)}"
