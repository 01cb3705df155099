"""A sound on its way to the loudspeaker, written while it is already being played."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import Resampler
from assistant.audio.words import WordMarks

if TYPE_CHECKING:
    from assistant.audio.playback import Playback

STEP_BACK = 0.25
"""Seconds heard again after a pause, at least: what was said while somebody talked over it was not understood."""
LOOK_BACK = 0.8
"""Seconds before that in which a gap between words is looked for."""
GAP = 320
"""Samples over which quietness is judged."""
FIRST_SIZE = 5 * SAMPLE_RATE


class Clip:
    """One sound in a playback. ``write``, ``end`` and ``stop`` belong to one thread, usually the event loop's.

    Args:
        what: ``answer``, ``chime``, ``question``, ``ring`` or ``announcement``.
        text: its words, if it has any.
        asked_at: clock at which it was asked for.
    """

    def __init__(
        self, playback: Playback, lock: threading.RLock, what: str, text: str, asked_at: float = 0.0
    ) -> None:
        self.what = what
        self.text = text
        self.asked_at = asked_at
        self.position = 0
        """Samples handed to the device and heard, at 16 kHz."""
        self.ended = False
        """Whether everything has been written."""
        self.stopped = False
        """Whether it was stopped before its end."""
        self.started_at: float | None = None
        """Clock at which its first sample was handed to the device."""
        self.loud_at: float | None = None
        """Clock at which its first sample above -40 dBFS was handed to the device."""
        self._playback = playback
        self._lock = lock
        self._sound: Pcm = np.zeros(FIRST_SIZE, np.int16)
        self._length = 0
        self._words = WordMarks()
        self._resampler: Resampler | None = None
        self._result: tuple[bool, float] | None = None
        self._waiting: list[asyncio.Future[tuple[bool, float]]] = []

    def write(self, pcm: Pcm, rate: int = SAMPLE_RATE, words: str = "") -> None:
        """Append sound: int16[n] at ``rate``. Ignored once the clip is stopped or ended.

        Args:
            words: what is said from here on; empty where it goes on with what was said before.
        """
        self._words.add(self._length, words)
        if self._resampler is None or self._resampler.rate != rate:
            self._flush()
            self._resampler = Resampler(rate)
        self._append(self._resampler.feed(pcm))

    def end(self) -> None:
        """Nothing more will be written."""
        self._flush()
        with self._lock:
            self.ended = True

    def stop(self) -> None:
        """Do not play the rest."""
        self._playback.stop_clip(self)

    @property
    def finished(self) -> asyncio.Future[tuple[bool, float]]:
        """On the event loop: (whether it was played to its end, seconds heard), once it is over."""
        future: asyncio.Future[tuple[bool, float]] = asyncio.get_running_loop().create_future()
        if self._result is not None:
            future.set_result(self._result)
        else:
            self._waiting.append(future)
        return future

    @property
    def seconds(self) -> float:
        """Seconds heard."""
        return self.position / SAMPLE_RATE

    @property
    def heard(self) -> str:
        """The words that were heard, as they are spoken; the last ones are estimated if it was stopped."""
        return self._words.heard(self.position, self._length if self.ended else None)

    @property
    def exhausted(self) -> bool:
        """Whether all of it has been heard."""
        return self.ended and self.position >= self._length

    def take(self, count: int) -> Pcm:
        """The next samples, at most ``count``; fewer when they have not been written yet."""
        piece = self._sound[self.position : min(self._length, self.position + count)]
        self.position += len(piece)
        return piece

    def step_back(self) -> None:
        """Go back to the quietest place shortly before here, so that going on begins with a word."""
        last = max(0, self.position - round(STEP_BACK * SAMPLE_RATE))
        first = max(0, last - round(LOOK_BACK * SAMPLE_RATE))
        if first == 0:
            self.position = 0
            return
        whole = (last - first) // GAP * GAP
        blocks = self._sound[first : first + whole].reshape(-1, GAP).astype(np.float32)
        self.position = first + int(np.argmin((blocks * blocks).sum(axis=1))) * GAP

    def resolve(self, completed: bool, seconds: float) -> None:
        """Tell those who wait for the end; on the event loop."""
        self._result = (completed, seconds)
        for future in self._waiting:
            if not future.done():
                future.set_result(self._result)
        self._waiting.clear()

    def _flush(self) -> None:
        if self._resampler is not None:
            rest = self._resampler.feed(np.zeros(0, np.int16), last=True)
            self._resampler = None
            self._append(rest)

    def _append(self, pcm: Pcm) -> None:
        with self._lock:
            if self.ended or self.stopped or not len(pcm):
                return
            needed = self._length + len(pcm)
            if needed > len(self._sound):
                grown = np.zeros(max(needed, 2 * len(self._sound)), np.int16)
                grown[: self._length] = self._sound[: self._length]
                self._sound = grown
            self._sound[self._length : needed] = pcm
            self._length = needed
