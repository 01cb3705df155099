"""From 16 kHz to a loudspeaker's rate without holding anything back: what is asked for now is given now.

soxr works in blocks, so 20 ms in are now nothing, now 30 ms out, and up to 60 ms still sound after an answer was
stopped; it also adds noise of one bit to silence. A short windowed sinc (Kaiser; Smith, "Digital Audio Resampling",
2002) gives exactly as much as goes in, 2 ms later, and silence for silence.
"""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm

REACH = 32
"""Samples at 16 kHz to each side that an output sample is made of: 2 ms."""
BETA = 8.0
"""Of the Kaiser window: what lies beyond the band is 80 dB down, from 7.4 kHz on."""


class Upsampler:
    """A stream of 16 kHz sound at another rate.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        shared = gcd(rate, SAMPLE_RATE)
        self._up, self._down = rate // shared, SAMPLE_RATE // shared
        self._bank = _bank(self._up, min(1.0, rate / SAMPLE_RATE))
        self._held: Floats = np.zeros(2 * REACH - 1, np.float32)
        self._phase = 0

    def feed(self, pcm: Pcm) -> Pcm:
        """As much as ``pcm``, int16[n], is long, at the other rate."""
        if self._up == self._down:
            return pcm
        sound = np.concatenate([self._held, pcm.astype(np.float32)])
        self._held = sound[len(pcm) :]
        places = np.arange(self._phase, len(pcm) * self._up, self._down)
        self._phase = self._phase + len(places) * self._down - len(pcm) * self._up
        windows = sliding_window_view(sound, 2 * REACH)[places // self._up]
        made = np.einsum("nt,nt->n", windows, self._bank[places % self._up])
        limited: Pcm = np.clip(np.rint(made), -32768, 32767).astype(np.int16)
        return limited


def _bank(phases: int, cutoff: float) -> Floats:
    """float32[phases, taps]: the filter for each place between two samples; each passes constant sound as it is."""
    taps = np.arange(2 * REACH) - (REACH - 1)
    away = taps[None] - np.arange(phases)[:, None] / phases
    inside = np.clip(1 - (away / REACH) ** 2, 0, None)
    filters = np.sinc(cutoff * away) * np.i0(BETA * np.sqrt(inside))
    return np.asarray(filters / filters.sum(axis=1, keepdims=True), np.float32)
