"""When to score wake phrases: shortly after an onset of speech, and once more when a longer phrase could be whole.

Scoring a piece of sound costs about a hundredth of a second per phrase, so it must not be asked at every frame. An
onset opens a window that begins a little before it; the window is scored when the speech pauses, and at fixed ages
while it goes on. An onset shortly after a pause opens a window of its own, so a phrase inside running speech is heard
where the speaker breathes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.audio.frames import SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class WakeWindowConfig:
    """Seconds."""

    lead: float = 0.25
    """Sound before the onset that belongs to the window: detectors notice soft beginnings late."""
    ages: tuple[float, ...] = (0.6, 0.85, 1.5)
    """Ages at which the window is scored while speech goes on: a phrase is surest before the order's words follow."""
    shortest: float = 0.35
    """Speech shorter than this holds no wake phrase."""
    longest: float = 2.2
    """Most sound that is ever scored."""


@dataclass(slots=True)
class WakeWindows:
    """The windows of one source."""

    config: WakeWindowConfig
    _onset: int | None = None
    _due: list[int] = field(default_factory=list)
    _open: bool = False

    def onset(self, sample: int) -> None:
        """Speech began."""
        self._onset = sample
        self._open = True
        self._due = [sample + round(age * SAMPLE_RATE) for age in self.config.ages]

    def offset(self, sample: int, now: int) -> tuple[int, int] | None:
        """Speech paused at ``sample``: the window to score, if one is worth it."""
        if self._onset is None or not self._open:
            return None
        self._open = False
        if sample - self._onset < self.config.shortest * SAMPLE_RATE:
            return None
        if not self._due and sample - self._onset > self.config.longest * SAMPLE_RATE:
            return None
        return self._window(now)

    def due(self, now: int) -> tuple[int, int] | None:
        """The window to score at sample ``now`` while speech goes on, if it is time."""
        if not self._open or not self._due or now < self._due[0]:
            return None
        self._due = [due for due in self._due if due > now]
        return self._window(now)

    def close(self) -> None:
        """A phrase was found, or nobody listens: nothing more to score until the next onset."""
        self._open = False

    def _window(self, now: int) -> tuple[int, int]:
        assert self._onset is not None
        start = max(0, self._onset - round(self.config.lead * SAMPLE_RATE))
        return start, min(now, start + round(self.config.longest * SAMPLE_RATE))
