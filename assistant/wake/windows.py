"""When to score wake phrases: shortly after an onset of speech, and again and again while somebody speaks.

Scoring a piece of sound costs about a hundredth of a second, so it must not be asked at every frame. An onset opens a
window that begins a little before it; the window is scored when the speech pauses, and at fixed ages while somebody
speaks: many a phrase is surest with the first words of its order. Inside running speech nothing tells where a phrase
begins, and nothing has to: the scorer hears it from a twentieth of a second before its beginning to a tenth after it.
So while speech goes on, windows open by themselves in steps that leave no beginning out.
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
    shortest: float = 0.2
    """Speech of which less is noticed holds no wake phrase, not even in noise."""
    longest: float = 2.2
    """Most sound that is ever scored."""
    early: float = 0.48
    """How long before an onset the first window of those opens: in noise a phrase is half over when it is noticed."""
    before: float = 1.0
    """Sound before a window that is read with it where the first look is not sure."""
    every: float = 0.24
    """Between windows that open while speech goes on."""
    whole: tuple[float, ...] = (0.95, 1.4)
    """Ages at which these are scored: a phrase is whole then, said fast or slowly."""


@dataclass(slots=True)
class _Open:
    start: int
    onset: int
    """Since when there was speech in it."""
    due: list[int]
    """Samples at which it is still to be scored."""


@dataclass(slots=True)
class WakeWindows:
    """The windows of one source."""

    config: WakeWindowConfig
    _open: list[_Open] = field(default_factory=list)
    """Of onsets, the latest last."""
    _within: list[_Open] = field(default_factory=list)
    """Of running speech."""
    _next: int | None = None
    """Where the next of these begins; None while nobody speaks."""
    _speech: bool = False

    @property
    def waiting(self) -> bool:
        """Whether a window may have to be scored even if nothing happens but time."""
        return any(window.due for window in (*self._open, *self._within))

    def onset(self, sample: int) -> None:
        """Speech began."""
        self._speech = True
        self._next = max(0, sample - _samples(self.config.early))
        start = max(0, sample - _samples(self.config.lead))
        latest = _Open(start, sample, [sample + _samples(age) for age in self.config.ages])
        self._open = [*(window for window in self._open if window.due), latest]

    def offset(self, sample: int, now: int) -> Window | None:
        """Speech paused at ``sample``: the window to score, if one is worth it."""
        self._speech = False
        self._next = None
        self._within = [window for window in self._within if sample - window.onset >= _samples(self.config.shortest)]
        if not self._open:
            return None
        latest = self._open[-1]
        spoken = sample - latest.onset
        if spoken < _samples(self.config.shortest) or (not latest.due and spoken > _samples(self.config.longest)):
            return None
        return self._window(latest, now)

    def due(self, now: int) -> list[Window]:
        """The windows to score at sample ``now``."""
        while self._next is not None and self._next <= now:
            ends = [self._next + _samples(age) for age in self.config.whole]
            self._within.append(_Open(self._next, max(self._next, self._open[-1].onset), ends))
            self._next += _samples(self.config.every)
        windows = [self._window(window, now) for window in self._open if _passed(window, now) and self._speech]
        windows += [self._window(window, now) for window in self._within if _passed(window, now)]
        self._within = [window for window in self._within if window.due]
        return windows

    def before(self, start: int) -> int:
        """Samples to read before a window that begins at ``start``."""
        return min(start, _samples(self.config.before))

    def close(self) -> None:
        """A phrase was found, or nobody listens: nothing more to score until the next onset."""
        self._open.clear()
        self._within.clear()
        self._next = None

    def _window(self, window: _Open, now: int) -> Window:
        return window.start, min(now, window.start + _samples(self.config.longest))


def _passed(window: _Open, now: int) -> bool:
    """Whether a window is due; what is due is so only once."""
    late = [due for due in window.due if due <= now]
    window.due = window.due[len(late) :]
    return bool(late)


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
