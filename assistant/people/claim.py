"""Who seems to speak: a voice is a claim, not a proof."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

Channel = Literal["voice", "console", "house"]
Certainty = Literal["likely", "sure", "certain"]

ODDS: dict[Certainty, float] = {"likely": log(10), "sure": log(100), "certain": log(1000)}
"""Natural-log likelihood ratios. Of other people's voices at most one in 10, 100 and 1,000 reaches them: that is what a
calibrated ratio means."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of who gave an order."""

    person: str = ""
    """Whom the evidence speaks for most, however little; empty: there is none."""
    llr: float = 0.0
    """Natural-log likelihood ratio: this person against anybody else."""
    channel: Channel = "voice"
    """``console``: typed where only the household can; ``house``: nobody's order, what a skill does by itself."""

    @property
    def trusted(self) -> bool:
        """Whether it is the household's, whoever of it that may be."""
        return self.channel != "voice"

    def holds(self, certainty: Certainty) -> bool:
        """Whether it is certain enough that this person speaks."""
        return bool(self.person) and self.llr >= ODDS[certainty]

    @property
    def known(self) -> str:
        """The person, where that is sure enough to act in their name; else empty."""
        return self.person if self.holds("sure") else ""


CONSOLE = Claim(channel="console")
HOUSE = Claim(channel="house")
NOBODY = Claim()
