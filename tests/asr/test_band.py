"""The highest half kilohertz is taken away, and nothing else is changed or moved."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.asr.moonshine.band import TAPS, in_band
from assistant.audio.frames import SAMPLE_RATE, Floats, decibels


def tone(hertz: float, seconds: float = 0.5) -> Floats:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE).astype(np.float32)


@pytest.mark.parametrize("hertz", [100, 1000, 4000, 7000, 7200])
def test_what_is_below_stays_as_it_was(hertz: float) -> None:
    inner = slice(TAPS, -TAPS)
    assert np.abs(in_band(tone(hertz))[inner] - tone(hertz)[inner]).max() < 0.01


@pytest.mark.parametrize("hertz", [7800, 7900, 7990])
def test_what_is_above_goes(hertz: float) -> None:
    assert decibels(in_band(tone(hertz))[TAPS:-TAPS]) < decibels(tone(hertz)) - 40


@pytest.mark.parametrize("samples", [0, 1, TAPS // 2, TAPS, TAPS + 1, 4001])
def test_any_length_comes_out_as_it_went_in(samples: int) -> None:
    found = in_band(tone(440)[:samples])
    assert found.shape == (samples,) and found.dtype == np.float32
