"""What the network hears: only speech, always at one level."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.frames import SAMPLE_RATE
from assistant.errors import SoundError
from assistant.speaker.features import BANDS, HOP, SIZE, spectra
from assistant.speaker.trained import STEP, WINDOW, hearings
from assistant.testing.conformance.speaker import SENTENCE, spoken


def tone(hz: float, seconds: float, amplitude: float = 3000.0) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.int16)


def test_the_level_is_taken_out() -> None:
    sound = spoken(SENTENCE)
    heard, softer = spectra(sound), spectra((sound * 0.5).astype(np.int16))
    assert heard.shape == softer.shape and heard.shape[1] == BANDS
    assert np.allclose(heard.sum(axis=1).mean(), softer.sum(axis=1).mean(), rtol=0.02)


def test_a_tone_lies_in_its_band_and_rises_with_its_pitch() -> None:
    low, high = (int(spectra(tone(hz, 1.0)).mean(axis=0).argmax()) for hz in (300.0, 3000.0))
    assert 0 < low < high < BANDS


def test_silence_is_left_out() -> None:
    room = np.random.default_rng(0).normal(0, 5, 3 * SAMPLE_RATE).astype(np.int16)
    loud = tone(500.0, 1.0) + np.random.default_rng(1).normal(0, 5, SAMPLE_RATE).astype(np.int16)
    heard = spectra(np.concatenate([room, loud, room]))
    assert abs(len(heard) - SAMPLE_RATE // HOP) < 25


@pytest.mark.parametrize("sound", [np.zeros(SIZE - 1, np.int16), np.zeros(SAMPLE_RATE, np.int16)])
def test_nothing_is_said_to_be_nothing(sound: np.ndarray) -> None:
    with pytest.raises(SoundError):
        spectra(sound)


@pytest.mark.parametrize("length", [60, WINDOW, WINDOW + 1, WINDOW + STEP, 1000])
def test_hearings_cover_the_sound_to_its_end(length: int) -> None:
    heard = np.tile(np.arange(length, dtype=np.float32)[:, None], BANDS)
    pieces = hearings(heard)
    assert pieces[0][0][0] == 0 and pieces[-1][-1][0] == length - 1
    starts = pieces[:, 0, 0]
    assert np.all(np.diff(starts) <= STEP)
