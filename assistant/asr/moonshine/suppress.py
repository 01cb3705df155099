"""Steady noise taken down before recognition: by 10 dB and no more, because what takes all of it takes speech along.

A Wiener filter on the short-time spectrum of the whole utterance. The noise is what each frequency has in its quietest
moments, so running water goes and a clattering plate stays, which the recogniser minds less.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, Floats

NOISY_DB = 25.0
"""Contrast below which there is noise worth suppressing; speech in quiet rooms has 30 to 50."""
DEEPEST_DB = 10.0
"""What is taken away at most."""
OVERESTIMATED = 3.0
"""Times the quietest moments: they are quieter than the mean of the noise, and musical remains hurt more than the
consonants that this costs."""
NOTHING = 1e-9
"""Power of frames that hold no sound at all: a microphone that was opened late, or gated by its driver."""
QUIETEST = 15
"""Percentile of a frequency's power that counts as its noise."""
WINDOW, HOP = 512, 128
"""Samples of a spectrum and between two: 32 and 8 ms."""
SMOOTHED = 12
"""Spectra over which power is averaged before its quietest moments are looked for."""

_SILENT = 1e-12
_TAPER = np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)

Powers = npt.NDArray[np.float32]


def contrast(sound: Floats) -> float:
    """Level of the loudest twentieth of 20 ms frames over that of the quietest tenth, in dB; 0 without sound."""
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    if not whole:
        return 0.0
    power = (sound[:whole].reshape(-1, FRAME_SAMPLES) ** 2).mean(axis=1)
    power = power[power > NOTHING]
    if not len(power):
        return 0.0
    quiet, loud = np.percentile(power, (10, 95))
    return float(10.0 * np.log10(loud / quiet))


def cleared(sound: Floats) -> Floats:
    """The sound, with its noise suppressed where there is much: float32[n], as long as before."""
    return suppressed(sound) if len(sound) > WINDOW and contrast(sound) < NOISY_DB else sound


def suppressed(sound: Floats) -> Floats:
    """The sound with its steady noise taken down by ``DEEPEST_DB``: float32[n]."""
    padding = np.zeros(WINDOW, np.float32)
    padded = np.concatenate((padding, sound, padding))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * _TAPER
    spectra = np.fft.rfft(frames, axis=1)
    spectra *= _gains((np.abs(spectra) ** 2).astype(np.float32))
    frames = np.fft.irfft(spectra, axis=1).astype(np.float32) * _TAPER
    return _overlapped(frames, len(padded))[WINDOW : WINDOW + len(sound)]


def _gains(power: Powers) -> Powers:
    """Amplitude gain of each bin of each spectrum, between that of the deepest suppression and 1."""
    excess = np.maximum(power / _noise(power) - 1.0, 0.0)
    gains = np.sqrt(excess / (1.0 + excess))
    gains[1:-1] = (gains[:-2] + gains[1:-1] + gains[2:]) / 3.0
    return np.asarray(np.maximum(gains, 10.0 ** (-DEEPEST_DB / 20.0)), np.float32)


def _noise(power: Powers) -> Powers:
    """Power of the noise in each bin; the padding at both ends is none of it."""
    edge = WINDOW // HOP
    sums = np.cumsum(power[edge:-edge], axis=0, dtype=np.float64)
    count = min(SMOOTHED, len(sums) - 1)
    means = (sums[count:] - sums[:-count]) / count if count else sums
    return np.asarray(np.percentile(means, QUIETEST, axis=0) * OVERESTIMATED + _SILENT, dtype=np.float32)


def _overlapped(frames: Powers, length: int) -> Floats:
    sound = np.zeros(length, np.float32)
    step = WINDOW // HOP
    for first in range(step):  # every fourth frame begins where another one ends
        part = frames[first::step].ravel()
        sound[first * HOP : first * HOP + len(part)] += part
    sound *= np.float32(HOP / (_TAPER**2).sum())
    return sound
