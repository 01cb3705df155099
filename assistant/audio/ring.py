"""The last seconds of a source's clean sound, so that what was said before it was noticed is not lost."""

from __future__ import annotations

import threading

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Frame, Pcm


class RingBuffer:
    """Written by the audio thread, read from any."""

    def __init__(self, seconds: float) -> None:
        self._size = max(1, round(seconds * SAMPLE_RATE))
        self._sound: Pcm = np.zeros(self._size, np.int16)
        self._lock = threading.Lock()
        self._end = 0

    @property
    def end(self) -> int:
        """First sample not yet heard."""
        return self._end

    @property
    def start(self) -> int:
        """First sample still kept."""
        return max(0, self._end - self._size)

    def append(self, frame: Frame) -> None:
        """Keep a frame. Frames follow each other; a gap is kept as silence."""
        with self._lock:
            if frame.sample > self._end:
                self._write(self._end, np.zeros(min(self._size, frame.sample - self._end), np.int16))
            self._write(frame.sample, frame.pcm)
            self._end = frame.end

    def read(self, start: int, end: int) -> Pcm:
        """A copy of samples ``start`` to ``end``, clipped to what is kept: int16[at most end - start]."""
        with self._lock:
            start, end = max(start, self.start), min(end, self._end)
            if end <= start:
                return np.zeros(0, np.int16)
            first, last = start % self._size, (end - 1) % self._size + 1
            if first < last:
                return self._sound[first:last].copy()
            return np.concatenate((self._sound[first:], self._sound[:last]))

    def _write(self, sample: int, pcm: Pcm) -> None:
        at = sample % self._size
        head = min(len(pcm), self._size - at)
        self._sound[at : at + head] = pcm[:head]
        if head < len(pcm):
            self._sound[: len(pcm) - head] = pcm[head : head + self._size]
