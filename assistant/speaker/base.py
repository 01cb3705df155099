"""The contract of a speaker embedding, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import Pcm

Embedding = npt.NDArray[np.float32]
"""A voice as a direction: float32[dimensions], of unit length."""


class SpeakerEmbedder(Protocol):
    """Turns speech into a vector that depends on who speaks and on little else; built from its configuration."""

    @property
    def name(self) -> str:
        """Backend and version of its model (``trained/1``). Embeddings of different names are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def shortest(self) -> float:
        """Seconds of speech below which it refuses to judge."""
        ...

    def embed(self, pcm: Pcm) -> Embedding:
        """The voice in a sound: int16, 16 kHz mono, of any length; silence inside is skipped.

        Raises:
            SoundError: it holds less than ``shortest`` of speech, or is silent.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one or more utterances say about one enrolled person."""

    person: str
    llr: float
    """Calibrated natural-log likelihood ratio: this person against somebody else."""
    seconds: float
    """Of speech that it rests on."""
