"""How readily it listens, as people think of it: about one false accept in so many hours of other people's talk.

A curve says which threshold that takes. A trained model brings its own, measured by its training on speech that it was
not trained with; that of typed phrases is here, made by ``python -m training.wake.typed_rates``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Curve = Sequence[Sequence[float]]
"""Pairs of hours for one false accept, and the threshold that gives them; both rise."""

TYPED: Curve = ((10.0, -6.0),)
"""Of a typed phrase of one word; each further word allows as much less as it does for the scorer. A single pair is no
curve, and its hours are no measurement: typed phrases then listen with this threshold whatever is asked for."""
HOURS = 10.0
"""Unless the settings say otherwise."""
LEAST, MOST = 0.1, 1000.0
"""Hours that can be asked for."""


def typed_is_measured() -> bool:
    """Whether typed phrases can listen more or less readily."""
    return len(TYPED) > 1


def threshold(curve: Curve, hours: float) -> float:
    """The threshold for about one false accept in so many hours; beyond what was measured, the last one."""
    times, thresholds = np.array(curve, np.float64).T
    return float(np.interp(np.log(hours), np.log(times), thresholds))
