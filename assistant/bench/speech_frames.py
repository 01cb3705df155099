"""Which frames of a clean recording hold speech, so that it is still known when noise and a room are added.

Two judges: a voice activity detector on the clean sound, and the sound's level (speech lies within 35 dB of the loudest
frame). Where they disagree, and around each change, nobody knows.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, Pcm
from assistant.bench.pauses import speech
from assistant.bench.sounds import END_BELOW_DB
from assistant.vad.base import Vad

Labels = npt.NDArray[np.int8]
SPEECH, OTHER, UNKNOWN = 1, 0, -1
STOP_FRAMES = 8
"""Quiet that is shorter belongs to the word around it: the closure of a plosive."""
BORDER_FRAMES = 2
"""Frames on either side of a change that do not count: nobody places it better than that."""


def agreed(sound: Pcm, vad: Vad) -> Labels:
    """int8[frames] of a clean recording: ``SPEECH``, ``OTHER``, or ``UNKNOWN`` where the judges disagree."""
    frames = len(sound) // FRAME_SAMPLES
    told = np.zeros(frames, bool)
    for start, end in speech(sound, vad):
        told[start // FRAME_SAMPLES : -(-end // FRAME_SAMPLES)] = True
    powers = np.mean(sound[: frames * FRAME_SAMPLES].reshape(frames, FRAME_SAMPLES).astype(np.float64) ** 2, axis=1)
    loud = closed(powers >= powers.max(initial=0.0) * 10 ** (-END_BELOW_DB / 10))
    return np.where(told == loud, told, UNKNOWN).astype(np.int8)


def closed(loud: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The same without short gaps."""
    found = loud.copy()
    places = np.flatnonzero(loud)
    for before, after in pairwise(places):
        if after - before <= STOP_FRAMES:
            found[before:after] = True
    return found


def without_borders(labels: Labels) -> Labels:
    """The same, unknown around each change."""
    found = labels.copy()
    for at in np.flatnonzero(np.diff(labels)) + 1:
        found[max(0, at - BORDER_FRAMES) : at + BORDER_FRAMES] = UNKNOWN
    return found
