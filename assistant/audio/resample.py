"""Changing the sample rate, in one piece or as sound arrives."""

from __future__ import annotations

import numpy as np
import soxr

from assistant.audio.frames import SAMPLE_RATE, Pcm

QUALITY = "HQ"
"""soxr's: pass band to 0.91 of the band limit, 100 dB rejection; 0.1 ms per second of sound from 48 kHz."""


def resample(pcm: Pcm, rate: int, to: int = SAMPLE_RATE) -> Pcm:
    """int16[n] at ``rate`` as int16[m] at ``to``."""
    if rate == to:
        return pcm
    return np.asarray(soxr.resample(pcm, rate, to, quality=QUALITY), dtype=np.int16)


class Resampler:
    """Mono sound of one rate, piece by piece, as the same sound at another; up to 25 ms stay inside until the end."""

    def __init__(self, rate: int, to: int = SAMPLE_RATE) -> None:
        self.rate = rate
        self._stream = soxr.ResampleStream(rate, to, 1, dtype="int16", quality=QUALITY) if rate != to else None

    def feed(self, pcm: Pcm, last: bool = False) -> Pcm:
        """What is ready after this piece.

        Args:
            pcm: int16[n], any length.
            last: nothing follows; everything comes out.
        """
        if self._stream is None:
            return pcm
        return np.asarray(self._stream.resample_chunk(pcm, last=last), dtype=np.int16)
