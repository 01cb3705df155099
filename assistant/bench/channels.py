"""The way from a mouth to a recording: a room, a microphone, a noise. Each drawn anew, so that no two are alike.

A voice that is recognised through two of them is recognised; a device that is recognised is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.bench.rooms import RT60, TRIES, acoustics, convolve, from_arrival, near
from assistant.bench.sounds import add_noise, noise_gain

DISTANCE = (0.5, 3.0)
"""Metres from the mouth to the microphone."""
SNR_DB = (15.0, 30.0)
LEVEL_DB = (-38.0, -18.0)
"""RMS of the recording, dBFS."""
TALKERS = 4
"""Places of a mouth in each room."""
MOST_ORDER = 40
"""Reflections that are followed; later ones lie below the noise."""
LOW_HZ, HIGH_HZ = (40.0, 250.0), (5000.0, 9000.0)
"""Where a microphone's response has fallen by 3 dB."""
RIPPLE_DB = 3.0
"""Standard deviation of its response at each of"""
RIPPLES = 9
"""places between 60 Hz and 8 kHz, octaves apart."""

Gains = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Places:
    """Responses of simulated homes from mouth to microphone, of unit energy, and their measured RT60."""

    responses: tuple[Floats, ...]
    rt60: tuple[float, ...]


def places(rooms: int, seed: int) -> Places:
    """``TALKERS`` places in each of so many rooms, 0.5 to 3 m from the microphone, RT60 0.2 to 0.8 s as measured."""
    generator = np.random.default_rng(seed)
    found = [_room(generator) for _ in range(rooms)]
    return Places(tuple(one for responses, _ in found for one in responses),
                  tuple(rt60 for responses, rt60 in found for _ in responses))


def _room(generator: np.random.Generator) -> tuple[list[Floats], float]:
    pyroomacoustics = acoustics()
    for _ in range(TRIES):
        size = generator.uniform((3.0, 2.5, 2.4), (7.0, 5.5, 3.0))
        absorption, order = pyroomacoustics.inverse_sabine(generator.uniform(*RT60), size)
        box = pyroomacoustics.ShoeBox(size, fs=SAMPLE_RATE, materials=pyroomacoustics.Material(absorption),
                                      max_order=min(order, MOST_ORDER))
        device = generator.uniform((0.4, 0.4, 0.7), (size[0] - 0.4, size[1] - 0.4, 1.3))
        for _ in range(TALKERS):
            box.add_source(near(device, generator.uniform(*DISTANCE), size, generator))
        box.add_microphone(device)
        box.compute_rir()
        rt60 = float(pyroomacoustics.experimental.measure_rt60(box.rir[0][0], fs=SAMPLE_RATE, decay_db=30))
        if RT60[0] <= rt60 <= RT60[1]:
            return [from_arrival(response) for response in box.rir[0]], rt60
    raise RuntimeError(f"no room of {RT60[0]} to {RT60[1]} s in {TRIES} draws")


def through(
    sound: Pcm, found: Places, noises: Sequence[Pcm], generator: np.random.Generator,
    snr_db: tuple[float, float] = SNR_DB,
) -> Pcm:
    """The sound as one recording of it: some place, some microphone, some noise, some level."""
    response = found.responses[int(generator.integers(len(found.responses)))]
    heard = microphone(convolve(sound.astype(np.float32), response), generator)
    noise = noises[int(generator.integers(len(noises)))]
    pcm = _level(heard, -24.0)
    gain = noise_gain(pcm, noise, generator.uniform(*snr_db))
    noisy = add_noise(pcm, noise, gain, int(generator.integers(len(noise))))
    return _level(noisy.astype(np.float32), generator.uniform(*LEVEL_DB))


def microphone(sound: Floats, generator: np.random.Generator) -> Floats:
    """The sound through the response of some microphone: high-pass, low-pass, and a curve between them."""
    size = 1 << (len(sound) - 1).bit_length()
    hz = np.maximum(np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE), 1.0)
    low, high = (np.exp(generator.uniform(*np.log(band))) for band in (LOW_HZ, HIGH_HZ))
    knots = 60.0 * (8000.0 / 60.0) ** (np.arange(RIPPLES) / (RIPPLES - 1))
    curve = np.interp(np.log(hz), np.log(knots), generator.normal(0.0, RIPPLE_DB, RIPPLES))
    gains: Gains = 10.0 ** (curve / 20.0) / np.sqrt((1.0 + (low / hz) ** 4) * (1.0 + (hz / high) ** 8))
    return np.fft.irfft(np.fft.rfft(sound, size) * gains, size)[: len(sound)].astype(np.float32)


def _level(sound: Floats, level_db: float) -> Pcm:
    """int16 at an RMS level; what is louder than the format is clipped."""
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) or 1.0
    scaled = np.rint(sound * (32768.0 * 10.0 ** (level_db / 20.0) / rms))
    return np.asarray(np.clip(scaled, -32768, 32767), np.int16)
