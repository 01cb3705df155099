"""The recogniser hangs, an answer is being said, somebody says "stop": it is silent at once, and stays silent.

Rooms as they are, and the pace of the clock, belong to ``assistant bench stop``.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from assistant.asr.base import Lease
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench.sounds import speech_end
from assistant.bench.stop import WITHIN, Try, summary
from assistant.grammar.base import View
from assistant.testing.voices import say
from tests.bad_days.house import House, house

AUDIO_TIME = pytest.mark.asyncio(loop_scope="module", loop_factories=["audio time"])

WATCHED = 5.0
"""Seconds, longer than what was said over an answer is judged: one that was only paused goes on by then."""


class HungRecogniser:
    """Never answers."""

    async def open(self, view: View | None, prefix: str = "") -> Lease:
        await asyncio.Event().wait()
        raise AssertionError("it woke up")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[House]:
    async with house() as opened:
        opened.agent.services.recognizer = HungRecogniser()
        yield opened


@AUDIO_TIME
@pytest.mark.parametrize(
    ("voice", "options"),
    [("piper", {}), ("piper", {"speed": 0.85}), ("espeak:en-us", {}), ("espeak:en-gb+m3", {"words_per_minute": 150})],
)
async def test_stop_silences_for_good(home: House, voice: str, options: dict[str, Any]) -> None:
    stop = say("stop", voice, **options)
    async with home.room("kitchen", echo=0.3) as room:
        await room.wait(0.6)
        asking = asyncio.create_task(room.session.text("what can I say"))
        await room.speaking(1.0)
        over = len(room.sound) + speech_end(stop)
        room.begin(stop)
        await room.wait(WATCHED)
        sounding = np.flatnonzero(room.sound)[-1]
        assert sounding - over <= WITHIN * SAMPLE_RATE, room.told()
        assert room.outcomes == ["cancelled"], room.told()
        await asking


@pytest.mark.parametrize(("seconds", "within"), [(-0.2, 1.0), (0.29, 1.0), (0.31, 0.0), (math.inf, 0.0)])
def test_a_missed_one_counts_as_over(seconds: float, within: float) -> None:
    found = summary([Try("", 0.0, seconds, math.isfinite(seconds))])
    assert found["within_300_ms"]["value"] == found["within_300_ms_at_0"]["value"] == within
    assert found["stayed_silent"]["value"] == float(math.isfinite(seconds))
