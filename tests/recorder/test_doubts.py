"""What is kept of doubtful wake phrases: near misses, and hits of which nothing came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.audio.ring import RingBuffer
from assistant.bus import Bus
from assistant.events import ComponentFailed, Event, TurnEnded, TurnStarted, WakeChanged, WakeHeard, WakeScored
from assistant.recorder.doubts import ACCEPTED, AROUND, MISSED, Doubts, doubt_folder, doubt_sounds, doubts_in
from assistant.wake.calls import NEAR, Calls

SETTLE = 0.1
WAIT = 0.5
SOUND = np.random.default_rng(0).integers(-9000, 9000, 10 * SAMPLE_RATE).astype(np.int16)


class House:
    """A source whose sound is known, and the events of its wake phrases."""

    def __init__(self) -> None:
        self.bus, self.calls, self.sounds = Bus(), Calls(), doubt_sounds(7, 10)
        ring = RingBuffer(20)
        for at in range(0, len(SOUND), FRAME_SAMPLES):
            ring.append(Frame(SOUND[at : at + FRAME_SAMPLES], at))
        sources = {"room": SimpleNamespace(over=ring)}
        self.doubts = Doubts(self.bus, self.sounds, sources.get, self.calls, SETTLE)
        self.told = self.bus.observer("test", WakeChanged, ComponentFailed)

    async def happen(self, *events: Event) -> None:
        for event in events:
            self.bus.post(event)
        await asyncio.sleep(0)

    async def kept(self) -> list[tuple[str, str]]:
        await asyncio.sleep(WAIT)
        return [(doubt.kind, doubt.phrase) for doubt in doubts_in(self.sounds)]


@pytest_asyncio.fixture
async def house(own_folders: Path) -> AsyncIterator[House]:
    made = House()
    made.doubts.start()
    yield made
    await made.doubts.close()
    await made.bus.close()


def scored(score: float, start: int = 32_000, **more: Any) -> WakeScored:
    return WakeScored(source="room", phrase="hey nova", sample=start, end=start + 9_600, score=score, threshold=-9.0,
                      **more)


def heard(start: int = 32_000) -> WakeHeard:
    return WakeHeard(source="room", phrase="hey nova", sample=start, end=start + 9_600, score=-2.0)


def turn(outcome: str, reason: str = "", began: str = "wake") -> tuple[Event, Event]:
    return (TurnStarted(source="room", turn="1", reason=began),
            TurnEnded(source="room", turn="1", outcome=outcome, reason=reason))


@pytest.mark.parametrize("known", [True, False])
async def test_the_sound_of_strangers_is_not_kept(house: House, known: bool) -> None:
    heard: list[int] = []

    async def keeps(pcm: Pcm) -> bool:
        heard.append(len(pcm))
        return known

    house.doubts._keeps = keeps
    await house.happen(scored(-10.0))
    assert bool(await house.kept()) is known and heard == [9_600 + 2 * AROUND]


async def test_what_was_nearly_heard_is_kept_with_a_little_around_it(house: House) -> None:
    await house.happen(scored(-12.0), scored(-10.0), scored(-11.0))
    assert await house.kept() == [(MISSED, "hey-nova")]
    (doubt,) = doubts_in(house.sounds)
    assert (read_sound(doubt.kept.path) == SOUND[32_000 - AROUND : 41_600 + AROUND]).all()
    assert doubt.kept.path.stat().st_mode & 0o777 == 0o600 and house.doubts.count == 1
    assert any(isinstance(event, WakeChanged) for event in house.told.queue), "the page counts it"


async def test_what_is_far_from_it_or_heard_a_moment_later_is_not(house: House) -> None:
    await house.happen(scored(-14.0), scored(-10.0), heard(), scored(-10.5))
    assert await house.kept() == []


async def test_two_misses_apart_are_two(house: House) -> None:
    await house.happen(scored(-10.0))
    await asyncio.sleep(WAIT)
    await house.happen(scored(-10.0, 80_000))
    assert len(await house.kept()) == 2


@pytest.mark.parametrize(
    ("outcome", "reason", "began", "kept"),
    [
        ("failed", "no_speech", "wake", True), ("not_understood", "", "wake", True), ("done", "", "wake", False),
        ("failed", "recogniser", "wake", False), ("failed", "no_speech", "push", False), ("info", "", "wake", False),
    ],
)
async def test_a_hit_of_which_nothing_came_is_kept(
    house: House, outcome: str, reason: str, began: str, kept: bool
) -> None:
    await house.happen(heard(), *turn(outcome, reason, began))
    assert await house.kept() == ([(ACCEPTED, "hey-nova")] if kept else [])


async def test_it_wants_to_know_of_low_scores_only_while_it_runs(own_folders: Path) -> None:
    house = House()
    assert house.calls.below() == 0
    house.doubts.start()
    assert house.calls.below() == NEAR
    await house.doubts.close()
    assert house.calls.below() == 0
    await house.bus.close()


async def test_a_full_disk_is_told_once(house: House) -> None:
    doubt_folder().parent.mkdir(parents=True)
    doubt_folder().write_text("no folder", "utf-8")
    for start in (32_000, 80_000):
        await house.happen(heard(start), *turn("failed", "no_speech"))
        assert await house.kept() == []
    (failure,) = house.told.queue
    assert isinstance(failure, ComponentFailed) and "wake_review: false" in failure.error


async def test_what_is_too_much_goes(own_folders: Path) -> None:
    house = House()
    small = doubt_sounds(7, 0.05)
    house.doubts = Doubts(house.bus, small, lambda name: SimpleNamespace(over=RingBuffer(1)), house.calls, SETTLE)
    for number in range(4):
        small.write(f"2026-{number}.{MISSED}.hey-nova", SOUND[:SAMPLE_RATE])
    assert 0 < len(doubts_in(small)) < 4 and house.doubts.count == len(doubts_in(small))
    await house.bus.close()
