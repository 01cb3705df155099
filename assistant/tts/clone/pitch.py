"""How high a voice is: the median of its fundamental, by autocorrelation."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from assistant.audio.frames import SAMPLE_RATE, Pcm

LOWEST, HIGHEST = 65.0, 420.0
"""Hz; a man's lowest, a child's highest."""
WINDOW, HOP = 640, 320
"""Samples: two periods of the lowest voice; 20 ms."""
VOICED = 0.55
"""Share of the energy that a period later must still be there."""
REFERENCE = 55.0
"""Hz of semitone 0."""


def median_pitch(pcm: Pcm) -> float:
    """Semitones above 55 Hz; nan where nothing is voiced."""
    first, last = int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST)
    size = WINDOW + last
    if len(pcm) < size:
        return float("nan")
    windows = sliding_window_view(pcm.astype(np.float64), size)[::HOP]
    head = windows[:, :WINDOW]
    width = 1 << (size + WINDOW - 1).bit_length()
    spectra = np.fft.rfft(windows, width) * np.conj(np.fft.rfft(head, width))
    products = np.fft.irfft(spectra, width)[:, : last + 1]
    squares = np.concatenate([np.zeros((len(windows), 1)), np.cumsum(windows**2, axis=1)], axis=1)
    lags = np.arange(last + 1)
    energy = squares[:, lags + WINDOW] - squares[:, lags]
    alike = products / np.sqrt(np.maximum(energy * energy[:, :1], 1.0))
    loud = energy[:, 0] > 0.05 * np.percentile(energy[:, 0], 90)
    periods, similarity = _periods(alike, first)
    voiced = loud & (similarity > VOICED)
    if not voiced.any():
        return float("nan")
    return float(12 * np.log2(np.median(SAMPLE_RATE / periods[voiced]) / REFERENCE))


def _periods(alike: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray]:
    """The shortest period that explains a window nearly as well as the best, and how well."""
    searched = alike[:, first:]
    best = searched.max(axis=1)
    inner = np.zeros_like(searched, bool)
    inner[:, 1:-1] = (searched[:, 1:-1] >= searched[:, :-2]) & (searched[:, 1:-1] >= searched[:, 2:])
    good = inner & (searched >= 0.9 * best[:, None])
    at = np.where(good.any(axis=1), good.argmax(axis=1), searched.argmax(axis=1))
    return at + first, best
