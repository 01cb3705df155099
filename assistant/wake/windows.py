"""When to score wake phrases: shortly after an onset of speech, and again when a longer phrase could be whole.

Scoring a piece of sound costs about a hundredth of a second per phrase, so it must not be asked at every frame. An
onset opens a window that begins a little before it; the window is scored when the speech pauses, and at fixed ages
while somebody speaks. An onset shortly after a pause opens a window of its own, so a phrase inside running speech is
heard where the speaker breathes; the window before it goes on as well: many a phrase is surest with the first words of
its order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.audio.frames import SAMPLE_RATE

Window = tuple[int, int]
"""First sample, and the sample after the last."""


@dataclass(frozen=True, slots=True)
class WakeWindowConfig:
    """Seconds."""

    lead: float = 0.25
    """Sound before the onset that belongs to the window: detectors notice soft beginnings late."""
    ages: tuple[float, ...] = (0.6, 0.85, 1.2, 1.5)
    """Ages at which the window is scored while speech goes on."""
    shortest: float = 0.35
    """Speech shorter than this holds no wake phrase."""
    longest: float = 2.2
    """Most sound that is ever scored."""


@dataclass(slots=True)
class _Open:
    onset: int
    due: list[int]


@dataclass(slots=True)
class WakeWindows:
    """The windows of one source."""

    config: WakeWindowConfig
    _open: list[_Open] = field(default_factory=list)
    """The latest last."""
    _speech: bool = False

    @property
    def waiting(self) -> bool:
        """Whether a window may have to be scored even if nothing happens but time."""
        return any(window.due for window in self._open)

    def onset(self, sample: int) -> None:
        """Speech began."""
        self._speech = True
        ages = [sample + round(age * SAMPLE_RATE) for age in self.config.ages]
        self._open = [*(window for window in self._open if window.due), _Open(sample, ages)]

    def offset(self, sample: int, now: int) -> Window | None:
        """Speech paused at ``sample``: the window to score, if one is worth it."""
        self._speech = False
        if not self._open:
            return None
        latest = self._open[-1]
        spoken = (sample - latest.onset) / SAMPLE_RATE
        if spoken < self.config.shortest or (not latest.due and spoken > self.config.longest):
            return None
        return self._window(latest, now)

    def due(self, now: int) -> list[Window]:
        """The windows to score at sample ``now`` while speech goes on."""
        windows = []
        for window in self._open:
            late = [due for due in window.due if due <= now]
            window.due = window.due[len(late) :]
            if late and self._speech:
                windows.append(self._window(window, now))
        return windows

    def close(self) -> None:
        """A phrase was found, or nobody listens: nothing more to score until the next onset."""
        self._open.clear()

    def _window(self, window: _Open, now: int) -> Window:
        start = max(0, window.onset - round(self.config.lead * SAMPLE_RATE))
        return start, min(now, start + round(self.config.longest * SAMPLE_RATE))
