"""The high-pass: what it takes, and that frames join without a seam."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.audio.highpass import HighPass

FRAMES = 100


def filtered(sound: Pcm) -> Pcm:
    high_pass = HighPass()
    return np.concatenate([high_pass.process(frame) for frame in sound.reshape(-1, FRAME_SAMPLES)])


@pytest.mark.parametrize(("hertz", "decibels"), [(22.5, -48.2), (45, -24.1), (90, -3.0), (180, 0.0), (4000, 0.0)])
def test_a_butterworth_of_fourth_order(hertz: float, decibels: float) -> None:
    tone = np.sin(2 * np.pi * hertz * np.arange(FRAMES * FRAME_SAMPLES) / SAMPLE_RATE) * 30000
    settled = filtered(tone.astype(np.int16))[len(tone) // 2 :].astype(float)
    assert 20 * np.log10(np.sqrt(np.mean(settled**2)) * np.sqrt(2) / 30000) == pytest.approx(decibels, abs=0.15)


def test_a_click_rings_on_through_the_next_frames() -> None:
    sound = np.zeros(5 * FRAME_SAMPLES, np.int16)
    sound[FRAME_SAMPLES - 1] = 32000
    out = filtered(sound)
    later = np.zeros(5 * FRAME_SAMPLES, np.int16)
    later[0] = 32000
    assert np.array_equal(out[FRAME_SAMPLES - 1 :], filtered(later)[: 1 - FRAME_SAMPLES])


def test_the_loudest_sound_is_bounded() -> None:
    square = np.repeat(np.array([32767, -32768] * 40, np.int16), FRAME_SAMPLES // 4)
    out = filtered(square)
    assert out.max() == 32767 and out.min() == -32768
