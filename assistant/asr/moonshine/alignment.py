"""When each word was said: the decoder looks at the sound of a token while it writes it.

The weights of a few heads, which follow the sound most closely, give every frame to one token, in order (the dynamic
time warping of Whisper's word timestamps, https://github.com/openai/whisper). Pauses at the edges of a word are not
part of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from assistant.asr.base import Word
from assistant.asr.constrained.words import Span, Spelled, spelled, words_of
from assistant.asr.moonshine.model import FRAME, MoonshineModel
from assistant.audio.frames import SAMPLE_RATE, Floats

HEADS = (31, 35, 38, 44, 47)
"""Of 48, six layers of eight: those whose mean came nearest to the words of 48 orders of Piper and 74 of espeak-ng."""
FLOOR = 1e-3
"""Least weight: a frame that nobody looks at is no evidence against a token."""
LEVEL = SAMPLE_RATE // 100
"""Samples over which the level is taken."""
PAUSE_DB = 35.0
"""So far below the loudest, the sound is a pause."""
OFFSET = 319
"""Samples from the beginning of a frame to the edge between it and the one before. It sees 895 samples, the middle of
which would put it at 255; the synthesisers' edges are a little later."""

Ints = npt.NDArray[np.int64]


def timed(model: MoonshineModel, span: Span, sound: Floats, start: int) -> tuple[Word, ...]:
    """The words of a span with their times.

    Args:
        sound: what the span was read from, float32[n].
        start: its first sample.
    """
    if not span.words:
        return ()
    weights = model.attention(model.encode(sound), (*span.before, *span.tokens))
    found = times(weights[:, len(span.before) :], spelled(span, model.vocabulary.spelling), sound)
    pairs = zip(words_of(span, model.vocabulary.spelling), found, strict=True)
    return tuple(replace(word, start=start + first, end=start + last) for word, (first, last) in pairs)


def times(weights: Floats, words: list[Spelled], sound: Floats) -> list[tuple[int, int]]:
    """First sample of each word and the one after its last.

    Args:
        weights: float32[heads, tokens + 1, frames], see ``MoonshineModel.attention``.
        words: with the indices of their tokens.
        sound: float32[n], what the weights belong to.
    """
    firsts = align(weights[list(HEADS)].mean(axis=0))
    edges = np.clip(firsts * FRAME + OFFSET, 0, len(sound))
    spoken = _spoken(sound)
    return [_without_pauses(int(edges[word.first]), int(edges[word.last + 1]), spoken) for word in words]


def align(weights: Floats) -> Ints:
    """The first frame of each row, where frames go to rows in order and each row gets one.

    Args:
        weights: float32[rows, frames].

    Returns:
        int64[rows].
    """
    rows, frames = weights.shape
    if frames < rows:
        return np.asarray(np.arange(rows) * frames // rows, np.int64)
    scores = np.log(np.maximum(weights, FLOOR)).T
    best = np.full(rows, -np.inf)
    best[0] = scores[0, 0]
    moved = np.zeros((frames, rows), bool)
    for frame in range(1, frames):
        before = np.concatenate([[-np.inf], best[:-1]])
        moved[frame] = before > best
        best = np.maximum(best, before) + scores[frame]
    firsts = np.zeros(rows, np.int64)
    row = rows - 1
    for frame in range(frames - 1, 0, -1):
        if row and moved[frame, row]:
            firsts[row] = frame
            row -= 1
    return firsts


def _spoken(sound: Floats) -> npt.NDArray[np.bool_]:
    """Of every 10 ms, whether somebody speaks."""
    whole = len(sound) // LEVEL * LEVEL
    power = np.square(sound[:whole].reshape(-1, LEVEL)).mean(axis=1)
    return np.asarray(power > power.max(initial=0.0) * 10.0 ** (-PAUSE_DB / 10), np.bool_)


def _without_pauses(start: int, end: int, spoken: npt.NDArray[np.bool_]) -> tuple[int, int]:
    low, high = start // LEVEL, max(start // LEVEL + 1, end // LEVEL)
    loud = np.flatnonzero(spoken[low:high])
    if not len(loud):
        return start, max(start, end)
    first, last = low + int(loud[0]), low + int(loud[-1]) + 1
    return max(start, first * LEVEL), min(max(start, end), last * LEVEL)
