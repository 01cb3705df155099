"""Does somebody talk over the answer?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import Frame, Levels


@dataclass(frozen=True, slots=True)
class BargeInConfig:
    """When it is worth a pause. Fitted on 16 simulated homes and 200 recordings of the fitting half of the data."""

    excess_db: float = 1.5
    """A frame counts when it exceeds echo and background by this much,"""
    residual_probability: float = 0.1
    """and the detector finds at least so much speech in what is left without the echo: no clatter, no running tap."""
    probability: float = 0.5
    """Where the echo is cancelled elsewhere or nothing sounds just now: the detector's opinion of the clean frame."""
    frames: int = 4
    """So many frames must count,"""
    window: int = 6
    """out of as many."""
    clear_db: float = 8.0
    """A frame that exceeds by this much counts whatever the detector finds, which is late with some voices;"""
    clear_frames: int = 6
    """so many of them are enough,"""
    clear_window: int = 9
    """out of as many."""


class Heard(Protocol):
    """What the policy looks at: a clean frame that carries its levels."""

    @property
    def frame(self) -> Frame: ...


class BargeIn:
    """The policy, during one answer."""

    def __init__(self, config: BargeInConfig | None = None) -> None:
        self.config = config or BargeInConfig()
        self._recent: deque[bool] = deque(maxlen=self.config.window)
        self._clear: deque[bool] = deque(maxlen=self.config.clear_window)

    def reset(self) -> None:
        """Begin anew: another answer, or this one goes on."""
        self._recent.clear()
        self._clear.clear()

    def hear(self, heard: Heard) -> bool:
        """Whether somebody talks over what is being played, judged with this frame."""
        levels = heard.frame.levels
        self._recent.append(levels is not None and self._counts(levels))
        excess = levels.excess if levels is not None else None
        self._clear.append(excess is not None and excess >= self.config.clear_db)
        return sum(self._recent) >= self.config.frames or sum(self._clear) >= self.config.clear_frames

    def _counts(self, levels: Levels) -> bool:
        if levels.excess is None or levels.residual_probability is None:
            return levels.probability >= self.config.probability
        return (
            levels.excess >= self.config.excess_db
            and levels.residual_probability >= self.config.residual_probability
        )
