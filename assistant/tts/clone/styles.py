"""The space of Kokoro's voices: what they differ in, as a few numbers to search.

A style is a table: a row of 256 numbers for each length of text, the first half for the decoder (how the voice
sounds), the second for its melody. Each half is described on its own by the principal components of the voices that
come with Kokoro; one unit is the spread among them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assistant.audio.frames import Floats
from assistant.errors import ModelError
from assistant.models.folder import model_folder
from assistant.tts.kokoro import FOREIGN_FILE, INSTALLED, VOICES_FILE

HALF = 128
DIMENSIONS = 32
"""Components of each half; the others hold 4 % of what the voices differ in."""
MOST = 3.0
"""No component further out than this: beyond lies no voice."""


class StyleSpace:
    """Styles by coordinates.

    Args:
        voices: style tables, float32[rows, 256], by name.
    """

    def __init__(self, voices: Mapping[str, Floats], dimensions: int = DIMENSIONS) -> None:
        self.names = sorted(voices)
        tables = np.stack([voices[name] for name in self.names]).astype(np.float32)
        self._mean = tables.mean(axis=0)
        self.dimensions = 2 * dimensions
        apart = tables - self._mean
        self.points = np.concatenate(
            [_scores(apart[:, :, half].mean(axis=1), dimensions) for half in (slice(HALF), slice(HALF, None))], axis=1
        )
        """float32[voices, dimensions]: where each voice lies."""
        halves = self.points.reshape(len(self.names), 2, dimensions)
        count = len(self.names)
        self._directions = [
            np.tensordot(halves[:, half].T, apart[:, :, half * HALF : (half + 1) * HALF], axes=1) / count
            for half in (0, 1)
        ]

    def style(self, point: Floats) -> Floats:
        """The style table at some coordinates: float32[rows, 256]."""
        halves = np.split(np.clip(point, -MOST, MOST), 2)
        moved = [np.tensordot(half, directions, axes=1) for half, directions in
                 zip(halves, self._directions, strict=True)]
        return np.asarray(self._mean + np.concatenate(moved, axis=1), np.float32)

    def point(self, name: str) -> Floats:
        """Where a voice lies."""
        return np.asarray(self.points[self.names.index(name)], np.float32)


def _scores(apart: Floats, dimensions: int) -> Floats:
    """Principal components of the rows, each of unit spread."""
    left, _, _ = np.linalg.svd(apart - apart.mean(axis=0), full_matrices=False)
    return np.asarray(left[:, :dimensions] * np.sqrt(len(apart)), np.float32)


def read_voices(model: str = INSTALLED) -> dict[str, Floats]:
    """The style tables of all voices that come with Kokoro, float32[510, 256], by name.

    Raises:
        ModelError: they are not installed, or not all of them.
    """
    folder = model_folder(model)
    voices: dict[str, Floats] = {}
    for name in (VOICES_FILE, FOREIGN_FILE):
        try:
            with np.load(folder / name, allow_pickle=False) as kept:
                voices |= {voice: kept[voice].reshape(-1, 2 * HALF).astype(np.float32) for voice in kept.files}
        except (OSError, ValueError, EOFError) as error:
            mend = f"assistant voices install {INSTALLED}"
            raise ModelError(f"{name} cannot be read: {error}", where=str(folder), mend=mend) from error
    return voices
