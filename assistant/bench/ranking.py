"""How well scores tell two kinds of things apart: area under the ROC curve, and equal error rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


def auc(positive: Scores, negative: Scores) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann and Whitney's U)."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    ties = np.searchsorted(ordered, positive, "right") - below
    return float((below + ties / 2).mean() / len(negative))


def equal_error_rate(positive: Scores, negative: Scores) -> float:
    """Error rate at the threshold where as large a share of positives is refused as of negatives accepted."""
    if not len(positive) or not len(negative):
        return float("nan")
    thresholds = np.unique(np.concatenate([positive, negative]))
    refused = np.searchsorted(np.sort(positive), thresholds, "left") / len(positive)
    accepted = 1.0 - np.searchsorted(np.sort(negative), thresholds, "left") / len(negative)
    refused, accepted = np.append(refused, 1.0), np.append(accepted, 0.0)
    # The curves are steps: where they cross between two thresholds, a mixture of both has the equal errors.
    above = int(np.argmax(refused >= accepted))
    low, high = (refused[at] - accepted[at] for at in (above - 1, above))
    share = -low / (high - low)
    return float(refused[above - 1] + share * (refused[above] - refused[above - 1]))
