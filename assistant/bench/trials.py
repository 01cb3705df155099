"""Trials: one utterance against another, by the same person or by two. How often are they taken for the other kind?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.bench.ranking import equal_error_rate

Scores = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
TARGET_PRIOR = 0.01
"""Of the detection cost: one trial in a hundred is of the same person."""
RESAMPLES = 200
"""Draws of speakers for the interval: trials of one speaker are not independent."""


@dataclass(frozen=True, slots=True)
class Trials:
    """All scores of rows against columns."""

    scores: Scores
    """[n, m], higher for the same person."""
    rows: npt.NDArray[np.str_]
    """Who speaks in each row,"""
    columns: npt.NDArray[np.str_]
    """and in each column."""
    counted: Flags
    """Which trials there are: not an utterance against itself."""

    @property
    def same(self) -> Scores:
        """Scores of one person's utterances."""
        return np.asarray(self.scores[self.counted & (self.rows[:, None] == self.columns)])

    @property
    def different(self) -> Scores:
        """Scores of two people's."""
        return np.asarray(self.scores[self.counted & (self.rows[:, None] != self.columns)])

    def among(self, allowed: Flags) -> Trials:
        """Fewer trials."""
        return Trials(self.scores, self.rows, self.columns, self.counted & allowed)


def eer(trials: Trials) -> dict[str, Any]:
    """Equal error rate, with the 95 % interval of resampled speakers; ``n`` counts trials of one person."""
    same, different = trials.same, trials.different
    value = equal_error_rate(same, different)
    drawn = [_resampled(trials, np.random.default_rng([17, number])) for number in range(RESAMPLES)]
    known = [one for one in drawn if np.isfinite(one)]
    low, high = np.percentile(known, [2.5, 97.5]) if known else (np.nan, np.nan)
    return {"value": value, "low": float(low), "high": float(high), "n": len(same), "others": len(different)}


def _resampled(trials: Trials, generator: np.random.Generator) -> float:
    """The equal error rate of as many speakers, drawn with replacement; at most 200,000 trials, which is quick."""
    names = np.unique(trials.rows)
    drawn = names[generator.integers(len(names), size=len(names))]
    times = {name: int(np.sum(drawn == name)) for name in names}
    weight_rows = np.array([times.get(name, 0) for name in trials.rows])
    weight_columns = np.array([times.get(name, 0) for name in trials.columns])
    same = trials.rows[:, None] == trials.columns
    # A speaker who was drawn twice brings their own trials twice, not trials against themselves as somebody else.
    weights = np.where(same, weight_rows[:, None], weight_rows[:, None] * weight_columns) * trials.counted
    of_same = np.repeat(trials.scores[same], weights[same])
    flat = weights[~same] > 0
    others = trials.scores[~same][flat]
    chance = weights[~same][flat] / weights[~same][flat].sum() if flat.any() else None
    picked = generator.choice(others, min(50_000, len(others)), p=chance) if len(others) else others
    return equal_error_rate(of_same, picked)


def min_dcf(same: Scores, different: Scores, prior: float = TARGET_PRIOR) -> float:
    """Lowest detection cost at any threshold, beside that of answering always the same (NIST: 1 for each error)."""
    thresholds = np.unique(np.concatenate([same, different]))
    missed = np.searchsorted(np.sort(same), thresholds, "left") / len(same)
    taken = 1.0 - np.searchsorted(np.sort(different), thresholds, "left") / len(different)
    costs = prior * missed + (1 - prior) * taken
    return float(min(costs.min(), prior, 1 - prior) / min(prior, 1 - prior))


def cllr(same: Scores, different: Scores) -> float:
    """Cost of log-likelihood ratios in bits: 0 if they know, 1 if they say nothing (Brummer and du Preez, 2006)."""
    return float((np.logaddexp(0.0, -same).mean() + np.logaddexp(0.0, different).mean()) / (2.0 * np.log(2.0)))
