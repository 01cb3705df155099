"""When two readings of one sound mean different things and are nearly as likely, neither is sure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from assistant.asr.base import Hypothesis, Reading

Meaning = Callable[[str], object]
"""What a text means, to be compared; None where it means nothing."""


def shared(hypothesis: Hypothesis, meaning: Meaning) -> Hypothesis:
    """The hypothesis with the confidence of its best reading shared among all that it may mean.

    Each meaning counts by the likelihood of its best reading. "With soy milk" and "with whole milk" half a nat apart
    leave the likelier one six tenths of the confidence that coffee was ordered at all.
    """
    best = hypothesis.best
    if best is None or not best.complete:
        return hypothesis
    rivals = _rivals(hypothesis.readings, meaning)
    if not rivals:
        return hypothesis
    share = 1.0 / (1.0 + sum(math.exp(min(0.0, rival.worth - best.worth)) for rival in rivals))
    doubted = replace(best, confidence=best.confidence * share)
    return replace(hypothesis, readings=(doubted, *hypothesis.readings[1:]), rival=rivals[0])


def _rivals(readings: tuple[Reading, ...], meaning: Meaning) -> list[Reading]:
    """The best reading of each other meaning, likeliest first."""
    known = [meaning(readings[0].text)]
    rivals = []
    for reading in readings[1:]:
        other = meaning(reading.text) if reading.complete else None
        if other is not None and other not in known:
            known.append(other)
            rivals.append(reading)
    return rivals
