"""The frame: 20 ms of 16 kHz mono sound, the unit that travels through a session."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 320
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE

Pcm = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


class Frame:
    """320 samples of int16 sound and its place in the stream.

    Args:
        pcm: int16[320]; not copied, must not be written to afterwards.
        sample: index of the first sample in the source's stream.
    """

    def __init__(self, pcm: Pcm, sample: int) -> None:
        if pcm.shape != (FRAME_SAMPLES,) or pcm.dtype != np.int16:
            raise ValueError(f"a frame is int16[{FRAME_SAMPLES}], not {pcm.dtype}{list(pcm.shape)}")
        self.pcm = pcm
        self.sample = sample

    @cached_property
    def floats(self) -> Floats:
        """The same sound as float32[320] in [-1, 1)."""
        return self.pcm.astype(np.float32) / 32768.0

    @property
    def end(self) -> int:
        """Index of the first sample after the frame."""
        return self.sample + FRAME_SAMPLES
