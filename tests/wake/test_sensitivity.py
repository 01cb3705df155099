"""Hours for one false accept become thresholds."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.wake.phrase import PhraseConfig
from assistant.wake.sensitivity import HOURS, LEAST, MOST, TYPED, threshold

CURVE = ((1.0, 2.0), (10.0, 4.0), (100.0, 5.0))


@pytest.mark.parametrize(
    ("hours", "expected"), [(1, 2.0), (10, 4.0), (100, 5.0), (0.1, 2.0), (1000, 5.0), (10**0.5, 3.0), (10**1.5, 4.5)]
)
def test_between_the_measured_hours_it_goes_by_their_logarithm(hours: float, expected: float) -> None:
    assert threshold(CURVE, hours) == pytest.approx(expected)


def test_typed_phrases_are_as_they_were_measured_unless_somebody_asks_for_other() -> None:
    assert threshold(TYPED, HOURS) == pytest.approx(PhraseConfig().threshold, abs=0.1)
    assert LEAST <= HOURS <= MOST
    assert all(one[0] < other[0] and one[1] <= other[1] for one, other in pairwise(TYPED))
    assert all(-50 <= value <= 0 for _, value in TYPED)
