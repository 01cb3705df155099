"""When two readings of one sound mean different things and are nearly as likely, neither is sure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce

from assistant.asr.base import Hypothesis, Reading, surer

EVENED = 0.8
"""Likelihoods of sentences lie further apart than their chances: a word misheard in noise is as sure as another."""
Meaning = Callable[[str], object]
"""What a text means, to be compared; None where it means nothing."""


def weighed(hypotheses: Sequence[Hypothesis], meaning: Meaning) -> Hypothesis:
    """What an utterance, read once or several times, comes to: the surest hypothesis.

    The confidence of its best reading is shared among all that the same sound may mean, whichever hypothesis says so.
    Each meaning counts by the likelihood of its best reading. "With soy milk" and "with whole milk" half a nat apart
    leave the likelier one six tenths of the confidence that coffee was ordered at all. Likelihoods of different
    pieces of sound cannot be compared.
    """
    return reduce(surer, [_shared(one, _of_same_sound(one, hypotheses), meaning) for one in hypotheses])


def _of_same_sound(one: Hypothesis, hypotheses: Iterable[Hypothesis]) -> list[Reading]:
    """Whole readings of one piece of sound, likeliest first."""
    same = [other for other in hypotheses if (other.start, other.end) == (one.start, one.end)]
    return sorted((r for other in same for r in other.readings if r.complete), key=lambda r: -r.worth)


def _shared(hypothesis: Hypothesis, readings: Iterable[Reading], meaning: Meaning) -> Hypothesis:
    best = hypothesis.best
    if best is None or not best.complete:
        return hypothesis
    rivals = _rivals(best, readings, meaning)
    if not rivals:
        return hypothesis
    share = 1.0 / (1.0 + sum(math.exp(min(0.0, EVENED * (rival.worth - best.worth))) for rival in rivals))
    doubted = replace(best, confidence=best.confidence * share)
    return replace(hypothesis, readings=(doubted, *hypothesis.readings[1:]), rival=rivals[0])


def _rivals(best: Reading, readings: Iterable[Reading], meaning: Meaning) -> list[Reading]:
    """The likeliest reading of each other meaning."""
    known = [meaning(best.text)]
    rivals = []
    for reading in readings:
        other = meaning(reading.text)
        if other is not None and other not in known:
            known.append(other)
            rivals.append(reading)
    return rivals
