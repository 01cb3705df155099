"""The tree of tokens: what each may look at, and what becomes of numbers when others are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.asr.moonshine.model import Caches
from assistant.asr.moonshine.networks import UNSEEN
from assistant.asr.moonshine.tree import ROOT, Tree
from assistant.audio.frames import Floats


class Scribe:
    """A model that notes what it is asked; the cache of a token is the token."""

    def __init__(self) -> None:
        self.no_tokens: Caches = [np.zeros((1, 1, 0, 1), np.float32)]
        self.seen: list[list[list[int]]] = []
        """For each step and token, the tokens it may look at."""
        self.positions: list[list[int]] = []

    def read(
        self, sound: Any, tokens: Sequence[int], positions: Sequence[int], mask: Floats, past: Caches
    ) -> tuple[Floats, Caches]:
        fresh = np.array(tokens, np.float32).reshape(1, 1, -1, 1)
        caches = [np.concatenate([past[0], fresh], axis=2)]
        known = caches[0].ravel().astype(int)
        assert set(np.unique(mask)) <= {0.0, float(UNSEEN)} and mask.shape == (len(tokens), len(known))
        self.seen.append([known[row == 0].tolist() for row in mask])
        self.positions.append(list(positions))
        return np.zeros((len(tokens), 4), np.float32), caches


def test_a_token_looks_at_those_on_its_way_and_at_itself() -> None:
    scribe: Any = Scribe()
    tree = Tree(scribe, None)  # type: ignore[arg-type]
    tree.read([ROOT, 0, 0, 1], [10, 11, 12, 13])
    tree.read([3, 2, 4], [14, 15, 16])
    assert scribe.seen == [[[10], [10, 11], [10, 12], [10, 11, 13]],
                           [[10, 11, 13, 14], [10, 12, 15], [10, 11, 13, 14, 16]]]
    assert scribe.positions == [[0, 1, 1, 2], [3, 2, 4]]


def test_what_is_forgotten_is_seen_by_nobody_and_the_rest_goes_on() -> None:
    scribe: Any = Scribe()
    tree = Tree(scribe, None)  # type: ignore[arg-type]
    tree.read([ROOT, 0, 0, 1, 2], [10, 11, 12, 13, 14])
    numbers = tree.keep([4])
    assert numbers == {0: 0, 2: 1, 4: 2} and len(tree) == 3
    place = tree.read([numbers[4]], [15])[0]
    assert place.number == 3
    assert scribe.seen[-1] == [[10, 12, 14, 15]] and scribe.positions[-1] == [3]
