"""Where a phrase ends in the sound that was scored.

The decoder is shown more and more of the sound: the phrase's probability rises until nothing more of it is needed,
which is some time before its end; then the sound's own level says where the end is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.sound import Sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats

SATURATED = 0.7
"""Log-probability short of the whole sound's at which the phrase counts as recognised."""
STEP = 1_600
"""Samples between the places tried: 100 ms."""
TAIL = round(0.3 * SAMPLE_RATE)
"""What mostly follows of a phrase after it is recognised, measured on the shared wake clips."""
NEAREST, FURTHEST = round(0.06 * SAMPLE_RATE), round(0.7 * SAMPLE_RATE)
"""An end lies so far behind the place of recognition."""
AROUND = round(0.13 * SAMPLE_RATE)
"""Where speech goes on without a pause, the end is sought so far around the usual place."""
PAUSE_FRAMES = 6
"""Frames of silence that make a pause: 120 ms; the closure of a "p" or "t" is shorter."""
FALL_DB = 30.0
"""Below the phrase's loudest frame it is silence."""
DIP_DB = 12.0
"""A dip so deep between two words is the end of the first."""
ABOVE_FLOOR_DB = 6.0


def phrase_end(sound: Sound, tokens: Tokens, samples: Floats) -> int:
    """First sample after the phrase spelled by ``tokens``, an estimate (off by about 0.1 s)."""
    return level_end(samples, recognised_at(sound, tokens, len(samples)))


def recognised_at(sound: Sound, tokens: Tokens, length: int) -> int:
    """How much of the sound, in samples, the phrase needs to be recognised."""
    whole = sound.probability_within(tokens, length)
    low, high = 1, max(2, -(-length // STEP))
    while low < high:
        middle = (low + high) // 2
        if sound.probability_within(tokens, middle * STEP) >= whole - SATURATED:
            high = middle
        else:
            low = middle + 1
    return min(low * STEP, length)


def level_end(samples: Floats, recognised: int) -> int:
    """The end of the word that was recognised with sample ``recognised``, from the level of the sound."""
    levels = _levels(samples)
    near, far = (recognised + NEAREST) // FRAME_SAMPLES, (recognised + FURTHEST) // FRAME_SAMPLES
    peak = float(levels[: near + 1].max()) if len(levels) else 0.0
    silent = min(peak - DIP_DB, max(peak - FALL_DB, float(np.percentile(levels, 10)) + ABOVE_FLOOR_DB))
    pause = _pause(levels[near:] < silent, far - near)
    if pause is not None:
        return min(len(samples), (near + pause) * FRAME_SAMPLES)
    first, last = (max(0, recognised + TAIL + off) // FRAME_SAMPLES for off in (-AROUND, AROUND))
    around = levels[first : last + 1]
    if len(around) and around.min() < peak - DIP_DB:
        return (first + int(around.argmin())) * FRAME_SAMPLES
    return min(len(samples), recognised + TAIL)


def _pause(silent: npt.NDArray[np.bool_], within: int) -> int | None:
    """Index of the first frame of a pause that begins within so many frames; one that the sound ends in counts."""
    begin = None
    for i, quiet in enumerate(silent.tolist()):
        if not quiet:
            begin = None
        elif begin is None:
            if i > within:
                return None
            begin = i
        elif i - begin + 1 >= PAUSE_FRAMES:
            return begin
    return begin


def speech_start(samples: Floats, before: int) -> int:
    """First sample of the speech that a window begins with, from the level of the sound up to sample ``before``."""
    levels = _levels(samples)[: max(1, before // FRAME_SAMPLES)]
    if not len(levels):
        return 0
    loud = np.flatnonzero(levels > max(float(levels.max()) - FALL_DB, float(levels.min()) + ABOVE_FLOOR_DB))
    return int(loud[0]) * FRAME_SAMPLES if len(loud) else 0


def _levels(samples: Floats) -> Floats:
    """Level of each 20 ms in dB."""
    whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
    frames = samples[:whole].reshape(-1, FRAME_SAMPLES)
    levels: Floats = (20 * np.log10(frames.std(axis=1) + 1e-6)).astype(np.float32)
    return levels
