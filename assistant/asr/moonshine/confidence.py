"""How surely a sentence of the grammar is what was said.

The margin alone is not enough: a short sentence may sit cheaply on a long piece of other speech. So the confidence
weighs the margin, the margin per token, and how much of the free text the sentence covers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence."""

    margin: float
    """Natural-log probability of the sentence minus that of the free text."""
    tokens: int
    """Of the sentence."""
    free_tokens: int
    """Of the free text."""


BIAS = 5.0
PER_MARGIN = 0.35
PER_TOKEN_MARGIN = 1.0
PER_UNCOVERED = 6.0
COVERED_ENOUGH = 0.85


def confidence(evidence: Evidence) -> float:
    """0 to 1."""
    margin = min(0.0, evidence.margin)
    covered = min(1.0, evidence.tokens / max(1, evidence.free_tokens))
    x = (BIAS + PER_MARGIN * margin + PER_TOKEN_MARGIN * margin / max(1, evidence.tokens)
         - PER_UNCOVERED * max(0.0, COVERED_ENOUGH - covered))
    return float(1.0 / (1.0 + np.exp(-x)))
