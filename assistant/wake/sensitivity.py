"""How readily it listens, as people think of it: about one false accept in so many hours of other people's talk.

A curve says which threshold that takes. A trained model brings its own, measured by its training on speech that it was
not trained with; that of typed phrases is here, ``python -m training.wake.typed_rates`` measures it anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Curve = Sequence[Sequence[float]]
"""Pairs of hours for one false accept, and the threshold that gives them; both rise."""

TYPED: Curve = ((1.0, -7.0), (2.0, -6.0), (4.0, -4.0), (10.0, -1.1), (30.0, 0.0))
"""Of a typed phrase of one word; each further word allows as much less as it does for the scorer. With one look twelve
phrases in half an hour of talk gave 0.2 hours at -7, 0.4 at -6, 1.5 at -4, 10 at -1.1; the hours are multiplied by what
a second look refuses there, measured on nine words in 34 minutes: 75 of 94, 42 of 51, 10 of 16, none. Phrases differ: a
name that nothing sounds like is hardly ever heard wrongly."""
HOURS = 2.0
"""Unless the settings say otherwise. Of other people's talk, not of the day: a home has a few hours of that."""
LEAST, MOST = 0.1, 1000.0
"""Hours that can be asked for."""


def threshold(curve: Curve, hours: float) -> float:
    """The threshold for about one false accept in so many hours; beyond what was measured, the last one."""
    times, thresholds = np.array(curve, np.float64).T
    return float(np.interp(np.log(hours), np.log(times), thresholds))
