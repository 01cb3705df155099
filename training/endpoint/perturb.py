"""The same example in other rooms, in noise, faster and slower, and asked a little sooner or later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import resample
from assistant.bench.sounds import add_noise, noise_gain
from assistant.endpoint.features import SAMPLES

from .material import Cut

ASKED = 0.2
"""Seconds into the pause at which the model is asked,"""
EARLY, LATE = 0.14, 0.32
"""and between which it may be: detectors place ends some 20 ms frames off."""
SPEEDS = (0.9, 0.95, 1.0, 1.0, 1.05, 1.1)
ROOM_SHARE, NOISE_SHARE = 0.4, 0.6
RT60 = (0.15, 0.7)
"""Seconds in which a room's sound falls by 60 dB: a bathroom at most."""
REVERBERANT = (0.2, 1.0)
"""Level of the room's sound against the direct."""
SNR_DB = (5.0, 30.0)
KEPT = 2 * SAMPLES
"""Samples of the past that can still be heard by the model, through a room and faster."""


def plain(cut: Cut, generator: np.random.Generator) -> Pcm:
    """An example as it was recorded."""
    return cut.utterance.heard(cut.pause, ASKED, generator)[-KEPT:]


def perturbed(cut: Cut, noises: Sequence[Pcm], generator: np.random.Generator) -> Pcm:
    """An example as it might have been."""
    sound = cut.utterance.heard(cut.pause, generator.uniform(EARLY, LATE), generator)[-KEPT:]
    speed = generator.choice(SPEEDS)
    if speed != 1.0:
        sound = resample(sound, SAMPLE_RATE, round(SAMPLE_RATE / speed))
    if generator.random() < ROOM_SHARE:
        sound = in_room(sound, generator)
    if noises and generator.random() < NOISE_SHARE:
        noise = noises[int(generator.integers(len(noises)))]
        gain = noise_gain(sound, noise, generator.uniform(*SNR_DB))
        sound = add_noise(sound, noise, gain, int(generator.integers(len(noise))))
    return sound


def in_room(sound: Pcm, generator: np.random.Generator) -> Pcm:
    """Sound with a reverberation that decays like a room's: noise under an exponential (Polack, 1988)."""
    length = round(generator.uniform(*RT60) * SAMPLE_RATE)
    response = generator.standard_normal(length) * 10.0 ** (-3.0 * np.arange(length) / length)
    response *= generator.uniform(*REVERBERANT) / np.sqrt(np.sum(response**2))
    response[0] += 1.0
    size = 1 << (len(sound) + length).bit_length()
    spectrum = np.fft.rfft(sound.astype(np.float64), size) * np.fft.rfft(response, size)
    heard = np.fft.irfft(spectrum, size)[: len(sound)]
    loudest = max(1.0, float(np.abs(heard).max()))
    return np.asarray(np.rint(heard * np.abs(sound.astype(np.float64)).max() / loudest), np.int16)
