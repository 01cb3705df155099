"""How loud an answer is."""

from __future__ import annotations

import asyncio
from datetime import datetime, time
from typing import cast

import numpy as np
import pytest

from assistant.audio.playback import Playback
from assistant.config.models import Audio
from assistant.tts.client import SynthesizerClient
from assistant.turns.loudness import MOST_DB, Loudness, LoudnessConfig, hours
from assistant.turns.mouth import Mouth

NOON, MIDNIGHT = datetime(2026, 3, 1, 12, 0), datetime(2026, 3, 1, 0, 30)
NIGHT = (time(22), time(7))


@pytest.mark.parametrize(("config", "noise", "now", "lift"), [
    (LoudnessConfig(), -20.0, MIDNIGHT, 0.0),
    (LoudnessConfig(follow_noise=True), -60.0, NOON, 0.0),
    (LoudnessConfig(follow_noise=True), -44.0, NOON, 3.0),
    (LoudnessConfig(follow_noise=True), -10.0, NOON, MOST_DB),
    (LoudnessConfig(night=NIGHT), -60.0, NOON, 0.0),
    (LoudnessConfig(night=NIGHT), -60.0, MIDNIGHT, -8.0),
    (LoudnessConfig(follow_noise=True, night=NIGHT, night_db=6.0), -44.0, MIDNIGHT, -3.0),
    (LoudnessConfig(night=(time(13), time(15))), -60.0, NOON, 0.0),
])
def test_noise_lifts_and_the_night_lowers(config: LoudnessConfig, noise: float, now: datetime, lift: float) -> None:
    assert Loudness(config, lambda: noise, lambda: now).lift() == pytest.approx(lift)


def test_hours_are_read_and_a_mistake_is_named() -> None:
    assert hours("22:00-07:00") == (time(22), time(7)) and hours("") is None
    with pytest.raises(ValueError, match="night"):
        Audio(night="late")


async def test_the_lift_is_heard() -> None:
    loudest = {}
    for lift in (0.0, -8.0, 4.0):
        playback = Playback()
        mouth = Mouth(playback, cast(SynthesizerClient, None), lift=lambda lift=lift: lift)  # type: ignore[misc]
        task = asyncio.create_task(mouth.play("tone", np.full(640, 8000, np.int16), 16_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        playback.pull()
        loudest[lift] = int(playback.pull().pcm.max())
        mouth.stop()
        await task
    assert 20 * np.log10(loudest[-8.0] / loudest[0.0]) == pytest.approx(-8, abs=0.1)
    assert 20 * np.log10(loudest[4.0] / loudest[0.0]) == pytest.approx(4, abs=0.1)
