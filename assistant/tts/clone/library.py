"""Voices that the judge has heard: where they lie in the space of styles, and how they sounded."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np

from assistant.audio.frames import Floats
from assistant.errors import ModelError
from assistant.tts.clone.files import write_whole
from assistant.tts.clone.judge import unit
from assistant.tts.clone.trial import Heard

SHIPPED = Path(__file__).with_name("library.npz")
"""Made by ``training/tts/library.py``."""


class Library:
    """A growing table of voices.

    Attributes:
        points: float32[n, dimensions].
        vectors: float32[n, 256].
        pitches: float32[n], semitones above 55 Hz.
    """

    def __init__(self, points: Floats, vectors: Floats, pitches: Floats) -> None:
        self.points, self.vectors, self.pitches = points, vectors, pitches

    @classmethod
    def empty(cls, dimensions: int) -> Library:
        return cls(np.zeros((0, dimensions), np.float32), np.zeros((0, 256), np.float32), np.zeros(0, np.float32))

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Library:
        """What was written.

        Raises:
            ModelError: it cannot be read.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                points, vectors, pitches = (kept[name].astype(np.float32) for name in ("points", "vectors", "pitches"))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise ModelError(f"cannot be read: {error}", where=str(path)) from error
        if not len(points) == len(vectors) == len(pitches) or points.ndim != 2 or vectors.ndim != 2:
            raise ModelError("its tables do not fit together", where=str(path))
        return cls(points, np.stack([unit(vector) for vector in vectors]) if len(vectors) else vectors, pitches)

    def write(self, path: Path) -> None:
        """Keep it, at half precision: the judge is not surer than that.

        Raises:
            ModelError: it cannot be written.
        """
        file = BytesIO()
        np.savez(file, points=self.points.astype(np.float16), vectors=self.vectors.astype(np.float16),
                 pitches=self.pitches.astype(np.float32))
        write_whole(path, file.getvalue())

    def add(self, point: Floats, heard: Heard) -> None:
        """One more voice."""
        self.points = np.concatenate([self.points, point[None].astype(np.float32)])
        self.vectors = np.concatenate([self.vectors, heard.vector[None]])
        self.pitches = np.append(self.pitches, np.float32(heard.pitch))

    def copy(self) -> Library:
        return Library(self.points.copy(), self.vectors.copy(), self.pitches.copy())

    def __len__(self) -> int:
        return len(self.points)
