"""One piece of sound under the decoder: places of token sequences, run in batches, drafts verified in one pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.asr.moonshine.model import MoonshineModel, Place
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import Floats

Tokens = tuple[int, ...]

DRAFTS = 3
"""Sequences of the last result that are looked at again; more cost more than they save."""


class Sound:
    """Sound that has been encoded.

    Args:
        drafts: token sequences that are likely to come: an earlier result on less of the same sound. All their places
            are computed in one or two passes, which costs about as much as two or three tokens one by one.
    """

    def __init__(self, model: MoonshineModel, sound: Floats, drafts: Sequence[Tokens] = ()) -> None:
        self.model = model
        self.seconds = len(sound) / 16_000
        self.steps = 0
        self._encoded = model.encode(sound)
        self._known: dict[Tokens, Place] = {}
        self._verify([draft for draft in dict.fromkeys(drafts) if draft][:DRAFTS])

    @property
    def first(self) -> Place:
        """The place before any token."""
        return self._known[()]

    def look(self, parents: Sequence[Place], tokens: Sequence[Tokens]) -> list[Place]:
        """The places after ``tokens``, all of one length; ``parents`` are those of one token less."""
        missing = [i for i, sequence in enumerate(tokens) if sequence not in self._known]
        if not missing:
            return [self._known[sequence] for sequence in tokens]
        self.steps += 1
        last = np.array([[tokens[i][-1]] for i in missing], np.int64)
        found = iter(self.model.extend(self._encoded, [parents[i] for i in missing], last))
        return [self._known[s] if s in self._known else next(found)[0] for s in tokens]

    def _verify(self, drafts: list[Tokens]) -> None:
        main, others = (drafts[0], drafts[1:]) if drafts else ((), [])
        places = self.model.begin(self._encoded, main)
        self._known = {main[:i]: place for i, place in enumerate(places)}
        others = [draft for draft in others if draft not in self._known]
        if others:
            self._verify_others(main, others)

    def _verify_others(self, main: Tokens, drafts: list[Tokens]) -> None:
        shared = min(_common(main, draft) for draft in drafts)
        longest = max(len(draft) for draft in drafts)
        rows = [[*draft[shared:], *[EOS] * (longest - len(draft))] for draft in drafts]
        found = self.model.extend(self._encoded, [self._known[main[:shared]]] * len(rows), np.array(rows, np.int64))
        for draft, places in zip(drafts, found, strict=True):
            for i in range(shared, len(draft)):
                self._known.setdefault(draft[: i + 1], places[i - shared])


def _common(a: Tokens, b: Tokens) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n
