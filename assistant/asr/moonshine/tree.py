"""What the decoder has read after one sound: a tree of tokens, each of which looks at those on its way from the root.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from assistant.asr.moonshine.model import Caches, Encoded, MoonshineModel
from assistant.asr.moonshine.networks import UNSEEN
from assistant.audio.frames import Floats

ROOT = -1
"""What the first token follows."""
ROOM = 64
"""Tokens for which there is room at first."""


class Place:
    """Where a hypothesis stands in the decoder: what may come next."""

    __slots__ = ("_total", "logits", "number")

    def __init__(self, number: int, logits: Floats) -> None:
        self.number = number
        """Of its token in the tree."""
        self.logits = logits
        self._total: float | None = None

    @property
    def total(self) -> float:
        """Log of the sum of exp(logits): subtract it from a logit for the log-probability."""
        if self._total is None:
            top = self.logits.max()
            self._total = float(top + np.log(np.exp(self.logits - top).sum()))
        return self._total

    def log_probability(self, token: int) -> float:
        return float(self.logits[token]) - self.total

    def alone(self) -> Place:
        """The same place; it keeps nothing alive of those that were read beside it."""
        place = Place(self.number, self.logits.copy())
        place._total = self._total
        return place


class Tree:
    """The tokens read after a sound. Tokens are known by their numbers, in the order in which they were read."""

    def __init__(self, model: MoonshineModel, sound: Encoded) -> None:
        self._model = model
        self._sound = sound
        self._caches: Caches = model.no_tokens
        self._depths: list[int] = []
        self._ways = np.zeros((ROOM, ROOM), bool)
        """Row i: the tokens on the way to token i, itself included."""

    def __len__(self) -> int:
        return len(self._depths)

    def read(self, parents: Sequence[int], tokens: Sequence[int]) -> list[Place]:
        """The places after tokens; all are read in one step.

        Args:
            parents: number of the token that each follows, or ``ROOT``. It may be one of this step: their numbers go
                on from ``len(tree)``.
        """
        first, last = len(self), len(self) + len(tokens)
        self._make_room(last)
        for number, parent in enumerate(parents, first):
            if parent != ROOT:
                self._ways[number, : parent + 1] = self._ways[parent, : parent + 1]
            self._ways[number, number] = True
            self._depths.append(self._depths[parent] + 1 if parent != ROOT else 0)
        mask = np.where(self._ways[first:last, :last], np.float32(0), UNSEEN)
        logits, self._caches = self._model.read(self._sound, tokens, self._depths[first:], mask, self._caches)
        return [Place(number, row) for number, row in enumerate(logits, first)]

    def keep(self, numbers: Collection[int]) -> dict[int, int]:
        """Forget the tokens that are not on the way to any of these; the new numbers of the others."""
        kept = np.flatnonzero(self._ways[list(numbers), : len(self)].any(axis=0))
        self._caches = [np.ascontiguousarray(cache[:, :, kept]) for cache in self._caches]
        self._depths = [self._depths[number] for number in kept]
        ways = self._ways[np.ix_(kept, kept)]
        self._ways[:] = False
        self._ways[: len(kept), : len(kept)] = ways
        return {number: new for new, number in enumerate(kept.tolist())}

    def _make_room(self, size: int) -> None:
        room = len(self._ways)
        if size <= room:
            return
        ways = np.zeros((max(size, 2 * room),) * 2, bool)
        ways[:room, :room] = self._ways
        self._ways = ways
