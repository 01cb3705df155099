"""Does somebody talk over the answer? And was it more than an acknowledgement?"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import Frame


@dataclass(frozen=True, slots=True)
class BargeInConfig:
    """When a pause is worth it."""

    probability: float = 0.7
    """The voice activity detector's, from which a frame counts."""
    frames: int = 6
    """Frames out of ``window`` that must count."""
    window: int = 10
    margin_db: float = 6.0
    floor_db: float = -55.0


class Heard(Protocol):
    """What the policy looks at: a clean frame that carries its levels."""

    @property
    def frame(self) -> Frame: ...


class BargeIn:
    """The policy of one answer."""

    def __init__(self, config: BargeInConfig | None = None) -> None:
        self.config = config or BargeInConfig()
        self._recent: deque[bool] = deque(maxlen=self.config.window)

    def reset(self) -> None:
        """Begin anew: another answer, or this one goes on."""
        self._recent.clear()

    def hear(self, heard: Heard) -> bool:
        """Whether somebody talks over what is being played, judged with this frame."""
        levels = heard.frame.levels
        if levels is None:
            return False
        self._recent.append(levels.probability >= self.config.probability and levels.clean >= self.config.floor_db)
        return sum(self._recent) >= self.config.frames


ACKNOWLEDGEMENTS = re.compile(
    r"(m+h*m*|mmhm+|hm+|uh|huh|uhhuh|ah|aha|oh+|okay|ok|yeah|yep|yes|yup|right|sure|fine|good|great|nice|cool|alright|i|"
    r"see|got|it|thanks|thank|you)"
)
MOST_WORDS = 3
""""All right, thanks": longer ones are sentences."""
SHORT = 0.5
"""Seconds below which speech that is no order is a cough or a slip."""


def is_acknowledgement(text: str, seconds: float) -> bool:
    """Whether what was said over an answer lets it go on: "mhm", "okay", a cough, or nothing recognised.

    To be asked after it was found to be no order and no "stop", which may be as short.

    Args:
        text: what was recognised freely, in any spelling; may be empty.
        seconds: how long the speech lasted.
    """
    words = re.sub(r"[^a-z ]", "", text.lower()).split()
    if not words or seconds < SHORT:
        return True
    return len(words) <= MOST_WORDS and all(ACKNOWLEDGEMENTS.fullmatch(word) for word in words)
