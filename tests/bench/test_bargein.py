"""Who counts as noticed: those at whose start the policy was silent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.bench.bargein import BEFORE, held_before, noticed
from assistant.bench.duplex import Scene, Setup
from assistant.bench.rooms import Room

VOICE = 5 * SAMPLE_RATE


def scene(*spoken: int) -> Scene:
    nothing, silent = np.zeros(1, np.float32), np.zeros(SAMPLE_RATE, np.int16)
    return Scene(Setup(Room("none", nothing, nothing, 0.1), 0.0, 0.0, -20.0, 1), silent, silent, [], [], spoken)


def test_a_voice_is_noticed_at_the_first_decision_after_its_start() -> None:
    fired = [VOICE + 10 * FRAME_SAMPLES, VOICE + 11 * FRAME_SAMPLES]
    assert noticed(scene(VOICE), fired) == [0.2] and held_before(scene(VOICE), fired) == [False]


def test_a_policy_that_fires_already_notices_nobody() -> None:
    fired = list(range(VOICE - 3 * FRAME_SAMPLES, VOICE + 30 * FRAME_SAMPLES, FRAME_SAMPLES))
    assert noticed(scene(VOICE), fired) == [math.inf] and held_before(scene(VOICE), fired) == [True]


@pytest.mark.parametrize(("early", "held"), [(0, True), (round(BEFORE * SAMPLE_RATE) - 1, True),
                                             (round(BEFORE * SAMPLE_RATE), False), (3 * SAMPLE_RATE, False)])
def test_only_decisions_just_before_a_voice_count_against_it(early: int, held: bool) -> None:
    fired = [VOICE - early, VOICE + FRAME_SAMPLES]
    assert held_before(scene(VOICE), fired) == [held] and noticed(scene(VOICE), fired) == [math.inf if held else 0.02]


def test_each_voice_is_judged_by_itself() -> None:
    later = VOICE + 10 * SAMPLE_RATE
    fired = [VOICE - FRAME_SAMPLES, VOICE + FRAME_SAMPLES, later + 5 * FRAME_SAMPLES]
    assert noticed(scene(VOICE, later, later + 10 * SAMPLE_RATE), fired) == [math.inf, 0.1, math.inf]
    assert held_before(scene(VOICE, later), fired) == [True, False]
