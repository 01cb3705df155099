"""From the network's probability to a certainty that can be taken at its word, and the two thresholds on it.

Platt, "Probabilistic outputs for support vector machines" (1999): a logistic curve over the logit of the probability,
fitted on sentences that were kept out of the training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

STEPS = 50
STIFFNESS = 1e-2
"""Pull towards the curve that changes nothing: few kept-out sentences must not make a step of it."""
LITTLE = 1e-6
FEW_REFUSED = 0.02
"""Share of kept-out sentences in scope that may fall under the threshold of refusal: others are further from what was
learned than those, and no more than 5 % of them shall."""
FEW_TAKEN = 0.002
"""Share of kept-out sentences out of scope that may lie above the threshold of being sure."""
LEAST_SURE = 0.95
LEAST_ASKED = 0.35
"""Below, a question would seldom meet what was meant."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The curve and the thresholds, all of them certainties."""

    slope: float = 1.0
    offset: float = 0.0
    refuse: float = 0.5
    """Below: out of scope."""
    sure: float = LEAST_SURE
    """From here on nothing needs to be asked."""

    def certainty(self, probability: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
        """Certainty of each probability."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * _logit(probability) + self.offset))), np.float64)


def calibrate(
    probability: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_], outside: npt.NDArray[np.bool_],
    few_asked: float | None = None,
) -> Calibration:
    """The calibration by kept-out sentences.

    Args:
        probability: of the likeliest intent of each.
        right: whether that was its intent.
        outside: whether it was out of scope (then it was not right).
        few_asked: share of those out of scope that may lie above the threshold of refusal, which then follows them.
            None: it follows those in scope, of which ``FEW_REFUSED`` are refused.
    """
    slope, offset = _platt(_logit(probability), right)
    curve = Calibration(slope, offset)
    certainty = curve.certainty(probability)
    sure, refuse = LEAST_SURE, 0.5
    if few_asked is not None and outside.any():
        refuse = max(LEAST_ASKED, float(np.quantile(certainty[outside], 1 - few_asked, method="higher")))
    elif (~outside).any():
        refuse = float(np.quantile(certainty[~outside], FEW_REFUSED))
    if outside.any():
        sure = max(sure, float(np.quantile(certainty[outside], 1 - FEW_TAKEN, method="higher")))
    return Calibration(slope, offset, min(refuse, sure), sure)


def _platt(logits: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Newton's method on the regularised logistic loss."""
    inputs = np.stack([logits, np.ones_like(logits)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(STEPS):
        guessed = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (guessed - right) + STIFFNESS * (weights - (1.0, 0.0))
        curvature = (inputs * (guessed * (1 - guessed))[:, None]).T @ inputs + STIFFNESS * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights -= np.clip(step, -1.0, 1.0)
    return float(weights[0]), float(weights[1])


def _logit(probability: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    held = np.clip(np.asarray(probability, np.float64), LITTLE, 1 - LITTLE)
    return np.asarray(np.log(held / (1 - held)), np.float64)
