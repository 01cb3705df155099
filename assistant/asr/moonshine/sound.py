"""One piece of sound under the decoder: places of token sequences, run in batches, drafts verified in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.model import MoonshineModel, Place
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import Floats

DRAFTS = 2
"""Sequences of the last result that are looked at again: the free text and the best sentence."""

GUESSED = 8
"""Tokens of a draft fed along with a token that is not in it; a token more costs a tenth of a step."""


class Branch(Protocol):
    """A place in the decoder, as a search sees it."""

    @property
    def logits(self) -> Floats: ...

    @property
    def total(self) -> float: ...

    def log_probability(self, token: int) -> float: ...


class Source(Protocol):
    """What a search decodes: a piece of sound. Places belong to the source that gave them."""

    @property
    def seconds(self) -> float: ...

    @property
    def drafts(self) -> Sequence[Tokens]: ...

    @property
    def first(self) -> Branch: ...

    def known(self, tokens: Tokens) -> Branch: ...

    def look(self, parents: Sequence[Any], tokens: Sequence[Tokens], leads: Sequence[bool]) -> Sequence[Branch]: ...


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
        self.drafts = [draft for draft in dict.fromkeys(drafts) if draft][:DRAFTS]
        """What was verified."""
        self._verify(self.drafts)

    @property
    def first(self) -> Place:
        """The place before any token."""
        return self._known[()]

    def known(self, tokens: Tokens) -> Place:
        """The place after a draft or a part of one."""
        return self._known[tokens]

    def expect(self, drafts: Sequence[Tokens]) -> None:
        """Let the next search begin with those of these whose places are all known; other places are forgotten.

        Args:
            drafts: the free text first.
        """
        known = [draft for draft in drafts if all(draft[: n + 1] in self._known for n in range(len(draft)))]
        self.drafts = [draft for draft in dict.fromkeys(known) if draft][:DRAFTS]
        kept: dict[Tokens, Place] = {(): self.first}
        for draft in self.drafts:
            last = self._known[draft].alone()
            for n in range(1, len(draft) + 1):
                kept.setdefault(draft[:n], last.before(self._known[draft[:n]]))
        self._known = kept

    def attention(self, tokens: Tokens) -> Floats:
        """How much each token looks at each frame, see ``MoonshineModel.attention``."""
        return self.model.attention(self._encoded, tokens)

    def probability_within(self, tokens: Tokens, samples: int) -> float:
        """Log-probability of ``tokens`` where the decoder is shown only the first ``samples`` of the sound."""
        return self.model.spell(self._encoded, tokens, samples)

    def look(self, parents: Sequence[Place], tokens: Sequence[Tokens], leads: Sequence[bool]) -> list[Place]:
        """The places after ``tokens``, all of one length; ``parents`` are those of one token less.

        Args:
            leads: which of them are likely to be part of the result: what probably follows them is run along.
        """
        missing = [i for i, sequence in enumerate(tokens) if sequence not in self._known]
        guesses = {i: self._guess(tokens[i]) if leads[i] else () for i in missing}
        found: dict[int, Place] = {}
        for batch in ([i for i in missing if guesses[i]], [i for i in missing if not guesses[i]]):
            if batch:
                found |= self._run(batch, parents, tokens, guesses)
        for i in missing:
            if leads[i]:
                found[i] = self._known.setdefault(tokens[i], found[i].alone())
        return [found.get(i) or self._known[sequence] for i, sequence in enumerate(tokens)]

    def _run(
        self, batch: list[int], parents: Sequence[Place], tokens: Sequence[Tokens], guesses: dict[int, Tokens]
    ) -> dict[int, Place]:
        self.steps += 1
        longest = max(len(guesses[i]) for i in batch)
        fed = [[tokens[i][-1], *guesses[i], *[EOS] * (longest - len(guesses[i]))] for i in batch]
        rows = self.model.extend(self._encoded, [parents[i] for i in batch], np.array(fed, np.int64))
        for i, places in zip(batch, rows, strict=True):
            for n in range(1, len(guesses[i]) + 1):
                self._known.setdefault(tokens[i] + guesses[i][:n], places[n])
        return {i: places[0] for i, places in zip(batch, rows, strict=True)}

    def _guess(self, tokens: Tokens) -> Tokens:
        """What may follow: a text that leaves a draft for a word mostly comes back to it."""
        for draft in self.drafts:
            shared = _common(tokens, draft)
            rest, last = draft[shared:], tokens[-1]
            after = rest.index(last) + 1 if last in rest else len(tokens) - shared
            if rest[after:]:
                return rest[after : after + GUESSED]
        return ()

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
