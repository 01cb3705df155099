"""Pieces of any length in, blocks of one length out: a device's or a client's rhythm becomes the session's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, Pcm


class Reblock:
    """Collects sound and gives it back in blocks."""

    def __init__(self, size: int = FRAME_SAMPLES) -> None:
        self.size = size
        self._rest: Pcm = np.zeros(0, np.int16)

    def feed(self, pcm: Pcm) -> Iterator[Pcm]:
        """The blocks, int16[size] each, that are complete after ``pcm``; the rest waits for more."""
        sound = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        whole = len(sound) - len(sound) % self.size
        self._rest = sound[whole:].copy()
        for start in range(0, whole, self.size):
            yield sound[start : start + self.size]

    def flush(self) -> Pcm | None:
        """What is left, filled up with silence; None if nothing is left."""
        if not len(self._rest):
            return None
        block = np.zeros(self.size, np.int16)
        block[: len(self._rest)] = self._rest
        self._rest = np.zeros(0, np.int16)
        return block
