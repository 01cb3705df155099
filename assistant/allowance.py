"""A bound on a rate, for everybody who may ask too often."""

from __future__ import annotations


class Allowance:
    """A burst at once, then so many a second (a token bucket)."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = self._left = burst
        self._rate = per_second
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Whether one more is allowed at clock ``now``, in seconds."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
