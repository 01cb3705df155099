"""What endpointing policies do at the pauses of recorded utterances: how many they cut off, how long they wait.

A policy waits some seconds in every pause. An utterance is cut off when one of its inner pauses lasts longer than the
policy waits in it. Delays count from where the detector places the end; ``bench vad`` says how well it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.bench import report
from assistant.bench.pauses import Utterance
from assistant.bench.ranking import auc, equal_error_rate

SHORT = 0.3
"""Seconds waited where a judge says that the speaker has finished: 0.2 s to be asked in, the rest to answer."""
LONG = 1.2
"""Seconds waited where it does not: what the endpointer waits for a sentence that is not whole."""
THRESHOLDS = 60
"""Of a judge's curve, at quantiles of its scores."""

Values = npt.NDArray[np.float64]
Picked = npt.NDArray[np.int64]


class Pauses:
    """All pauses of a set of utterances, as arrays."""

    def __init__(self, count: int, owner: Picked, seconds: Values) -> None:
        self.count = count
        """Utterances."""
        self.owner = owner
        """Utterance of each inner pause."""
        self.seconds = seconds
        """Length of each."""

    @classmethod
    def of(cls, utterances: Sequence[Utterance]) -> Pauses:
        inner = [(number, pause.seconds) for number, one in enumerate(utterances) for pause in one.pauses[:-1]]
        owner, seconds = [number for number, _ in inner], [seconds for _, seconds in inner]
        return cls(len(utterances), np.array(owner, np.int64), np.array(seconds, np.float64))

    def cut_off(self, waits: Values | float) -> npt.NDArray[np.bool_]:
        """Which utterances end too early, from the wait in each inner pause."""
        over = self.owner[self.seconds >= waits]
        return np.bincount(over, minlength=self.count) > 0


class Curve:
    """A judge's scores at all pauses, and what comes of them for every threshold.

    Args:
        inner, ends: scores of the inner pauses and of the ends; high where the speaker seems to have finished.
    """

    def __init__(self, pauses: Pauses, inner: Values, ends: Values) -> None:
        self.pauses = pauses
        self.inner = inner
        self.ends = ends
        quantiles = np.quantile(np.concatenate([inner, ends]), np.linspace(0, 1, THRESHOLDS))
        self.thresholds = np.unique(np.append(quantiles, np.inf))
        self.cut = np.stack([pauses.cut_off(waits(inner, one)) for one in self.thresholds])
        """bool[thresholds, utterances]."""
        self.delays = np.stack([waits(ends, one) for one in self.thresholds])
        """Seconds, float64[thresholds, utterances]."""

    def ranking(self) -> dict[str, Any]:
        """``auc`` and ``eer`` of ends against inner pauses, intervals from resampled utterances."""
        return {name: self._resampled(of) for name, of in (("auc", auc), ("eer", equal_error_rate))}

    def _resampled(self, of: Any) -> dict[str, float]:
        order = np.argsort(self.pauses.owner, kind="stable")
        bounds = np.searchsorted(self.pauses.owner[order], np.arange(self.pauses.count + 1))
        groups = [self.inner[order[low:high]] for low, high in pairwise(bounds)]

        def figure(drawn: Values) -> float:
            picked = drawn.astype(np.int64)
            return float(of(self.ends[picked], np.concatenate([groups[number] for number in picked])))

        return report.statistic(range(self.pauses.count), figure)

    def at(self, threshold: float) -> dict[str, Any]:
        """``cutoff``, and ``delay_ms`` as mean and median, at one threshold."""
        return figures(self.pauses.cut_off(waits(self.inner, threshold)), waits(self.ends, threshold))

    def threshold_as_good_as(self, silence: float) -> float:
        """The threshold of the least mean delay with no more cut off than by ``silence`` seconds in every pause."""
        allowed = self.cut.mean(1) <= self.pauses.cut_off(silence).mean()
        return float(min(self.thresholds[allowed], key=lambda one: waits(self.ends, one).mean()))

    def as_good_as(self, silence: float) -> dict[str, float]:
        """Mean delay, ms, where no more are cut off than by waiting ``silence`` seconds in every pause."""
        reference = self.pauses.cut_off(silence)

        def figure(drawn: Values) -> float:
            picked = drawn.astype(np.int64)
            allowed = self.cut[:, picked].mean(1) <= reference[picked].mean()
            return float(1000 * self.delays[allowed][:, picked].mean(1).min())

        return report.statistic(range(self.pauses.count), figure)


def waits(scores: Values, threshold: float) -> Values:
    """Seconds waited at each score."""
    return np.where(scores >= threshold, SHORT, LONG)


def figures(cut: npt.NDArray[np.bool_], delays: Values) -> dict[str, Any]:
    """Keys of one policy: ``cutoff``, ``delay_ms_mean``, ``delay_ms_p50``."""
    return {
        "cutoff": report.share(int(cut.sum()), len(cut)),
        "delay_ms_mean": report.statistic(list(1000 * delays), lambda drawn: float(drawn.mean())),
        "delay_ms_p50": report.percentile(list(1000 * delays), 50),
    }
