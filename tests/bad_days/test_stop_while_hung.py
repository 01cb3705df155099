"""The recogniser hangs, an answer is being said, somebody says "stop": it is silent at once, and stays silent."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from assistant.bench.rooms import Room
from assistant.bench.stop import WITHIN, Try, room_noises, run, summary
from tests.bad_days.house import LIVE

TRIES = 3
NEAR = Room("near", np.array([1.0, 0.0, 0.3, 0.1], np.float32), np.array([1.0, 0.2], np.float32), 0.05)
"""A room without reverberation: rooms as they are belong to ``assistant bench stop``."""


@LIVE
async def test_stop_silences_for_good(data: Path) -> None:
    tries = await run(TRIES, [NEAR], room_noises(data / "noise"), seed=1)
    assert sum(attempt.seconds <= WITHIN and attempt.stayed for attempt in tries) >= TRIES - 1, tries


@pytest.mark.parametrize(("seconds", "within"), [(-0.2, 1.0), (0.29, 1.0), (0.31, 0.0), (math.inf, 0.0)])
def test_a_missed_one_counts_as_over(seconds: float, within: float) -> None:
    found = summary([Try("", 0.0, seconds, math.isfinite(seconds))])
    assert found["within_300_ms"]["value"] == found["within_300_ms_at_0"]["value"] == within
    assert found["stayed_silent"]["value"] == float(math.isfinite(seconds))
