"""How loud an answer is said: louder where the room is noisy, more quietly at night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

QUIET_DB = -50.0
"""dBFS of a room in which nobody raises the voice."""
SLOPE = 0.5
"""dB by which people speak louder for each dB of noise (Lombard's effect: 0.4 to 0.6)."""
MOST_DB = 4.0
"""More would clip: voices peak 4 dB below the converter's end."""


@dataclass(frozen=True, slots=True)
class LoudnessConfig:
    """Neither is on unless the settings say so."""

    follow_noise: bool = False
    night: tuple[time, time] | None = None
    """From when until when it is night."""
    night_db: float = 8.0
    """By how much answers are quieter then."""


class Loudness:
    """Decides before each answer.

    Args:
        noise: level of the room while nobody speaks, dBFS.
        now: the household's time.
    """

    def __init__(self, config: LoudnessConfig, noise: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._config, self._noise, self._now = config, noise, now

    def lift(self) -> float:
        """dB by which an answer that begins now differs from the volume that was set."""
        lifted = 0.0
        if self._config.follow_noise:
            lifted = min(max(SLOPE * (self._noise() - QUIET_DB), 0.0), MOST_DB)
        night = self._config.night
        return lifted - self._config.night_db if night and _within(self._now().time(), *night) else lifted


def _within(now: time, begin: time, end: time) -> bool:
    return begin <= now < end if begin <= end else now >= begin or now < end


def hours(text: str) -> tuple[time, time] | None:
    """``22:00-07:00``; None for an empty text.

    Raises:
        ValueError: it is written otherwise.
    """
    if not text:
        return None
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
