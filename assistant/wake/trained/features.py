"""What a trained wake word hears: 40 mel bands every 10 ms, freed of steady noise and of the room's level.

Google's micro frontend (noise suppression, per-channel amplitude normalisation, logarithm), which microWakeWord uses
too; it arrives in pymicro-features and takes a tenth of a percent of a core.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.audio.reblock import Reblock

BANDS = 40
HOP = SAMPLE_RATE // 100
"""Samples of a step."""
SCALE = 1 / 12.0
"""Brings the bands, 0 to about 26, to the size of a network's weights."""


class Features:
    """The features of one stream, as its sound arrives."""

    def __init__(self) -> None:
        from pymicro_features import MicroFrontend

        self._frontend = MicroFrontend()
        self._blocks = Reblock(HOP)

    def feed(self, pcm: Pcm) -> Floats:
        """float32[steps, 40] of the steps that are whole with this sound; the first two of a stream never come."""
        found = [self._frontend.process_samples(block.astype("<i2").tobytes()).features
                 for block in self._blocks.feed(pcm)]
        steps = [step for step in found if step]
        return np.array(steps, np.float32).reshape(-1, BANDS) * np.float32(SCALE)


def features(sound: Pcm) -> Floats:
    """float32[steps, 40] of a whole sound."""
    return Features().feed(sound)
