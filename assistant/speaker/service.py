"""The speaker embedding as a service: it lives in a worker process and hears utterances as they come."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import AudioError, BackendError, SoundError
from assistant.registry import Registry
from assistant.speaker.base import SpeakerEmbedder

LONGEST = 120
"""Seconds of an utterance that are heard; what comes later adds nothing to who it is."""


class SpeakerService:
    """Utterances, by number. Every argument and result is plain data.

    Args:
        backend: name of the embedder.
        config: its settings.

    Raises:
        BackendError: there is no such embedder, or it cannot be built.
    """

    def __init__(self, backend: str = "trained", config: Mapping[str, Any] | None = None) -> None:
        self._embedder: SpeakerEmbedder = Registry().build("speaker", backend, config or {})
        self._sounds: dict[int, list[Pcm]] = {}

    def describe(self) -> dict[str, Any]:
        """``name``, ``dimensions`` and ``shortest`` of the embedder; the first call of it is over then."""
        with suppress(SoundError):  # Noise is no speech to some; they have loaded what they need all the same.
            self._embedder.embed(np.random.default_rng(0).integers(-1000, 1000, 2 * SAMPLE_RATE).astype(np.int16))
        return {"name": self._embedder.name, "dimensions": self._embedder.dimensions,
                "shortest": self._embedder.shortest}

    def open(self, number: int) -> None:
        """Begin an utterance."""
        self._sounds[number] = []

    def feed(self, number: int, pcm: bytes) -> None:
        """More sound: int16 little-endian, 16 kHz mono. Sound for a closed utterance is dropped.

        Raises:
            AudioError: the bytes are no int16 samples.
        """
        if len(pcm) % 2:
            raise AudioError(f"{len(pcm)} bytes are no int16 samples", where="speaker")
        sound = self._sounds.get(number)
        if sound is not None and sum(map(len, sound)) < LONGEST * SAMPLE_RATE:
            sound.append(np.frombuffer(pcm, "<i2"))

    def embed(self, number: int) -> bytes:
        """The voice in what was fed so far: float32 little-endian.

        Raises:
            SoundError: it is too short or silent.
            BackendError: there is no such utterance.
        """
        if number not in self._sounds:
            raise BackendError(f"there is no open utterance {number}", where="speaker")
        sound = self._sounds[number] = [np.concatenate([np.zeros(0, np.int16), *self._sounds[number]])]
        return self._embedder.embed(sound[0]).astype("<f4").tobytes()

    def close(self, number: int | None = None) -> None:
        """Forget an utterance, or all of them; unknown numbers are forgotten already."""
        for one in list(self._sounds) if number is None else [number]:
            self._sounds.pop(one, None)
