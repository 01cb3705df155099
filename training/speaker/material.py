"""Whom the network learns from: recordings by speaker; long ones in pieces, so that each has rooms of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.pauses import speaker_of
from assistant.bench.speaker_calibration import kept_out

PIECE = 4.0
"""Seconds of a piece of a long recording,"""
LONG = 8.0
"""which is one of more than this."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of one person's speech."""

    path: Path
    speaker: str
    """The set's folder and the speaker's number."""
    sound: Pcm
    kept_out: bool


def speaker(path: Path, root: Path) -> str:
    """Who speaks in a recording; numbers of different sets are different people."""
    return f"{path.relative_to(root).parts[0]}/{speaker_of(path)}"


def pieces(paths: Sequence[Path], root: Path) -> Iterator[Piece]:
    """The recordings in pieces; every fifth speaker is kept out, and only chooses between the epochs."""
    for path in paths:
        sound, name = read_sound(path), speaker(path, root)
        count = round(len(sound) / SAMPLE_RATE / PIECE) if len(sound) > LONG * SAMPLE_RATE else 1
        for part in np.array_split(sound, count):
            yield Piece(path, name, part, kept_out(speaker_of(path)))
