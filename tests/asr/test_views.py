"""A second look: what is asked of the sound, and how two looks are one result."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.asr.base import Hypothesis, Reading
from assistant.asr.constrained.views import SLOWER, SURE, is_sure, slowed, united
from assistant.audio.frames import SAMPLE_RATE, Floats


def tone(hertz: float, samples: int = SAMPLE_RATE) -> Floats:
    return np.sin(2 * np.pi * hertz * np.arange(samples) / SAMPLE_RATE).astype(np.float32)


def reading(text: str, confidence: float, *, complete: bool = True) -> Reading:
    return Reading(text=text, margin=-1.0, confidence=confidence, complete=complete)


def texts(hypothesis: Hypothesis) -> list[str]:
    return [one.text for one in hypothesis.readings]


def test_the_second_look_is_slower_and_lower_by_a_twentieth() -> None:
    longer, shorter = SLOWER
    heard = slowed(tone(950.0))
    assert abs(len(heard) - SAMPLE_RATE * longer / shorter) <= 1 and heard.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum.argmax() * SAMPLE_RATE / len(heard) == pytest.approx(950.0 * shorter / longer, abs=1.5)


@pytest.mark.parametrize("samples", [0, 1, 10])
def test_next_to_no_sound_is_none_afterwards(samples: int) -> None:
    assert len(slowed(tone(440.0, samples))) <= samples + 1


def test_the_surer_look_leads_and_the_other_adds_what_only_it_has() -> None:
    first = Hypothesis((reading("a", 0.4), reading("b", 0.2)), free_text="heard", seconds={"encode": 1.0})
    second = Hypothesis((reading("b", 0.7), reading("c", 0.1)), free_text="other", seconds={"encode": 0.5})
    both = united(first, second)
    assert texts(both) == ["b", "c", "a"] and both.readings[0].confidence == 0.7
    assert both.free_text == "heard" and both.seconds == {"encode": 1.5}
    assert texts(united(second, first)) == ["b", "c", "a"]


def test_a_look_that_heard_nothing_takes_nothing_away() -> None:
    nothing, something = Hypothesis(), Hypothesis((reading("a", 0.4),), free_text="heard")
    for both in (united(nothing, something), united(something, nothing)):
        assert texts(both) == ["a"] and both.free_text == "heard"


def test_only_a_whole_sentence_is_sure() -> None:
    assert is_sure(Hypothesis((reading("a", SURE),)))
    assert not is_sure(Hypothesis((reading("a", SURE - 0.01),)))
    assert not is_sure(Hypothesis((reading("a", 0.99, complete=False),)))
    assert not is_sure(Hypothesis())
