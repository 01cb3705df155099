"""How loud it is, and how loud it is when nobody speaks."""

from __future__ import annotations

import math
from collections import deque

from assistant.audio.frames import Frame

SILENCE_DB = -96.0
"""Level of digital silence: below the smallest step of int16."""
BLOCK_FRAMES = 25
"""Half a second."""
BLOCKS = 8
"""The floor is the quietest moment of the last four seconds: longer than people speak without a pause."""
SMOOTH_FRAMES = 3
WARM_FRAMES = 50
"""A floor seen for less than a second may be speech."""


def level_db(frame: Frame) -> float:
    """Mean power of a frame in dBFS."""
    return 10.0 * math.log10(float(frame.floats @ frame.floats) / len(frame.floats) + 10.0 ** (SILENCE_DB / 10.0))


class NoiseFloor:
    """Tracks the level of the background by its quietest 60 ms in four seconds."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=SMOOTH_FRAMES)
        self._blocks: deque[float] = deque(maxlen=BLOCKS)
        self._current = 0.0
        self._frames = 0
        self.db = 0.0
        """The floor in dBFS; 0 (all is quiet against it) before the first three frames."""

    @property
    def warm(self) -> bool:
        """Whether enough was heard to believe it."""
        return self._frames >= WARM_FRAMES

    def feed(self, level: float) -> None:
        """Take in the level of the next frame."""
        self._recent.append(level)
        if len(self._recent) < SMOOTH_FRAMES:
            return
        if self._frames % BLOCK_FRAMES == 0:
            if self._frames:
                self._blocks.append(self._current)
            self._current = 0.0
        self._frames += 1
        self._current = min(self._current, sum(self._recent) / SMOOTH_FRAMES)
        self.db = min(self._current, min(self._blocks, default=0.0))
