"""Two likely readings that mean different things make each other doubtful."""

from __future__ import annotations

import math

import pytest

from assistant.asr.base import Hypothesis, Reading
from assistant.turns.rivals import EVENED, weighed

MEANINGS = {"the lamp": "lamp", "a lamp": "lamp", "the ramp": "ramp", "the camp": "camp"}


def heard(*readings: tuple[str, float]) -> Hypothesis:
    return Hypothesis(tuple(Reading(text, worth, 0.9, worth=worth) for text, worth in readings))


def confidence(*readings: tuple[str, float]) -> float:
    best = weighed([heard(*readings)], MEANINGS.get).best
    assert best is not None
    return best.confidence


def test_a_meaning_as_likely_takes_half() -> None:
    assert confidence(("the lamp", -1.0), ("the ramp", -1.0)) == 0.45
    assert confidence(("the lamp", -1.0), ("the ramp", -1.0), ("the camp", -1.0)) == 0.9 / 3


def test_one_far_behind_takes_nothing() -> None:
    assert confidence(("the lamp", -1.0), ("the ramp", -8.0)) > 0.89


def test_another_way_to_say_the_same_is_no_rival() -> None:
    alone = weighed([heard(("the lamp", -1.0), ("a lamp", -1.0), ("nonsense", -1.0))], MEANINGS.get)
    assert alone.best is not None and alone.best.confidence == 0.9 and alone.rival is None


def test_the_likeliest_other_meaning_is_the_rival() -> None:
    readings = heard(("the lamp", -1.0), ("a lamp", -1.1), ("the camp", -1.5), ("the ramp", -2.0))
    rival = weighed([readings], MEANINGS.get).rival
    assert rival is not None and rival.text == "the camp"


def test_what_another_reading_of_the_sound_finds_is_a_rival_too() -> None:
    quick, careful = heard(("the lamp", -1.0)), heard(("the ramp", -1.0), ("the lamp", -1.5))
    found = weighed([quick, careful], MEANINGS.get)
    assert found.best is not None and found.best.text == "the lamp" and found.best.confidence == 0.45
    assert found.rival is not None and found.rival.text == "the ramp"
    surer = weighed([heard(("the ramp", -3.0)), heard(("the lamp", 0.0))], MEANINGS.get).best
    assert surer is not None and surer.text == "the lamp"
    assert surer.confidence == pytest.approx(0.9 / (1 + math.exp(EVENED * -3.0)))
