"""The frame: 20 ms of 16 kHz mono sound, the unit that travels through a session."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 320
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
SILENCE_DB = -90.31
"""dBFS of a sound in which at most the last bit is set; what ``decibels`` calls nothing at all."""

_SCALE = np.float32(1 / 32768)

Pcm = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Levels:
    """What a lane knows about a clean frame besides its sound. All levels are RMS, dBFS."""

    captured: float
    """As the microphone gave it."""
    clean: float
    """After the front end."""
    played: float
    """What the loudspeaker was given at that time; ``SILENCE_DB`` for nothing."""
    probability: float
    """The voice activity detector's, 0 to 1."""
    excess: float | None = None
    """dB by which the frame exceeds echo and background; None while nothing plays or where that is not measured."""
    residual_probability: float | None = None
    """Probability of speech in what the linear model of the room leaves of the frame; None as above."""


class Frame:
    """320 samples of int16 sound and its place in the stream.

    Args:
        pcm: int16[320]; not copied, must not be written to afterwards.
        sample: index of the first sample in the source's stream.
        levels: set on frames that a lane has cleaned.
    """

    __slots__ = ("_decibels", "_floats", "levels", "pcm", "sample")

    def __init__(self, pcm: Pcm, sample: int, levels: Levels | None = None) -> None:
        if pcm.shape != (FRAME_SAMPLES,) or pcm.dtype != np.int16:
            raise ValueError(f"a frame is int16[{FRAME_SAMPLES}], not {pcm.dtype}{list(pcm.shape)}")
        self.pcm = pcm
        self.sample = sample
        self.levels = levels
        self._floats: Floats | None = None
        self._decibels: float | None = None

    @property
    def floats(self) -> Floats:
        """The same sound as float32[320] in [-1, 1)."""
        if self._floats is None:
            self._floats = self.pcm.astype(np.float32) * _SCALE
        return self._floats

    @property
    def decibels(self) -> float:
        """Level of the frame: RMS, dBFS; at least ``SILENCE_DB``."""
        if self._decibels is None:
            self._decibels = decibels(self.floats)
        return self._decibels

    @property
    def end(self) -> int:
        """Index of the first sample after the frame."""
        return self.sample + FRAME_SAMPLES


def decibels(floats: Floats) -> float:
    """RMS level of a sound in dBFS; at least ``SILENCE_DB``."""
    power = float(np.dot(floats, floats)) / len(floats) if len(floats) else 0.0
    return max(SILENCE_DB, 10.0 * math.log10(power)) if power > 0.0 else SILENCE_DB
