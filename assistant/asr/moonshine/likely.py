"""The likeliest tokens that may follow, without a mask of all that may."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import Floats
from assistant.grammar.base import State, TokenConstraint

Ids = npt.NDArray[np.int64]
Follower = tuple[int, State, float]
"""A token, the state after it, and its score."""
SCANNED = 256
"""Most tokens that are asked about one by one; of nearly all hypotheses fewer are likely enough. The mask of all that
may follow is remembered, but where it is new it takes a hundred times as long."""


class Bar:
    """What a newcomer must be worth to stay beside those that are there.

    Args:
        places: for how many there is room.
        behind: how far behind the best they may be.
    """

    def __init__(self, places: int, behind: float) -> None:
        self._places = places
        self._behind = behind
        self._top = -np.inf
        self._best: list[float] = []

    @property
    def height(self) -> float:
        last = self._best[0] if len(self._best) == self._places else -np.inf
        return max(last, self._top - self._behind)

    def raise_to(self, worth: float) -> None:
        """One more is there."""
        self._top = max(self._top, worth)
        if len(self._best) < self._places:
            heapq.heappush(self._best, worth)
        else:
            heapq.heappushpop(self._best, worth)


def likeliest(
    constraint: TokenConstraint, state: State, scores: Floats, floor: float, most: int
) -> list[Follower]:
    """Those of the tokens that may follow a state which score best, best first.

    Args:
        scores: float32[vocabulary].
        floor: what they must reach.
        most: at most so many.
    """
    likely = constraint.possible(state, np.flatnonzero(scores >= floor))
    scanned = _best(likely, scores, SCANNED)
    found: list[Follower] = []
    for token in scanned.tolist():
        after = constraint.after(state, token)
        if after is not None:
            found.append((token, after, float(scores[token])))
            if len(found) == most:
                return found
    if len(scanned) == len(likely):
        return found
    return allowed(*constraint.allowed(state), scores, floor, most)


def allowed(ids: Ids, states: Ids, scores: Floats, floor: float, most: int) -> list[Follower]:
    """The same of a mask: ``ids`` may follow, with ``states`` after them."""
    found = scores[ids]
    order = _best(np.flatnonzero(found >= floor), found, most)
    return list(zip(ids[order].tolist(), states[order].tolist(), found[order].tolist(), strict=True))


def _best(places: Ids, scores: Floats, most: int) -> Ids:
    """Of some places those with the best scores, best first."""
    if len(places) > most:
        places = places[np.argpartition(-scores[places], most)[:most]]
    return places[np.argsort(-scores[places], kind="stable")]
