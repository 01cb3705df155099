"""How surely a sentence of the grammar is what was said.

The margin alone is not enough: a short sentence may sit cheaply on a long piece of other speech, and where the free
text is unsure itself, being close to it proves little. So the confidence weighs the margin for each fixed token, how
much of the free text the sentence covers, and how sure the free text is. (The margin itself and the length of the
sentence add nothing to these: fitted with them, their weights are zero within the error.)
"""

from __future__ import annotations

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


COVERED_ENOUGH = 1.0
"""Share of the free text's tokens; sentences with as many as it has explain it all."""
WORST = -25.0
"""Margins below say nothing more."""
WEIGHTS = (5.139, 2.413, -4.885, -2.518)
"""Of ``features``; fitted by training/asr/fit_confidence.py."""


def features(evidence: Evidence) -> npt.NDArray[np.float64]:
    """1, margin per fixed token, share of the free text left uncovered, doubt per token of the free text."""
    margin = min(0.0, max(WORST, evidence.margin))
    covered = evidence.tokens / max(1, evidence.free_tokens)
    fixed = evidence.tokens - evidence.open_tokens
    return np.array([
        1.0,
        margin / max(1, fixed),
        max(0.0, COVERED_ENOUGH - covered),
        min(2.0, -evidence.free_score / max(1, evidence.free_tokens)),
    ])


def confidence(evidence: Evidence) -> float:
    """0 to 1."""
    return float(1.0 / (1.0 + np.exp(-(features(evidence) @ np.array(WEIGHTS)))))
