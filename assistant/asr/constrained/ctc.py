"""Connectionist temporal classification: prefix beam search under the grammar, and what a text is worth.

A network gives for each frame the probability of each letter and of the blank. A text's probability is the sum over all
alignments: frames that repeat a letter are one letter, blanks go (Graves et al. 2006). The search keeps, for each text
begun, the probability of its alignments that end in a blank and of those that do not (Hannun et al. 2014); a text grows
only by letters that may follow.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.asr.constrained.search import BeamConfig, Tokens
from assistant.asr.constrained.way import State, Way
from assistant.audio.frames import Floats
from assistant.errors import Abandoned

NEVER = -np.inf
UNLIKELY = -16.0
"""Log-probability of a letter in a frame below which no text grows by it."""


@dataclass(slots=True)
class _Text:
    """A text begun: log-probabilities of its alignments that end in a blank, and of those that end in its last letter.
    """

    state: State
    blank: float = NEVER
    letter: float = NEVER

    @property
    def score(self) -> float:
        return _add(self.blank, self.letter)


def beam_search(
    frames: Floats, blank: int, way: Way, config: BeamConfig, given_up: Callable[[], bool] = lambda: False
) -> list[Tokens]:
    """The likeliest texts that may be written and may end, best first.

    Args:
        frames: natural-log probabilities, float32[frames, tokens].
        blank: token of the blank.
        way: what may be written.
        given_up: whether nobody waits for them any more.

    Raises:
        Abandoned: nobody does.
    """
    texts: dict[Tokens, _Text] = {(): _Text(way.start, blank=0.0)}
    moves: dict[State, list[tuple[int, State]]] = {}
    for frame in frames.tolist():
        if given_up():
            raise Abandoned("the search was given up", where="recogniser")
        texts = _best(_grown(texts, frame, blank, way, moves), config)
    ending = [(text.score, tokens) for tokens, text in texts.items() if way.may_end(text.state)]
    return [tokens for _, tokens in sorted(ending, reverse=True)]


def greedy(frames: Floats, blank: int) -> Tokens:
    """The text of the likeliest token of each frame."""
    best = frames.argmax(axis=1)
    changes = np.flatnonzero(np.diff(best, prepend=-1))
    return tuple(int(token) for token in best[changes] if token != blank)


def log_probability(frames: Floats, tokens: Tokens, blank: int) -> float:
    """Natural-log probability of a text, over all its alignments: the forward algorithm."""
    spread = np.full(2 * len(tokens) + 1, blank)
    spread[1::2] = tokens
    # A blank between two letters may be left out, except between equal ones.
    skips = np.zeros(len(spread), bool)
    skips[2:] = (spread[2:] != blank) & (spread[2:] != spread[:-2])
    scores = np.full(len(spread), NEVER)
    scores[0] = 0.0
    for frame in frames.astype(np.float64):
        before, scores = scores, scores.copy()
        scores[1:] = np.logaddexp(scores[1:], before[:-1])
        scores[2:] = np.where(skips[2:], np.logaddexp(scores[2:], before[:-2]), scores[2:])
        scores += frame[spread]
    return float(np.logaddexp.reduce(scores[-2:]))


def _grown(
    texts: dict[Tokens, _Text], frame: list[float], blank: int, way: Way, moves: dict[State, list[tuple[int, State]]]
) -> dict[Tokens, _Text]:
    """The texts after one more frame."""
    grown: dict[Tokens, _Text] = {}
    for tokens, text in texts.items():
        score, last = text.score, tokens[-1] if tokens else blank
        same = grown.setdefault(tokens, _Text(text.state))
        same.blank = _add(same.blank, score + frame[blank])
        if tokens:
            same.letter = _add(same.letter, text.letter + frame[last])
        if text.state not in moves:
            moves[text.state] = _moves(way, text.state, blank, len(frame))
        for token, after in moves[text.state]:
            if frame[token] > UNLIKELY:
                longer = grown.setdefault((*tokens, token), _Text(after))
                # The same letter twice needs a blank between.
                longer.letter = _add(longer.letter, (text.blank if token == last else score) + frame[token])
    return grown


def _moves(way: Way, state: State, blank: int, size: int) -> list[tuple[int, State]]:
    allowed = way.allowed(state)
    tokens = range(size) if allowed is None else allowed.tolist()
    found = [(token, way.follow(state, token)) for token in tokens if token != blank]
    return [(token, after) for token, after in found if after is not None]


def _best(texts: dict[Tokens, _Text], config: BeamConfig) -> dict[Tokens, _Text]:
    kept = heapq.nlargest(config.width, texts.items(), key=lambda item: item[1].score)
    floor = kept[0][1].score - config.behind
    return {tokens: text for tokens, text in kept if text.score >= floor}


def _add(a: float, b: float) -> float:
    """Log of the sum of two probabilities."""
    if a < b:
        a, b = b, a
    return a if b == NEVER else a + math.log1p(math.exp(b - a))
