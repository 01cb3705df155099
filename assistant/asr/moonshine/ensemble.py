"""Several views of one sound, decoded as one: what a single view takes for something else the others rarely do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr

from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.model import Place
from assistant.asr.moonshine.sound import Sound
from assistant.audio.frames import SAMPLE_RATE, Floats

SLOWER = 1.12
"""Stretch of the second view. The model errs differently on slower, deeper speech, and not more often."""


def slowed(sound: Floats) -> Floats:
    """The sound as a tape played more slowly."""
    return np.asarray(soxr.resample(sound, SAMPLE_RATE, round(SAMPLE_RATE * SLOWER)), np.float32)


class Together:
    """A place in all views: the mean of their log-probabilities, which is as good as a probability to compare."""

    __slots__ = ("branches", "logits", "total")

    def __init__(self, branches: Sequence[Place]) -> None:
        self.branches = branches
        self.logits: Floats = np.mean([branch.logits for branch in branches], axis=0)
        self.total = sum(branch.total for branch in branches) / len(branches)

    def log_probability(self, token: int) -> float:
        return float(self.logits[token]) - self.total


class Ensemble:
    """Views of a sound, to be decoded as if they were one."""

    def __init__(self, views: Sequence[Sound]) -> None:
        self.seconds = views[0].seconds
        self.drafts = views[0].drafts
        self.first = Together([view.first for view in views])
        """The place before any token."""
        self._views = views

    def known(self, tokens: Tokens) -> Together:
        """The place after a draft or a part of one."""
        return Together([view.known(tokens) for view in self._views])

    def look(self, parents: Sequence[Together], tokens: Sequence[Tokens], leads: Sequence[bool]) -> list[Together]:
        """The places after ``tokens``; see ``Sound.look``."""
        found = [
            view.look([parent.branches[k] for parent in parents], tokens, leads) for k, view in enumerate(self._views)
        ]
        return [Together(branches) for branches in zip(*found, strict=True)]
