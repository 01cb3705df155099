"""Suppression of steady noise: how deep it goes, what it leaves alone, and that the recogniser understands more."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.asr.moonshine.suppress import DEEPEST_DB, NOISY_DB, cleared, contrast, suppressed
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm, decibels
from assistant.bench.sounds import add_noise, noise_gain
from assistant.testing.voices import say

dice = np.random.default_rng(1)


def hiss(seconds: float, level: float = 0.01) -> Floats:
    return (dice.standard_normal(round(seconds * SAMPLE_RATE)) * level).astype(np.float32)


def spoken(snr_db: float) -> tuple[Floats, Floats]:
    """A sentence alone, and in hiss."""
    clean, noise = say("turn on the light in the bedroom"), (hiss(8.0) * 32768).astype(np.int16)
    noisy = add_noise(clean, noise, noise_gain(clean, noise, snr_db), 0)
    return floats(clean), floats(noisy)


def floats(pcm: Pcm) -> Floats:
    return np.asarray(pcm / 32768, np.float32)


def test_steady_noise_is_taken_down_and_not_away() -> None:
    noise = hiss(3.0)
    assert decibels(suppressed(noise)) - decibels(noise) == pytest.approx(-DEEPEST_DB, abs=2.5)


def test_speech_stands_out_more_than_before() -> None:
    clean, noisy = spoken(6.0)
    clear = suppressed(noisy)
    loud = np.abs(clean) > np.quantile(np.abs(clean), 0.9)
    assert contrast(clear) > contrast(noisy) + 3.0
    assert decibels(clear[loud]) > decibels(noisy[loud]) - 2.0


def test_quiet_rooms_are_left_as_they_are() -> None:
    clean, noisy = spoken(10.0)
    assert contrast(clean) > NOISY_DB > contrast(noisy)
    assert cleared(clean) is clean
    assert cleared(noisy) is not noisy


@pytest.mark.parametrize("samples", [0, 1, 100, 512, 513, 640, 1000, 4001, 16000])
def test_any_length_comes_out_as_it_went_in(samples: int) -> None:
    noise = hiss(1.0)[:samples]
    clear = cleared(noise)
    assert clear.shape == noise.shape and clear.dtype == np.float32 and np.isfinite(clear).all()


def test_a_microphone_that_opened_late_is_no_quiet_room() -> None:
    _, noisy = spoken(6.0)
    late = np.concatenate((np.zeros(SAMPLE_RATE, np.float32), noisy))
    assert contrast(late) == pytest.approx(contrast(noisy), abs=0.5)
    assert contrast(np.zeros(SAMPLE_RATE, np.float32)) == 0.0
