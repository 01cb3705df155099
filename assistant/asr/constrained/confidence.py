"""How surely a sentence of the grammar is what was said.

The margin alone is not enough: a short sentence may sit cheaply on a long piece of other speech, and where the free
text is unsure itself, being close to it proves little. So the confidence weighs the margin for each fixed token, how
much of the free text the sentence covers, how sure the free text is, how likely the text ends where the sentence does
(else the rest of a longer order was lost), and the tokens that fit worst (one word put for another costs two or three
of them much, noise costs all of them something). The margin itself and the length of the sentence add nothing to these:
fitted with them, their weights are zero within the error. A recogniser that does not weigh single tokens has to do
without the last two.
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
    log_probabilities: tuple[float, ...] = ()
    """Of the sentence's tokens one by one, where they are known."""
    end: float = 0.0
    """Natural-log probability that the text ends after the sentence."""


COVERED_ENOUGH = 1.0
"""Share of the free text's tokens; sentences with as many as it has explain it all."""
WORST = -25.0
"""Margins below say nothing more."""
UNLIKELIEST = 3
"""Tokens of a sentence that are looked at for a word that was not said."""
LEAST, LEAST_END = -10.0, -12.0
"""Log-probabilities of tokens and of the end below say nothing more."""
WEIGHTS = (6.682, 2.725, -6.07, -3.402, 0.388, 0.134)
"""Of ``features``; fitted by training/asr/fit_confidence.py."""
WEIGHTS_WITHOUT_TOKENS = (6.343, 3.066, -7.598, -3.376)
"""The same where single tokens are not weighed."""


def features(evidence: Evidence) -> npt.NDArray[np.float64]:
    """1, margin per fixed token, share of the free text left uncovered, doubt per token of the free text.

    Where the sentence's tokens are known also the log-probability of its end and the mean of its unlikeliest tokens.
    """
    margin = min(0.0, max(WORST, evidence.margin))
    covered = evidence.tokens / max(1, evidence.free_tokens)
    fixed = evidence.tokens - evidence.open_tokens
    whole = [
        1.0,
        margin / max(1, fixed),
        max(0.0, COVERED_ENOUGH - covered),
        min(2.0, -evidence.free_score / max(1, evidence.free_tokens)),
    ]
    return np.array(whole + _of_tokens(evidence) if evidence.log_probabilities else whole)


def _of_tokens(evidence: Evidence) -> list[float]:
    unlikeliest = sorted(evidence.log_probabilities)[:UNLIKELIEST]
    return [max(LEAST_END, evidence.end), max(LEAST, sum(unlikeliest) / len(unlikeliest))]


def confidence(evidence: Evidence) -> float:
    """0 to 1."""
    weights = WEIGHTS if evidence.log_probabilities else WEIGHTS_WITHOUT_TOKENS
    return float(1.0 / (1.0 + np.exp(-(features(evidence) @ np.array(weights)))))
