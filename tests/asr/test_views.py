"""The second look: what is done to the sound."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.asr.constrained.views import SLOWER, slowed
from assistant.audio.frames import SAMPLE_RATE, Floats


def tone(hertz: float, samples: int = SAMPLE_RATE) -> Floats:
    return np.sin(2 * np.pi * hertz * np.arange(samples) / SAMPLE_RATE).astype(np.float32)


def test_the_second_look_is_slower_and_lower_by_a_twentieth() -> None:
    longer, shorter = SLOWER
    heard = slowed(tone(950.0))
    assert abs(len(heard) - SAMPLE_RATE * longer / shorter) <= 1 and heard.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum.argmax() * SAMPLE_RATE / len(heard) == pytest.approx(950.0 * shorter / longer, abs=1.5)


@pytest.mark.parametrize("samples", [0, 1, 10])
def test_next_to_no_sound_is_none_afterwards(samples: int) -> None:
    assert len(slowed(tone(440.0, samples))) <= samples + 1
