"""One piece of sound under the decoder: places of token sequences, many in a step, drafts verified in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.tree import ROOT, Place, Tree
from assistant.asr.moonshine.vocabulary import BOS
from assistant.audio.frames import Floats

DRAFTS = 2
"""Sequences of the last result that are looked at again: the free text and the best sentence."""

CROWDED = 2
"""Times as many tokens as are needed, from which the others are forgotten."""
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
            are computed in one step.
    """

    def __init__(self, model: MoonshineModel, sound: Floats, drafts: Sequence[Tokens] = ()) -> None:
        self.model = model
        self.seconds = len(sound) / 16_000
        self.steps = 0
        self._encoded = model.encode(sound)
        self._tree = Tree(model, self._encoded)
        self.drafts = [draft for draft in dict.fromkeys(drafts) if draft][:DRAFTS]
        """What was verified."""
        self._known = self._verified()
        self._crowded = CROWDED * len(self._tree)

    @property
    def first(self) -> Place:
        """The place before any token."""
        return self._known[()]

    def known(self, tokens: Tokens) -> Place:
        """The place after a draft or a part of one."""
        return self._known[tokens]

    def expect(self, drafts: Sequence[Tokens]) -> None:
        """Let the next search begin with those of these whose places are all known.

        Args:
            drafts: the free text first.
        """
        known = [draft for draft in drafts if all(draft[: n + 1] in self._known for n in range(len(draft)))]
        self.drafts = [draft for draft in dict.fromkeys(known) if draft][:DRAFTS]

    def probability_within(self, tokens: Tokens, samples: int) -> float:
        """Log-probability of ``tokens`` where the decoder is shown only the first ``samples`` of the sound."""
        return float(self.model.log_probabilities(self._encoded.first(samples), tokens).sum())

    def look(self, parents: Sequence[Place], tokens: Sequence[Tokens], leads: Sequence[bool]) -> list[Place]:
        """The places after ``tokens``; ``parents`` are those of one token less.

        Places that are neither among these nor part of a draft may be forgotten: ``parents`` of later looks come from
        this one.

        Args:
            leads: which of them are likely to be part of the result: what probably follows them is run along.
        """
        if len(self._tree) > self._crowded:
            self._prune(parents)
        missing = [i for i, sequence in enumerate(tokens) if sequence not in self._known]
        guesses = {i: self._guess(tokens[i]) if leads[i] else () for i in missing}
        found = self._read([(parents[i].number, (tokens[i][-1], *guesses[i])) for i in missing])
        for i, places in zip(missing, found, strict=True):
            for n in range(len(places) if leads[i] else 0):
                places[n] = self._known.setdefault(tokens[i] + guesses[i][:n], places[n].alone())
        first = dict(zip(missing, (places[0] for places in found), strict=True))
        return [first.get(i) or self._known[sequence] for i, sequence in enumerate(tokens)]

    def _prune(self, parents: Sequence[Place]) -> None:
        """Forget the tokens of hypotheses that were given up: each that stays costs every step some time."""
        places = {id(place): place for place in (*parents, *self._known.values())}.values()
        numbers = self._tree.keep({place.number for place in places})
        for place in places:
            place.number = numbers[place.number]
        self._crowded = CROWDED * len(self._tree)

    def _read(self, branches: Sequence[tuple[int, Tokens]]) -> list[list[Place]]:
        """The places along branches, each of which goes on after a token of the tree, in one step."""
        if not branches:
            return []
        self.steps += 1
        parents: list[int] = []
        for parent, branch in branches:
            first = len(self._tree) + len(parents)
            parents += [parent, *range(first, first + len(branch) - 1)]
        places = iter(self._tree.read(parents, [token for _, branch in branches for token in branch]))
        return [[next(places) for _ in branch] for _, branch in branches]

    def _guess(self, tokens: Tokens) -> Tokens:
        """What may follow: a text that leaves a draft for a word mostly comes back to it."""
        for draft in self.drafts:
            shared = _common(tokens, draft)
            rest, last = draft[shared:], tokens[-1]
            after = rest.index(last) + 1 if last in rest else len(tokens) - shared
            if rest[after:]:
                return rest[after : after + GUESSED]
        return ()

    def _verified(self) -> dict[Tokens, Place]:
        """The places of all drafts, read in one step; those that two begin with are read once."""
        numbers: dict[Tokens, int] = {(): 0}
        parents, tokens = [ROOT], [BOS]
        for draft in self.drafts:
            for n in range(1, len(draft) + 1):
                if numbers.setdefault(draft[:n], len(numbers)) == len(tokens):
                    parents.append(numbers[draft[: n - 1]])
                    tokens.append(draft[n - 1])
        return dict(zip(numbers, self._tree.read(parents, tokens), strict=True))


def _common(a: Tokens, b: Tokens) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n
