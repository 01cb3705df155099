"""The sound of one utterance as it comes in."""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import Floats, Pcm
from assistant.errors import AudioError


class Utterance:
    """Pieces of sound that follow each other without a gap; any beginning of them can be had."""

    def __init__(self) -> None:
        self.start: int | None = None
        """First sample; None before there is sound."""
        self.end = 0
        """First sample not yet heard."""
        self._pieces: list[Pcm] = []

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound.

        Raises:
            AudioError: it is not int16 mono or does not follow what came before.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise AudioError(f"sound is int16 mono, not {pcm.dtype} of shape {list(pcm.shape)}", where="recogniser")
        if self.start is None:
            self.start = self.end = sample
        if sample != self.end:
            raise AudioError(f"sound must follow without a gap: sample {self.end}, not {sample}", where="recogniser")
        self._pieces.append(pcm)
        self.end += len(pcm)

    def until(self, end: int | None) -> tuple[Floats, int, int]:
        """The sound up to a sample (None: all of it) as float32, with its first sample and the one after its last."""
        start = self.start or 0
        stop = self.end if end is None else max(start, min(end, self.end))
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        pcm = self._pieces[0][: stop - start] if self._pieces else np.zeros(0, np.int16)
        return pcm.astype(np.float32) / 32768.0, start, stop

    def clear(self) -> None:
        """Forget the sound; what comes next may begin anywhere."""
        self._pieces.clear()
        self.start = None
