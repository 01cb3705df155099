"""What a library that only writes text has to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assistant.asr.base import Word
from assistant.audio.frames import Floats


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was written for a piece of sound."""

    text: str = ""
    surety: float = 0.0
    """0 to 1, geometric mean of the probabilities of its tokens or words."""


class Transcriber(Protocol):
    """Sound to text. One thread at a time."""

    def transcribe(self, sound: Floats) -> Transcript:
        """Write down what is said.

        Args:
            sound: float32[n], 16 kHz mono, full scale 1.
        """
        ...


class LiveTranscriber(Transcriber, Protocol):
    """Hears one utterance as it grows: every sound that it is given begins like the one before."""

    def so_far(self, sound: Floats) -> str:
        """Words of a sound that goes on; cheap where it only grew a little since the last time."""
        ...


@runtime_checkable
class WordTranscriber(Protocol):
    """What a transcriber has besides that knows when each word was said."""

    def words(self, sound: Floats) -> list[Word]:
        """The words that ``transcribe`` writes for the same sound, with times in its samples and confidences."""
        ...
