"""How readily it listens, as people think of it: about one false accept in so many hours of other people's talk.

A curve says which threshold that takes. A trained model brings its own, measured by its training on speech that it was
not trained with; that of typed phrases is here, made by ``python -m training.wake.typed_rates``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Curve = Sequence[Sequence[float]]
"""Pairs of hours for one false accept, and the threshold that gives them; both rise."""

TYPED: Curve = ((0.3, -6.4), (1.0, -4.6), (3.0, -2.9), (10.0, -1.1), (30.0, 0.0))
"""Of a typed phrase of one word; each further word allows as much less as it does for the scorer. Measured on twelve
phrases; they differ: a name that nothing sounds like is hardly ever heard wrongly."""
HOURS = 2.0
"""Unless the settings say otherwise. Of other people's talk, not of the day: a home has a few hours of that."""
LEAST, MOST = 0.1, 1000.0
"""Hours that can be asked for."""


def threshold(curve: Curve, hours: float) -> float:
    """The threshold for about one false accept in so many hours; beyond what was measured, the last one."""
    times, thresholds = np.array(curve, np.float64).T
    return float(np.interp(np.log(hours), np.log(times), thresholds))
