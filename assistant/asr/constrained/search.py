"""What a search under the grammar is asked, and what it finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.audio.frames import Floats
from assistant.grammar.base import TokenConstraint

Tokens = tuple[int, ...]
UNEXPLAINED = 1.5
"""Log-probability that a sentence loses, when it is compared, for each token that it leaves unexplained: of the free
text beyond its end, else "Hi" is the best sentence for any order that was hard to hear, and of its own in open slots,
else "play ..." is, which takes every word as it was heard."""


@dataclass(frozen=True, slots=True)
class BeamConfig:
    """Widths in hypotheses, others in natural-log probability."""

    width: int = 8
    opening: int = 1
    """Times as wide it is while the first words are written: in noise the right ones may be the twentieth guess."""
    alike: int = 10_000
    """Most hypotheses of one length with the same first word: thousands of numbers begin alike."""
    behind: float = 14.0
    """A hypothesis so far behind the best of its length is dropped; the best may run into a dead end later."""
    alternatives: float = 4.0
    """Sentences up to so far behind the best are worth finding: fifty times less likely is no alternative."""
    hopeless: float = 26.0
    """So far behind the free text no sentence is believed any more."""

    thorough: int = 2
    """Times as wide a careful search is."""

    def careful(self) -> BeamConfig:
        """The same for a search that may take its time: it finds what noise and accents hide from the usual one."""
        return replace(self, width=self.thorough * self.width, opening=2, alike=3)


@dataclass(frozen=True, slots=True)
class Task:
    """What may be written."""

    config: BeamConfig
    constraint: TokenConstraint | None = None
    """Sentences of the grammar; None for free text only."""
    prefix: PhraseConstraint | None = None
    """What is written first."""
    start: int | None = None
    """State of the constraint to begin in; None for its own start."""
    given_up: Callable[[], bool] = lambda: False
    """Whether nobody waits for the result any more; the search then may raise ``Abandoned``."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished text under the grammar."""

    tokens: Tokens
    """Without the prefix."""
    draft: Tokens
    """With it: what to verify first when more of the same sound is decoded."""
    text: str
    """Folded."""
    score: float
    """Log-probability, the prefix's included."""
    state: int
    final: bool
    open_tokens: int = 0
    """Tokens in open slots."""
    log_probabilities: tuple[float, ...] = ()
    """Of each token; empty where they are not weighed one by one."""
    end: float | None = None
    """Log-probability that the text ends there; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    sentences: tuple[Sentence, ...]
    """Distinct texts, best first."""
    free: Tokens
    """Greedy text without the prefix."""
    free_score: float
    """Log-probability, the prefix's included."""
    free_draft: Tokens
    prefix_score: float = 0.0
    """Log-probability of the prefix alone."""
    free_log_probabilities: tuple[float, ...] = ()
    """Of each token of the free text."""


def compared(score: float, missing: float, open_tokens: float = 0) -> float:
    """What a sentence is worth beside others.

    Args:
        missing: tokens of the free text beyond its own; of letters, the sub-word pieces they make.
        open_tokens: its own in open slots.
    """
    return score - UNEXPLAINED * (max(0.0, missing) + open_tokens)


def best_of(
    sentences: Iterable[Sentence], free: Tokens, free_score: float, config: BeamConfig, tokens_per_piece: float = 1.0
) -> tuple[Sentence, ...]:
    """The sentences worth keeping, best first: of those that say the same words one, a whole before an unfinished.

    Args:
        free: the free text, the prefix included.
    """
    best: dict[str, Sentence] = {}
    for sentence in sentences:
        known = best.get(sentence.text)
        if sentence.text and (known is None or (sentence.final, sentence.score) > (known.final, known.score)):
            best[sentence.text] = sentence
    worth = {
        s.text: compared(s.score, (len(free) - len(s.draft)) / tokens_per_piece, s.open_tokens / tokens_per_piece)
        for s in best.values()
    }
    floor = max((worth[s.text] for s in best.values() if s.final), default=-math.inf) - config.alternatives
    kept = [s for s in best.values() if worth[s.text] >= floor and s.score >= free_score - config.hopeless]
    return tuple(sorted(kept, key=lambda s: -worth[s.text]))


class Heard(Protocol):
    """A piece of sound that has been encoded, to be searched."""

    def find(self, task: Task) -> Found:
        """The best sentences and the best free text."""
        ...


class Searcher(Protocol):
    """What a model has to give. One thread at a time."""

    @property
    def tokens_per_piece(self) -> float:
        """How many of its tokens make a usual sub-word piece, in which confidence counts."""
        ...

    def hear(self, sound: Floats, drafts: Sequence[Tokens]) -> Heard:
        """Encode a piece of sound.

        Args:
            sound: float32[n], 16 kHz mono, full scale 1.
            drafts: texts that are likely to come: what was found in less of the same sound.
        """
        ...

    def text(self, tokens: Tokens) -> str:
        """What tokens spell."""
        ...
