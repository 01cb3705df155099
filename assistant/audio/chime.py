"""The sounds that are not words: a soft two-note chime, and a ring that grows."""

from __future__ import annotations

from functools import cache

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm

CHIME_NOTES = (659.3, 880.0)
"""E5 and A5, a rising fourth: "go on"."""
CHIME_NOTE_SECONDS = 0.09
CHIME_LEVEL = 0.10
"""-20 dBFS: heard across a room, and it masks no word."""
RING_NOTES = (784.0, 987.8, 1174.7)
RING_NOTE_SECONDS = 0.22
RING_LEVELS = (0.08, 0.5)
"""Amplitude of the first and of the loudest ring."""


@cache
def chime() -> tuple[Pcm, int]:
    """(int16[n], rate) of the sound that says: I am listening. A fifth of a second."""
    return _notes(CHIME_NOTES, CHIME_NOTE_SECONDS, CHIME_LEVEL), SAMPLE_RATE


def ring(loudness: float) -> tuple[Pcm, int]:
    """(int16[n], rate) of one ring of a timer, 0.9 s.

    Args:
        loudness: 0 for the first, soft one to 1 for the loudest.
    """
    soft, loud = RING_LEVELS
    level = soft * (loud / soft) ** max(0.0, min(1.0, loudness))
    return _notes(RING_NOTES + RING_NOTES[-1:], RING_NOTE_SECONDS, level), SAMPLE_RATE


def _notes(notes: tuple[float, ...], seconds: float, level: float) -> Pcm:
    sound = np.concatenate([_note(hertz, seconds) for hertz in notes]) * level
    return np.rint(sound * 32767).astype(np.int16)


def _note(hertz: float, seconds: float) -> Floats:
    """A bell-like tone: a soft attack, a decay, a little of the octave."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    envelope = np.minimum(1.0, t / 0.008) * np.exp(-3.0 * t / seconds) * np.minimum(1.0, (seconds - t) / 0.01)
    tone = np.sin(2 * np.pi * hertz * t) + 0.2 * np.sin(4 * np.pi * hertz * t)
    return (envelope * tone / 1.2).astype(np.float32)
