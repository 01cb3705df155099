"""The search for a person's voice: guess where it lies, hear it there, learn, guess again.

It begins with the voices of the library, goes uphill on the surrogate, lets the voice at each summit speak, and adds
what the judge heard. What was heard is written down, so that a search that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import Floats
from assistant.tts.clone.library import Library
from assistant.tts.clone.styles import MOST, StyleSpace
from assistant.tts.clone.surrogate import Surrogate
from assistant.tts.clone.trial import CHECKED, Heard, Trial

BATCH = 4
"""Voices heard between two lessons."""
BEST = 8
"""Voices from which a climb may begin, and of which the last choice is made."""
STEPS, STRIDE = 80, 0.15
PITCH_WEIGHT = 0.01
"""Likeness that a semitone is worth."""
FAR_WEIGHT = 0.0012
"""Likeness that is taken off for the square of the distance from the middle: far out voices slur and break."""
SPREAD = 0.25
"""Of the noise on a climb's beginning."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is searched for."""

    vector: Floats
    """float32[256]: what the judge makes of the person's recordings."""
    pitch: float
    """Semitones above 55 Hz; nan if unknown."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a search is."""

    heard: int
    """Voices, of"""
    of: int
    best: float
    """Likeness of the best so far, -1 to 1, by the search's own judge: it flatters."""


def likeness(aim: Aim, vector: Floats, pitch: float, point: Floats) -> float:
    """How good a voice is, to the search."""
    off = abs(pitch - aim.pitch) if np.isfinite(pitch) and np.isfinite(aim.pitch) else 0.0
    return float(vector @ aim.vector) - PITCH_WEIGHT * off - FAR_WEIGHT * float(point @ point) / 2


class Search:
    """One person's search.

    Args:
        kept: file of what was heard; read if it is there, written after each batch.
        budget: voices to hear.
    """

    def __init__(
        self, space: StyleSpace, trial: Trial, aim: Aim, kept: Path, *, library: Library, budget: int = 48,
    ) -> None:
        self._space, self._trial, self._aim, self._kept, self._budget = space, trial, aim, kept, budget
        self._own = Library.read(kept) if kept.exists() else Library.empty(space.dimensions)
        self._library = library

    def steps(self) -> Iterator[Step]:
        """Run it, a batch at a time."""
        while len(self._own) < self._budget:
            surrogate = Surrogate(self._heard())
            for begin in self._beginnings():
                point = self._climb(surrogate, begin)
                self._own.add(point, self._trial.hear(self._space.style(point)))
            self._own.write(self._kept)
            yield Step(len(self._own), self._budget, float((self._own.vectors @ self._aim.vector).max()))

    def result(self) -> Floats:
        """The point of the voice: of the best and of their middle, the one that other sentences bear out."""
        heard = self._heard()
        surrogate = Surrogate(heard)
        # What the surrogate makes of a voice is less a matter of luck than what was heard of it once.
        order = np.argsort([-self._worth(*surrogate.guess(point), point) for point in heard.points])
        best = heard.points[order[:BEST]]
        candidates = [best[0], best[: BEST // 2].mean(axis=0), best.mean(axis=0), self._climb(surrogate, best[0])]
        worths = []
        for point in candidates:
            judged = self._trial.hear(self._space.style(point), CHECKED)
            worths.append(self._worth(judged.vector, judged.pitch, point))
        return np.asarray(candidates[int(np.argmax(worths))], np.float32)

    def _worth(self, vector: Floats, pitch: float, point: Floats) -> float:
        return likeness(self._aim, vector / np.linalg.norm(vector), pitch, point)

    def _heard(self) -> Library:
        together = self._library.copy()
        for point, vector, pitch in zip(self._own.points, self._own.vectors, self._own.pitches, strict=True):
            together.add(point, Heard(vector, float(pitch)))
        return together

    def _beginnings(self) -> list[Floats]:
        """Where the next climbs begin: the best, and some of the good ones, all a little to the side."""
        heard = self._heard()
        worth = [likeness(self._aim, vector, float(pitch), point) for point, vector, pitch in
                 zip(heard.points, heard.vectors, heard.pitches, strict=True)]
        order = np.argsort(worth)[::-1][:BEST]
        draw = np.random.default_rng(len(self._own))
        chosen = [order[0], *draw.choice(order, BATCH - 1)]
        points = heard.points[chosen]
        return list((points + SPREAD * draw.normal(size=points.shape)).astype(np.float32))

    def _climb(self, surrogate: Surrogate, begin: Floats) -> Floats:
        """Uphill on the surrogate (Adam, without its warm-up)."""
        point = begin.astype(np.float64)
        mean, square = np.zeros_like(point), np.zeros_like(point)
        for step in range(1, STEPS + 1):
            _, upward = surrogate.slope(point, self._aim.vector, self._aim.pitch, PITCH_WEIGHT)
            upward = upward - FAR_WEIGHT * point
            mean = 0.8 * mean + 0.2 * upward
            square = 0.95 * square + 0.05 * upward**2
            point += STRIDE * (1 - step / (STEPS + 1)) * mean / (np.sqrt(square) + 1e-6)
            np.clip(point, -MOST, MOST, out=point)
        return point.astype(np.float32)
