"""How surely a sentence of the grammar is what was said.

The margin alone is not enough: a short sentence may sit cheaply on a long piece of other speech, and where the free
text is unsure itself, being close to it proves little. So the confidence weighs the margin for each fixed token, how
much of the free text the sentence covers, how sure the free text is, and how likely the text ends where the sentence
does: else the rest of a longer order was lost. A free text that is sure of every word contradicts a sentence that is
far from it, however long the sentence ("what did you want to see me about?" asks for no reminders). A sentence that
takes any words somewhere fits more of what is said to nobody. The length of the sentence and its unlikeliest tokens add
nothing to these.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence."""

    margin: float
    """Natural-log probability of the sentence minus that of the free text."""
    tokens: int
    """Of the sentence."""
    free_tokens: int
    """Of the free text."""
    free_score: float
    """Natural-log probability of the free text."""
    open_tokens: int = 0
    """Of the sentence's tokens those in open slots, which take whatever was said and prove nothing."""
    end: float | None = None
    """Natural-log probability that the text ends after the sentence; None where the recogniser does not tell."""


COVERED_ENOUGH = 1.0
"""Share of the free text's tokens; sentences with as many as it has explain it all."""
WORST = -25.0
"""Margins below say nothing more."""
RAREST = 1e-3
"""Probabilities nearer to 0 or 1 say nothing more."""
UNENDED = -2.0
"""Log-probabilities of the end below say nothing more."""
FAR, SURE = 5.0, 4.0
"""A free text contradicts sentences more than so many nats behind it, the less the nearer its own score is to so many
below nothing;"""
CONTRADICTED = 8.0
"""more than so much says nothing more."""
WEIGHTS = (5.403, 2.007, -2.0, -3.582, -0.611, 2.213, -2.0)
"""Of ``features``; fitted by training/asr/fit_confidence.py, which holds the third and the last."""
WEIGHTS_WITHOUT_END = (5.56, 2.649, -5.816, -3.233)
"""The same for recognisers that do not tell how likely the text ends."""


def features(evidence: Evidence) -> npt.NDArray[np.float64]:
    """1, margin per fixed token, share of the free text left uncovered, doubt per token of the free text.

    Of recognisers that tell how likely the text ends also how far the free text contradicts it, its end, and whether it
    takes any words somewhere.
    """
    margin = min(0.0, max(WORST, evidence.margin))
    covered = evidence.tokens / max(1, evidence.free_tokens)
    fixed = evidence.tokens - evidence.open_tokens
    found = [
        1.0,
        margin / max(1, fixed),
        max(0.0, COVERED_ENOUGH - covered),
        min(2.0, -evidence.free_score / max(1, evidence.free_tokens)),
    ]
    if evidence.end is not None:
        found += [_contradiction(evidence), max(UNENDED, evidence.end), float(evidence.open_tokens > 0)]
    return np.array(found)


def _contradiction(evidence: Evidence) -> float:
    behind, doubt = -evidence.margin - FAR, -evidence.free_score / SURE
    return min(CONTRADICTED, max(0.0, behind)) * max(0.0, 1.0 - max(0.0, doubt))


def confidence(evidence: Evidence) -> float:
    """0 to 1."""
    weights = WEIGHTS_WITHOUT_END if evidence.end is None else WEIGHTS
    return float(1.0 / (1.0 + np.exp(-(features(evidence) @ np.array(weights)))))


def log_odds(probability: float) -> float:
    """Natural logarithm of the odds; what is sure or impossible counts as one in a thousand."""
    clipped = min(1.0 - RAREST, max(RAREST, probability))
    return math.log(clipped / (1.0 - clipped))
