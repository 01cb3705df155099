"""Mel spectra, in numpy: the power of short windows in bands that are as wide as the ear hears them.

The scale is Slaney's (Auditory Toolbox, 1998: linear below 1 kHz, logarithmic above), as in librosa and Whisper.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from assistant.audio.frames import SAMPLE_RATE

KNEE_HZ = 1000.0
"""Where the scale turns from linear to logarithmic."""
HZ_PER_MEL = 200.0 / 3.0
LOG_STEP = float(np.log(6.4)) / 27.0

Matrix = npt.NDArray[np.float64]
Reals = npt.NDArray[np.floating[Any]]


def mel_filters(bands: int, size: int, low_hz: float = 0.0, high_hz: float = SAMPLE_RATE / 2) -> Matrix:
    """Triangular filters of equal area: float64[bands, size // 2 + 1] for the power spectrum of ``size`` samples."""
    low, high = _mel(np.array([low_hz, high_hz]))
    edges = _hz(np.linspace(low, high, bands + 2))
    places = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)
    left, middle, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((places - left) / (middle - left), (right - places) / (right - middle))
    filters: Matrix = np.maximum(0.0, triangles) * 2.0 / (right - left)
    return filters


def power_spectra(sound: Reals, window: Reals, hop: int) -> Reals:
    """Power of each window: [1 + (samples - size) // hop, size // 2 + 1]; no padding."""
    windows = sliding_window_view(sound, len(window))[::hop]
    spectra = np.fft.rfft(windows * window, axis=-1)
    power: Reals = spectra.real**2 + spectra.imag**2
    return power


def hann(size: int) -> Matrix:
    """Periodic Hann window."""
    window: Matrix = np.hanning(size + 1)[:-1]
    return window


def _mel(hz: Matrix) -> Matrix:
    above = KNEE_HZ / HZ_PER_MEL + np.log(np.maximum(hz, KNEE_HZ) / KNEE_HZ) / LOG_STEP
    mel: Matrix = np.where(hz < KNEE_HZ, hz / HZ_PER_MEL, above)
    return mel


def _hz(mel: Matrix) -> Matrix:
    knee = KNEE_HZ / HZ_PER_MEL
    hz: Matrix = np.where(mel < knee, mel * HZ_PER_MEL, KNEE_HZ * np.exp(LOG_STEP * (mel - knee)))
    return hz
