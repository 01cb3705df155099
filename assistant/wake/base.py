"""The contract of a wake word detector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import Frame


@dataclass(frozen=True, slots=True)
class WakeHit:
    """The wake phrase was heard."""

    phrase: str
    start: int
    """First sample of the phrase (an estimate; may lie before the frame that told)."""
    end: int
    """First sample after it (an estimate)."""
    score: float
    """Backend's own score; higher is surer."""
    threshold: float = -math.inf
    """Score from which it counts as heard, where the backend says so."""

    @property
    def heard(self) -> bool:
        """Whether it counts as heard."""
        return self.score >= self.threshold


class WakeStream(Protocol):
    """One live stream. Not shared between sources."""

    def feed(self, frame: Frame) -> list[WakeHit]: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


class WakeWord(Protocol):
    """A frame-wise detector: cheap enough to be fed in the audio thread."""

    def stream(self) -> WakeStream: ...


class PhraseScorer(Protocol):
    """A detector that judges a piece of sound at a time; it runs in a worker of its own."""

    def score(
        self, pcm: bytes, sample: int, phrases: list[str], below: float = 0.0, before: int = 0
    ) -> list[WakeHit]:
        """Phrases with which the sound begins, after what was heard before; surest first.

        Args:
            pcm: int16 little-endian, 16 kHz mono; a little before an onset of speech and up to 3 s from there, after
                ``before`` samples.
            sample: index of its first sample in the source's stream.
            phrases: what to listen for.
            below: also give those whose score lies so far below the threshold (``heard`` is false).
            before: samples that only help to tell a phrase from a piece of what was said before it.
        """
        ...
