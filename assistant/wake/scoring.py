"""How much more likely a text with a wake phrase is than the best text without one, for one piece of sound.

Phrases and free text are followed side by side, a token at a time. A phrase is looked for where the sound begins, or
in a second look anywhere: at each word that the free text begins, the phrase may stand instead.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import Tokens
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.sound import Sound
from assistant.asr.moonshine.tree import Place
from assistant.asr.moonshine.vocabulary import EOS
from assistant.audio.frames import SAMPLE_RATE, Floats

SPELLINGS = 3
"""Ways to spell a phrase that are followed at once; the best is nearly always among the first two."""
BEHIND = 14.0
"""A spelling so far behind the free text of its length is given up: it never came back to a margin that counts."""
TOKENS_PER_SECOND = 8.0
ALONE = 2.0
"""Added to the log-probability of the spelled phrase by itself; the lesser of this and the margin counts. In sound that
the recogniser cannot read the free text is as unlikely as the phrase, and the margin says nothing: on short windows of
other speech "stop" has margins up to 8, but is rarely likely by itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A phrase, and the score below which it is of no interest."""

    phrase: PhraseConstraint
    least: float


@dataclass(slots=True)
class _Row:
    """A text that holds a phrase, or is on the way to."""

    wanted: Wanted
    state: int | None
    """Letters of the phrase written; None when it is whole and the text goes on freely."""
    tokens: Tokens
    score: float
    parent: Place
    begin: int = 0
    """Tokens before the phrase."""
    before: float = 0.0
    """Log-probability of these."""
    end: int = 0
    """Tokens up to the phrase's end."""
    alone: float = 0.0
    """Log-probability of the phrase's own."""


class Scoring:
    """One piece of sound against some phrases.

    Args:
        boundary: for each token whether a word may have ended before it.
        anywhere: whether the phrase may stand after other words.
    """

    def __init__(
        self, model: MoonshineModel, boundary: npt.NDArray[np.bool_], sound: Floats, wanted: Sequence[Wanted],
        *, anywhere: bool = False,
    ) -> None:
        self.sound = Sound(model, sound)
        self._boundary = boundary
        self._wanted = wanted
        self._anywhere = anywhere
        self._limit = round(len(sound) / SAMPLE_RATE * TOKENS_PER_SECOND) + 5
        first = self.sound.first
        self._rows = [_Row(one, 0, (), 0.0, first) for one in wanted]
        self._free: tuple[Tokens, float, Place] | None = ((), 0.0, first)
        self._free_score = 0.0
        self._whole: dict[str, tuple[float, float, Tokens]] = {}

    def run(self) -> dict[str, tuple[float, Tokens]]:
        """Score and tokens of each phrase that was not given up."""
        for _ in range(self._limit):
            if not self._rows and not (self._anywhere and self._free):
                break
            self._step()
        for row in self._rows:
            if row.state is None:
                self._finish(row, row.score)
        return {
            phrase: (min(score - self._free_score, alone + ALONE), tokens)
            for phrase, (score, alone, tokens) in self._whole.items()
        }

    def _step(self) -> None:
        rows, free = self._rows, self._free
        parents = [row.parent for row in rows] + ([free[2]] if free else [])
        tokens = [row.tokens for row in rows] + ([free[0]] if free else [])
        places = [self.sound.first] * len(tokens)
        if tokens[0]:
            places = self.sound.look(parents, tokens, [False] * len(tokens))
        if free:
            begun = self._beginning(free, places[-1])
            rows, places = [*rows, *begun], [*places[:-1], *[places[-1]] * len(begun), places[-1]]
            self._step_free(free, places[-1])
        after: dict[tuple[str, int], list[_Row]] = {}
        for row, place in zip(rows, places, strict=False):
            after.setdefault((row.wanted.phrase.phrase, row.begin), []).extend(self._children(row, place))
        self._rows = [
            row for children in after.values()
            for row in heapq.nlargest(SPELLINGS, children, key=lambda row: row.score) if self._may_win(row)
        ]

    def _beginning(self, free: tuple[Tokens, float, Place], place: Place) -> list[_Row]:
        """The phrases where the free text begins a further word."""
        tokens, score, _ = free
        if not self._anywhere or not tokens or not self._boundary[int(place.logits.argmax())]:
            return []
        return [_Row(one, 0, tokens, score, place, len(tokens), score) for one in self._wanted]

    def _may_win(self, row: _Row) -> bool:
        """Whether the row can still be of interest; its score only falls, and so does the free text's until its end."""
        least = row.wanted.least
        if row.state is not None and row.alone + ALONE < least:
            return False
        return row.score >= self._free_score + (min(-BEHIND, least) if self._free is not None else least)

    def _step_free(self, free: tuple[Tokens, float, Place], place: Place) -> None:
        token = int(place.logits.argmax())
        self._free_score = free[1] + place.log_probability(token)
        self._free = None if token == EOS else ((*free[0], token), self._free_score, place)

    def _children(self, row: _Row, place: Place) -> list[_Row]:
        phrase = row.wanted.phrase
        if row.state is None:
            return self._go_on(row, place, int(place.logits.argmax()))
        if row.state == phrase.end:
            logits = np.where(self._boundary, place.logits, -np.inf)
            return self._go_on(row, place, int(logits.argmax()))
        ids, states = phrase.allowed(row.state)
        scores = place.logits[ids] - place.total
        best = np.argsort(-scores)[:SPELLINGS]
        return [self._spelled(row, place, int(ids[i]), int(states[i]), float(scores[i])) for i in best]

    def _spelled(self, row: _Row, place: Place, token: int, state: int, probability: float) -> _Row:
        score = row.score + probability
        tokens = (*row.tokens, token)
        return _Row(row.wanted, state, tokens, score, place, row.begin, row.before, len(tokens), score - row.before)

    def _go_on(self, row: _Row, place: Place, token: int) -> list[_Row]:
        score = row.score + place.log_probability(token)
        if token == EOS:
            self._finish(row, score)
            return []
        return [replace(row, state=None, tokens=(*row.tokens, token), score=score, parent=place)]

    def _finish(self, row: _Row, score: float) -> None:
        phrase = row.wanted.phrase.phrase
        known = self._whole.get(phrase)
        if known is None or score > known[0]:
            self._whole[phrase] = (score, row.alone, row.tokens[: row.end])
